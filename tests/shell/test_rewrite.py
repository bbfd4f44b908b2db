"""Values are written into the page; every other byte of it stays."""

from __future__ import annotations

from typing import Any

import pytest

from stages.shell.page import Layer, parse_page
from stages.shell.rewrite import inline, put_in, rewrite, take_out

PAGE = """\
# head
# second

seed: 1  # eol
# about train
train:
  epochs: 5 # e
  # mid
  units:
    - 1
    - 2   # two

# The model
model: mlp
enc: {a: 1, b: [1,2]}
empty:   # nothing
quoted: "x: y"  # q
last: {}
# end
"""


def at(page: Any, key: tuple[str, ...]) -> Any:
    for part in key:
        page = page[part]
    return page


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        (("seed",), 7, "seed: 1  # eol", "seed: 7  # eol"),
        (("train", "epochs"), 50, "epochs: 5 # e", "epochs: 50 # e"),
        (("train", "units"), [3], "units:\n    - 1\n    - 2   # two", "units: [3]   # two"),
        (("train", "new"), 0.1, "- 2   # two\n", "- 2   # two\n  new: 0.1\n"),
        (("enc", "a"), None, "{a: 1, b: [1,2]}", "{a: null, b: [1,2]}"),
        (("enc", "c"), True, "{a: 1, b: [1,2]}", "{a: 1, b: [1,2], c: true}"),
        (("empty", "x"), 1, "empty:   # nothing", "empty: {x: 1}   # nothing"),
        (("quoted",), "1e-3", '"x: y"  # q', "'1e-3'  # q"),
        (("last", "k", "l"), "v", "last: {}", "last: {k: {l: v}}"),
        (("model",), {"a": 1}, "model: mlp", "model: {a: 1}"),
        (("enc",), "now a string", "{a: 1, b: [1,2]}", "now a string"),
        (("seed", "deeper"), 3, "seed: 1  # eol", "seed: {deeper: 3}  # eol"),
        (("options", "model", "mlp", "units"), [64], "# end\n", "# end\n"),
    ],
)
def test_one_value(key: tuple[str, ...], value: Any, old: str, new: str) -> None:
    after = put_in(PAGE, key, value)
    assert at(parse_page(after), key) == value
    if key[0] == "options":
        assert after == PAGE.replace("last: {}\n", "last: {}\noptions:\n  model:\n    mlp: {units: [64]}\n")
    else:
        assert after == PAGE.replace(old, new)


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        (("seed",), "seed: 1  # eol\n", ""),
        (("train", "epochs"), "  epochs: 5 # e\n", ""),
        (("train", "units"), "  units:\n    - 1\n    - 2   # two\n", ""),
        (("enc", "a"), "{a: 1, b: [1,2]}", "{b: [1,2]}"),
        (("enc", "b"), "{a: 1, b: [1,2]}", "{a: 1}"),
        (("empty",), "empty:   # nothing\n", ""),
        (("nope", "x"), "", ""),
        (("train", "nope"), "", ""),
        (("seed", "nope"), "", ""),
    ],
)
def test_one_removal(key: tuple[str, ...], old: str, new: str) -> None:
    assert take_out(PAGE, key) == PAGE.replace(old, new)


def test_a_mapping_without_its_last_key_goes_with_it() -> None:
    text = "a: 1\n# b\nb:\n  c:\n    d: 1 # d\n\n# e\ne: 2\n"
    assert take_out(text, ("b", "c", "d")) == "a: 1\n# b\n\n# e\ne: 2\n"
    assert take_out("a: {b: {c: 1}, d: 2}\n", ("a", "b", "c")) == "a: {d: 2}\n"


STRINGS = [
    "it's", 'say "hi"', "back\\slash", "two\nlines", "tab\there", "données", "a: b", "a #b", "yes", "NO",
    "null", "~", "1e-3", "1", "2024-01-01", "{x}", "[y]", "${seed}", "a, b", "- dash", " spaces ", "",
    "*alias", "&anchor", "!tag", "%", "@at", "`tick`",
    "<=50K", ">50K", "?", "???", "\x07", "𝄞", "true", "0x1F", "0o7", "1_000", ".5", "1:30",
]  # fmt: skip


@pytest.mark.parametrize("text", STRINGS)
@pytest.mark.parametrize("page", ["", "a: 1\n", "x: {y: 1}\n", "x:\n  y: 1\n"])
def test_any_string_is_read_back(text: str, page: str) -> None:
    assert parse_page(put_in(page, ("x", "k"), text))["x"]["k"] == text
    assert parse_page(put_in(page, ("x", "k"), [text, {text: text}]))["x"]["k"] == [text, {text: text}]
    after = put_in(page, ("options", "model", "mlp", "k", text), 1)
    assert parse_page(after)["options"]["model"]["mlp"]["k"] == {text: 1}


@pytest.mark.parametrize(
    "value", [1, -1, 1e-3, 1e-7, 1.5, float("inf"), True, None, [], {}, [[1, 2], {"a": {}}], 10**12]
)
def test_any_value_is_read_back(value: Any) -> None:
    read = parse_page(put_in("", ("k",), value))["k"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "\n",
        "# only a comment",
        "---\n",
        "a: 1",
        "---\na: 1\n",
        "{a: 1}\n",
        "a: 1\n\n\n",
        "a: |\n  text\n  more\nb: 1\n",
    ],
)
def test_any_page_takes_a_value(page: str) -> None:
    after = put_in(page, ("train", "epochs"), 3)
    assert parse_page(after) == parse_page(page) | {"train": {"epochs": 3}}
    assert page.strip() in after or page.strip().startswith("{")


def test_windows_line_ends_are_kept_readable() -> None:
    page = "a: 1\r\ntrain:\r\n  epochs: 5\r\nb: 2\r\n"
    after = put_in(page, ("train", "epochs"), 3)
    assert parse_page(after) == {"a": 1, "train": {"epochs": 3}, "b": 2}
    assert after == page.replace("5", "3")


def test_a_whole_layer() -> None:
    layer = Layer(
        {"train.optimizer": "sgd"},
        {("train", "epochs"): 9},
        {("train.optimizer", "sgd"): {("momentum",): 0.9}},
    )
    after = rewrite("seed: 1\n# t\ntrain: {epochs: 5}\n", layer, [("seed",)])
    assert (
        after == "# t\ntrain: {epochs: 9, optimizer: sgd}\n"
        "options:\n  train:\n    optimizer:\n      sgd: {momentum: 0.9}\n"
    )


def test_inline_quotes_what_older_readers_would_take_for_a_boolean() -> None:
    assert inline("yes") == '"yes"'
    assert inline(["on", "fine"]) == '["on", fine]'
