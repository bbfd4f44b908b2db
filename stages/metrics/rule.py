"""What is chosen on the validation part: the temperature of probabilities, and how they become decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from stages.calibrators.calibration import Calibration
from stages.calibrators.temperature import calibrate
from stages.examples.encoded import Array
from stages.examples.schema import Schema
from stages.metrics.answers import Answers
from stages.metrics.decision import Decision, decide
from stages.settings.evaluate import EvaluateSettings
from stages.thresholds.choosing import Chosen


class Rule(NamedTuple):
    """From a network's (or a baseline's) probabilities to predictions; nothing for a regression.

    Attributes
    ----------
    temperature
        What `calibrate` takes.
    decision
        What `decide` takes.
    notes
        What deviates, one sentence each.
    """

    temperature: float = 1.0
    decision: Decision = Decision()
    notes: tuple[str, ...] = ()

    def calibrated(self, predicted: Array) -> Array:
        """Return class probabilities at the temperature, values of a regression as they are."""
        return predicted if predicted.ndim == 1 else calibrate(predicted, self.temperature)

    def applied(self, answers: Answers) -> Answers:
        """Return `answers` with calibrated probabilities and the classes decided for."""
        predicted = self.calibrated(answers.predicted)
        if predicted.ndim == 1:
            return answers
        return replace(answers, predicted=predicted, decided=decide(predicted, self.decision))

    def document(self, schema: Schema, settings: EvaluateSettings, *, output_kind: str) -> dict[str, Any]:
        """Return, as plain values, all that stands between a network's numbers and a prediction.

        Parameters
        ----------
        output_kind
            What the numbers are that leave the network.
        """
        costs = self.decision.costs
        return {
            "task": schema.task,
            "classes": list(schema.classes),
            "output_kind": output_kind,
            "threshold": float(self.decision.threshold),
            "threshold_rule": settings.threshold_name,
            "costs": None if costs is None else (costs + 0.0).tolist(),  # -0.0 is 0
            "temperature": float(self.temperature),
            "calibration": settings.calibration_name,
        }


@dataclass(frozen=True)
class RuleChooser:
    """Chooses a rule on the answers of the validation part.

    Attributes
    ----------
    classes
        Names of the classes; none for a regression, where nothing has an effect.
    calibrator, threshold
        As `stages.calibrators` and `stages.thresholds` hold them.
    """

    classes: Sequence[str]
    calibrator: Callable[..., Calibration]
    threshold: Callable[..., Chosen]

    def __call__(self, validation: Answers) -> Rule:
        """Return the rule for those who gave these answers.

        The threshold is chosen on calibrated probabilities, which are what is decided on afterwards.
        """
        target, predicted, weight = validation.target, validation.predicted, validation.weight
        calibration = self.calibrator(target, predicted, weight=weight)
        calibrated = Rule(calibration.temperature).calibrated(predicted)
        chosen = self.threshold(target, calibrated, classes=self.classes, weight=weight)
        return Rule(calibration.temperature, chosen.decision, (*calibration.notes, *chosen.notes))

    def applied(self, parts: Mapping[str, Answers]) -> dict[str, Answers]:
        """Return `parts` calibrated and decided by the rule chosen on ``parts["validation"]``."""
        rule = self(parts["validation"])
        return {part: rule.applied(answers) for part, answers in parts.items()}
