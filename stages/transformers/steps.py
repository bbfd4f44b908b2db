"""The steps of many sequences under one another: no padding, missing ones filled, their moments."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from stages.examples.encoded import Array


class Steps(NamedTuple):
    """The steps of all sequences, one after another.

    Attributes
    ----------
    values
        ``(n_all_steps, n_channels)``; NaN: missing.
    lengths
        Steps of each sequence, ``(n_samples,)`` int64; 0: the sequence is missing.
    series
        Which sequence each step is of, ``(n_all_steps,)``.
    step
        Its place in that sequence, from 0.
    """

    values: Array
    lengths: Array
    series: Array
    step: Array


def stacked(cells: pd.Series, *, num_channels: int) -> Steps:
    """Return the steps of `cells`: flat lists of ``n_steps * num_channels`` numbers, or missing.

    Raises
    ------
    ValueError
        Where a list does not divide into steps, or holds infinite numbers.

    Examples
    --------
    >>> steps = stacked(pd.Series([[1.0, 2.0, 3.0, 4.0], None, [5.0, 6.0]]), num_channels=2)
    >>> steps.values.tolist(), steps.lengths.tolist(), steps.step.tolist()
    ([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [2, 0, 1], [0, 1, 0])
    """
    flat = [_numbers(cell) for cell in cells]
    sizes = np.asarray([len(each) for each in flat], np.int64)
    if (sizes % num_channels).any():
        wrong = int(sizes[sizes % num_channels > 0][0])
        raise ValueError(
            f"A sequence has {wrong} numbers, which do not divide into steps of the {num_channels} channels "
            "of train. Give every sequence the same channels at each step."
        )
    lengths = sizes // num_channels
    if any(np.isinf(each).any() for each in flat):
        raise ValueError(
            "A sequence holds infinite values. Correct them in the raw data, or write them as missing (null)."
        )
    values = np.concatenate([np.empty(0, np.float32), *flat]).reshape(-1, num_channels)
    series = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.cumsum(lengths) - lengths
    return Steps(values, lengths, series, np.arange(len(series)) - starts[series])


def filled(steps: Steps, *, otherwise: Array) -> Array:
    """Return the values, missing ones interpolated in time within their sequence, as float64.

    Parameters
    ----------
    otherwise
        Value of a channel that has none in a sequence, ``(n_channels,)``.

    Examples
    --------
    >>> steps = stacked(pd.Series([[np.nan, 1.0, np.nan, 2.0], [np.nan]]), num_channels=1)
    >>> filled(steps, otherwise=np.array([7.0])).ravel().tolist()
    [1.0, 1.0, 1.5, 2.0, 7.0]
    """
    values = steps.values.astype(np.float64)
    missing = np.isnan(values)
    ends = np.cumsum(steps.lengths)
    for number in np.unique(steps.series[missing.any(axis=1)]):
        part = slice(ends[number] - steps.lengths[number], ends[number])
        for channel in np.flatnonzero(missing[part].any(axis=0)):
            column = values[part, channel]  # a view: filled in place
            gap = np.isnan(column)
            places = np.arange(len(column))
            known = places[~gap]
            column[gap] = np.interp(places[gap], known, column[known]) if len(known) else otherwise[channel]
    return values


def moments_by_series(steps: Steps) -> tuple[Array, Array]:
    """Return mean and standard deviation of each sequence and channel, ``(n_samples, n_channels)``.

    Without spread, or without any value, the deviation is 1 and a missing mean 0.
    """
    there = ~np.isnan(steps.values)
    count = np.maximum(_sums(steps, there.astype(np.float64)), 1)
    mean = _sums(steps, np.nan_to_num(steps.values.astype(np.float64))) / count
    distance = np.where(there, steps.values - mean[steps.series], 0.0)
    std = np.sqrt(_sums(steps, distance**2) / count)
    return mean, np.where(std > 0, std, 1.0)


def _sums(steps: Steps, values: Array) -> Array:
    """Return the sum over the steps of each sequence, ``(n_samples, n_channels)``."""
    sums = np.zeros((len(steps.lengths), values.shape[1]))
    there = steps.lengths > 0
    if there.any():
        starts = (np.cumsum(steps.lengths) - steps.lengths)[there]
        sums[there] = np.add.reduceat(values, starts, axis=0)
    return sums


def _numbers(cell: Any) -> Array:
    if cell is None or isinstance(cell, float):
        return np.empty(0, np.float32)
    return np.asarray(cell, dtype=np.float32).reshape(-1)
