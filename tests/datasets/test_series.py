"""Series: broken ones are mended or missing with a reason; lists, JSON, Parquet and long tables."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet
from raw_files import cleaned_bytes

from stages.datasets.cells import Reason, parse_cells, parse_column
from stages.datasets.roles import infer_column
from stages.datasets.series import find_channels, is_series, parse_series, series_keys
from stages.examples.schema import Column, Notation

ONE = Column(name="s", role="sequence", channels=("s",))
TWO = Column(name="s", role="sequence", channels=("x", "y"))
NAN = float("nan")

BROKEN: dict[str, tuple[Any, Column, list[float] | None, Reason]] = {
    "a text in a number": ([1, "2x", "3"], ONE, [1, NAN, 3], Reason.STEPS_TO_MISSING),
    "infinite": (np.array([1.0, np.inf, 3.0]), ONE, [1, NAN, 3], Reason.STEPS_TO_MISSING),
    "too large for float32": ([1, 1e300, 3], ONE, [1, NAN, 3], Reason.STEPS_TO_MISSING),
    "a number of 400 digits": ("[1, 1" + 400 * "0" + ", 3]", ONE, [1, NAN, 3], Reason.STEPS_TO_MISSING),
    "missing steps inside": ([1, None, 3], ONE, [1, NAN, 3], Reason.AS_IT_WAS),
    "missing steps at both ends": ([None, NAN, 1, None, 2, "NA"], ONE, [1, NAN, 2], Reason.STEPS_CUT),
    "ends missing in one channel alone": ([[NAN, 1], [2, NAN]], TWO, [NAN, 1, 2, NAN], Reason.AS_IT_WAS),
    "nothing but missing": ([None, NAN], ONE, None, Reason.NO_STEPS),
    "empty": ([], ONE, None, Reason.NO_STEPS),
    "empty array": (np.zeros((0, 2)), TWO, None, Reason.NO_STEPS),
    "one channel too few": ([1, 2, 3], TWO, None, Reason.OTHER_CHANNELS),
    "one channel too many": (np.ones((4, 3)), TWO, None, Reason.OTHER_CHANNELS),
    "ragged channels": ([[1, 2], [3]], TWO, None, Reason.OTHER_CHANNELS),
    "words": (["a", "b"], ONE, None, Reason.NO_SERIES),
    "a word": ("walking", ONE, None, Reason.NO_SERIES),
    "a single number": (3.5, ONE, None, Reason.NO_SERIES),
    "cut JSON": ("[[1, 2], [3", TWO, None, Reason.NO_SERIES),
    "an object": ({"x": [1]}, ONE, None, Reason.NO_SERIES),
    "lists of lists of lists": ([[[1]]], ONE, None, Reason.NO_SERIES),
    "an empty cell": ("", ONE, None, Reason.AS_IT_WAS),
    "nothing": (None, ONE, None, Reason.AS_IT_WAS),
}
WHOLE: dict[str, tuple[Any, Column, list[float]]] = {
    "list": ([1, 2.5, True], ONE, [1, 2.5, 1]),
    "one step": ([4], ONE, [4]),
    "array of integers": (np.arange(3, dtype=np.int16), ONE, [0, 1, 2]),
    "array of two channels": (np.array([[1, 2], [3, 4]]), TWO, [1, 2, 3, 4]),
    "JSON of two channels": (" [[1, 2], [3, null]]", TWO, [1, 2, 3, NAN]),
    "JSON with NaN": ("[1, NaN, 2]", ONE, [1, NAN, 2]),
    "numbers and blanks": ("1 2.5  3e2", ONE, [1, 2.5, 300]),
    "numbers and commas": ("1,2,3", ONE, [1, 2, 3]),
    "arrays within an array": (np.array([np.array([1.0, 2.0]), None], dtype=object)[:1], TWO, [1, 2]),
}


def as_cells(cell: Any) -> pd.Series:
    """Return a column of one cell, labelled 7; pandas alone would unpack it."""
    held = np.empty(1, dtype=object)
    held[0] = cell
    return pd.Series(held, index=[7])


@pytest.mark.parametrize("name", BROKEN)
def test_broken_series(name: str) -> None:
    cell, column, expected, reason = BROKEN[name]
    parsed = parse_series(as_cells(cell), column)
    assert Reason(parsed.reasons[0]) == reason
    if expected is None:
        assert parsed.values[7] is None
    else:
        assert parsed.values[7].dtype == np.float32
        np.testing.assert_array_equal(parsed.values[7], np.float32(expected))


@pytest.mark.parametrize("name", WHOLE)
def test_whole_series(name: str) -> None:
    cell, column, expected = WHOLE[name]
    parsed = parse_column(as_cells(cell), column, Notation())
    np.testing.assert_array_equal(parsed.values[7], np.float32(expected))
    assert parsed.reasons.tolist() == [Reason.AS_IT_WAS]


def test_raw_series_are_not_changed() -> None:
    raw = np.array([1.0, np.inf, np.nan])
    parse_series(pd.Series([raw]), ONE)
    np.testing.assert_array_equal(raw, [1.0, np.inf, np.nan])


def test_equal_series_have_one_key() -> None:
    values = [np.float32([1, 2]), np.float32([1, 2]), np.float32([1, 3]), None, np.float32([NAN, 1])]
    keys = series_keys(pd.Series(values))
    assert keys[0] == keys[1] != keys[2]
    assert keys.isna().tolist() == [False, False, False, True, False]


def test_most_cells_tell_the_channels_and_ties_the_fewer() -> None:
    cells = pd.Series([[[1, 2]], [[1, 2], [3, 4]], [1, 2], None, "x"], name="motion")
    assert find_channels(cells) == ("channel_1", "channel_2")
    assert find_channels(pd.Series([[1, 2], [[1, 2]]], name="pulse")) == ("pulse",)
    assert find_channels(cells, ("left", "right")) == ("left", "right")
    assert find_channels(pd.Series([None, "x"], name="none")) == ("none",)


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ([1], True),
        ("[1, 2]", True),
        ([NAN], False),
        ("1 2 3", False),
        ("[a]", False),
        (b"[1]", False),
        (3, False),
    ],
)
def test_what_is_taken_for_a_series(cell: Any, answer: bool) -> None:
    assert is_series(cell) is answer


def test_the_role_of_lists_and_bytes() -> None:
    def use(values: list[Any]) -> str:
        return infer_column(
            pd.Series(values, name="c", dtype=object), Notation(), max_unreadable_share=0.05
        ).use

    assert use([[1, 2], [3], None]) == "sequence"
    assert use(["[1, 2]", "[3]", ""]) == "sequence"
    assert use([b"\x89PNG", None]) == "image"
    assert use([["a"], ["b"]]) == "ignored"
    assert use(["[a]", "[b]", "[a]"]) == "categorical"


def labelled(count: int = 12) -> dict[str, list[Any]]:
    """Return series of two channels and two classes, of 3 to 5 steps."""
    series = [[[number, step] for step in range(3 + number % 3)] for number in range(count)]
    return {"motion": series, "y": ["ab"[number % 2] for number in range(count)]}


def stored(kind: str, table: dict[str, list[Any]]) -> bytes:
    if kind == "parquet":
        file = io.BytesIO()
        parquet.write_table(pa.table(table), file)
        return file.getvalue()
    records = [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
    if kind == "jsonl":
        return "\n".join(map(json.dumps, records)).encode()
    frame = pd.DataFrame(
        {name: [v if isinstance(v, str) else json.dumps(v) for v in table[name]] for name in table}
    )
    return frame.to_csv(index=False).encode()


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_series_in_cells_of_files(tmp_path: Path, kind: str) -> None:
    cleaned = cleaned_bytes(tmp_path, stored(kind, labelled()), file=f"a.{kind}")
    (feature,) = cleaned.schema.features
    assert (feature.role, feature.channels) == ("sequence", ("channel_1", "channel_2"))
    np.testing.assert_array_equal(cleaned.examples["feature.motion"][4], np.ravel(labelled()["motion"][4]))
    assert cleaned.examples["content_id"].nunique() == 12
    sent = pd.DataFrame({"motion": labelled()["motion"]})
    pd.testing.assert_frame_equal(parse_cells(sent, cleaned.schema), cleaned.examples[["feature.motion"]])


def test_a_broken_series_leaves_its_row_out_with_the_reason(tmp_path: Path) -> None:
    table = labelled(30)
    table["motion"][7] = [[1], [2]]
    cleaned = cleaned_bytes(
        tmp_path, stored("jsonl", table), file="a.jsonl", sequence={"channels": ["u", "v"]}
    )
    assert cleaned.schema.features[0].channels == ("u", "v")
    assert len(cleaned.examples) == 29
    (line,) = cleaned.audit[cleaned.audit["action"] == "row dropped"].to_dict("records")
    assert line["reason"] == "a series with another number of channels"
    assert (line["row"], line["before"]) == (8, "[[1], [2]]")


def test_too_many_series_of_other_channels_stop(tmp_path: Path) -> None:
    table = labelled(30)
    for row in range(5):
        table["motion"][row] = [1, 2, 3]
    with pytest.raises(
        ValueError, match=r"Column 'motion' is to be sequence.*5 of its 30.*Give each step 2 value"
    ):
        cleaned_bytes(tmp_path, stored("jsonl", table), file="a.jsonl")


def png(grey: int) -> bytes:
    """Return the bytes of a picture of 4 x 4 pixels."""
    file = io.BytesIO()
    Image.new("L", (4, 4), grey).save(file, "PNG")
    return file.getvalue()


def test_pictures_of_the_hugging_face_libraries(tmp_path: Path) -> None:
    files = [png(20 * number) for number in range(12)]
    cells = [{"bytes": content, "path": f"{number}.png"} for number, content in enumerate(files)]
    cleaned = cleaned_bytes(
        tmp_path, stored("parquet", {"shot": cells, "y": ["a", "b"] * 6}), file="train.parquet"
    )
    assert [(each.name, each.role) for each in cleaned.schema.features] == [("shot", "image")]
    assert cleaned.examples["feature.shot"].tolist() == files


def test_bytes_that_are_no_pictures_stop(tmp_path: Path) -> None:
    table = {"blob": [b"abc", b"def"] * 6, "y": ["a", "b"] * 6}
    with pytest.raises(
        ValueError, match=r"'blob' is to be image.*12 of its 12.*'\(3 bytes\)'.*columns\.ignored"
    ):
        cleaned_bytes(tmp_path, stored("parquet", table), file="a.parquet")


def test_two_columns_of_series_are_refused(tmp_path: Path) -> None:
    table = labelled() | {"pulse": [[1, 2, 3]] * 12}
    with pytest.raises(ValueError, match=r"columns 'motion', 'pulse' all hold a sequence.*columns\.ignored"):
        cleaned_bytes(
            tmp_path, stored("parquet", {k: table[k] for k in ("motion", "pulse", "y")}), file="a.parquet"
        )
    kept = cleaned_bytes(tmp_path, stored("parquet", table), file="a.parquet", columns={"ignored": ["pulse"]})
    assert [each.name for each in kept.schema.features] == ["motion"]


STEPS = [
    f"{name},{time},{value},{value * 2},{'ab'[number % 2]},{20 + number},u{time}"
    for number, name in enumerate([f"s{each}" for each in range(8)])
    for time, value in enumerate(range(number, number + 3 + number % 3))
]
HEAD = "walk,time,x,z,y,age,note"


def long(lines: list[str]) -> str:
    return "\n".join([HEAD, *lines]) + "\n"


def test_a_long_table_has_one_example_a_sequence(tmp_path: Path) -> None:
    shuffled = [STEPS[row] for row in np.random.default_rng(0).permutation(len(STEPS))]
    cleaned = cleaned_bytes(tmp_path, long(shuffled), sequence={"id": "walk"}, time="time")
    examples = cleaned.examples.set_index("example_id")
    assert sorted(examples.index) == [f"s{number}" for number in range(8)]
    assert list(examples.index) == list(dict.fromkeys(line.split(",")[0] for line in shuffled))
    roles = {each.name: (each.role, each.channels) for each in cleaned.schema.features}
    assert roles == {"age": ("numeric", ()), "sequence": ("sequence", ("x", "z"))}
    for number in range(8):
        values = np.arange(number, number + 3 + number % 3)
        np.testing.assert_array_equal(
            examples.loc[f"s{number}", "feature.sequence"], np.column_stack([values, values * 2]).ravel()
        )
        assert examples.loc[f"s{number}", "target"] == "ab"[number % 2]
        assert examples.loc[f"s{number}", "feature.age"] == 20 + number
        assert examples.loc[f"s{number}", "time"] == 0
    notes = " ".join(cleaned.notes)
    assert "sequences were not in the order of time: sorted" in notes
    assert "'note' change within a sequence and are no channel: left out" in notes


def test_the_steps_of_a_long_table_keep_the_order_of_the_file_without_a_time(tmp_path: Path) -> None:
    lines = [line for line in STEPS if not line.startswith("s0")] + ["s0,2,9,1,a,20,n", "s0,1,7,2,a,20,n"]
    cleaned = cleaned_bytes(
        tmp_path, long(lines), sequence={"id": "walk", "channels": ["z"]}, columns={"ignored": ["time"]}
    )
    values = cleaned.examples.set_index("example_id")["feature.sequence"]
    assert values["s0"].tolist() == [1, 2]
    assert cleaned.schema.features[-1].channels == ("z",)
    assert cleaned.origins["row"].iloc[-1] == len(lines) - 1


def test_a_broken_value_and_double_times_of_a_long_table_are_told(tmp_path: Path) -> None:
    lines = [*STEPS]
    lines[1] = lines[1].replace("s0,1,1,", "s0,0,oops,")
    cleaned = cleaned_bytes(tmp_path, long(lines), sequence={"id": "walk"}, time="time")
    assert any("1 steps have the time of another step" in note for note in cleaned.notes)
    first = cleaned.examples["feature.sequence"][0].reshape(-1, 2)
    np.testing.assert_array_equal(first[:, 0], [0, NAN, 2])
    broken = cleaned.audit[cleaned.audit["column"] == "x"]
    assert broken[["row", "reason", "before"]].values.tolist() == [[2, "not a number", "oops"]]


def test_rows_without_an_id_belong_to_no_sequence(tmp_path: Path) -> None:
    cleaned = cleaned_bytes(tmp_path, long([*STEPS, ",0,1,1,a,20,n"]), sequence={"id": "walk"}, time="time")
    assert len(cleaned.examples) == 8
    assert any("1 rows without walk belong to no sequence" in note for note in cleaned.notes)


@pytest.mark.parametrize(
    ("lines", "settings", "words"),
    [
        (
            [*STEPS, "s3,9,1,1,a,23,n"],
            {},
            r"agree in dataset\.target, but sequence 's3' holds 'b', 'a' \(1 of 8",
        ),
        (STEPS, {"group": "note"}, r"agree in dataset\.group, but sequence 's0' holds 'u0', 'u1', 'u2'"),
        (
            STEPS,
            {"sequence": {"id": "wlak"}},
            r"dataset\.sequence\.id names the column 'wlak'.*Did you mean 'walk'",
        ),
        (
            STEPS,
            {"sequence": {"id": "walk", "channels": ["q"]}},
            r"dataset\.sequence\.channels names the column 'q'",
        ),
        (
            [f"s{n},0,{n},1,{'ab'[n % 2]},{n},n" for n in range(9)],
            {},
            r"No column holds numbers that change within a sequence of dataset\.sequence\.id=walk",
        ),
    ],
)
def test_long_tables_that_cannot_be(tmp_path: Path, lines: list[str], settings: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cleaned_bytes(tmp_path, long(lines), **{"sequence": {"id": "walk"}, "time": "time"} | settings)


def test_the_parts_of_a_long_table_by_files(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text(long(STEPS[-7:]))
    train = [line for line in STEPS if line not in STEPS[-7:]]
    parts = {"train": ["a.csv"], "test": ["test.csv"]}
    settings = {"sequence": {"id": "walk"}, "time": "time", "parts": parts}
    cleaned = cleaned_bytes(tmp_path, long(train), **settings)
    assert cleaned.examples.groupby("part")["example_id"].agg(list).to_dict() == {
        "train": ["s0", "s1", "s2", "s3", "s4", "s5"],
        "test": ["s6", "s7"],
    }
    with pytest.raises(ValueError, match=r"agree in dataset\.parts, but sequence 's6' holds 'train', 'test'"):
        cleaned_bytes(tmp_path, long([*train, STEPS[-7]]), **settings)
