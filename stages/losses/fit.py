"""Whether a loss can train a network for a task, and what is odd about the pair."""

from __future__ import annotations

from typing import Any

import keras

from stages.losses.kinds import (
    BINARY,
    CATEGORICAL,
    CLASS_IDS,
    FOR_CLASSES,
    LIKELIHOODS,
    MANY_UNITS,
    NOT_NEGATIVE,
    OVERLAP,
    STRUCTURED,
    from_logits,
)
from stages.models.interface import Outputs


def check_loss(loss: Any, outputs: Outputs) -> list[str]:
    """Return notes on what is odd about `loss` for a network that ends in `outputs`.

    Parameters
    ----------
    outputs
        What the network really ends in: `stages.models.structure.outputs_of`.

    Raises
    ------
    ValueError
        If the two cannot work together.
    """
    name = type(loss).__name__
    if isinstance(loss, STRUCTURED):
        raise ValueError(f"the loss {name} is not for tables: use train.loss=auto.")
    if outputs.task == "regression":
        return _check_regression(loss, name)
    return _check_classification(loss, name, outputs)


def require_classes(outputs: Outputs, *, name: str) -> None:
    """Raise ValueError if the task is a regression, for which the loss called `name` has no meaning."""
    if outputs.task == "regression":
        raise ValueError(
            f"the loss {name} compares class probabilities, and the task is a regression: use "
            "train.loss=auto, mean_squared_error, mean_absolute_error, huber or log_cosh. If the target "
            "is a class, say so in the data set's YAML."
        )


def _check_regression(loss: Any, name: str) -> list[str]:
    if isinstance(loss, FOR_CLASSES):
        require_classes(Outputs("regression", 1, "linear", 0), name=name)
    if isinstance(loss, NOT_NEGATIVE):
        return [f"the loss {name} is made for targets from 0 on: keep encode.target=none with it."]
    return []


def _check_classification(loss: Any, name: str, outputs: Outputs) -> list[str]:
    if outputs.units == 1 and isinstance(loss, MANY_UNITS):
        raise ValueError(
            f"the loss {name} compares one number a class, and the network ends in 1 unit: use "
            "train.loss=auto or cross_entropy, or end your own model in 2 units."
        )
    if outputs.activation == "linear" and isinstance(loss, LIKELIHOODS) and not from_logits(loss):
        raise ValueError(
            f"the loss {name} takes logarithms of probabilities, and the network ends in a linear layer: "
            "use train.loss=auto or cross_entropy, which fit themselves to it, give the loss "
            "from_logits: true, or end the network in sigmoid or softmax (model.output_activation=auto)."
        )
    return [note for note in _oddities(loss, name, outputs) if note]


def _oddities(loss: Any, name: str, outputs: Outputs) -> list[str]:
    last = outputs.activation
    odd = {
        f"the network already ends in {last} and the loss {name} (from_logits: true) applies it again, which "
        "flattens the gradients: set from_logits: false.": last != "linear" and bool(from_logits(loss)),
        f"the loss {name} looks at each class alone while the network's softmax shares 1 among them: "
        "train.loss=auto fits it.": last == "softmax" and isinstance(loss, BINARY),
        f"the loss {name} expects shares that sum to 1, and the network ends in sigmoid: train.loss=auto "
        "fits it.": last == "sigmoid" and isinstance(loss, (*CATEGORICAL, *CLASS_IDS)),
        f"the loss {name} is made for regressions: on classes its gradients vanish where the network is "
        "surely wrong; cross_entropy usually learns faster.": not isinstance(loss, FOR_CLASSES),
        f"the loss {name} compares whole batches: use a large train.batch_size.": isinstance(loss, OVERLAP),
        "the loss CosineSimilarity does not see how sure the network is.": isinstance(
            loss, keras.losses.CosineSimilarity
        ),
    }
    return [note for note, applies in odd.items() if applies]
