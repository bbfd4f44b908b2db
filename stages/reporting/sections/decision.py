"""How probabilities become decisions: calibration and threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stages.figures.numbers import number
from stages.reporting.blocks import Block, Column, Paragraph, Section, Sides, Table, pictured, table
from stages.reporting.contents import Contents
from stages.reporting.names import plain

CAPTION = "What other thresholds would give. Validation part; the dashed line is the one in use."


def decision(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return what was chosen on validation, and the figures to judge it by."""
    if not contents.classes:
        return None
    chosen = contents.documents["decision"]
    blocks: list[Block] = [Paragraph(_threshold(contents, chosen)), Paragraph(_calibration(chosen))]
    if chosen.get("costs"):
        blocks.append(_costs(contents.classes, chosen["costs"]))
    drawn = pictured(figures, {"threshold": CAPTION})
    return Section("decision", "Decision and calibration", (Sides(tuple(blocks), drawn),))


def _threshold(contents: Contents, chosen: Mapping[str, Any]) -> str:
    if contents.task != "binary":
        how = "the one with the least expected cost" if chosen.get("costs") else "the most probable one"
        return f"The class predicted is {how}."
    positive, rule = contents.classes[-1], chosen["threshold_rule"]
    text = f"“{positive}” is predicted where its probability is at least {number(chosen['threshold'])}"
    if rule == "fixed":
        return f"{text}: a fixed threshold, given in the configuration (evaluate.threshold)."
    return f"{text}: chosen on the validation part by the rule {plain(rule)} (evaluate.threshold)."


def _calibration(chosen: Mapping[str, Any]) -> str:
    if chosen["calibration"] == "none":
        return "The probabilities are the network's own, not calibrated (evaluate.calibration)."
    temperature = chosen["temperature"]
    effect = "softer than" if temperature > 1 else "sharper than" if temperature < 1 else "the same as"
    return (
        f"The probabilities are calibrated with temperature {number(temperature)}, fitted on the validation "
        f"part: they are {effect} the network's own (evaluate.calibration)."
    )


def _costs(classes: list[str], costs: list[list[float]]) -> Table:
    head: list[str | Column] = ["true class", *(Column(f"as {name}") for name in classes)]
    rows = [(name, *map(number, line)) for name, line in zip(classes, costs, strict=True)]
    return table(head, [tuple(row) for row in rows], caption="What a decision costs")
