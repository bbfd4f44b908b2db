"""The main metrics on parts of the rows: where the network is worse than on the whole.

Slices are looked at, never chosen on; of many slices some look bad by chance, which their intervals show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from stages.examples.encoded import Array
from stages.metrics.answers import Answers
from stages.metrics.bootstrap import Samples, bootstrap, interval
from stages.metrics.decision import BINARY
from stages.metrics.draws import Resampling, draws
from stages.metrics.resampled_classification import averages, of_counts, of_decisions, row_log_loss
from stages.metrics.resampled_regression import columns_of_values, of_sums
from stages.metrics.slicing import NO_SLICE, Slices
from stages.metrics.weighted_sums import WeightedSums, one_hot

COLUMNS = ("column", "slice", "rows", "metric", "value", "low", "high")
CELLS = 2**19
"""Counts held at once: sums over many slices are quicker for some resamples together."""
ENTRIES_AT_ONCE = 2**22
"""Cells of raw columns (rows times columns) summed over at once; each takes about 60 bytes."""
SLICES_AT_ONCE = 2048
"""Slices, times classes, whose resampled metrics are held at once: about 100 MB for 1000 resamples."""
OF_CLASSES = ("accuracy", "balanced_accuracy", "f1_macro", "log_loss")
OF_TWO_CLASSES = (*OF_CLASSES, "precision", "recall")
OF_VALUES = ("rmse", "mae", "r2")


def slice_table(
    answers: Answers,
    slices: Sequence[Slices],
    *,
    classes: Sequence[str],
    part: str,
    resampling: Resampling,
) -> pd.DataFrame:
    """Return the main metrics of each slice, one row a slice and metric.

    Columns with fewer than two slices are left out. The rows are resampled as for the whole part.

    Parameters
    ----------
    slices
        The slices of some columns.
    classes
        Names of the classes; none for a regression.

    Returns
    -------
    pd.DataFrame
        ``column``, ``slice``, ``rows`` (their number), ``metric``, ``value``, ``low`` and ``high``, which
        are missing where not defined.
    """
    told = [each for each in slices if len(each.names) > 1]
    if not told or not len(answers):
        return pd.DataFrame(columns=list(COLUMNS))
    tables = [
        _measured(answers, some, num_classes=len(classes), part=part, resampling=resampling)
        for some in _portions(told, rows=len(answers), num_classes=len(classes))
    ]
    return pd.concat(tables, ignore_index=True)


def _portions(slices: Sequence[Slices], *, rows: int, num_classes: int) -> Iterator[list[Slices]]:
    """Yield a few columns at a time: memory is bounded however many there are."""
    sizes = [
        max(rows / ENTRIES_AT_ONCE, len(each.names) * max(num_classes, 1) / SLICES_AT_ONCE) for each in slices
    ]
    portion = np.floor(np.cumsum(sizes) - sizes)
    for _, places in groupby(range(len(slices)), key=lambda place: portion[place]):
        yield [slices[place] for place in places]


def _measured(
    answers: Answers, slices: Sequence[Slices], *, num_classes: int, part: str, resampling: Resampling
) -> pd.DataFrame:
    resampled = _ResampledSlices(answers, slices, num_classes=num_classes)
    values = resampled(np.ones((1, len(answers))))
    drawn = draws(len(answers), resampling, part=part, group=answers.group, cells=CELLS)
    samples = bootstrap({"network": resampled}, drawn)["network"]
    rows = np.concatenate(
        [np.bincount(each.codes[each.codes >= 0], minlength=len(each.names)) for each in slices]
    )
    names = [(each.column, name) for each in slices for name in each.names]
    return _table(names, rows, values, samples, confidence=resampling.confidence)


def _table(
    names: Sequence[tuple[str, str]],
    rows: Array,
    values: Mapping[str, Array],
    samples: Samples,
    *,
    confidence: float,
) -> pd.DataFrame:
    lines = []
    for place, (column, name) in enumerate(names):
        for metric, value in values.items():
            sample = samples[metric][:, place] if samples else np.empty(0)
            defined = np.isfinite(value[0, place])
            low, high = (interval(sample, confidence=confidence) if defined else None) or (np.nan, np.nan)
            lines.append((column, name, rows[place], metric, value[0, place], low, high))
    return pd.DataFrame(lines, columns=list(COLUMNS))


class _ResampledSlices:
    """The main metrics of all slices of all columns, ``(n_resamples, n_slices)`` by metric."""

    def __init__(self, answers: Answers, slices: Sequence[Slices], *, num_classes: int) -> None:
        self._weight = answers.weight
        self._shape = (sum(len(each.names) for each in slices), num_classes)
        self._metrics = OF_TWO_CLASSES if num_classes == BINARY else OF_CLASSES if num_classes else OF_VALUES
        rows = {"log_loss": row_log_loss(answers.target, answers.predicted)} if num_classes else {}
        rows = rows or columns_of_values(answers)
        columns = {name: _by_slice(slices, values=row) for name, row in rows.items()}
        if num_classes:
            decided = answers.classes_decided
            right = np.where(decided == answers.target, decided, NO_SLICE)
            labels = {"actual": answers.target, "taken": decided, "right": right}
            columns |= {
                name: _by_slice(slices, label=label, size=num_classes) for name, label in labels.items()
            }
        self._sums = WeightedSums(columns)

    def __call__(self, counts: Array) -> Samples:
        """Return the metrics for each row of `counts`, ``(n_resamples, n_samples)``."""
        sums = self._sums(counts if self._weight is None else counts * self._weight)
        found = self._of_classes(sums) if self._shape[1] else of_sums(sums)
        return {name: found[name] for name in self._metrics}

    def _of_classes(self, sums: Mapping[str, Array]) -> dict[str, Array]:
        right, actual, taken = (sums[name].reshape(-1, *self._shape) for name in ("right", "actual", "taken"))
        with np.errstate(invalid="ignore"):
            loss = sums["log_loss"] / actual.sum(axis=-1)
        each = of_counts(right, actual, taken)
        return {**of_decisions(right, actual, taken), **averages(each, actual), "log_loss": loss}


def _by_slice(
    slices: Sequence[Slices], *, label: Array | None = None, size: int = 1, values: Array | None = None
) -> csr_array:
    """Return which rows each slice (and, of `size`, each label in it) holds, as `one_hot` does."""
    blocks = []
    for each in slices:
        codes = each.codes
        if label is not None:
            codes = np.where((codes >= 0) & (label >= 0), codes * size + label, NO_SLICE)
        blocks.append(one_hot(codes, len(each.names) * size, values=values))
    return csr_array(vstack(blocks))
