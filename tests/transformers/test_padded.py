"""Sequences of one length, against loops over the series."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.transformers.padded import Padded
from stages.transformers.steps import filled, moments_by_series, stacked

NAN = np.nan
TRAIN = [[[1.0, 10.0], [3.0, 30.0]], [[5.0, NAN], [7.0, 20.0], [9.0, 60.0]], [[2.0, 5.0]]]


def flat(series: list[Any]) -> pd.Series:
    cells = [None if each is None else np.asarray(each, np.float32).ravel() for each in series]
    return pd.Series(cells, dtype=object)


def fitted(series: list[Any], **keywords: Any) -> tuple[Padded, dict[str, np.ndarray], dict[str, Any]]:
    transformer = Padded(**keywords)
    names = ("a", "b")[: np.shape(series[0])[1]]
    made = transformer.fit_transform(flat(series), names=names)
    return transformer, made.inputs, made.facts


def test_values_stand_at_their_steps_and_zeros_follow() -> None:
    transformer, inputs, _ = fitted(TRAIN, scale="none")
    assert inputs["sequence"][0].tolist() == [[1, 10], [3, 30], [0, 0]]
    assert inputs["sequence"][2].tolist() == [[2, 5], [0, 0], [0, 0]]
    assert inputs["sequence_length"].tolist() == [[2], [3], [1]]
    first, second = transformer.inputs
    assert (first.name, first.shape, first.dtype, first.columns) == (
        "sequence",
        (3, 2),
        "float32",
        ("a", "b"),
    )
    assert (second.name, second.shape, second.dtype) == ("sequence_length", (1,), "int32")


def test_channels_are_scaled_by_all_real_steps_of_train() -> None:
    transformer, inputs, _ = fitted(TRAIN)
    first = np.array([1, 3, 5, 7, 9, 2.0])
    second = np.array([10, 30, 20, 60, 5.0])
    assert transformer.mean_ == pytest.approx([first.mean(), second.mean()])
    assert transformer.std_ == pytest.approx([first.std(), second.std()])
    assert inputs["sequence"][0, 1] == pytest.approx(
        [(3 - first.mean()) / first.std(), (30 - second.mean()) / second.std()], rel=1e-6
    )
    assert not inputs["sequence"][0, 2].any()


def test_every_series_can_be_scaled_by_itself() -> None:
    _, inputs, _ = fitted(TRAIN, scale="series")
    for number, length in enumerate((2, 3)):
        real = inputs["sequence"][number, :length]
        assert real.mean(axis=0) == pytest.approx([0, 0], abs=1e-6)
        assert real.std(axis=0) == pytest.approx([1, 1], rel=1e-5)
    assert inputs["sequence"][2, 0].tolist() == [0, 0]  # one step has no spread


def test_gaps_are_interpolated_in_time_or_zero() -> None:
    series = [[[NAN], [2.0], [NAN], [NAN], [8.0], [NAN]], [[NAN], [NAN]], [[0.0], [10.0]]]
    _, inputs, facts = fitted(series, scale="none")
    assert inputs["sequence"][0, :, 0].tolist() == [2, 2, 4, 6, 8, 8]
    assert inputs["sequence"][1, :2, 0].tolist() == [5, 5]  # the mean of 2, 8, 0, 10
    assert facts["missing_values"] == 6
    _, inputs, _ = fitted(series, scale="channel", missing="zero")
    assert inputs["sequence"][0, [0, 2, 3, 5], 0].tolist() == [0, 0, 0, 0]
    assert inputs["sequence"][2, 1, 0] == pytest.approx(5 / np.std([2, 8, 0, 10]), rel=1e-6)


@pytest.mark.parametrize(("truncate", "kept"), [("end", [0, 1, 2]), ("start", [7, 8, 9])])
def test_longer_series_are_cut_at_the_chosen_side(truncate: str, kept: list[int]) -> None:
    series = [[[float(step)] for step in range(10)], [[5.0]]]
    _, inputs, facts = fitted(series, scale="none", length=3, truncate=truncate)
    assert inputs["sequence"][:, :, 0].tolist() == [kept, [5, 0, 0]]
    assert inputs["sequence_length"].ravel().tolist() == [3, 1]
    assert facts["truncated_share"] == 0.5


def test_the_length_is_the_longest_but_for_a_few_far_longer_ones() -> None:
    usual = [[[1.0]] * 10] * 30
    assert fitted([*usual, [[1.0]] * 19])[0].length_ == 19
    transformer, _, facts = fitted([*usual, [[1.0]] * 500])
    assert transformer.length_ == 20
    assert transformer.notes(facts) == [
        "3.2 % of the sequences of train are longer than 20 steps and were cut; "
        "encode.sequence.length=500 keeps all of them."
    ]
    assert transformer.notes(fitted(usual)[2]) == []


def test_a_missing_series_is_one_step_of_the_means() -> None:
    for scale, expected in (("none", [4.5, 25.0]), ("channel", [0, 0]), ("series", [0, 0])):
        transformer, inputs, facts = fitted([*TRAIN, None], scale=scale)
        assert inputs["sequence"][3].tolist() == [pytest.approx(expected), [0, 0], [0, 0]]
        assert inputs["sequence_length"][3] == 1
        assert facts["missing"] == 1
        assert np.array_equal(
            transformer.transform(flat([None])).inputs["sequence"][0], inputs["sequence"][3]
        )


def test_a_channel_without_any_value_is_zero() -> None:
    _, inputs, _ = fitted([[[1.0, NAN], [2.0, NAN]], [[3.0, NAN]]])
    assert np.isfinite(inputs["sequence"]).all()
    assert not inputs["sequence"][..., 1].any()


def test_series_of_other_channels_or_infinite_ones_are_refused() -> None:
    transformer, _, _ = fitted(TRAIN)
    with pytest.raises(ValueError, match=r"has 3 numbers, which do not divide into steps of the 2 channels"):
        transformer.transform(flat([[1.0, 2.0, 3.0]]))
    with pytest.raises(ValueError, match="holds infinite values"):
        transformer.transform(flat([[[np.inf, 1.0]]]))


def test_steps_lie_under_one_another() -> None:
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(length, 3)) for length in (4, 0, 7, 1)]
    for each in series[2:3]:
        each[1:5, 1] = NAN
        each[:, 2] = NAN
    steps = stacked(flat(series), num_channels=3)
    assert steps.lengths.tolist() == [4, 0, 7, 1]
    assert steps.series.tolist() == [0] * 4 + [2] * 7 + [3]
    assert steps.step.tolist() == [*range(4), *range(7), 0]
    column = series[2][:, 1].astype(np.float32)
    known = np.flatnonzero(~np.isnan(column))
    values = filled(steps, otherwise=np.array([0, 0, 9.0]))
    assert values[4:11, 1] == pytest.approx(np.interp(np.arange(7), known, column[known]))
    assert values[4:11, 2].tolist() == [9] * 7
    mean, std = moments_by_series(steps)
    with np.errstate(all="ignore"):
        assert mean[2, :2] == pytest.approx(np.nanmean(series[2][:, :2], axis=0), rel=1e-6)
        assert std[2, :2] == pytest.approx(np.nanstd(series[2][:, :2], axis=0), rel=1e-5)
    assert (mean[2, 2], std[2, 2], std[3].tolist()) == (0, 1, [1, 1, 1])
