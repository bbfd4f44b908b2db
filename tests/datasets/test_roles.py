"""The inferred roles, by the rules stages.datasets.roles states."""

from __future__ import annotations

import pandas as pd
import pytest
from raw_files import SETTINGS

from stages.datasets.columns import Rules, read_feature
from stages.datasets.notation import infer_notation
from stages.datasets.roles import infer_column, stated_column
from stages.examples.schema import Notation
from stages.settings.clean import CleanSettings
from stages.settings.dataset import DatasetCells, DatasetSettings

MANY = 40


def inferred(cells: list[object], name: str = "a") -> str:
    series = pd.Series([cells[number % len(cells)] for number in range(MANY)], name=name)
    return infer_column(series, Notation(missing_values=("", "NA")), max_unreadable_share=0.05).use


@pytest.mark.parametrize(
    ("cells", "role"),
    [
        (["1", "2", "5"], "numeric"),
        ([1, 2, 5], "numeric"),
        (["1.5", "", "NA"], "numeric"),
        (["$1,000", "20%", "3"], "numeric"),
        (["1", "0", ""], "boolean"),
        ([1.0, 0.0], "boolean"),
        ([True, False, None], "boolean"),
        (["Yes", "no", "YES"], "boolean"),
        (["y", "n"], "boolean"),
        (["yes", "never"], "categorical"),
        (["yes", "off"], "categorical"),
        (["yes"], "categorical"),
        (["1", "1"], "numeric"),
        (["male", "female"], "categorical"),
        (["01234", "99501"], "categorical"),
        (["1", "two"], "categorical"),
        (["2020-01-31", "2021-12-01"], "date"),
        (["31.01.2020", "01.12.2021", ""], "date"),
        (["Jan 31, 2020", "Dec 1, 2021"], "date"),
        (["2020-01-31 10:15:00", "2021-12-01 00:00:00"], "date"),
        (["12/31/2020 10:15", "12/01/2021 00:00"], "date"),
        ([20200131, 20200201, 20210301, 20210401, 20210501], "date"),
        ([20200131, 20200201, 20210301, 20210401, 99999999], "numeric"),
        (["1.2.3", "4.5.6"], "categorical"),
        (["", "NA"], "numeric"),
        ([pd.Timestamp("2020-01-01"), pd.NaT], "date"),
    ],
)
def test_inferred_role(cells: list[object], role: str) -> None:
    assert inferred(cells) == role


@pytest.mark.parametrize(
    ("cells", "name", "role"),
    [
        (list(range(MANY)), "a", "ignored"),
        (list(range(MANY, 0, -1)), "a", "ignored"),
        ([number * 7 for number in range(MANY)], "a", "numeric"),
        ([number * 7 for number in range(MANY)], "order_id", "ignored"),
        ([number * 7 for number in range(MANY)], "customerID", "ignored"),
        ([number * 7 for number in range(MANY)], "paid", "numeric"),
        ([number + 0.5 for number in range(MANY)], "id", "numeric"),
        ([str(10**20 + number * 3) for number in range(MANY)], "a", "ignored"),
        ([f"name {number}" for number in range(MANY)], "a", "ignored"),
        ([f"name {number % 30}" for number in range(MANY)], "a", "categorical"),
        ([f"{number % 30} " + "word " * 20 for number in range(MANY)], "a", "ignored"),
    ],
)
def test_ids_and_free_text_are_ignored(cells: list[object], name: str, role: str) -> None:
    assert inferred(cells, name) == role


def test_a_few_wrong_cells_do_not_change_the_role() -> None:
    notation = Notation()
    numbers = pd.Series([*map(str, [1.5, 2.5] * 20), "x", "y"], name="a")
    assert infer_column(numbers, notation, max_unreadable_share=0.05).use == "numeric"
    assert infer_column(numbers, notation, max_unreadable_share=0.04).use == "categorical"


def test_day_first_is_told_by_a_day_above_twelve() -> None:
    cells = pd.Series(["01/02/2020", "31/12/2020"] * 10, name="a")
    found = infer_column(cells, Notation(), max_unreadable_share=0.05)
    assert found.column is not None
    assert found.column.date_formats == ("%d/%m/%Y",)
    assert found.remark == ""


def test_never_both_day_first_and_month_first() -> None:
    cells = pd.Series([*(f"{day}/12/2020" for day in range(13, 32)), "12/31/2020"], name="a")
    found = infer_column(cells, Notation(), max_unreadable_share=0.05)
    assert found.column is not None
    assert found.column.date_formats == ("%d/%m/%Y",)


def test_the_share_of_unread_dates_is_of_cells_not_of_levels() -> None:
    cells = pd.Series(["2020-01-31", "2020-02-29"] * 20 + ["soon"], name="a")
    assert infer_column(cells, Notation(), max_unreadable_share=0.05).use == "date"


def test_stated_levels_that_are_numbers() -> None:
    notation = Notation()
    assert stated_column(pd.Series(["1", "2.0"]), "categorical", notation).number_levels
    assert stated_column(pd.Series([1, 2]), "categorical", notation).number_levels
    assert not stated_column(pd.Series(["01", "2"]), "categorical", notation).number_levels
    assert not stated_column(pd.Series(["1", "b"]), "categorical", notation).number_levels


@pytest.mark.parametrize(
    ("cells", "delimiter", "decimal"),
    [
        (["1,5", "2,25"], ",", ","),
        (["1.234,5", "7"], ",", ","),
        (["0,125"], ",", ","),
        (["1.5", "2.25"], ";", "."),
        (["1,234", "2,345"], ",", "."),
        (["1,234", "2,345"], ";", ","),
        (["1,234.5", "7"], ";", "."),
        (["a, b", "c"], ";", "."),
    ],
)
def test_decimal_mark_is_inferred(cells: list[str], delimiter: str, decimal: str) -> None:
    frame = pd.DataFrame({"a": pd.Series(cells, dtype="str")})
    notation = infer_notation(frame, DatasetCells(), delimiters=[delimiter])
    assert notation.decimal == decimal
    assert notation.thousands == ("." if decimal == "," else ",")


def rules(**dataset: object) -> Rules:
    settings = DatasetSettings(**{"name": "d", "target": "y"} | dataset)
    return Rules(Notation(), settings, CleanSettings(**SETTINGS))


def test_none_and_minus_are_levels_unless_stated() -> None:
    frame = pd.DataFrame({"a": ["None", "-", "x"]})
    assert {"None", "-"}.isdisjoint(infer_notation(frame, DatasetCells()).missing_values)
    stated = infer_notation(frame, DatasetCells(missing_values=["None", -9]))
    assert stated.missing_values == ("None", "-9")


def test_evident_sentinels_become_markers_of_their_column() -> None:
    column = read_feature(pd.Series([5.0, -999.0, 7.0, -999.0], name="a"), None, rules())
    assert column.column is not None
    assert column.column.missing == ("-999",)
    assert column.values.isna().tolist() == [False, True, False, True]


def test_sentinels_are_left_where_values_are_negative_or_markers_stated() -> None:
    negative = read_feature(pd.Series([-5.0, -999.0, 7.0, -999.0], name="a"), None, rules())
    assert not negative.values.isna().any()
    stated = read_feature(pd.Series([5.0, -999.0, 7.0, -999.0], name="a"), None, rules(missing_values=[""]))
    assert not stated.values.isna().any()
    assert "may stand for missing" in stated.remark
