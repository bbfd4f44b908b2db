"""A large file read in pieces holds the same rows as the same file read at once."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from stages.bundle.streaming import read_batches
from stages.settings.dataset import DatasetFiles

AUTO = DatasetFiles(name="new")
CAFE = "caf\u00e9, "
TEXT = "id, name ,amount\n" + "".join(
    f'{row},"{CAFE * (row % 3)}{row}",{row / 4 if row % 7 else ""}\n' for row in range(1000)
)


def both(path: Path, settings: DatasetFiles = AUTO) -> tuple[pd.DataFrame, list[int]]:
    """Return the table of the file read in pieces, asserted to be that of the file read at once; sizes."""
    read = {}
    for whole in (0, 2**30):
        batches = list(read_batches(path, settings, rows=300, whole=whole))
        tables = [batch.table for batch in batches]
        frame = pd.concat([table.frame for table in tables], ignore_index=True)
        rows = np.concatenate([table.rows for table in tables])
        read[whole] = (frame, rows, [each for table in tables for each in table.unreadable])
        done = [batch.done for batch in batches]
        assert done == sorted(done)
        assert done[-1] == pytest.approx(1.0)
        sizes = [len(table.frame) for table in tables]
    pieces, at_once = read.values()
    pd.testing.assert_frame_equal(pieces[0], at_once[0])
    assert pieces[1].tolist() == at_once[1].tolist()
    assert pieces[2] == at_once[2]
    assert max(sizes) <= 300
    return pieces[0], pieces[1].tolist()


@pytest.mark.parametrize("packing", ["", "gz", "xz", "bz2", "zip"])
def test_csv(tmp_path: Path, packing: str) -> None:
    path = tmp_path / (f"a.csv.{packing}" if packing else "a.csv")
    content = TEXT.encode()
    if packing == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.csv", content)
    else:
        pack = {"": bytes, "gz": gzip.compress, "xz": lzma.compress, "bz2": bz2.compress}[packing]
        path.write_bytes(pack(content))
    frame, rows = both(path)
    assert list(frame) == ["id", "name", "amount"]
    assert rows == list(range(1, 1001))
    assert frame.iloc[5].tolist() == ["5", "caf\u00e9, caf\u00e9, 5", "1.25"]
    assert frame.iloc[7, 2] == ""


@pytest.mark.parametrize(
    ("name", "content", "settings"),
    [
        ("a.csv", TEXT.encode("cp1252"), AUTO),
        ("a.csv", b"\xef\xbb\xbf" + TEXT.encode(), AUTO),
        ("a.csv", TEXT.encode("utf-16"), AUTO),
        ("a.tsv", TEXT.replace(",", "\t").encode(), AUTO),
        ("a.csv", TEXT.replace(",", ";").encode(), AUTO),
        ("a.csv", ("# made by hand\n\n" + TEXT).encode(), DatasetFiles(name="new", skip_rows=2)),
        ("a.csv", TEXT.partition("\n")[2].encode(), DatasetFiles(name="new", names=("a", "b", "c"))),
    ],
    ids=["cp1252", "mark", "utf16", "tabs", "semicolons", "head", "names"],
)
def test_text_however_it_is_written(
    tmp_path: Path, name: str, content: bytes, settings: DatasetFiles
) -> None:
    (tmp_path / name).write_bytes(content)
    frame, rows = both(tmp_path / name, settings)
    assert frame.iloc[999].tolist() == ["999", "999", "249.75"]
    assert len(rows) == 1000


def test_ragged_records_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    lines = TEXT.splitlines(keepends=True)
    lines[500] = "one cell\n"
    lines[502] = "a,b,c,d\n"
    lines.append("x,y\n")
    (tmp_path / "a.csv").write_text("".join(lines), encoding="utf-8")
    frame, rows = both(tmp_path / "a.csv")
    assert rows[498:501] == [499, 501, 503]
    assert frame["id"].iloc[[498, 499, 500]].tolist() == ["498", "500", "502"]


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        f'{{"id": {row}, "name": "n{row}", "yes": {"true" if row % 2 else "null"}}}' for row in range(1000)
    ]
    lines[700] = "not json"
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n")
    frame, rows = both(tmp_path / "a.jsonl")
    assert rows[699:702] == [700, 702, 703]
    assert frame.iloc[699].tolist() == [699, "n699", True]
    (tmp_path / "list.json").write_text("[" + ",".join(lines[:600]) + "]")
    assert len(both(tmp_path / "list.json")[0]) == 600


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_typed_files(tmp_path: Path, kind: str) -> None:
    frame = pd.DataFrame(
        {
            "id": np.arange(1000),
            "level": pd.Categorical(["a", "b"] * 500),
            "when": pd.date_range("2020-01-01", periods=1000, tz="Europe/Berlin"),
            "share": pd.Series([0.5, None] * 500),
        }
    )
    path = tmp_path / f"a.{kind}"
    if kind == "parquet":
        parquet.write_table(pa.Table.from_pandas(frame), path, row_group_size=170)
    else:
        feather.write_feather(frame, path, chunksize=470)
    read, _ = both(path)
    assert read["level"].tolist() == ["a", "b"] * 500
    assert read["when"].iloc[0] == pd.Timestamp("2019-12-31 23:00")


def test_a_file_without_rows_gives_its_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    (batch,) = read_batches(tmp_path / "a.csv", AUTO)
    assert list(batch.table.frame) == ["a", "b"]
    assert len(batch.table.frame) == 0


def test_a_column_of_empty_name_and_one_twice(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,,a\n" + "1,2,1\n" * 5)
    (batch,) = read_batches(tmp_path / "a.csv", AUTO, whole=0)
    assert list(batch.table.frame) == ["a", "column_2"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.csv.gz",
            gzip.compress(TEXT.encode() * 50)[:-9000],
            r"a\.csv\.gz cannot be read any further: .*damaged",
        ),
        ("a.parquet", b"PAR1" + b"x" * 100, r"a\.parquet cannot be read as parquet"),
        (
            "a.csv",
            TEXT.encode() * 60 + "1,\u00e9,2\n".encode("latin-1"),
            r"a\.csv cannot be read any further",
        ),
        ("a.csv", b"\x00\x01" * 999, "is not a text file"),
        ("a.xyz", b"1,2", "tells no format"),
    ],
    ids=["cut off", "damaged", "mixed encodings", "no text", "unknown"],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        list(read_batches(tmp_path / name, AUTO, whole=0))
