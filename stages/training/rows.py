"""The rows training sees, and how much each of them counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from stages.examples.arrays import Values, chunks, is_sparse
from stages.examples.encoded import Array, Encoded, Spec, class_probabilities

SHOWN = 5


class Rows(NamedTuple):
    """What a network is fed.

    Attributes
    ----------
    inputs
        Arrays by input name, ``(n_samples, *shape)``; lazy or sparse ones are dense in a batch.
    target
        As the loss compares it with the network's output.
    weight
        Weight of each row in the loss, ``(n_samples,)`` float32, or None where all count the same.
    """

    inputs: Mapping[str, Values]
    target: Array
    weight: Array | None

    def __len__(self) -> int:
        """Return the number of rows, not of fields."""
        return len(self.target)


def check_rows(encoded: Encoded, *, spec: Spec, part: str) -> None:
    """Check that the rows of `part` can be trained on.

    Raises
    ------
    ValueError
        Where a number is missing or infinite, naming the columns, or there is no row to train on.
    """
    if part == "train" and not len(encoded):
        raise ValueError(
            "there is no row to train on: the sampler or a filter of outliers removed all of them. Look at "
            "data/resample/report.json, or use resample=none encode.outliers=none."
        )
    for each in spec.inputs:
        array = encoded.inputs[each.name]
        if not np.issubdtype(array.dtype, np.floating):
            continue
        rows, columns = _not_finite(array)
        if rows:
            where = f"{rows} of {array.shape[0]} rows"
            raise ValueError(_message(columns, where=where, name=each.name, columns=each.columns, part=part))
    if not np.isfinite(encoded.target).all():
        raise ValueError(
            f"the target of {part} has {int((~np.isfinite(encoded.target)).sum())} missing or infinite "
            "values: a network cannot learn from them. Choose another encode.target (log1p needs targets "
            "above -1)."
        )


def _not_finite(array: Values) -> tuple[int, Array]:
    """Return in how many rows, and in which columns, a number of `array` is missing or infinite."""
    if is_sparse(array) and np.isfinite(array.data).all():
        return 0, np.array([], np.int64)
    rows, columns = 0, np.zeros(int(np.prod(array.shape[1:])), bool)
    for chunk in chunks(array):
        wrong = ~np.isfinite(chunk).reshape(len(chunk), len(columns))
        rows += int(wrong.any(axis=1).sum())
        columns |= wrong.any(axis=0)
    return rows, np.flatnonzero(columns)


def _message(found: Array, *, where: str, name: str, columns: Sequence[str], part: str) -> str:
    names = [columns[j] if j < len(columns) else str(j) for j in found[:SHOWN]]
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return (
        f"the input {name!r} of {part} has missing or infinite values in {where} (columns "
        f"{', '.join(names)}{more}): a network would answer NaN to them. Fill "
        "them in with an imputer (encode.imputer=median), or mend the column in the raw data."
    )


def class_counts(encoded: Encoded, classes: Sequence[str]) -> dict[str, float]:
    """Return the number of rows of each class, soft labels counted in parts; empty for a regression.

    Examples
    --------
    >>> rows = Encoded({}, np.array([0, 0, 1]), np.arange(3))
    >>> class_counts(rows, ["good", "bad"])
    {'good': 2.0, 'bad': 1.0}
    """
    if not classes:
        return {}
    counts = class_probabilities(encoded.target, len(classes)).sum(axis=0, dtype=np.float64)
    return {name: float(count) for name, count in zip(classes, counts, strict=True)}


def row_weights(encoded: Encoded, class_weights: Mapping[str, float]) -> Array | None:
    """Return the weight of each row: its own, times that of its class (soft labels: the mean of theirs).

    Returns None where all rows count 1.

    Examples
    --------
    >>> rows = Encoded({}, np.array([0, 0, 1]), np.arange(3))
    >>> row_weights(rows, {"good": 1.0, "bad": 3.0}).tolist()
    [1.0, 1.0, 3.0]
    """
    weights = list(class_weights.values())
    if all(weight == 1 for weight in weights):
        return None if encoded.weight is None else np.asarray(encoded.weight, np.float32)
    by_class = class_probabilities(encoded.target, len(weights)) @ np.asarray(weights, np.float32)
    return by_class if encoded.weight is None else (by_class * encoded.weight).astype(np.float32)
