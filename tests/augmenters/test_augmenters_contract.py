"""Every augmenter: its file, its types, and what all of them promise."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from encoded_rows import CONF, assert_same, build, choices, content, copy_of, mixed, regression, target_of

from stages.augment import augment
from stages.examples.encoded import Encoded, concatenate
from stages.settings.augment import AUGMENTERS

NAMES = choices("augment")
KINDS = {"binary": mixed(), "three": mixed(counts=(20, 12, 8)), "regression": regression()}
AUGMENTING = [name for name in NAMES if name != "none"]


@pytest.mark.parametrize("name", NAMES)
def test_the_file_lists_every_keyword_and_is_typed(name: str) -> None:
    values = content("augment", name)
    keywords = set(values) - {"_target_"}
    assert keywords == set(inspect.signature(target_of(values)).parameters)
    assert AUGMENTERS[values["_target_"]].model_validate(values).keywords().keys() == keywords
    assert (CONF / "augment" / f"{name}.yaml").read_text().startswith("# ")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
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
    with pytest.raises(ValueError, match=f"augment={name} changes the columns of a table.*augment=none"):
        build("augment", name).augment(train, spec=spec)
