"""The base types of the configuration: a section's values and one choice of a group.

A choice is what one file ``conf/<group>/<choice>.yaml`` holds: ``_target_`` (what to call) plus its
keywords. Choices this project ships have a typed model each; a choice a user adds for a target that
is not known here is accepted as ``Choice`` itself, its keys checked against its own YAML file.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import core_schema

OTHER = "other"


class Section(BaseModel):
    """Values of one section; unknown keys are refused, wrong types are not coerced away."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Choice(BaseModel):
    """One choice of a group: a target and its keywords, of any name."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    target: str = Field(alias="_target_", description="what is called: a class or a function")
    partial: bool = Field(
        default=False, alias="_partial_", description="true where the stage adds arguments of its own"
    )

    def keywords(self) -> dict[str, Any]:
        """Return the target's keywords, without the target itself."""
        return self.model_dump(by_alias=True, exclude={"target", "partial"})


class TypedChoice(Choice):
    """A choice whose keywords are all declared: unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class OneOf:
    """Annotation of a `Choice` field: the typed model of each known target.

    Examples
    --------
    >>> from typing import Annotated
    >>> class Median(TypedChoice):
    ...     missing_indicator: bool = False
    >>> class Encode(Section):
    ...     imputer: Annotated[Choice, OneOf({"stages.transformers.imputers.Median": Median})]
    >>> Encode(imputer={"_target_": "stages.transformers.imputers.Median"}).imputer.keywords()
    {'missing_indicator': False}
    """

    def __init__(self, targets: Mapping[str, type[Choice]]) -> None:
        self.targets = dict(targets)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Return a union tagged by ``_target_``."""
        schemas: dict[Hashable, core_schema.CoreSchema] = {
            target: handler.generate_schema(model) for target, model in self.targets.items()
        }
        schemas[OTHER] = handler.generate_schema(Choice)
        return core_schema.tagged_union_schema(schemas, discriminator=self._tag)

    def _tag(self, value: Any) -> str:
        if isinstance(value, Choice):
            target = value.target
        else:
            target = value.get("_target_", "") if isinstance(value, Mapping) else ""
        return target if target in self.targets else OTHER
