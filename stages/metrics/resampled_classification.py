"""The metrics of a classification in many resamples at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from stages.examples.encoded import Array
from stages.metrics.answers import Answers
from stages.metrics.bootstrap import Samples
from stages.metrics.calibration import bin_of
from stages.metrics.classification import AVERAGED, RANKED
from stages.metrics.decision import BINARY
from stages.metrics.resampled_ranking import ResampledRanking
from stages.metrics.weighted_sums import WeightedSums, one_hot


class ResampledClassification:
    """What `stages.metrics.classification` measures, in each of many resamples.

    Everything is a quotient of sums over the rows, so that it takes one product of matrices; the areas under
    curves take cumulative sums in the order of the scores.

    Parameters
    ----------
    answers
        Answers to a classification.
    classes
        Names of the classes.
    calibration_bins
        Bins of the calibration error.
    costs
        ``costs[true, predicted]`` where the mean cost is asked for.
    """

    def __init__(
        self, answers: Answers, *, classes: Sequence[str], calibration_bins: int, costs: Array | None = None
    ) -> None:
        self._classes = classes
        self._weight = answers.weight
        target, probabilities, count = answers.target, answers.predicted, len(classes)
        decided = answers.classes_decided
        confidence = probabilities.max(axis=1)
        bins = bin_of(confidence, calibration_bins)
        gap = (probabilities.argmax(axis=1) == target) - confidence
        told = {} if costs is None else {"mean_cost": costs[target, decided].astype(np.float64)}
        self._sums = WeightedSums(
            {
                "actual": one_hot(target, count),
                "taken": one_hot(decided, count),
                "right": one_hot(np.where(decided == target, target, -1), count),
                "gap": one_hot(bins, calibration_bins, values=gap),
                "log_loss": row_log_loss(target, probabilities),
                "brier_score": _squared_errors(target, probabilities),
                **told,
            }
        )
        self._means = ("log_loss", "brier_score", *told)
        self._rankings = [
            ResampledRanking(target == label, probabilities[:, label]) for label in range(count)
        ]

    def __call__(self, counts: Array) -> Samples:
        """Return the metrics by name for each row of `counts`, ``(n_resamples, n_samples)``."""
        weights = counts if self._weight is None else counts * self._weight
        sums = self._sums(weights)
        total = sums["actual"].sum(axis=1)
        each = of_counts(sums["right"], sums["actual"], sums["taken"])
        areas = [ranking(weights) for ranking in self._rankings]
        each |= {name: np.stack([getattr(area, name) for area in areas], axis=1) for name in RANKED}
        with np.errstate(invalid="ignore"):
            means = {name: sums[name] / total for name in self._means}
            calibration = np.abs(sums["gap"]).sum(axis=1) / total
        return {
            **of_decisions(sums["right"], sums["actual"], sums["taken"]),
            **averages(each, sums["actual"]),
            **means,
            "expected_calibration_error": calibration,
            "per_class": {
                name: {metric: values[:, label] for metric, values in each.items()}
                for label, name in enumerate(self._classes)
            },
        }


def of_counts(right: Array, actual: Array, taken: Array) -> dict[str, Array]:
    """Return precision, recall and F1 of each class, NaN for a class that does not occur.

    Parameters
    ----------
    right, actual, taken
        Rows of each class that were recognised, that there are, and that were taken for it,
        ``(..., n_classes)``.
    """
    occurs = actual > 0
    precision = np.divide(right, taken, out=np.zeros_like(right), where=taken > 0)
    return {
        "precision": np.where(occurs, precision, np.nan),
        "recall": np.divide(right, actual, out=np.full_like(right, np.nan), where=occurs),
        "f1": np.divide(2 * right, actual + taken, out=np.full_like(right, np.nan), where=occurs),
    }


def of_decisions(right: Array, actual: Array, taken: Array) -> dict[str, Array]:
    """Return accuracy, balanced accuracy and Matthews' correlation from the counts of each class.

    The correlation of more than two classes is that of Gorodkin, "Comparing two K-category assignments by a
    K-category correlation coefficient", 2004. It is 0 where one class alone was predicted.
    """
    total, hits = actual.sum(axis=-1), right.sum(axis=-1)
    recall = of_counts(right, actual, taken)["recall"]
    agreement = hits * total - (actual * taken).sum(axis=-1)
    spread = np.sqrt(
        (total**2 - (actual**2).sum(axis=-1)) * np.maximum(total**2 - (taken**2).sum(axis=-1), 0)
    )
    correlation = np.divide(agreement, spread, out=np.zeros_like(total), where=spread > 0)
    with np.errstate(invalid="ignore"):
        return {
            "accuracy": hits / total,
            "balanced_accuracy": mean_defined(recall),
            "matthews_corrcoef": np.where((actual > 0).sum(axis=-1) < BINARY, np.nan, correlation),
        }


def averages(each: Mapping[str, Array], actual: Array) -> dict[str, Array]:
    """Return the means over classes, plain and by size, and those of the positive class of two.

    Parameters
    ----------
    each
        Metrics of each class, ``(..., n_classes)``, NaN where not defined.
    actual
        How many rows of each class there are, ``(..., n_classes)``.
    """
    binary = actual.shape[-1] == BINARY
    found = {name: each[name][..., 1] for name in AVERAGED if binary and name in each}
    for name in (name for name in AVERAGED if name in each):
        found[f"{name}_macro"] = mean_defined(each[name])
        found[f"{name}_weighted"] = mean_defined(each[name], by=actual)
    return found | {
        name: each[name][..., 1] if binary else mean_defined(each[name]) for name in RANKED if name in each
    }


def mean_defined(values: Array, *, by: Array | None = None) -> Array:
    """Return the mean over the last axis of what is not NaN, weighted `by`; NaN where nothing is."""
    defined = ~np.isnan(values)
    weights = defined * (1.0 if by is None else by)
    with np.errstate(invalid="ignore"):
        mean: Array = (np.where(defined, values, 0.0) * weights).sum(axis=-1) / weights.sum(axis=-1)
    return mean


def row_log_loss(target: Array, probabilities: Array) -> Array:
    """Return -log of the probability of the true class of each row, ``(n_samples,)``, in nats.

    Probabilities are kept off 0 by the rounding error of float64, as in scikit-learn.
    """
    chance = probabilities[np.arange(len(target)), target]
    smallest = np.finfo(np.float64).eps
    loss: Array = -np.log(np.clip(chance, smallest, 1 - smallest))
    return loss


def _squared_errors(target: Array, probabilities: Array) -> Array:
    if probabilities.shape[1] == BINARY:
        return np.asarray((probabilities[:, 1] - target) ** 2)
    missed = probabilities.copy()
    missed[np.arange(len(target)), target] -= 1
    return np.asarray((missed**2).sum(axis=1))
