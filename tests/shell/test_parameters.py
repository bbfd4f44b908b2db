"""docs/parameters.md and the words it is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stages.settings.experiment import Settings
from stages.shell.compose import compose
from stages.shell.groups import find_groups
from stages.shell.meaning import comments, keywords, kind_of, model_of, sections, together
from stages.shell.parameters import page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_up_to_date() -> None:
    committed = (ROOT / "docs/parameters.md").read_text(encoding="utf-8")
    assert committed == page(ROOT), "run: python -m stages.shell.parameters"


def test_every_leaf_of_the_configuration_is_on_the_page() -> None:
    text = page(ROOT)
    for key in compose(ROOT, page={"dataset": "credit"}).leaves():
        if key.split(".")[-1] not in ("_target_", "_partial_") and not key.startswith("dataset."):
            assert f"`{key}`" in text


def test_every_parameter_has_a_type_and_a_meaning() -> None:
    for name, parameters in sections(ROOT / "conf").items():
        assert all(each.meaning for each in parameters), name
    for group, names in find_groups(ROOT / "conf").items():
        for name in names:
            assert all(each.meaning for each in keywords(ROOT / "conf", group, name)), (group, name)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1}, "integer, at least 1"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "number above 0, below 1"),
        ({"type": "number", "maximum": 4294967296}, "number, at most 4294967296"),
        ({"enum": ["auto", ".", ","]}, "auto, '.', or ','"),
        ({"const": "auto"}, "auto"),
        ({"anyOf": [{"const": "auto"}, {"type": "integer"}]}, "auto or integer"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"type": "array", "items": {"type": "integer"}}, "list of integers"),
        (
            {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}]},
            "list of 2: number, number",
        ),
        (
            {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
            "mapping of names to numbers, at least 0",
        ),
        ({}, ""),
    ],
)
def test_types_in_words(schema: dict[str, Any], words: str) -> None:
    assert kind_of(schema) == words


def test_the_models_of_sections_and_choices_are_found() -> None:
    assert model_of("train") is Settings.model_fields["train"].annotation
    model = model_of("train.optimizer", "keras.optimizers.SGD")
    assert model is not None
    assert "momentum" in model.model_fields
    assert model_of("train.optimizer", "unknown.Target") is None
    assert model_of("nothing.here") is None


def test_comments_are_read_by_key(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text('# head\na: 1  # one\nb:\n  c: "#no" # two\n  # alone\n  d: [1]\ne: 3 # three: 3\n')
    assert comments(file) == {"a": "one", "b.c": "two", "e": "three: 3"}


@pytest.mark.parametrize(
    ("meaning", "advice", "both"),
    [
        ("passes over the rows", "", "passes over the rows"),
        ("", "try 3", "try 3"),
        ("rows in one step", "rows in one step; larger is faster", "rows in one step; larger is faster"),
        ("column to predict", "the column to predict", "the column to predict"),
        (
            "keep the weights of the best epoch",
            "false keeps the last",
            "keep the weights of the best epoch; false keeps the last",
        ),
    ],
)
def test_two_texts_become_one(meaning: str, advice: str, both: str) -> None:
    assert together(meaning, advice) == both
