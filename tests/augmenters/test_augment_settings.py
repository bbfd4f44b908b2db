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
        ("image", {"rotation": -1}),
        ("image", {"shear": 90}),
        ("image", {"zoom": 1.0}),
        ("image", {"hue": 0.6}),
        ("image", {"fill_mode": "mirror"}),
        ("image", {"fill_value": 256}),
        ("image", {"holes": 1, "hole_size": 0}),
        ("image", {"horizontal_flip": 1}),
        ("image", {"copies": 1}),
        ("image_randaugment", {"randaugment_magnitude": 11}),
        ("image_mixup", {"mixup": -0.2}),
        ("image_balance", {"mixup": 0.2}),
        ("image_balance", {"ratio": 1.1}),
        ("sequence", {"crop": 1.0}),
        ("sequence", {"knots": 1}),
        ("sequence_copies", {"copies": -1}),
    ],
)
def test_refused(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config(name, **changes)


@pytest.mark.parametrize("name", ["image", "image_balance", "sequence", "sequence_copies"])
def test_the_types_are_those_of_the_policies(name: str) -> None:
    # Values of the policies arrive as the types accept them, and nothing else does.
    values = content("augment", name)
    assert config(name).augment.keywords() == {key: each for key, each in values.items() if key != "_target_"}
