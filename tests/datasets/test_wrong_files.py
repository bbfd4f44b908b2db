"""Every wrong file is refused in one clear paragraph, or mended and audited; none silently misread."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from raw_files import cleaned_bytes, cleaned_folder, rows

from stages.clean import Cleaned
from stages.examples.schema import EXCLUDE

TABLE = rows()
LINES = TABLE.splitlines()


def with_column(name: str, values: list[object]) -> str:
    """Return the table with a further column, `values` over and over."""
    cells = [f"{line},{values[number % len(values)]}" for number, line in enumerate(LINES[1:])]
    return "\n".join([f"{LINES[0]},{name}", *cells]) + "\n"


def with_rows(*lines: str) -> str:
    return TABLE + "\n".join(lines) + "\n"


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def book(**sheets: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def parquet(**columns: list[object]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


REFUSED: dict[str, tuple[bytes | str, dict[str, Any], list[str]]] = {
    "empty": (b"", {}, ["a.csv is empty"]),
    "white space only": (" \n\n", {}, ["is empty", "column names"]),
    "header only": ("x,c,y\n", {}, ["no records", "'x', 'c', 'y'", "dataset.names"]),
    "wrong delimiter": (TABLE.replace(",", ";"), {"delimiter": ","}, ["'x;c;y'", "dataset.delimiter"]),
    "wrong encoding": (
        TABLE.replace("u", "é").encode("latin-1"),
        {"encoding": "utf-8"},
        ["not text in the encoding utf-8", "dataset.encoding=cp1252"],
    ),
    "unknown encoding": (TABLE, {"encoding": "utf-9"}, ["dataset.encoding=utf-9", "cp1252"]),
    "missing target": (TABLE, {"target": "Y"}, ["dataset.target", "Did you mean 'y'?"]),
    "one class": (TABLE.replace("bad", "good"), {}, ["one class only", "'good'", "30 rows"]),
    "target all missing": (with_column("z", [""]), {"target": "z"}, ["'z' is missing in all 30 rows"]),
    "constant regression": (
        with_column("z", ["1.5"]),
        {"target": "z", "task": "regression"},
        ["same value", "1.5"],
    ),
    "regression of words": (
        TABLE,
        {"task": "regression"},
        ["'y' is to be numeric (dataset.task=regression)", "30 of its 30", "dataset.task=classification"],
    ),
    "a class for each row": (
        "x,y\n" + "".join(f"{number % 7},word {number}\n" for number in range(40)),
        {},
        ["40 different values in 40 rows", "dataset.task=regression"],
    ),
    "column twice": (
        TABLE.replace("x,c,y", "x,x,y"),
        {},
        ["more than one column called 'x'", "dataset.names"],
    ),
    "truncated gz": (
        gzip.compress(TABLE.encode() * 50)[:-90],
        {"file": "a.csv.gz"},
        ["a.csv.gz", "damaged or cut off"],
    ),
    "truncated xz": (
        lzma.compress(TABLE.encode() * 50)[:-30],
        {"file": "a.csv.xz"},
        ["a.csv.xz", "damaged or cut off"],
    ),
    "gz in name only": (TABLE, {"file": "a.csv.gz"}, ["is not compressed"]),
    "zip of two": (
        zipped(a_csv=TABLE, b_csv=TABLE),
        {"file": "a.zip"},
        ["exactly one file", "'a.csv', 'b.csv'"],
    ),
    "empty zip": (zipped(), {"file": "a.zip"}, ["exactly one file", "holds 0"]),
    "cut zip": (zipped(a_csv=TABLE)[:60], {"file": "a.zip"}, ["damaged or cut off"]),
    "wrong digest": (TABLE, {"sha256": {"a.csv": "0" * 64}}, ["SHA-256", "0" * 64, "dataset.sha256"]),
    "digest of another file": (TABLE, {"sha256": {"b.csv": "0" * 64}}, ["'b.csv'", "Did you mean 'a.csv'?"]),
    "missing file": (TABLE, {"files": ["b.csv"]}, ["dataset.files names 'b.csv'", "Did you mean 'a.csv'?"]),
    "missing file of a part": (TABLE, {"parts": {"train": ["t.csv"]}}, ["dataset.parts", "'t.csv'"]),
    "no table": (TABLE, {"file": "README.md"}, ["holds no table", "'README.md'", "dataset.files"]),
    "unknown ending": (TABLE, {"file": "a.md", "files": ["a.md"]}, ["'.md'", "dataset.format=csv"]),
    "utf-16 without mark": (TABLE.encode("utf-16-le"), {}, ["NUL bytes", "dataset.encoding=utf-16"]),
    "binary": (bytes(range(256)) * 40, {}, ["not a text file"]),
    "binary without NUL": (bytes(range(1, 256)) * 40, {}, ["not a text file", "control characters"]),
    "all ragged": (
        "\n".join([LINES[0], *(f"{line},1" for line in LINES[1:])]),
        {},
        ["30 of 30 records", "record 1 (4 cells, expected 3)", "dataset.skip_rows"],
    ),
    "lines above the names": ("made by a tool\n\n" + TABLE, {}, ["dataset.skip_rows"]),
    "no line of names": ("1,2,a\n3,4,b\n", {}, ["first line looks like data", "dataset.names"]),
    "two lines of names": (TABLE, {"names": ["x", "c", "y"]}, ["line of names too", "dataset.skip_rows=1"]),
    "unclosed quote": (TABLE.replace("u,bad", '"u,bad', 1), {}, ["quotation mark", "not closed"]),
    "unclosed quote far up": (
        "a,y\n" + "1,a\n2,b\n" * 10 + '3,"b\n' + "4,a\n" * 50 + '5,"a"\n',
        {},
        ["quotation mark", "record 21"],
    ),
    "empty sheet": (
        book(first=[], data=[["x", "y"], [1, "a"]]),
        {"file": "a.xlsx"},
        ["sheet 'first' is empty", "dataset.sheet=data"],
    ),
    "unknown sheet": (
        book(Data=[["x", "y"]]),
        {"file": "a.xlsx", "sheet": "data"},
        ["no sheet 'data'", "Did you mean 'Data'?"],
    ),
    "title above an Excel table": (
        book(s=[["My table"], [], ["x", "c", "y"], [1, "u", "a"]]),
        {"file": "a.xlsx"},
        ["'My table'", "dataset.skip_rows"],
    ),
    "old Excel": (b"\xd0\xcf\x11\xe0" + b"0" * 100, {"file": "a.xls"}, ["old kind", ".xlsx"]),
    "not Excel": (TABLE, {"file": "a.xlsx"}, ["a.xlsx", "cannot be read as an Excel file"]),
    "many broken JSON lines": (
        '{"x": 3, "y\n{"x": 3, "y": "a"}\n',
        {"file": "a.jsonl"},
        ["1 of 2 records", "record 1 (not JSON"],
    ),
    "nested JSON": (
        '{"x": {"a": 1}, "y": "b"}\n{"x": {"a": 2}, "y": "a"}\n',
        {"file": "a.jsonl"},
        ["'x' holds an object", "json_normalize"],
    ),
    "JSON of scalars": ("[1, 2]", {"file": "a.json"}, ["list of JSON objects"]),
    "nested Parquet": (
        parquet(x=[["u"], ["v"]], y=["a", "b"]),
        {"file": "a.parquet"},
        ["'x' holds list", "Flatten"],
    ),
    "cut Parquet": (
        parquet(x=[1, 2], y=["a", "b"])[:-9],
        {"file": "a.parquet"},
        ["cannot be read as parquet"],
    ),
    "another format": (parquet(x=[1, 2], y=["a", "b"]), {"format": "csv"}, ["content of a.csv is parquet"]),
    "role of no column": (
        TABLE,
        {"columns": {"numeric": ["X"]}},
        ["dataset.columns.numeric", "Did you mean 'x'?"],
    ),
    "id of no column": (TABLE, {"id": "key"}, ["dataset.id names the column 'key'"]),
    "numeric of words": (
        TABLE,
        {"columns": {"numeric": ["c"]}},
        ["'c' is to be numeric (dataset.columns.numeric)", "30 of its 30", "'u', 'v', 'w'"],
    ),
    "boolean of words": (TABLE, {"columns": {"boolean": ["c"]}}, ["'c' is to be boolean"]),
    "date of words": (TABLE, {"columns": {"date": ["c"]}}, ["'c' is to be date"]),
    "no feature": ("y\na\nb\na\n", {}, ["No column is left to predict from"]),
    "ids only": (
        "key,y\n" + "".join(f"k{number},{'ab'[number % 2]}\n" for number in range(30)),
        {},
        ["No column is left", "key (text different in 100% of the rows"],
    ),
    "unknown positive class": (TABLE, {"positive_class": "God"}, ["'good', 'bad'", "Did you mean 'good'?"]),
    "positive of three": (
        TABLE.replace("good", "mid", 3),
        {"positive_class": "bad"},
        ["two classes only", "has 3"],
    ),
    "negative weight": (with_column("w", [1, -1]), {"weight": "w"}, ["dataset.weight=w", "15 rows do not"]),
    "no weight": (with_column("w", [0]), {"weight": "w"}, ["all are 0"]),
    "repeated id": (with_column("k", ["a", "b"]), {"id": "k"}, ["dataset.id=k", "'a', 'b'", "dataset.group"]),
    "unknown part": (with_column("p", ["train", "oops"]), {"part": "p"}, ["dataset.part=p", "'oops'"]),
    "unreadable time": (
        with_column("t", ["2020-01-01", "soon"]),
        {"time": "t"},
        ["dataset.time=t", "15 of 30 rows"],
    ),
    "meaning of another type": (
        TABLE,
        {"missing_means": {"x": "unknown"}},
        ["dataset.missing_means", "no value of a numeric column"],
    ),
    "dates as target": (
        parquet(x=[1.5, 2.5], y=[pa.scalar(0, pa.timestamp("us")), pa.scalar(9, pa.timestamp("us"))]),
        {"file": "a.parquet"},
        ["'y' holds dates"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_paragraph(case: str, tmp_path: Path) -> None:
    content, settings, expected = REFUSED[case]
    with pytest.raises(ValueError) as raised:
        cleaned_bytes(tmp_path / "d", content, **settings)
    message = str(raised.value)
    assert type(raised.value) is ValueError
    assert "\n" not in message
    assert 40 < len(message) < 700
    assert message[-1] in ".?)"
    for part in expected:
        assert part in message


def audit(cleaned: Cleaned, action: str) -> list[tuple[Any, ...]]:
    """Return row, column, before and after of the audit's lines on `action`."""
    lines = cleaned.audit[cleaned.audit["action"] == action]
    return [tuple(line) for line in lines[["row", "column", "before", "after"]].itertuples(index=False)]


def same(cleaned: Cleaned) -> bool:
    """Say whether the plain table came out."""
    return (
        cleaned.schema.keys("numeric") == ["feature.x"] and len(cleaned.examples) == 30 and not cleaned.notes
    )


def lost(row: int, column: str, before: str) -> Callable[[Cleaned], bool]:
    return lambda cleaned: (row, column, before, "") in audit(cleaned, "cell to missing")


MENDED: dict[str, tuple[bytes | str, dict[str, Any], Callable[[Cleaned], bool]]] = {
    "semicolons": (TABLE.replace(",", ";"), {}, same),
    "tabs": (TABLE.replace(",", "\t"), {"file": "a.tsv"}, same),
    "decimal commas": (
        TABLE.replace(",", ";").replace(".", ","),
        {},
        lambda cleaned: cleaned.schema.cells.decimal == "," and cleaned.examples["feature.x"].iloc[1] == 1.5,
    ),
    "byte order mark": (b"\xef\xbb\xbf" + TABLE.encode(), {}, same),
    "utf-16 with mark": (TABLE.encode("utf-16"), {}, same),
    "CRLF": (TABLE.replace("\n", "\r\n"), {}, same),
    "gz named csv": (gzip.compress(TABLE.encode()), {}, same),
    "xz": (lzma.compress(TABLE.encode()), {"file": "a.csv.xz"}, same),
    "zip of one": (zipped(a_csv=TABLE), {"file": "a.zip"}, same),
    "not UTF-8": (
        TABLE.replace("u", "é").encode("latin-1"),
        {},
        lambda cleaned: (
            "read as cp1252" in cleaned.audit["reason"].iloc[0]
            and cleaned.examples["feature.c"].iloc[0] == "é"
        ),
    ),
    "line break in a cell": (
        with_rows('5,"a\nb",bad'),
        {},
        lambda cleaned: cleaned.examples["feature.c"].iloc[-1] == "a\nb",
    ),
    "a ragged record": (
        "\n".join([*LINES, *LINES[1:], "5,u"]),
        {},
        lambda cleaned: (61, "", "5,u", "") in audit(cleaned, "row dropped") and len(cleaned.examples) == 60,
    ),
    "no name of the first column": (
        "\n".join([LINES[0], *(f"{number},{line}" for number, line in enumerate(LINES[1:]))]),
        {"names": ["i", "x", "c", "y"], "skip_rows": 1},
        lambda cleaned: cleaned.notes == ["i: numbers the rows"],
    ),
    "infinite values": (
        with_column("z", ["inf", "1.5", "-Infinity", "1e999", "2.5"]),
        {},
        lambda cleaned: (
            int(cleaned.examples["feature.z"].isna().sum()) == 18 and lost(1, "z", "inf")(cleaned)
        ),
    ),
    "all missing": (
        with_column("z", [""]),
        {},
        lambda cleaned: (
            cleaned.examples["feature.z"].isna().all() and "z: every cell is missing" in cleaned.notes
        ),
    ),
    "a word among numbers": (
        with_rows("oops,u,bad"),
        {},
        lambda cleaned: (
            lost(31, "x", "oops")(cleaned) and "x: 1 cells became missing: not a number" in cleaned.notes
        ),
    ),
    "mixed types": (
        with_column("z", ["1", "two", "3.0", "x", "5"]),
        {},
        lambda cleaned: "feature.z" in cleaned.schema.keys("categorical") and "mixed" in cleaned.notes[0],
    ),
    "a million characters": (
        with_rows("1," + "q" * 1_000_000 + ",bad"),
        {},
        lost(31, "c", "q" * 80 + "... (1,000,000 characters)"),
    ),
    "a million digits": (
        with_rows("9" * 1_000_000 + ",u,bad"),
        {},
        lost(31, "x", "9" * 80 + "... (1,000,000 characters)"),
    ),
    "target missing": (
        with_rows("7,u,", "8,v,NA"),
        {},
        lambda cleaned: (
            audit(cleaned, "row dropped") == [(31, "y", "", ""), (32, "y", "NA", "")]
            and len(cleaned.examples) == 30
        ),
    ),
    "regression target as text": (
        "x,y\n" + "".join(f'{number % 7},"${number * 1000 + 1:,}.50"\n' for number in range(40)),
        {},
        lambda cleaned: cleaned.schema.task == "regression" and cleaned.examples["target"].iloc[2] == 2001.5,
    ),
    "equal columns twice": (
        "x,c,c,y\n" + "".join(f"{line.split(',')[0]},u,u,{line.split(',')[2]}\n" for line in LINES[1:]),
        {},
        lambda cleaned: len(cleaned.schema.features) == 2 and "stands there twice" in cleaned.notes[0],
    ),
    "index written twice": (
        f",Unnamed: 0,{LINES[0]}\n" + "".join(f"{i},{i},{line}\n" for i, line in enumerate(LINES[1:])),
        {},
        lambda cleaned: cleaned.schema.keys() == [] and len(cleaned.schema.features) == 2,
    ),
    "spaces around names": (
        TABLE.replace("x,c,y", " x , c,y ", 1),
        {},
        lambda cleaned: len(cleaned.notes) == 3,
    ),
    "huge ids": (
        with_column("z", [str(10**25 + 7 * number) for number in range(30)]),
        {},
        lambda cleaned: len(cleaned.schema.features) == 2 and "too large to be exact" in cleaned.notes[0],
    ),
    "mixed dates": (
        with_column("z", ["2020-01-31", "31/12/2020", "15/06/2021"]),
        {},
        lambda cleaned: (
            str(cleaned.examples["feature.z"].iloc[1]) == "2020-12-31 00:00:00"
            and not cleaned.examples["feature.z"].isna().any()
        ),
    ),
    "day or month first": (
        with_column("z", ["01/02/2020", "03/04/2020"]),
        {},
        lambda cleaned: "dataset.date_format=%d/%m/%Y" in cleaned.notes[0],
    ),
    "evident sentinel": (
        with_column("z", [-999, 3, 4, 5]),
        {},
        lambda cleaned: (
            "z: -999 (8 cells) taken for missing" in cleaned.notes and lost(1, "z", "-999")(cleaned)
        ),
    ),
    "suspected sentinel": (
        with_column("z", [999, 3, 4, 5]),
        {},
        lambda cleaned: (
            "may stand for missing" in cleaned.notes[0] and cleaned.examples["feature.z"].max() == 999
        ),
    ),
    "stated sentinel": (with_column("z", [-1, 3, 4]), {"missing_values": ["", -1]}, lost(1, "z", "-1")),
    "a broken JSON line": (
        "".join(f'{{"x": {number * 1.5}, "y": "{"ab"[number % 2]}"}}\n' for number in range(30))
        + '{"x": 3, "y\n',
        {"file": "a.jsonl"},
        lambda cleaned: len(cleaned.examples) == 30 and audit(cleaned, "row dropped")[0][0] == 31,
    ),
    "an empty row": (
        with_rows(",,bad"),
        {},
        lambda cleaned: cleaned.examples[EXCLUDE].iloc[-1] == "too empty",
    ),
    "several sheets": (
        book(s=[["x", "y"], *([number * 1.5, "ab"[number % 2]] for number in range(30))], other=[["q"]]),
        {"file": "a.xlsx"},
        lambda cleaned: len(cleaned.examples) == 30 and "not read: 'other'" in cleaned.notes[0],
    ),
    "parts by another name": (
        with_column("p", ["Training", "Valid", "TEST"]),
        {"part": "p"},
        lambda cleaned: list(cleaned.examples["part"][:3]) == ["train", "validation", "test"],
    ),
}


@pytest.mark.parametrize("case", MENDED)
def test_mended_and_audited(case: str, tmp_path: Path) -> None:
    content, settings, holds = MENDED[case]
    assert holds(cleaned_bytes(tmp_path / "d", content, **settings))


def test_files_with_other_columns_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "a.csv").write_text(TABLE)
    (folder / "b.csv").write_text(TABLE.replace("x,c", "x,d", 1))
    with pytest.raises(ValueError, match=r"b.csv has other columns than a.csv: it lacks 'c'; it adds 'd'"):
        cleaned_folder(folder)


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="data/raw/none/ does not exist"):
        cleaned_folder(tmp_path / "none")
