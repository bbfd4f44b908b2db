"""Any loss of Keras by its name."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from typing import Any

import keras

from stages.losses.fit import check_loss
from stages.models.interface import Outputs


def build_named(outputs: Outputs, *, name: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """Return the Keras loss called `name`, made with `arguments`.

    ``from_logits`` is fitted to the network's end where the loss has it and `arguments` do not say.

    Parameters
    ----------
    name
        As Keras writes it, ``MeanSquaredLogarithmicError``, ``mean_squared_logarithmic_error`` or ``msle``.

    Raises
    ------
    ValueError
        If there is no such loss, it does not take an argument, or it cannot train this network.

    Examples
    --------
    >>> build_named(Outputs("binary", 1, "sigmoid", 2), name="hinge").name
    'hinge'
    """
    kind = loss_class(name)
    given = dict(arguments or {})
    if "from_logits" in inspect.signature(kind).parameters:
        given.setdefault("from_logits", outputs.task != "regression" and outputs.activation == "linear")
    try:
        loss = kind(**given)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"the loss {name} cannot be made with train.loss.arguments={dict(arguments or {})}: {error}. "
            f"It takes {_accepted(kind)}."
        ) from error
    check_loss(loss, outputs)
    return loss


def loss_class(name: str) -> Any:
    """Return the Keras class of the loss called `name`; raise ValueError with the nearest names if none."""
    known = {
        _plain(each): loss
        for each, loss in vars(keras.losses).items()
        if isinstance(loss, type) and issubclass(loss, keras.losses.Loss) and loss is not keras.losses.Loss
    }
    found = known.get(_plain(name)) or known.get(_plain(_meaning(name)))
    if found is None:
        near = difflib.get_close_matches(_plain(name), known, n=1, cutoff=0.5)
        hint = f" Did you mean {known[near[0]].__name__}?" if near else ""
        names = ", ".join(sorted(loss.__name__ for loss in known.values()))
        raise ValueError(f"train.loss.name={name} is no loss of Keras.{hint} There are: {names}.")
    return found


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _meaning(name: str) -> str:
    """Return the full name of an abbreviation such as ``mse``."""
    try:
        return str(getattr(keras.losses.get(name), "__name__", name))
    except (ValueError, TypeError):
        return name


def _accepted(kind: Any) -> str:
    names = (
        each for each in inspect.signature(kind).parameters if each not in ("name", "dtype", "reduction")
    )
    return ", ".join(names) or "nothing"
