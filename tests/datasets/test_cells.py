"""The cells: the same cell gives the same value, as text or typed, whatever stands around it."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from stages.datasets.cells import Reason, parse_cells, parse_column
from stages.datasets.numbers import numbers_from_text
from stages.examples.schema import Column, Notation, Schema

NAN = float("nan")
NUMERIC = Column(name="a", role="numeric")
LEVELS = Column(name="a", role="categorical")
MARKED = Notation(missing_values=("", "NA", "-1"))


def text(*cells: str | None) -> pd.Series:
    return pd.Series(cells, dtype="str", name="a")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12", 12.0),
        (" 12 ", 12.0),
        ("+1.5e3", 1500.0),
        ("1,234", 1234.0),
        ("1,234,567.25", 1234567.25),
        ("12,34,567", 1234567.0),
        ("1 234", 1234.0),
        ("1\u00a0234.5", 1234.5),
        ("$3.20", 3.2),
        ("3.20 €", 3.2),
        ("USD 7", 7.0),
        ("-$7", -7.0),
        ("$-7", -7.0),
        ("(17.5)", -17.5),
        ("\u22124", -4.0),
        ("12%", 12.0),
        (".5", 0.5),
        ("1,5", NAN),
        ("0,123", NAN),
        ("1,23", NAN),
        ("1.234,5", NAN),
        ("12 kg", NAN),
        ("1_000", NAN),
        ("0x1A", NAN),
        ("1-2", NAN),
        ("--3", NAN),
        ("e5", NAN),
        ("", NAN),
        ("inf", NAN),
        ("-Infinity", NAN),
        ("1e999", NAN),
    ],
)
def test_number_from_text(cell: str, expected: float) -> None:
    # Alone, and beside a cell that sends the column down the slow path.
    for cells in (text(cell), text(cell, "$1")):
        values = parse_column(cells, NUMERIC, Notation()).values
        np.testing.assert_equal(values.iloc[0], expected)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1,5", 1.5),
        ("1.234,5", 1234.5),
        ("1.234", 1234.0),
        ("-0,25", -0.25),
        ("7", 7.0),
        ("€ 1.000,00", 1000.0),
    ],
)
def test_number_with_decimal_comma(cell: str, expected: float) -> None:
    notation = Notation(decimal=",", thousands=".")
    assert parse_column(text(cell), NUMERIC, notation).values.iloc[0] == expected


def test_number_without_thousands_mark() -> None:
    values = parse_column(text("1,234", "1 234", "$5"), NUMERIC, Notation(thousands="")).values
    np.testing.assert_equal(values.to_numpy(), [NAN, NAN, 5.0])


def test_numbers_say_what_each_cell_was() -> None:
    found = numbers_from_text(pa.array(["1", "$2", "inf", "x", None], pa.large_string()), Notation())
    assert found.decorated.tolist() == [False, True, False, False, False]
    assert found.infinite.tolist() == [False, False, True, False, False]
    assert found.wrong.tolist() == [False, False, False, True, False]


def test_numeric_reasons() -> None:
    parsed = parse_column(text("1", "$2", "inf", "x", "NA", "", None, "-1.0"), NUMERIC, MARKED)
    expected = [
        Reason.AS_IT_WAS,
        Reason.DECORATED,
        Reason.INFINITE,
        Reason.NO_NUMBER,
        Reason.MARKER,
        Reason.AS_IT_WAS,
        Reason.AS_IT_WAS,
        Reason.MARKER,
    ]
    assert parsed.reasons.tolist() == expected
    assert parsed.reasons.dtype == np.int8


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series([1.0, NAN, 2.5]),
        pd.Series(["1", "", "2.5"], dtype="str"),
        pd.Series(["1", None, 2.5], dtype=object),
        pd.Series([1, None, 2.5], dtype="Float64"),
        pd.Series([1.0, np.inf, 2.5], dtype="float32"),
    ],
)
def test_numeric_from_any_type(cells: pd.Series) -> None:
    before = cells.copy()
    parsed = parse_column(cells, NUMERIC, Notation())
    pd.testing.assert_series_equal(parsed.values, pd.Series([1.0, NAN, 2.5]))
    pd.testing.assert_series_equal(cells, before)


def test_levels_are_trimmed_marked_and_cut() -> None:
    long = "x" * 1001
    parsed = parse_column(text(" a ", "NA", "None", long, None, "x" * 1000), LEVELS, MARKED)
    expected = pd.Series(["a", None, "None", None, None, "x" * 1000], dtype="str")
    pd.testing.assert_series_equal(parsed.values, expected, check_names=False)
    assert parsed.reasons.tolist() == [Reason.TRIMMED, Reason.MARKER, 0, Reason.TOO_LONG, 0, 0]


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series([1, 2, 1]),
        pd.Series([1.0, 2.0, 1.0]),
        pd.Series(["1", "2.0", " 1.0"], dtype="str"),
        pd.Series([1, "2", 1.0], dtype=object),
    ],
)
def test_number_levels_are_one_however_written(cells: pd.Series) -> None:
    column = LEVELS.model_copy(update={"number_levels": True})
    assert parse_column(cells, column, MARKED).values.tolist() == ["1", "2", "1"]


def test_levels_of_codes_keep_leading_zeros() -> None:
    assert parse_column(text("007", "7"), LEVELS, MARKED).values.tolist() == ["007", "7"]


def test_large_whole_numbers_keep_their_digits_as_levels() -> None:
    cells = pd.Series([2**53 + 1, 2**53 + 3])
    assert parse_column(cells, LEVELS, MARKED).values.tolist() == ["9007199254740993", "9007199254740995"]


def test_booleans_from_words_numbers_and_booleans() -> None:
    column = Column(name="a", role="boolean")
    parsed = parse_column(text("Yes", "no", " T ", "F", "ON", "0", "1.0", "maybe", "NA"), column, MARKED)
    np.testing.assert_equal(parsed.values.to_numpy(), [1, 0, 1, 0, 1, 0, 1, NAN, NAN])
    assert parsed.reasons[-2:].tolist() == [Reason.NO_BOOLEAN, Reason.MARKER]
    for typed in (pd.Series([True, False]), pd.Series([1.0, 0.0]), pd.Series([True, False], dtype=object)):
        assert parse_column(typed, column, MARKED).values.tolist() == [1.0, 0.0]


def test_dates_from_text_and_types() -> None:
    column = Column(name="a", role="date", date_formats=("%d/%m/%Y",))
    cells = text("31/01/2020", "2020-02-01", "2020-02-01T12:00:00+02:00", "soon", "NA", None)
    parsed = parse_column(cells, column, MARKED)
    expected = pd.Series(
        ["2020-01-31", "2020-02-01", "2020-02-01 10:00", None, None, None], dtype="datetime64[us]"
    )
    pd.testing.assert_series_equal(parsed.values, expected, check_names=False)
    assert parsed.reasons.tolist() == [0, 0, 0, Reason.NO_DATE, Reason.MARKER, 0]
    zoned = pd.Series(pd.to_datetime(["2020-02-01T12:00:00+02:00"]))
    assert parse_column(zoned, column, MARKED).values.tolist() == [pd.Timestamp("2020-02-01 10:00")]
    python = pd.Series([datetime.date(2020, 1, 31), None], dtype=object)
    assert parse_column(python, column, MARKED).values.iloc[0] == pd.Timestamp("2020-01-31")


def test_compact_dates_also_as_numbers() -> None:
    column = Column(name="a", role="date", date_formats=("%Y%m%d",))
    for cells in (text("20200131"), pd.Series([20200131]), pd.Series([20200131.0])):
        assert parse_column(cells, column, MARKED).values.tolist() == [pd.Timestamp("2020-01-31")]


@pytest.mark.parametrize(
    ("role", "means", "value"),
    [("categorical", "none", "none"), ("numeric", "0", 0.0), ("boolean", "no", 0.0)],
)
def test_a_missing_cell_may_have_a_meaning(role: str, means: str, value: object) -> None:
    column = Column(name="a", role=role, means=means)
    parsed = parse_column(text("1", "", "NA"), column, MARKED)
    assert parsed.values.iloc[1:].tolist() == [value, value]
    assert parsed.reasons.tolist() == [0, Reason.MEANS, Reason.MEANS]


SCHEMA = Schema(
    dataset="d",
    task="regression",
    target="y",
    features=(
        Column(name="n", role="numeric", missing=("-9",)),
        Column(name="c", role="categorical"),
        Column(name="b", role="boolean"),
        Column(name="d", role="date", date_formats=("%d.%m.%Y",)),
    ),
    cells=MARKED,
)


def test_parse_cells_gives_every_feature_in_its_dtype() -> None:
    raw = pd.DataFrame({"c": ["u", " v"], "n": ["$1", "-9"], "more": [1, 2]}, index=[7, 3])
    cells = parse_cells(raw, SCHEMA)
    assert list(cells.columns) == ["feature.n", "feature.c", "feature.b", "feature.d"]
    assert [str(kind) for kind in cells.dtypes] == ["float64", "str", "float64", "datetime64[us]"]
    assert list(cells.index) == [7, 3]
    np.testing.assert_equal(cells["feature.n"].to_numpy(), [1.0, NAN])
    assert cells["feature.c"].tolist() == ["u", "v"]
    assert cells[["feature.b", "feature.d"]].isna().all(axis=None)


def test_parse_cells_does_not_depend_on_other_rows() -> None:
    raw = pd.DataFrame(
        {
            "n": ["1", "$2", "x", "inf", None],
            "c": ["1", "1.0", "NA", "", "q"],
            "b": ["yes", "0", "?", None, "F"],
            "d": ["01.02.2020", "2020-03-01", "x", "", None],
        },
        dtype="str",
    )
    together = parse_cells(raw, SCHEMA)
    alone = pd.concat([parse_cells(raw.iloc[[row]], SCHEMA) for row in range(len(raw))])
    pd.testing.assert_frame_equal(together, alone)
    pd.testing.assert_frame_equal(parse_cells(raw.iloc[:0], SCHEMA), together.iloc[:0])


def test_schema_survives_json() -> None:
    assert Schema.model_validate_json(SCHEMA.model_dump_json()) == SCHEMA
