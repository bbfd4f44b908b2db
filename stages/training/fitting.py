"""Fitting a compiled network: everything that watches it, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import keras
import pandas as pd

from stages.settings.train import TrainSettings
from stages.training.callbacks import FiniteWeights, LearningRate, averaging, check_monitor, early_stopping
from stages.training.compiling import Compiled
from stages.training.feeding import Shuffled, in_order, num_steps
from stages.training.history import OnEpoch, Recorder, history_table, ignore
from stages.training.progress import progress
from stages.training.resume import NO_STATES, Resume


class Course(NamedTuple):
    """How training went.

    Attributes
    ----------
    history
        One row an epoch.
    best_epoch
        Epoch (from 1) at which the monitored number was best; the last one where none is monitored.
    kept_epoch
        Epoch whose weights the model has; 0 for those before training.
    stopped_early
        Whether patience ran out before the last epoch.
    diverged
        Epoch at which the loss or a weight was not finite, 0 for none.
    phases
        What each phase was; none where there is only one.
    """

    history: pd.DataFrame
    best_epoch: int
    kept_epoch: int
    stopped_early: bool
    diverged: int
    phases: tuple[dict[str, Any], ...] = ()


class Phase(NamedTuple):
    """A stretch of training with an optimizer of its own.

    Attributes
    ----------
    number
        From 1; 0 where training has only one.
    name
        As it is shown while training.
    began
        Epochs of the phases before it.
    states
        What callbacks begin with, by their type: what they knew at the end of the phase before.
    schedule_key
        Where the values of its schedule stand in the settings.
    """

    number: int = 0
    name: str = ""
    began: int = 0
    states: Mapping[type, Mapping[str, Any]] = NO_STATES
    schedule_key: str = "train.schedule"


ONLY = Phase()


def fit(
    compiled: Compiled,
    *,
    settings: TrainSettings,
    phase: Phase = ONLY,
    scratch: Path | None = None,
    on_epoch: OnEpoch = ignore,
) -> Course:
    """Train the network in place, from where an interrupted training left off.

    Parameters
    ----------
    scratch
        Folder for the state of an interrupted training; None keeps none.
    """
    model = compiled.model
    rows = Shuffled(compiled.rows, batch_size=settings.batch_size, seed=settings.seed, policy=compiled.policy)
    stopping = early_stopping(settings, logged=compiled.logged)
    finite, recorder = FiniteWeights(), Recorder(on_epoch, phase=phase.number)
    # The averaged weights come first, so that all others see them; what stops comes before what records.
    plateau = plateau_of(compiled, phase=phase)
    watching = [rows, *averaging(model.optimizer), LearningRate(compiled.rate), finite, plateau]
    present = [each for each in (*watching, stopping, recorder) if each is not None]
    resume = Resume(scratch, present, phase=phase.number, began=phase.began, states=phase.states)
    resume.restore(model)
    last = resume.began + settings.epochs
    steps = num_steps(len(compiled.rows), settings.batch_size)
    model.fit(
        rows.batches,
        epochs=resume.epoch if resume.stopped else last,
        initial_epoch=resume.epoch,
        validation_data=in_order(compiled.validation) if len(compiled.validation) else None,
        callbacks=[*present, progress(last, steps=steps, first_epoch=resume.epoch, phase=phase.name), resume],
        shuffle=False,
        verbose=0,
    )
    return _course(finite, stopping, recorder)


def plateau_of(compiled: Compiled, *, phase: Phase) -> keras.callbacks.Callback | None:
    """Return what lowers the learning rate between two epochs of `phase`, if anything does.

    Raises
    ------
    ValueError
        If the number it watches is not logged.
    """
    plateau = compiled.rate.callback
    if plateau is not None:
        check_monitor(plateau.monitor, key=f"{phase.schedule_key}.monitor", logged=compiled.logged)
    return plateau


def _course(
    finite: FiniteWeights, stopping: keras.callbacks.EarlyStopping | None, recorder: Recorder
) -> Course:
    last = finite.diverged - 1 if finite.diverged else len(recorder.epochs)
    best = last
    if stopping is not None and stopping.best is not None:
        best = min(stopping.best_epoch + 1, last)
    return Course(
        history=history_table(recorder.epochs),
        best_epoch=best,
        kept_epoch=best if stopping is not None and stopping.restore_best_weights else last,
        stopped_early=stopping is not None and stopping.stopped_epoch > 0,
        diverged=finite.diverged,
    )
