"""Types of the section `augment`."""

from __future__ import annotations

from typing import Any

import pytest
from encoded_rows import content
from pydantic import ValidationError

from stages.settings.augment import AugmentConfig, Mixup


def config(name: str, **changes: Any) -> AugmentConfig:
    return AugmentConfig.model_validate({"augment": content("augment", name) | changes})


def test_typed() -> None:
    choice = config("mixup", alpha=1).augment
    assert isinstance(choice, Mixup)
    assert choice.alpha == 1


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("gaussian_noise", {"scale": 0}),
        ("gaussian_noise", {"scale": "large"}),
        ("gaussian_noise", {"copies": 0}),
        ("gaussian_noise", {"copies": 1.5}),
        ("swap_noise", {"probability": 1.1}),
        ("swap_noise", {"within_class": "yes"}),
        ("mixup", {"alpha": 0}),
        ("mixup", {"aplha": 0.2}),
        ("mixup", {"seed": -1}),
        ("none", {"copies": 1}),
    ],
)
def test_refused(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config(name, **changes)
