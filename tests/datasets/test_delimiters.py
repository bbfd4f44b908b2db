"""Which character parts the cells of a text file."""

from __future__ import annotations

import pytest

from stages.datasets.delimited import guess_delimiter, read_delimited
from stages.settings.dataset import DatasetFiles

DECIMALS = [[0.126, -0.132, 3.36], [-0.536, 0.362, -2.82], [1.5, 1204.25, 0.02]] * 20


def written(delimiter: str, *, decimal: str = ".", head: str = "", names: str = "a b c") -> str:
    lines = [delimiter.join(names.split())] if names else []
    lines += [delimiter.join(str(cell).replace(".", decimal) for cell in row) for row in DECIMALS]
    return head + "\n".join(lines) + "\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("names", ["a b c", ""])
@pytest.mark.parametrize("head", ["", "Report of 3, 4 and 5\n"])
def test_every_delimiter_is_found(delimiter: str, names: str, head: str) -> None:
    assert guess_delimiter(written(delimiter, head=head, names=names).encode()) == delimiter


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("names", ["a b c", ""])
@pytest.mark.parametrize("head", ["", "Report of 3, 4 and 5\n"])
def test_decimal_commas_in_every_cell_are_no_delimiters(delimiter: str, names: str, head: str) -> None:
    # By the number of cells the comma would win: there are more of them in a line.
    text = written(delimiter, decimal=",", head=head, names=names)
    assert guess_delimiter(text.encode()) == delimiter


@pytest.mark.parametrize(
    "text",
    [
        "when,what\n" + '"a; b",1\n' * 30,
        "a,b,c\n" + "x;y,1,2\n" * 30,
        "a,b,c\n" + "1,red;blue,2\n" * 30,
        "a,b\n" + "12:30|12:40,2\n" * 30,
    ],
)
def test_other_delimiters_within_cells_do_not_mislead(text: str) -> None:
    assert guess_delimiter(text.encode()) == ","


def test_european_numbers_are_read_whole() -> None:
    settings = DatasetFiles(name="t")
    table = read_delimited("t.csv", written(";", decimal=",").encode(), settings)
    assert table.reading["delimiter"] == ";"
    assert table.unreadable == ()
    assert table.frame.iloc[2].tolist() == ["1,5", "1204,25", "0,02"]
