"""Types of the models over steps and of the augmenters of texts."""

from __future__ import annotations

from typing import Any

import model_cases as cases
import pytest
from pydantic import ValidationError

from stages.settings.step_model import STEP_MODELS
from stages.settings.text_augment import TEXT_AUGMENTERS

TYPES = STEP_MODELS | TEXT_AUGMENTERS


def check(choice: str, **changed: Any) -> Any:
    values = cases.read_choice(cases.ROOT / "conf" / f"{choice}.yaml") | changed
    return TYPES[values["_target_"]].model_validate(values)


@pytest.mark.parametrize(
    ("choice", "changed"),
    [
        ("model/rnn", {"units": [64, 32], "cell": "GRU", "pooling": "attention"}),
        ("model/transformer", {"pooling": "class_token", "positions": "none"}),
        ("model/text_cnn", {"vector_dimension": 300, "train_vectors": False}),
        ("model/fcn", {"normalization": "none", "dense_units": [8]}),
        ("augment/eda", {"thesaurus": "th_de.dat", "stop_words": "none", "ratio": 1}),
        ("augment/back_translation", {"routes": [["a b"], ["c", "d"]], "copies": 2}),
    ],
)
def test_accepted(choice: str, changed: dict) -> None:
    typed = check(choice, **changed)
    assert {name: getattr(typed, name) for name in changed} == changed


@pytest.mark.parametrize(
    ("choice", "changed"),
    [
        ("model/rnn", {"units": []}),
        ("model/rnn", {"cell": "lstm"}),
        ("model/rnn", {"pooling": "class_token"}),
        ("model/rnn", {"recurrent_dropout": 1.0}),
        ("model/text_cnn", {"kernel_sizes": [0]}),
        ("model/text_cnn", {"pooling": "last"}),
        ("model/text_cnn", {"train_vectors": 1}),
        ("model/transformer", {"heads": 0}),
        ("model/transformer", {"positions": "relative"}),
        ("model/fcn", {"filters": 128}),
        ("model/resnet_1d", {"activation": "rellu"}),
        ("model/embedding_average", {"vector_dimension": "many"}),
        ("augment/eda", {"copies": -1}),
        ("augment/eda", {"ratio": 1.5}),
        ("augment/eda", {"deletions": 1.0}),
        ("augment/eda", {"thesaurus": ""}),
        ("augment/eda", {"stop_words": "german"}),
        ("augment/back_translation", {"routes": []}),
        ("augment/back_translation", {"routes": [[]]}),
        ("augment/back_translation", {"routes": ["apertium eng-spa"]}),
        ("augment/back_translation", {"batch_size": 0}),
    ],
)
def test_refused(choice: str, changed: dict) -> None:
    with pytest.raises(ValidationError):
        check(choice, **changed)
