"""What each raw column is worth to the network: how much worse it gets when the column's cells are shuffled.

Permutation importance (Breiman, "Random forests", 2001, section 10) as scikit-learn defines it, on the raw
columns, through the whole preprocessing. Columns that tell the same share their worth: each can seem useless
while the other stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.examples.schema import Column, Task
from stages.metrics.answers import Answers
from stages.metrics.bootstrap import interval
from stages.metrics.decision import Decision, decide
from stages.metrics.direction import gain, main_metric
from stages.metrics.draws import Resampling, draws

COLUMNS = ("column", "metric", "importance", "low", "high")
ROWS_IN_ALL, PICTURES_IN_ALL = 100_000, 10_000
"""Rows the network is asked about, over all columns and repeats, about: a few seconds. Pictures are slow."""
LEAST_ROWS = 50
"""Rows looked at however many columns there are; where that asks too much, some columns are left out."""
LEAST_COLUMNS = 100
"""Columns looked at, the first ones, however many repeats are wanted."""
ROWS_AT_ONCE = 20_000
"""Rows handed to the preprocessing and the network in one call, about."""
CELLS_AT_ONCE = 2**21
"""Cells handed over in one call, about: of a wide table fewer rows than `ROWS_AT_ONCE`."""

Answer = Callable[[pd.DataFrame], Array]
"""From raw feature columns to calibrated class probabilities, or values in the target's own unit."""


class Importance(NamedTuple):
    """What `PermutationImportance` returns: the table, and what deviates."""

    table: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PermutationImportance:
    """How much of the task's main metric is lost when a raw column is permuted.

    Attributes
    ----------
    task
        What was learnt; it says which metric.
    decision
        How probabilities become classes.
    repeats
        How often each column is permuted; the loss is the mean.
    resampling
        Its seed draws the permutations (each column has draws of its own), and the rows where there are too
        many; the interval is that of the bootstrap over the rows, each with the permutations it met.
    rows_in_all
        Rows the network is asked about, over all columns and repeats, about; None for 100,000.
    """

    task: Task
    decision: Decision
    repeats: int
    resampling: Resampling
    rows_in_all: int | None = None

    def __call__(
        self,
        answers: Answers,
        features: pd.DataFrame,
        answer: Answer,
        *,
        columns: Sequence[Column],
        part: str,
    ) -> Importance:
        """Return the importance of each of `columns`, the greatest first.

        About `rows_in_all` rows are asked about: the more columns, the fewer rows of each, at least 50; where
        that is too much, the first columns only, at least 100.

        Parameters
        ----------
        answers
            The network's answers for the rows as they are.
        features
            The same rows' raw feature columns.
        answer
            Asks the network.

        Returns
        -------
        Importance
            ``column``, ``metric``, ``importance`` (above 0: the column helps), ``low`` and ``high``.
        """
        if not (self.repeats and len(columns) and len(answers)):
            return Importance(pd.DataFrame(columns=list(COLUMNS)))
        some, left_out = self._columns(columns, rows=len(answers))
        rows, notes = self._rows(len(answers), columns=len(some), part=part)
        shown, frame = answers.take(rows), features.iloc[rows].reset_index(drop=True)
        permuted = self._permuted(shown, frame, answer, some)
        values = np.concatenate([self._row_values(shown, shown.predicted)[:, None], *permuted], axis=1)
        table = self._table(shown, values, [column.name for column in some], part)
        return Importance(table, left_out + notes)

    @property
    def _asked(self) -> int:
        return ROWS_IN_ALL if self.rows_in_all is None else self.rows_in_all

    def _columns(self, columns: Sequence[Column], *, rows: int) -> tuple[Sequence[Column], tuple[str, ...]]:
        most = max(self._asked // (min(rows, LEAST_ROWS) * self.repeats), LEAST_COLUMNS)
        if len(columns) <= most:
            return columns, ()
        note = (
            f"importances are measured for the first {most} of {len(columns)} columns, to take seconds; a "
            "lower evaluate.importance_repeats looks at more columns"
        )
        return columns[:most], (note,)

    def _rows(self, count: int, *, columns: int, part: str) -> tuple[Array, tuple[str, ...]]:
        most = max(self._asked // (columns * self.repeats), LEAST_ROWS)
        if count <= most:
            return np.arange(count), ()
        random = np.random.default_rng([self.resampling.seed, *b"rows"])
        rows = np.sort(random.choice(count, most, replace=False))
        note = (
            f"importances are measured on {most} of the {count} rows of {part}, drawn, to take seconds; a "
            "lower evaluate.importance_repeats looks at more rows"
        )
        return rows, (note,)

    def _permuted(
        self, answers: Answers, frame: pd.DataFrame, answer: Answer, columns: Sequence[Column]
    ) -> list[Array]:
        """Return the row values of each column's permutations, ``(n_samples, repeats)`` each."""
        rows, found = len(frame), []
        most = min(ROWS_AT_ONCE, self._asked // 5, CELLS_AT_ONCE // max(frame.shape[1], 1))
        at_once = max(most // (rows * self.repeats), 1)
        for start in range(0, len(columns), at_once):
            some = columns[start : start + at_once]
            shuffled = pd.concat([self._shuffled(frame, column) for column in some], ignore_index=True)
            predicted = answer(shuffled)
            blocks = predicted.reshape(len(some) * self.repeats, rows, *predicted.shape[1:])
            values = np.stack([self._row_values(answers, block) for block in blocks], axis=1)
            found.append(values)
        return found

    def _shuffled(self, frame: pd.DataFrame, column: Column) -> pd.DataFrame:
        """Return `repeats` copies of `frame`, one below the other, `column` permuted within each."""
        random = np.random.default_rng([self.resampling.seed, *column.name.encode()])
        orders = np.concatenate([random.permutation(len(frame)) for _ in range(self.repeats)])
        copies = frame.iloc[np.tile(np.arange(len(frame)), self.repeats)].reset_index(drop=True)
        return copies.assign(**{column.key: frame[column.key].array.take(orders)})

    def _row_values(self, answers: Answers, predicted: Array) -> Array:
        """Return what the main metric is a mean of, ``(n_samples,)``: right or not, or the squared error."""
        if self.task == "regression":
            return np.asarray((answers.target - predicted) ** 2)
        return np.asarray(decide(predicted, self.decision) == answers.target, dtype=np.float64)

    def _losses(self, values: Array, weights: Array) -> Array:
        """Return what each column's permutations lose, ``(n_weightings, n_columns)``."""
        means = weights @ values / weights.sum(axis=1, keepdims=True)
        metric = np.sqrt(means) if self.task == "regression" else means
        shuffled = metric[:, 1:].reshape(len(weights), -1, self.repeats)
        losses = gain(main_metric(self.task)) * (metric[:, :1, None] - shuffled)
        return np.asarray(losses.mean(axis=2))

    def _table(self, answers: Answers, values: Array, names: Sequence[str], part: str) -> pd.DataFrame:
        weight = np.ones(len(answers)) if answers.weight is None else answers.weight
        losses = self._losses(values, weight[None])[0]
        drawn = draws(len(answers), self.resampling, part=part, group=answers.group)
        with np.errstate(invalid="ignore"):
            samples = [self._losses(values, counts * weight) for counts in drawn]
        lines = []
        for place in np.argsort(-losses, kind="stable"):
            sample = np.concatenate([each[:, place] for each in samples]) if samples else np.empty(0)
            bounds = interval(sample, confidence=self.resampling.confidence) or (np.nan, np.nan)
            lines.append((names[place], main_metric(self.task), losses[place], *bounds))
        return pd.DataFrame(lines, columns=list(COLUMNS))
