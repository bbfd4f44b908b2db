"""How the network was trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stages.figures.numbers import counted, number
from stages.reporting.blocks import Facts, Paragraph, Section, Sides, pictured
from stages.reporting.contents import Contents

MOST_WEIGHTS = 6


def training(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return epochs, model, optimizer, and the learning curves."""
    facts = contents.documents["training"]
    left = (Paragraph(_course(facts, contents.config["train"])), Facts(_facts(contents)))
    curves = pictured(figures, {"learning_curves": _caption(contents)})
    return Section("training", "Training", (Sides(left, curves),))


def _course(facts: Mapping[str, Any], train: Mapping[str, Any]) -> str:
    """Return how it went in two sentences."""
    ran = counted(facts["epochs_run"], "epoch")
    if facts.get("diverged_epoch"):
        end = f"Training diverged in epoch {facts['diverged_epoch']}"
    elif facts["stopped_early"]:
        end = f"Training stopped after {ran}, {train['monitor']} having improved no more"
    else:
        end = f"Training ran all {ran}"
    if not facts["best_epoch"]:
        return f"{end}."
    kept = facts.get("kept_epoch", facts["best_epoch"])
    which = "its weights were kept" if kept == facts["best_epoch"] else f"those of epoch {kept} were kept"
    last = facts["best_epoch"] == facts["epochs_run"]
    hint = " The best epoch is the last one: more epochs may help." if last else ""
    return f"{end}. The best epoch by {train['monitor']} was {facts['best_epoch']}; {which}.{hint}"


def _facts(contents: Contents) -> tuple[tuple[str, str], ...]:
    facts, train, choices = (
        contents.documents["training"],
        contents.config["train"],
        contents.config["choices"],
    )
    trainable = facts["num_trainable_parameters"]
    pairs = [
        ("model", f"{choices['model']}, {counted(trainable, 'trainable parameter')}"),
        ("optimizer", f"{choices['train.optimizer']}, learning rate {number(train['learning_rate'])}"),
        ("schedule", choices["train.schedule"]),
        ("loss", choices["train.loss"]),
        ("batch size", number(train["batch_size"])),
        ("trained on", counted(facts["num_rows"], "row")),
        ("validated on", counted(facts["num_validation_rows"], "row")),
        ("resampling", choices["resample"]),
        ("augmentation", choices["augment"]),
    ]
    weights = facts.get("class_weights") or {}
    if len(set(weights.values())) > 1:
        pairs.append(("class weights", _weights(weights)))
    return tuple(pairs)


def _weights(weights: Mapping[str, float]) -> str:
    """Return the weights of the first classes, and how many more there are."""
    shown = [f"{name} {number(each)}" for name, each in list(weights.items())[:MOST_WEIGHTS]]
    more = len(weights) - len(shown)
    return ", ".join([*shown, *([f"and {more:,} more"] if more else [])])


def _caption(contents: Contents) -> str:
    text = "Loss far lower in training than in validation: learnt by heart. Both high: too small or too slow."
    unit = " In the unit the network learns in, not the target's own." if not contents.classes else ""
    return text + unit
