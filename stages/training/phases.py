"""Fitting in one phase or two: the head on a frozen backbone, then the backbone's last layers with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from stages.settings.train import TrainSettings
from stages.training.compiling import Compiled, Recipe, recompiled
from stages.training.fine_tuning import FineTuning
from stages.training.fitting import Course, Phase, fit, plateau_of
from stages.training.freezing import backbone_of, freeze, num_trainable, unfreeze
from stages.training.frozen_features import on_features
from stages.training.history import OnEpoch, Recorder, ignore
from stages.training.resume import can_go_on, forget, saved_phase

HEAD, LAST_LAYERS = 1, 2


def fit_phases(
    compiled: Compiled, *, recipe: Recipe, scratch: Path | None = None, on_epoch: OnEpoch = ignore
) -> Course:
    """Train the network in place, in as many phases as `recipe` asks for.

    The best epoch is that of both phases: where the second makes nothing better, the first one's weights
    are kept.

    Raises
    ------
    ValueError
        Where there is no backbone to be frozen, nothing of it to be trained, or a setting of either phase
        that does not fit.
    """
    tuning, settings = recipe.fine_tuning, recipe.settings
    if tuning is None:
        return fit(compiled, settings=settings, scratch=scratch, on_epoch=on_epoch)
    later = _later(recipe, tuning)
    phase = Phase(LAST_LAYERS, name="last layers", schedule_key="train.fine_tuning.schedule_arguments")
    tuned = _unfrozen(compiled, later)
    plateau_of(tuned, phase=phase)  # what the second phase refuses is said before the first one
    if not _interrupted(tuned, scratch):
        head = Phase(HEAD, name="head")
        first = fit(
            _head(compiled, recipe), settings=settings, phase=head, scratch=scratch, on_epoch=on_epoch
        )
        if first.diverged:
            return first._replace(phases=_described(compiled.model, first, recipe))
        states = _carried(first, compiled.model, settings)
        phase, tuned = phase._replace(began=len(first.history), states=states), _unfrozen(compiled, later)
    course = fit(tuned, settings=later.settings, phase=phase, scratch=scratch, on_epoch=on_epoch)
    return course._replace(phases=_described(compiled.model, course, recipe))


def _later(recipe: Recipe, tuning: FineTuning) -> Recipe:
    """Return `recipe` as the second phase has it."""
    changed = {name: getattr(tuning, name) for name in ("learning_rate", "epochs", "patience")}
    settings = recipe.settings.model_copy(update=changed)
    return replace(recipe, optimizer=tuning.optimizer, schedule=tuning.schedule, settings=settings)


def _head(compiled: Compiled, recipe: Recipe) -> Compiled:
    freeze(compiled.model)
    return on_features(compiled, recipe=recipe) or recompiled(compiled, recipe=recipe)


def _unfrozen(compiled: Compiled, recipe: Recipe) -> Compiled:
    if recipe.fine_tuning is not None:
        unfreeze(compiled.model, recipe.fine_tuning)
    return recompiled(compiled, recipe=recipe)


def _interrupted(tuned: Compiled, scratch: Path | None) -> bool:
    """Return whether a training was interrupted in its second phase; forget one of another network."""
    if scratch is None or saved_phase(scratch) != LAST_LAYERS:
        return False
    fits = can_go_on(scratch, tuned.model)
    if not fits:
        forget(scratch)
    return fits


def _carried(first: Course, model: keras.Model, settings: TrainSettings) -> Mapping[type, Mapping[str, Any]]:
    """Return what the callbacks of the second phase know of the first: its epochs, and its best."""
    epochs = first.history.drop(columns="epoch").astype(float).to_dict("records")
    best = {
        "best": epochs[first.best_epoch - 1].get(settings.monitor),
        "best_epoch": first.best_epoch - 1,
        "best_weights": model.get_weights() if settings.restore_best_weights else None,
    }
    return {Recorder: {"epochs": epochs}, keras.callbacks.EarlyStopping: best}


def _described(model: keras.Model, course: Course, recipe: Recipe) -> tuple[dict[str, Any], ...]:
    """Return what each phase of `course` was, as JSON can hold it."""
    in_head = num_trainable(model) - num_trainable(backbone_of(model))
    sizes = {HEAD: in_head, LAST_LAYERS: num_trainable(model)}
    rates = {HEAD: recipe.settings.learning_rate}
    if recipe.fine_tuning is not None:
        rates[LAST_LAYERS] = recipe.fine_tuning.learning_rate
    return tuple(
        {
            "name": {HEAD: "head", LAST_LAYERS: "last_layers"}[number],
            "epochs_run": int((course.history["phase"] == number).sum()),
            "learning_rate": rates[number],
            "num_trainable_parameters": sizes[number],
        }
        for number in (HEAD, LAST_LAYERS)
        if (course.history["phase"] == number).any()
    )
