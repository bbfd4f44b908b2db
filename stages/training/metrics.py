"""The numbers logged every epoch: those of the task, or any Keras metric by its name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import keras

from stages.examples.schema import Task
from stages.models.interface import Kind, Outputs

AUTO: Mapping[Task, tuple[str, ...]] = {
    "binary": ("accuracy", "auc"),
    "multiclass": ("accuracy",),
    "regression": ("mean_absolute_error", "root_mean_squared_error"),
}
"""What is logged where nothing else is asked for."""

ALIASES = {
    "acc": "accuracy",
    "rocauc": "auc",
    "r2": "r2score",
    "mae": "meanabsoluteerror",
    "mse": "meansquarederror",
    "rmse": "rootmeansquarederror",
    "mape": "meanabsolutepercentageerror",
    "msle": "meansquaredlogarithmicerror",
}
"""Abbreviations in common use."""
THRESHOLDED = ("Precision", "Recall", "Positives", "Negatives", "AtSpecificity", "AtSensitivity", "AtRecall")
"""Ends of the names of metrics that compare with a threshold between 0 and 1."""


@keras.saving.register_keras_serializable(package="upcurve")
class MixedAccuracy(keras.metrics.BinaryAccuracy):
    """Share of the rows whose larger class is found, where the target is a share of class 1.

    `keras.metrics.BinaryAccuracy` compares the share itself with 0 and 1, and never finds it.

    Examples
    --------
    >>> accuracy = MixedAccuracy()
    >>> accuracy.update_state([[0.7], [0.4], [0.6]], [[0.9], [0.1], [0.2]])
    >>> round(float(accuracy.result()), 2)
    0.67
    """

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch."""
        larger = keras.ops.cast(keras.ops.greater(y_true, 0.5), self.dtype)
        super().update_state(larger, y_pred, sample_weight)


def make_metrics(
    names: Literal["auto"] | Sequence[str],
    *,
    outputs: Outputs,
    kind: Kind,
    class_ids: bool,
    mixed_labels: bool = False,
) -> list[keras.metrics.Metric]:
    """Return the Keras metrics called `names`, fitted to what the network ends in.

    Parameters
    ----------
    names
        ``auto``, or names as Keras writes them (``AUC``, ``mean_absolute_error``), besides ``accuracy``
        and ``pr_auc``.
    class_ids
        Whether the target is integer class ids rather than one number a unit.
    mixed_labels
        Whether augmentation mixes the labels of a batch.

    Raises
    ------
    ValueError
        If there is no such metric, or it cannot be computed from this network's output.

    Examples
    --------
    >>> sigmoid = Outputs("binary", 1, "sigmoid", 2)
    >>> made = make_metrics(["accuracy", "AUC"], outputs=sigmoid, kind="probabilities", class_ids=False)
    >>> [each.name for each in made]
    ['accuracy', 'auc']
    """
    wanted = list(AUTO[outputs.task]) if names == "auto" else list(names)
    if names == "auto" and class_ids and outputs.task == "binary":
        wanted = ["accuracy"]
    return [
        _accuracy(outputs, kind=kind, class_ids=class_ids, mixed_labels=mixed_labels)
        if _known(name) == "accuracy"
        else _metric(name, outputs=outputs, kind=kind, class_ids=class_ids)
        for name in wanted
    ]


def _metric(name: str, *, outputs: Outputs, kind: Kind, class_ids: bool) -> keras.metrics.Metric:
    plain = _known(name)
    found = _metric_class("auc" if plain == "prauc" else plain, name)
    if class_ids and not found.__name__.startswith("Sparse"):
        raise ValueError(
            f"train.metrics names {name}, which needs one number a class, and this loss compares class ids: "
            "use train.loss=auto, or train.metrics=[accuracy]."
        )
    if kind == "logits" and found.__name__.endswith(THRESHOLDED):
        raise ValueError(
            f"train.metrics names {name}, which needs probabilities, and the network ends in logits: "
            "end it in sigmoid or softmax (model.output_activation=auto), or leave the metric out."
        )
    keywords = _keywords(found, outputs=outputs, kind=kind)
    label = "pr_auc" if plain == "prauc" else _snake(found.__name__)
    if plain == "prauc":
        keywords["curve"] = "PR"
    try:
        return found(name=label, **keywords)
    except TypeError as error:
        raise ValueError(
            f"train.metrics names {name}, which cannot be made by its name alone ({error}): leave it out."
        ) from error


def _accuracy(outputs: Outputs, *, kind: Kind, class_ids: bool, mixed_labels: bool) -> keras.metrics.Metric:
    if outputs.task == "regression":
        raise ValueError(
            "train.metrics names accuracy, which counts right classes, and the task is a regression: use "
            "mean_absolute_error, root_mean_squared_error or r2_score."
        )
    if class_ids:
        return keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    if outputs.units > 1:
        return keras.metrics.CategoricalAccuracy(name="accuracy")
    binary = MixedAccuracy if mixed_labels else keras.metrics.BinaryAccuracy
    return binary(name="accuracy", threshold=0.0 if kind == "logits" else 0.5)


def _keywords(metric: type, *, outputs: Outputs, kind: Kind) -> dict[str, Any]:
    """Return what `metric` must be told about the network's output."""
    if metric is keras.metrics.AUC:
        several = {"multi_label": True, "num_labels": outputs.units} if outputs.units > 1 else {}
        return {"from_logits": kind == "logits", **several}
    if metric in (keras.metrics.F1Score, keras.metrics.FBetaScore):
        one = {"average": "micro", "threshold": 0.5}
        return one if outputs.units == 1 else {"average": "macro"}
    if metric.__name__.endswith("Crossentropy"):
        return {"from_logits": kind == "logits"}
    return {}


def _metric_class(plain: str, name: str) -> Any:
    known = {
        _plain(each): metric
        for each, metric in vars(keras.metrics).items()
        if isinstance(metric, type) and issubclass(metric, keras.metrics.Metric)
    }
    found = known.get(plain)
    if found is None:
        near = difflib.get_close_matches(plain, [*known, "accuracy"], n=1, cutoff=0.5)
        hint = f" Did you mean {_snake(known[near[0]].__name__)}?" if near and near[0] in known else ""
        raise ValueError(
            f"train.metrics names {name}, which is no metric of Keras.{hint} Write them as Keras does: "
            "accuracy, AUC, pr_auc, Precision, Recall, F1Score, MeanAbsoluteError, R2Score, ..."
        )
    return found


def _known(name: str) -> str:
    """Return the name of a metric without signs, an abbreviation written out."""
    return ALIASES.get(_plain(name), _plain(name))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _snake(name: str) -> str:
    """Return a class name as Keras logs it: ``MeanAbsoluteError`` is ``mean_absolute_error``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
