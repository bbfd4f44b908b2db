"""Types that the choices of several groups share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictFloat, StrictInt

from stages.settings.choice import TypedChoice

Number = StrictFloat | StrictInt
Share = Annotated[Number, Field(gt=0, lt=1)]
Rows = Annotated[StrictInt, Field(ge=1)]
Seed = Annotated[StrictInt, Field(ge=0, lt=2**32)]


class Seeded(TypedChoice):
    """A choice that draws random numbers."""

    random_state: Seed = Field(description="seed of its random numbers")
