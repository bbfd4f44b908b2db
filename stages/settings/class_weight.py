"""Types of the choices of ``train/class_weight``: how much the examples of a class count in the loss."""

from __future__ import annotations

from pydantic import Field

from stages.settings.choice import TypedChoice
from stages.settings.ranges import NonNegative, Share


class Equal(TypedChoice):
    """Every example counts the same."""


class Balanced(TypedChoice):
    """Examples of a class count in inverse proportion to how many there are."""

    strength: Share = Field(
        description="power of the balanced weight: 1 balances fully, 0.5 half way, 0 not at all"
    )


class Given(TypedChoice):
    """A weight for each class, by its name."""

    weights: dict[str, NonNegative] = Field(description="weight by class name; a class left out counts 1")


CLASS_WEIGHTS: dict[str, type[TypedChoice]] = {
    "stages.training.class_weight.equal": Equal,
    "stages.training.class_weight.balanced": Balanced,
    "stages.training.class_weight.given": Given,
}
