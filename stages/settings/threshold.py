"""Choices of ``evaluate.threshold``: how probabilities become decisions."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from stages.settings.choice import Choice, TypedChoice
from stages.settings.ranges import NonNegative, Number, Share

Wanted = Annotated[Number, Field(gt=0, le=1)]


def _class_name(value: object) -> object:
    """Return a class that YAML reads as a number, true or false as the text that it is in the data."""
    return str(value).lower() if isinstance(value, int) else value


ClassName = Annotated[str, BeforeValidator(_class_name)]


class Fixed(TypedChoice):
    """The same threshold whatever the validation part says."""

    value: Share = Field(description="predicted positive where its probability is at least this, [0, 1]")


class BestF1(TypedChoice):
    """The greatest F1 of the positive class."""


class Youden(TypedChoice):
    """The greatest difference of true and false positive rate."""


class Cost(TypedChoice):
    """The least cost of mistakes."""

    false_positive_cost: NonNegative = Field(description="two classes: cost of a false alarm")
    false_negative_cost: NonNegative = Field(description="two classes: cost of a positive row missed")
    true_positive_benefit: NonNegative = Field(description="two classes: gain from a positive row found")
    true_negative_benefit: NonNegative = Field(description="two classes: gain from a negative row left alone")
    costs: dict[ClassName, dict[ClassName, Number]] = Field(
        description="cost by true class and predicted class, for any number of classes; unstated mistakes "
        "cost 1, right answers 0"
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        scalars = {
            "false_positive_cost": (self.false_positive_cost, 1.0),
            "false_negative_cost": (self.false_negative_cost, 1.0),
            "true_positive_benefit": (self.true_positive_benefit, 0.0),
            "true_negative_benefit": (self.true_negative_benefit, 0.0),
        }
        stated = [name for name, (value, unset) in scalars.items() if value != unset]
        if self.costs and stated:
            raise ValueError(
                f"costs: expected either this table or {stated[0]}, received both. In the table a false "
                "alarm is costs: {negative class: {positive class: ...}}, a benefit a negative cost"
            )
        if not any(value for value, _ in scalars.values()):
            raise ValueError("false_positive_cost: expected some cost above 0, received 0 for every answer")
        return self


class Precision(TypedChoice):
    """A wanted precision of the positive class."""

    at_least: Wanted = Field(description="precision wanted, (0, 1]; the highest recall with it is chosen")


class Recall(TypedChoice):
    """A wanted recall of the positive class."""

    at_least: Wanted = Field(description="recall wanted, (0, 1]; the highest precision with it is chosen")


THRESHOLDS: dict[str, type[Choice]] = {
    "stages.thresholds.fixed.Fixed": Fixed,
    "stages.thresholds.best_f1.BestF1": BestF1,
    "stages.thresholds.youden.Youden": Youden,
    "stages.thresholds.cost.Cost": Cost,
    "stages.thresholds.wanted.WantedPrecision": Precision,
    "stages.thresholds.wanted.WantedRecall": Recall,
}
