"""Texts: broken ones are mended or missing with a reason, good ones of every script stay as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from raw_files import cleaned_bytes, cleaned_folder

from stages.datasets.cells import Reason, parse_column
from stages.datasets.markup import without_markup
from stages.datasets.proposal import propose
from stages.datasets.texts import parse_texts, text_key
from stages.examples.schema import EXCLUDE, Column, Notation

COLUMN = Column(name="t", role="text", unicode="NFC", html="strip", mojibake="repair")

BROKEN: dict[str, tuple[Any, str | None, Reason]] = {
    "decoded as Windows-1252": (
        "caf\u00c3\u00a9 \u00e2\u20ac\u0153x\u00e2\u20ac\x9d",
        "café “x”",
        Reason.MOJIBAKE,
    ),
    "quotes of Windows as control characters": ("don\u0092t", "don\u2019t", Reason.MOJIBAKE),
    "bytes of UTF-16 with a mark": ("naïve 日本".encode("utf-16"), "naïve 日本", Reason.AS_IT_WAS),
    "bytes of Windows-1252": ("naïve".encode("cp1252"), "naïve", Reason.AS_IT_WAS),
    "byte order mark": ("\ufeffhello", "hello", Reason.CONTROLS),
    "control characters": ("a\x00b\x07c\x1b[0m" + "d" * 2000, "abc[0m" + "d" * 2000, Reason.CONTROLS),
    "half of a surrogate pair": ("ok \ud83d", "ok", Reason.CONTROLS),
    "letters apart from their accents": ("cafe\u0301", "café", Reason.NORMALISED),
    "HTML": ("<p>Fish &amp; chips</p><p>now</p>", "Fish & chips\nnow", Reason.MARKUP),
    "HTML alone": ("<div><img src='a.png'/>&nbsp;</div>", None, Reason.NO_TEXT),
    "script alone": ("<script>track('x < y')</script><!-- a <b> -->", None, Reason.NO_TEXT),
    "white space alone": (" \t\u3000\u00a0\n", None, Reason.AS_IT_WAS),
    "marks of direction alone": ("\u200f\u200e", None, Reason.NO_TEXT),
    "runs of white space": ("a \u00a0 b\t\tc \r\n\r\n d", "a b c\nd", Reason.WHITE_SPACE),
    "bytes of a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", None, Reason.NOT_TEXT),
    "a number": (12.0, "12", Reason.AS_IT_WAS),
    "nothing": (None, None, Reason.AS_IT_WAS),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_texts(name: str) -> None:
    cell, expected, reason = BROKEN[name]
    parsed = parse_texts(pd.Series([cell], dtype=object), COLUMN)
    assert parsed.values.dtype == "str"
    assert (None if pd.isna(parsed.values[0]) else parsed.values[0]) == expected
    assert Reason(parsed.reasons[0]) == reason
    # Mended text is a fixed point: what a model is sent again stays as it is.
    again = parse_texts(parsed.values, COLUMN)
    pd.testing.assert_series_equal(again.values, parsed.values)
    assert not again.reasons.any()


@pytest.mark.parametrize(
    "text",
    [
        "今天天气很好\uff0c我们去公园吧。",
        "이 영화는 정말 재미있었다",
        "هذا \u200fنصّ\u200f عربي، مع تشكيل",
        "में हिन्दी \u200dक्\u200dष",
        "نمی\u200cخواهم",  # noqa: RUF001
        "family 👩\u200d👩\u200d👧\u200d👦 flag 🇪🇺 heart ❤\ufe0f thumbs 👍🏽",
        "Straße, Ångström, façade, naïve, ŒUVRE",
        "g\u0325 with a mark that has no letter of its own",
        "a < b > c, x<y, i<3u, <ann@example.org> AT&T &copy=1",
        "?",
        "none",
        "line\nbreaks stay",
    ],
)
def test_good_texts_of_every_script_stay(text: str) -> None:
    parsed = parse_texts(pd.Series([text]), COLUMN)
    assert parsed.values[0] == text
    assert parsed.reasons[0] == Reason.AS_IT_WAS


def test_each_step_only_where_asked_for() -> None:
    raw = pd.Series(["<b>cafe\u0301</b>", "caf\u00c3\u00a9", "ﬁ \uff21 ①"])
    plain = parse_texts(raw, Column(name="t", role="text"))
    assert plain.values.tolist() == raw.tolist()
    wide = parse_texts(raw, Column(name="t", role="text", unicode="NFKC"))
    assert wide.values[2] == "fi A 1"


def test_stated_markers_are_missing() -> None:
    column = COLUMN.model_copy(update={"missing": ("n/a",)})
    parsed = parse_texts(pd.Series([" n/a ", "n/a?"]), column)
    assert parsed.values.isna().tolist() == [True, False]
    assert parsed.reasons.tolist() == [Reason.MARKER, Reason.AS_IT_WAS]


def test_the_index_is_kept_and_no_row_looks_at_another() -> None:
    cells = pd.Series([case[0] for case in BROKEN.values()], index=range(5, 5 + len(BROKEN)), dtype=object)
    together = parse_column(cells, COLUMN, Notation())
    assert together.values.index.equals(cells.index)
    alone = [parse_column(cells[[label]], COLUMN, Notation()) for label in cells.index]
    pd.testing.assert_series_equal(pd.concat([each.values for each in alone]), together.values)
    np.testing.assert_array_equal(np.concatenate([each.reasons for each in alone]), together.reasons)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>one<li>two</ul>", "\n\none\ntwo\n"),
        ("a<br>b<BR/>c", "a\nb\nc"),
        ("<td>1</td><td>2</td>", "\n1\n\n2\n"),
        ("<style>p {color: red}</style>x", "x"),
        ("a <!-- > --> b", "a  b"),
        ("&eacute;&#233;&#xe9;&unknown; &amp;lt;", "ééé&unknown; &lt;"),
        ("<a href='?a=1&b=2'>link</a>", "link"),
        ("<not-a-tag> <person> stays", "<not-a-tag> <person> stays"),
        ("unclosed <b bold", "unclosed <b bold"),
        (
            "<b>by</b> <ann@example.org>: x<y & <person> ?a=1&copy=2",
            "by <ann@example.org>: x<y & <person> ?a=1&copy=2",
        ),
        ("<!-- unclosed", "<!-- unclosed"),
        ("<script>never closed", ""),
        ("</p>", "\n"),
    ],
)
def test_markup(html: str, text: str) -> None:
    assert without_markup(html) == text


def test_a_long_hostile_text_takes_no_quadratic_time() -> None:
    for hostile in ("<" * 100_000, "<!--" * 30_000, "<b " * 50_000, "&" * 100_000, "<p>" * 30_000):
        without_markup(hostile)


def test_texts_that_differ_by_case_and_white_space_have_one_key() -> None:
    keys = text_key(
        pd.Series(
            ["Free  ENTRY", "free entry", "\uff26\uff32\uff25\uff25 entry", "STRASSE", "straße", "free", None]
        )
    )
    assert keys[0] == keys[1] == keys[2]
    assert keys[3] == keys[4]
    assert keys.nunique() == 3
    assert pd.isna(keys[6])


def mails(*more: str) -> str:
    """Return a CSV of labelled mails, thirty good ones and `more`."""
    lines = [
        f"mail number {number} about the meeting on day {number},{'ab'[number % 2]}" for number in range(30)
    ]
    return "text,y\n" + "\n".join([*lines, *more]) + "\n"


def test_text_alone_is_learnt_from_and_beside_other_columns_ignored(tmp_path: Path) -> None:
    alone = cleaned_bytes(tmp_path / "a", mails())
    assert [
        (each.name, each.role, each.unicode, each.html, each.mojibake) for each in alone.schema.features
    ] == [("text", "text", "NFC", "strip", "repair")]
    assert any("the only thing there is to learn from" in note for note in alone.notes)
    beside = mails().replace(",a\n", ",1.5,a\n").replace(",b\n", ",2.5,b\n").replace("text,y", "text,x,y")
    ignored = cleaned_bytes(tmp_path / "b", beside)
    assert [each.name for each in ignored.schema.features] == ["x"]
    stated = cleaned_bytes(tmp_path / "c", beside, columns={"text": ["text"]})
    assert [(each.name, each.role) for each in stated.schema.features] == [("text", "text"), ("x", "numeric")]


def test_the_proposal_lists_text_alone_under_text() -> None:
    alone = propose("mails", {"a.csv": mails().encode()})
    assert alone.target == "y"
    assert yaml.safe_load(alone.text)["columns"]["text"] == ["text"]
    beside = mails().replace(",a\n", ",1.5,a\n").replace(",b\n", ",2.5,b\n").replace("text,y", "text,x,y")
    proposal = propose("mails", {"a.csv": beside.encode()})
    columns = yaml.safe_load(proposal.text)["columns"]
    assert (columns["text"], columns["ignored"], columns["numeric"]) == ([], ["text"], ["x"])
    assert any("list it under dataset.columns.text" in remark for remark in proposal.remarks)


def test_keys_are_no_texts(tmp_path: Path) -> None:
    table = "key,y\n" + "".join(f"K{number:05},{'ab'[number % 2]}\n" for number in range(40))
    with pytest.raises(ValueError, match="No column is left to predict from"):
        cleaned_bytes(tmp_path, table)


def test_a_text_without_words_leaves_its_row_out_with_the_reason(tmp_path: Path) -> None:
    cleaned = cleaned_bytes(tmp_path, mails("<br/>,a", ",b"))
    assert len(cleaned.examples) == 30
    dropped = cleaned.audit[cleaned.audit["action"] == "row dropped"]
    assert sorted(dropped["row"]) == [31, 32]
    missing = cleaned.audit[cleaned.audit["reason"].str.contains("markup alone")]
    assert missing["before"].tolist() == ["<br/>"]


def test_repeated_texts_share_their_content(tmp_path: Path) -> None:
    again = "mail number 3 about the meeting on day 3,b"
    cleaned = cleaned_bytes(tmp_path, mails(again, again.replace("mail", "MAIL ")))
    content = cleaned.examples["content_id"]
    assert content[3] == content[30] == content[31]
    assert content.nunique() == 30
    assert cleaned.examples[EXCLUDE][30] == "duplicate"


def test_files_of_a_folder_in_several_encodings(tmp_path: Path) -> None:
    for number in range(8):
        encoding = ("utf-8", "utf-16", "cp1252", "utf-8-sig")[number % 4]
        folder = tmp_path / "data" / ("good" if number < 4 else "bad")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.txt").write_bytes(f"naïve café number {number}".encode(encoding))
    cleaned = cleaned_folder(tmp_path / "data", format="text_folder", target="label")
    texts = dict(zip(cleaned.examples["example_id"], cleaned.examples["feature.text"], strict=True))
    assert texts["good/1.txt"] == "naïve café number 1"
    assert {text[:10] for text in texts.values()} == {"naïve café"}


def test_the_files_of_a_folder_in_a_stated_encoding(tmp_path: Path) -> None:
    for name, text in (("a/1.txt", "日本語の文章"), ("b/2.txt", "もう一つの文章")):
        (tmp_path / "data" / name).parent.mkdir(parents=True)
        (tmp_path / "data" / name).write_bytes(text.encode("shift_jis"))
    settings = {"format": "text_folder", "target": "label"}
    cleaned = cleaned_folder(tmp_path / "data", encoding="shift_jis", **settings)
    assert cleaned.examples["feature.text"].tolist() == ["日本語の文章", "もう一つの文章"]


def test_stated_missing_values_and_settings_reach_the_texts(tmp_path: Path) -> None:
    content = mails("(deleted),a", "<b>bold</b> words,b")
    cleaned = cleaned_bytes(
        tmp_path, content, changes={"html": "keep"}, missing_values=["(deleted)"], columns={"text": ["text"]}
    )
    assert cleaned.schema.features[0].missing == ("(deleted)",)
    assert len(cleaned.examples) == 31
    assert cleaned.examples["feature.text"].iloc[-1] == "<b>bold</b> words"


def test_a_lone_surrogate_of_json_is_replaced(tmp_path: Path) -> None:
    lines = [{"text": f"some words, number {number}", "y": "ab"[number % 2]} for number in range(30)]
    broken = '{"text": "whole \\ud83d\\ude00 and half \\ud83d of a face", "y": "a"}'
    content = "\n".join([*map(json.dumps, lines), broken])
    cleaned = cleaned_bytes(tmp_path, content, file="a.jsonl")
    assert cleaned.examples["feature.text"].iloc[-1] == "whole 😀 and half \ufffd of a face"
