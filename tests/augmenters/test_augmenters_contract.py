"""Every augmenter: its file, its types, and what all of them promise."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pytest
from encoded_rows import CONF, assert_same, build, choices, content, copy_of, mixed, regression, target_of
from policy_cases import GRAY, IMAGE, LENGTH, SERIES, pictures, series, spec_of

from stages.augment import augment
from stages.examples.encoded import Encoded, Spec, concatenate
from stages.policies import read_policy
from stages.settings.augment import AUGMENTERS

NAMES = choices("augment")
MADE_FOR = {
    "none": "table",
    "gaussian_noise": "table",
    "swap_noise": "table",
    "mixup": "table",
    "image": "image",
    "image_mixup": "image",
    "image_cutmix": "image",
    "image_randaugment": "image",
    "image_balance": "image",
    "sequence": "sequence",
    "sequence_copies": "sequence",
    "eda": "text",
    "back_translation": "text",
}
"""What each choice changes."""
KINDS = {"binary": mixed(), "three": mixed(counts=(20, 12, 8)), "regression": regression()}
FOR_TABLES = [name for name in NAMES if MADE_FOR[name] == "table"]
AUGMENTING = [name for name in FOR_TABLES if name != "none"]
MEDIA = [name for name in NAMES if MADE_FOR[name] in ("image", "sequence")]


@pytest.mark.parametrize("name", NAMES)
def test_the_file_lists_every_keyword_and_is_typed(name: str) -> None:
    values = content("augment", name)
    keywords = set(values) - {"_target_"}
    assert keywords == set(inspect.signature(target_of(values)).parameters)
    assert AUGMENTERS[values["_target_"]].model_validate(values).keywords().keys() == keywords
    assert (CONF / "augment" / f"{name}.yaml").read_text().startswith("# ")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FOR_TABLES)
def test_what_comes_out(name: str, kind: str) -> None:
    train, spec = KINDS[kind]
    before = copy_of(train)
    result = augment(train, build("augment", name), spec=spec)
    assert_same(train, before)
    made = result.made
    assert len(made) == (0 if name == "none" else len(train))
    assert (made.position == -1).all()
    assert made.position.dtype == np.int64
    assert made.weight is None
    for key, array in made.inputs.items():
        assert array.dtype == train.inputs[key].dtype
        assert array.shape == (len(made), *train.inputs[key].shape[1:])
    assert result.policy == {"policy": None}
    joined = concatenate([train, made], num_classes=len(spec.classes))
    assert len(joined) == len(train) + len(made)
    assert result.report == {
        "augmenter": type(build("augment", name)).__name__,
        "rows": len(train),
        "made": len(made),
        "notes": [],
    }


@pytest.mark.parametrize("name", AUGMENTING)
def test_copies_weights_and_seeds(name: str) -> None:
    train, spec = mixed(weighted=True)
    twice = build("augment", name, copies=2).augment(train, spec=spec)
    assert len(twice) == 240
    assert twice.weight is not None
    assert twice.weight.dtype == np.float32
    assert twice.weight.mean() == pytest.approx(
        train.weight.mean() if train.weight is not None else 0, rel=0.1
    )
    assert_same(twice, build("augment", name, copies=2).augment(train, spec=spec))
    other = build("augment", name, copies=2, seed=1).augment(train, spec=spec)
    assert not np.array_equal(twice.inputs["numeric"], other.inputs["numeric"])


@pytest.mark.parametrize("name", AUGMENTING)
def test_inputs_that_are_no_table_are_refused(name: str) -> None:
    _, spec = mixed()
    train = Encoded({"image": np.zeros((4, 2, 2, 1), np.uint8)}, np.array([0, 1] * 2), np.arange(4))
    said = f"augment={name} changes the columns of a table.*augment=image, image_mixup.*augment=none"
    with pytest.raises(ValueError, match=said):
        build("augment", name).augment(train, spec=spec)


def media(name: str) -> tuple[Encoded, Spec]:
    if MADE_FOR[name] == "image":
        return pictures(), spec_of(IMAGE)
    return series(), spec_of(SERIES, LENGTH)


@pytest.mark.parametrize("name", MEDIA)
def test_pictures_and_series(name: str) -> None:
    train, spec = media(name)
    before = copy_of(train)
    once = augment(train, build("augment", name), spec=spec)
    assert_same(train, before)
    again = augment(train, build("augment", name), spec=spec)
    assert once.policy == again.policy
    assert_same(once.made, again.made)
    on_the_fly = read_policy(once.policy, spec=spec) is not None
    assert on_the_fly != bool(len(once.made))
    assert (once.made.position == -1).all()
    for key, array in once.made.inputs.items():
        assert array.dtype == train.inputs[key].dtype
        assert array.shape == (len(once.made), *train.inputs[key].shape[1:])
    assert len(concatenate([train, once.made], num_classes=3)) == len(train) + len(once.made)
    assert json.loads(json.dumps(once.policy)) == once.policy


@pytest.mark.parametrize("name", MEDIA)
def test_tables_are_refused_with_what_fits_them(name: str) -> None:
    train, spec = mixed()
    said = (
        "these examples have none: their input is numeric and categories.*augment=gaussian_noise, swap_noise"
    )
    with pytest.raises(ValueError, match=said):
        augment(train, build("augment", name), spec=spec)


@pytest.mark.parametrize("name", ["image", "sequence"])
def test_changes_that_are_all_off_are_refused(name: str) -> None:
    train, spec = media(name)
    off = {
        key: type(value)(0)
        for key, value in content("augment", name).items()
        if key not in ("_target_", "fill_mode", "interpolation", "hole_size", "knots")
    }
    with pytest.raises(ValueError, match=r"changes nothing: every change is 0 or false.*augment=none"):
        augment(train, build("augment", name, **off), spec=spec)


def test_changes_that_do_nothing_here_are_noted() -> None:
    gray = augment(pictures(gray=True), build("augment", "image", hue=0.1), spec=spec_of(GRAY))
    assert gray.report["notes"] == [
        "the pictures are grey: augment.saturation and augment.hue change nothing"
    ]
    one = SERIES.model_copy(update={"shape": (20, 1)})
    train = Encoded({"sequence": np.ones((2, 20, 1), np.float32)}, np.array([0, 1]), np.arange(2))
    noted = augment(train, build("augment", "sequence", channel_mask=0.1), spec=spec_of(one))
    assert "one channel, which always stays" in noted.report["notes"][0]
    assert augment(pictures(), build("augment", "image"), spec=spec_of(IMAGE)).report["notes"] == []
