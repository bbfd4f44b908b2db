"""Parameters of `baseline`: which simple models the network is compared with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from stages.settings.choice import Section
from stages.settings.seeded import Seed

Name = Literal["constant", "linear", "gradient_boosting"]


def _check_unique(names: list[Name]) -> list[Name]:
    """Refuse a model that is named twice."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"names {', '.join(twice)} more than once: name each model once")
    return names


class BaselineSettings(Section):
    """Which simple models the network is compared with, on the very same split."""

    models: Annotated[list[Name], AfterValidator(_check_unique)] = Field(
        description="the models, fitted on train; an empty list: none"
    )
    constant: Literal["mean", "median"] = Field(
        description="the constant answer of a regression; a classification answers the shares of the classes"
    )
    seed: Seed = Field(description="draws the rows of train that stop gradient boosting early")


class BaselineConfig(Section):
    """What stage `baseline` is handed."""

    baseline: BaselineSettings
