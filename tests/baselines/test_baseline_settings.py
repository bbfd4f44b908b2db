"""The types of the section `baseline`."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from stages.baselines.models import BASELINES
from stages.settings.baseline import BaselineSettings, Name

VALUES = {"models": ["linear"], "constant": "mean", "seed": 42}


def test_every_name_makes_a_baseline() -> None:
    assert set(get_args(Name)) == set(BASELINES)


def test_none_is_allowed() -> None:
    assert BaselineSettings(**VALUES | {"models": []}).models == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models": ["linear", "constant", "linear"]}, "names linear more than once"),
        ({"models": ["boosting"]}, "'constant', 'linear' or 'gradient_boosting'"),
        ({"models": "linear"}, "valid list"),
        ({"constant": "mode"}, "'mean' or 'median'"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"rounds": 3}, "Extra inputs"),
    ],
)
def test_what_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        BaselineSettings(**VALUES | changes)
