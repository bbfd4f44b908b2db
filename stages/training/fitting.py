"""Fitting a compiled network: everything that watches it, in its order."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import keras
import pandas as pd

from stages.settings.train import TrainSettings
from stages.training.callbacks import FiniteWeights, LearningRate, averaging, check_monitor, early_stopping
from stages.training.compiling import Compiled
from stages.training.feeding import Shuffled, in_order, num_steps
from stages.training.history import OnEpoch, Recorder, history_table, ignore
from stages.training.progress import progress
from stages.training.resume import Resume


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
    """

    history: pd.DataFrame
    best_epoch: int
    kept_epoch: int
    stopped_early: bool
    diverged: int


def fit(
    compiled: Compiled,
    *,
    settings: TrainSettings,
    scratch: Path | None = None,
    on_epoch: OnEpoch = ignore,
) -> Course:
    """Train the network in place, from where an interrupted training left off.

    Parameters
    ----------
    scratch
        Folder for the state of an interrupted training; None keeps none.
    """
    model, plateau = compiled.model, compiled.rate.callback
    stopping = early_stopping(settings, logged=compiled.logged)
    if plateau is not None:
        check_monitor(plateau.monitor, key="train.schedule.monitor", logged=compiled.logged)
    rows = Shuffled(compiled.rows, batch_size=settings.batch_size, seed=settings.seed)
    finite, recorder = FiniteWeights(), Recorder(on_epoch)
    # The averaged weights come first, so that all others see them; what stops comes before what records.
    watching = [
        rows,
        *averaging(model.optimizer),
        LearningRate(compiled.rate),
        finite,
        plateau,
        stopping,
        recorder,
    ]
    present = [each for each in watching if each is not None]
    resume = Resume(scratch, present)
    resume.restore(model)
    epochs = resume.epoch if resume.stopped else settings.epochs
    steps = num_steps(len(compiled.rows), settings.batch_size)
    model.fit(
        rows.batches,
        epochs=epochs,
        initial_epoch=resume.epoch,
        validation_data=in_order(compiled.validation) if len(compiled.validation) else None,
        callbacks=[*present, progress(settings.epochs, steps=steps, first_epoch=resume.epoch), resume],
        shuffle=False,
        verbose=0,
    )
    return _course(finite, stopping, recorder)


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
