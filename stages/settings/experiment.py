"""The whole configuration: one field a section."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stages.settings.augment import AugmentConfig
from stages.settings.baseline import BaselineConfig
from stages.settings.clean import CleanConfig
from stages.settings.encode import EncodeConfig
from stages.settings.evaluate import EvaluateConfig
from stages.settings.record import RecordSettings
from stages.settings.resample import ResampleConfig
from stages.settings.split import SplitConfig
from stages.settings.train import TrainConfig


class Settings(
    CleanConfig,
    SplitConfig,
    BaselineConfig,
    EncodeConfig,
    ResampleConfig,
    AugmentConfig,
    TrainConfig,
    EvaluateConfig,
):
    """Every parameter of every stage; each stage's own model is a part of this one."""

    seed: Annotated[int, Field(ge=0, lt=2**32, description="the one seed; sections take it as ${seed}")]
    record: RecordSettings


class RecordConfig(Settings):
    """`record` reads everything, the names of the choices, and what differs from the defaults."""

    choices: dict[str, str]
    overrides: tuple[str, ...]
