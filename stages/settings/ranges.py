"""Kinds of numbers that the parameters of training share; nothing but a number is taken for one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=1)]
WholeNumber = Annotated[int, Field(strict=True, ge=0)]
Seed = Annotated[int, Field(strict=True, ge=0, lt=2**32)]

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
NonNegative = Annotated[Number, Field(ge=0)]
Share = Annotated[Number, Field(ge=0, le=1)]
Decay = Annotated[Number, Field(ge=0, lt=1)]
"""Share of an old value kept at each step."""
Factor = Annotated[Number, Field(gt=0, lt=1)]
"""What something is multiplied by to become smaller."""
AtLeastOne = Annotated[Number, Field(ge=1)]
