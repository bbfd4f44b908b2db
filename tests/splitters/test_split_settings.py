"""Types of the section `split`."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from split_examples import content

from stages.settings.split import SplitSettings

VALUES: dict[str, Any] = {"test_size": 0.2, "validation_size": 100, "folds": 0, "fold": 0, "seed": 0}


def settings(name: str = "stratified", **changes: Any) -> SplitSettings:
    return SplitSettings.model_validate(VALUES | {"strategy": content(name)} | changes)


def test_sizes_keep_their_kind() -> None:
    assert (settings().test_size, settings().validation_size) == (0.2, 100)
    again = SplitSettings.model_validate_json(settings().model_dump_json(by_alias=True))
    assert again == settings()
    assert [type(size) for size in (again.test_size, again.validation_size)] == [float, int]


@pytest.mark.parametrize("size", [0, -1, 1.0, 1.5, 0.0, True, "abc", None])
def test_sizes_out_of_range(size: Any) -> None:
    with pytest.raises(
        ValidationError, match=r"a fraction between 0 and 1 \(0.2\), or a whole number of rows"
    ):
        settings(test_size=size)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"folds": 5, "fold": 5}, "the folds are numbered 0 to 4"),
        ({"test_size": 0.6, "validation_size": 0.4}, "leave nothing to train on"),
        ({"folds": -1}, "greater than or equal to 0"),
        ({"fold": 1.5}, "valid integer"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"tset_size": 0.2}, "Extra inputs"),
        ({"strategy": content("stratified") | {"bins": 1}}, "greater than or equal to 2"),
        ({"strategy": content("predefined"), "folds": 3}, "cannot go with split/strategy=predefined"),
        ({"strategy": content("predefined") | {"test": []}}, "at least 1 item"),
    ],
)
def test_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        settings(**changes)
