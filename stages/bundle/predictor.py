"""The predictor: cell parsing, preprocessing, network, calibration and decision in one object.

It lies in a folder of four files: ``schema.json`` (columns and classes), ``preprocessing.skops``,
``model.keras`` and ``decision.json``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pandas as pd

from stages.bundle.decision_rule import DecisionRule
from stages.bundle.parts import DECISION, NETWORK, PARTS, PREPROCESSING, SCHEMA
from stages.bundle.rawrows import Unreadable, read_rows, rows_with_content
from stages.calibrators.temperature import calibrate
from stages.examples.encoded import Array
from stages.examples.schema import Schema
from stages.metrics.answers import PREDICTION, PROBABILITY, widened
from stages.metrics.decision import decide
from stages.models.prediction import predict
from stages.transformers import archive
from stages.transformers.trusted import TRUSTED

BATCH_ROWS: Final = 1024
"""Rows the network sees at once, always the same: what it answers for a row must not depend on the others."""

PICTURES_AT_ONCE: Final = 512
"""Rows with pictures read at once: their files, and their pixels, are held in memory."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Predictor:
    """A trained model for raw rows.

    Attributes
    ----------
    schema
        The features and, for a classification, the class names.
    preprocessing
        The fitted `stages.transformers.preprocessing.Preprocessing`.
    network
        The Keras model.
    rule
        What follows the network.
    """

    schema: Schema
    preprocessing: Any
    network: Any
    rule: DecisionRule

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the predictor in `folder`.

        Raises
        ------
        ValueError
            Where a file is missing, or ``preprocessing.skops`` holds types not on the list in this code.
        """
        absent = [name for name in PARTS if not (folder / name).exists()]
        if absent:
            raise ValueError(
                f"{folder} lacks {', '.join(absent)}, expected {', '.join(PARTS)}: it is no whole model. "
                "Run `upcurve run`, which makes all of them, or name another one."
            )
        from stages.models.loading import load_model  # TensorFlow: only where a network is loaded

        return cls(
            Schema.model_validate_json((folder / SCHEMA).read_text(encoding="utf-8")),
            archive.load(folder / PREPROCESSING, trusted=TRUSTED),
            load_model(folder / NETWORK),
            DecisionRule.model_validate_json((folder / DECISION).read_text(encoding="utf-8")),
        )

    def predict(self, raw: pd.DataFrame, *, unreadable: Unreadable = "refuse") -> pd.DataFrame:
        """Return the predictions of raw rows, the columns of the user's file; the index is kept.

        Returns
        -------
        pd.DataFrame
            ``prediction``: the class name, or the value in the target's own unit (float64); for a
            classification also ``probability.<class>`` for each class, float64, summing to 1. All are
            missing for a row that has neither picture, text or series nor anything beside.

        Raises
        ------
        ValueError
            As `stages.bundle.rawrows.read_rows`.
        """
        if self.schema.keys("image") and len(raw) > PICTURES_AT_ONCE:
            starts = range(0, len(raw), PICTURES_AT_ONCE)
            some = (raw.iloc[start : start + PICTURES_AT_ONCE] for start in starts)
            return pd.concat([self.predict(rows, unreadable=unreadable) for rows in some])
        cells = read_rows(raw, self.schema, unreadable=unreadable)
        known = rows_with_content(cells, self.schema)
        if known.all():
            return self._predicted(cells)
        logger.warning("%s row(s) hold nothing to predict from and get no prediction", f"{(~known).sum():,}")
        predicted = self._predicted(cells[known].reset_index(drop=True))
        place = np.where(known, np.cumsum(known) - 1, -1)
        return predicted.reindex(place).set_axis(raw.index, axis=0)

    def _predicted(self, cells: pd.DataFrame) -> pd.DataFrame:
        answers = self._answers(cells)
        if self.schema.task == "regression":
            values = np.asarray(self.preprocessing.inverse_target(answers), dtype=np.float64)
            return pd.DataFrame({PREDICTION: values}, index=cells.index)
        shares = calibrate(widened(answers), self.rule.temperature)
        names = np.asarray(self.schema.classes, dtype=object)
        chosen = names[decide(shares, self.rule.decision)]
        columns = {f"{PROBABILITY}{name}": shares[:, k] for k, name in enumerate(self.schema.classes)}
        return pd.DataFrame(columns, index=cells.index).assign(
            **{PREDICTION: pd.Series(chosen, index=cells.index, dtype="str")}
        )[self.columns]

    @property
    def columns(self) -> list[str]:
        """Names of the columns that `predict` returns, in order."""
        return [PREDICTION, *(f"{PROBABILITY}{name}" for name in self.schema.classes)]

    def _answers(self, cells: pd.DataFrame) -> Array:
        return predict(
            self.network,
            self.preprocessing.transform(cells),
            task=self.schema.task,
            num_classes=len(self.schema.classes),
            kind=self.rule.output_kind,
            batch_size=BATCH_ROWS,
        )
