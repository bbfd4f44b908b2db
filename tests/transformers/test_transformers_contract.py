"""Every choice of every group of encode: its file, its types, what it makes."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pandas as pd
import pytest
from encode_examples import (
    CONF,
    EVERY_CHOICE,
    ames,
    content,
    credit,
    divided,
    media,
    png,
    preprocessing,
    target_of,
)

from stages.encode import encode
from stages.examples.arrays import gather
from stages.examples.schema import MEDIA, Schema
from stages.settings.choice import Choice, OneOf
from stages.settings.encode import EncodeSettings
from stages.transformers import archive
from stages.transformers.preprocessing import TRUSTED

WITHOUT_SENSE = {
    "missing_values",
    "copy",
    "add_indicator",
    "keep_empty_features",
    "verbose",
    "estimator",
    "ignore_implicit_zeros",
}
"""Keywords of libraries that encode sets itself, or that change nothing here."""


def typed(group: str, values: dict[str, Any]) -> Choice:
    """Return the choice as its typed model."""
    one_of = next(each for each in EncodeSettings.model_fields[group].metadata if isinstance(each, OneOf))
    return one_of.targets[values["_target_"]].model_validate(values)


@pytest.mark.parametrize(("group", "name"), EVERY_CHOICE)
def test_the_file_lists_every_keyword_and_is_typed(group: str, name: str) -> None:
    values = content(group, name)
    signature = inspect.signature(target_of(values)).parameters
    given = set(values) - {"_target_"}
    assert given <= set(signature)
    assert set(signature) - given <= WITHOUT_SENSE | ({"fill_value"} if name == "iterative" else set())
    assert typed(group, values).keywords().keys() == given
    assert (CONF / group / f"{name}.yaml").read_text().startswith("# ")


MEANT_OTHERWISE = {("sequence", "per_series"): {"scale"}}
"""What a choice is there to set otherwise than its target does by itself."""
OURS = [pair for pair in EVERY_CHOICE if content(*pair)["_target_"].startswith("stages.")]


@pytest.mark.parametrize(("group", "name"), OURS)
def test_defaults_in_the_file_are_those_of_our_own_targets(group: str, name: str) -> None:
    values = content(group, name)
    for key, parameter in inspect.signature(target_of(values)).parameters.items():
        if key in MEANT_OTHERWISE.get((group, name), ()):
            assert values[key] != parameter.default
        elif key in values and key != "random_state" and "sklearn" not in target_of(values).__module__:
            given = tuple(values[key]) if isinstance(values[key], list) else values[key]
            assert given == parameter.default


def same(left: dict[str, Any], right: dict[str, Any]) -> bool:
    return left.keys() == right.keys() and all(
        np.array_equal(dense(left[key]), dense(right[key])) for key in left
    )


def dense(array: Any) -> np.ndarray:
    return gather(array, np.arange(array.shape[0]))


def table_for(group: str, rows: int) -> tuple[pd.DataFrame, Schema]:
    """Return a table on which a choice of `group` has something to do."""
    if group in MEDIA:
        return media(group)
    return ames(rows) if group == "target" else credit(rows)


@pytest.mark.parametrize(("group", "name"), EVERY_CHOICE)
def test_every_choice_makes_what_the_spec_says(group: str, name: str, tmp_path: Any) -> None:
    table, schema = table_for(group, 300)
    parts = divided(table)
    before = {part: frame.copy() for part, frame in parts.items()}
    fitted = preprocessing(schema, **{group: name})
    made = encode(parts, fitted)
    for encoded in made.parts.values():
        for each in fitted.spec.inputs:
            array = dense(encoded.inputs[each.name])
            assert array.shape == (len(encoded), *each.shape)
            assert array.dtype == each.dtype
            assert np.isfinite(array).all()
            assert hasattr(encoded.inputs[each.name], "indptr") == each.sparse
            if each.name in ("numeric", "categories"):
                assert len(each.columns) == len(set(each.columns)) == each.shape[0]
        assert set(encoded.inputs) == {each.name for each in fitted.spec.inputs}
    assert all(frame.equals(before[part]) for part, frame in parts.items())

    archive.dump(fitted, tmp_path / "fitted.skops")
    loaded = archive.load(tmp_path / "fitted.skops", TRUSTED)
    assert same(loaded.transform(parts["test"]), dict(made.parts["test"].inputs))
    assert loaded.spec == fitted.spec


OTHER = {"image": png(np.full((50, 60, 3), 9)), "text": "never seen " * 50, "sequence": [7e5] * 200}


@pytest.mark.parametrize(("group", "name"), EVERY_CHOICE)
def test_nothing_is_learnt_from_validation_and_test(group: str, name: str, tmp_path: Any) -> None:
    table, schema = table_for(group, 200)
    parts = divided(table)
    perturbed = dict(parts)
    for part in ("validation", "test"):
        frame = parts[part].copy()
        for key in schema.keys("numeric"):
            frame[key] = frame[key] * 1000 + 7
        for key in schema.keys("categorical"):
            frame[key] = "never seen"
        for key in schema.keys(*MEDIA):
            frame[key] = pd.Series([OTHER[group]] * len(frame), index=frame.index, dtype=frame[key].dtype)
        perturbed[part] = frame
    fits = [preprocessing(schema, **{group: name}) for _ in range(2)]
    trains = [encode(p, fit).parts["train"] for p, fit in zip((parts, perturbed), fits, strict=True)]
    assert same(dict(trains[0].inputs), dict(trains[1].inputs))
    assert np.array_equal(trains[0].target, trains[1].target)
    files = [tmp_path / "one.skops", tmp_path / "two.skops"]
    for fit, file in zip(fits, files, strict=True):
        archive.dump(fit, file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_every_group_of_the_settings_has_choices() -> None:
    groups = {name for name, field in EncodeSettings.model_fields.items() if field.annotation is Choice}
    assert groups == {group for group, _ in EVERY_CHOICE}
