"""The arrays of a table's columns, numbers and codes of categories side by side, and their description."""

from __future__ import annotations

from typing import Final

import numpy as np

from stages.examples.encoded import Array, Block, InputSpec
from stages.transformers.categories import Categories
from stages.transformers.numbers import Numbers

NUMERIC: Final = "numeric"
CATEGORIES: Final = "categories"


def describe(numbers: Numbers, categories: Categories) -> tuple[InputSpec, ...]:
    """Return the inputs that the fitted `numbers` and `categories` make; one without a column is none."""
    columns = tuple(categories.get_feature_names_out())
    sizes = categories.sizes
    numeric = (*numbers.get_feature_names_out(), *(() if sizes else columns))
    inputs = []
    if numeric:
        shift = len(numeric) - len(columns)
        blocks = tuple(_shifted(block, shift) for block in categories.blocks)
        shape = (len(numeric),)
        inputs.append(InputSpec(name=NUMERIC, dtype="float32", shape=shape, columns=numeric, blocks=blocks))
    if sizes:
        shape = (len(columns),)
        inputs.append(InputSpec(name=CATEGORIES, dtype="int32", shape=shape, columns=columns, sizes=sizes))
    return tuple(inputs)


def assemble(numbers: Array, codes: Array, specs: tuple[InputSpec, ...]) -> dict[str, Array]:
    """Return the arrays by input name, as `specs` describe them.

    Parameters
    ----------
    numbers, codes
        What numbers and categories became, ``(n_samples, n_columns)``.

    Raises
    ------
    ValueError
        Where values are not finite in float32, naming their columns.
    """
    arrays = {}
    for spec in specs:
        if spec.name == CATEGORIES:
            arrays[spec.name] = codes.astype(np.int32)
        else:
            wide = numbers.shape[1] == spec.shape[0]  # categories are ids, or there are none
            arrays[spec.name] = _finite(numbers if wide else np.hstack([numbers, codes]), spec.columns)
    return arrays


def _finite(values: Array, names: tuple[str, ...]) -> Array:
    """Return `values` as float32, or say which column cannot be."""
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    broken: Array = ~np.asarray(np.isfinite(single).all(axis=0))
    if broken.any():
        listed = ", ".join(name for name, bad in zip(names, broken, strict=True) if bad)
        raise ValueError(
            f"After preprocessing, values of the column(s) {listed} are not finite float32 numbers "
            "(at most 3.4e38): the numbers are too large or too uneven. Clip them "
            "(encode.outliers=quantile), choose encode.scaler=quantile, or correct them in the raw data."
        )
    return single


def _shifted(block: Block, by: int) -> Block:
    return Block(column=block.column, start=block.start + by, stop=block.stop + by)
