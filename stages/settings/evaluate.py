"""Parameters of `evaluate`."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from stages.settings.calibration import CALIBRATIONS, NoCalibration
from stages.settings.choice import Choice, OneOf, Section
from stages.settings.ranges import Count, Factor, Flag, Seed, WholeNumber
from stages.settings.threshold import THRESHOLDS

ColumnName = Annotated[str, Field(strict=True, min_length=1)]


class EvaluateSettings(Section):
    """What is measured, how sure it is, and how predictions become decisions."""

    threshold: Annotated[Choice, OneOf(THRESHOLDS)] = Field(
        description="how predicted probabilities become decisions; chosen on validation"
    )
    calibration: Annotated[Choice, OneOf(CALIBRATIONS)] = Field(
        description="how predicted probabilities are corrected; learnt from validation"
    )
    weighted: Flag = Field(description="whether a row counts as much as the data set's weight column says")
    bootstrap_resamples: WholeNumber = Field(
        description="drawings of rows (of whole groups where there are any) for the intervals; 0: none"
    )
    confidence: Factor = Field(description="share of the drawings that an interval holds, (0, 1)")
    slices: Literal["auto"] | list[ColumnName] = Field(
        description="columns whose values part the test rows: auto, the first 100 columns; or their names"
    )
    slice_quantiles: Annotated[Count, Field(ge=2)] = Field(
        description="ranges of about equally many rows that a number or date is cut into"
    )
    min_slice_rows: Count = Field(description='categories with fewer test rows are pooled as "other"')
    worst_rows: WholeNumber = Field(description="rows kept of those that the network is most wrong about")
    importance_repeats: WholeNumber = Field(
        description="how often each column is permuted to see what it is worth; 0: never"
    )
    calibration_bins: Annotated[Count, Field(ge=2)] = Field(
        description="intervals of confidence for the calibration error and its plot"
    )
    plot_points: Annotated[Count, Field(ge=10)] = Field(
        description="points that a plotted curve keeps, at most"
    )
    batch_size: Count = Field(description="examples predicted at once; changes speed and memory, not results")
    seed: Seed = Field(description="draws the rows of the bootstrap and the permutations")

    @property
    def threshold_name(self) -> str:
        """What the rule of `threshold` is called: ``best_f1``."""
        return _name(self.threshold)

    @property
    def calibration_name(self) -> str:
        """What `calibration` is called: ``temperature``, ``none``."""
        return "none" if isinstance(self.calibration, NoCalibration) else _name(self.calibration)


def _name(choice: Choice) -> str:
    """Return the name of a choice in snake case: of its type, or of your own class."""
    name = choice.target.rpartition(".")[2] if type(choice) is Choice else type(choice).__name__
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class EvaluateConfig(Section):
    """The sections that `evaluate` reads."""

    evaluate: EvaluateSettings
