"""The one fitted object: the table of examples in, arrays out; kept whole for prediction."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from stages.examples.encoded import Array, Spec, Values
from stages.examples.schema import FEATURE, MEDIA, Schema
from stages.transformers.categories import Categories
from stages.transformers.columns import assemble, describe
from stages.transformers.frames import feature_frame
from stages.transformers.media import Made, Media, empty_inputs
from stages.transformers.numbers import Numbers
from stages.transformers.selection import ColumnSelection
from stages.transformers.targets import check_task, class_ids
from stages.transformers.trusted import TRUSTED

__all__ = ["TRUSTED", "Fitted", "Preprocessing"]

EXPECTED_WARNINGS = ("n_quantiles",)
"""Beginnings of warnings of libraries that say nothing the user should act on."""


class Fitted(NamedTuple):
    """What `Preprocessing.fit_transform` returns.

    Attributes
    ----------
    inputs
        Arrays by input name, each ``(n_kept, *shape)``.
    target
        Class ids int64 or transformed values float32, ``(n_kept,)``.
    rows
        Which rows of train these are, ``(n_kept,)`` int64; outlier rows are missing.
    facts
        What became of pictures, texts and sequences, by role.
    """

    inputs: dict[str, Values]
    target: Array
    rows: Array
    facts: dict[str, Any]


class Preprocessing(BaseEstimator):
    """Everything that is learnt from train before the network is: one object, fitted once, kept with it.

    Parameters
    ----------
    schema
        ``Schema.model_dump(mode="json")`` of the table of examples: plain values, which skops can hold.
    selection, outliers, numbers, categories, media, target
        The parts, in this order of use; copies of them are fitted.

    Attributes
    ----------
    notes_
        What deviated while fitting, one sentence each.
    """

    def __init__(  # noqa: PLR0913 - the parts, one for each kind of column
        self,
        schema: dict[str, Any],
        *,
        selection: ColumnSelection,
        outliers: Any,
        numbers: Numbers,
        categories: Categories,
        media: Media,
        target: Any,
    ) -> None:
        self.schema = schema
        self.selection = selection
        self.outliers = outliers
        self.numbers = numbers
        self.categories = categories
        self.media = media
        self.target = target

    def fit_transform(self, train: pd.DataFrame, target: pd.Series) -> Fitted:
        """Learn from `train` and return its arrays; outlier rows are left out where so chosen.

        Parameters
        ----------
        train
            Feature columns as `stages.examples.schema` says; others are ignored.
        target
            Class names, or values of a regression.
        """
        check_task(self.target, self._schema)
        self.notes_: list[str] = []
        frame = feature_frame(train, self._schema)
        rows = self._fit_outliers(frame)
        clipped = self._clip(frame.iloc[rows])
        ids = self._fit_target(target.iloc[rows])
        made = self._fit_media(clipped)
        self._select(frame.iloc[rows], clipped)
        with self._step("encode.imputer, encode.dates or encode.scaler"):
            numbers = self._fit_numbers(clipped)
        with self._step("encode.categories"):
            self.categories_ = clone(self.categories)
            codes = self.categories_.fit_transform(clipped[self._kept("categorical")], ids)
        return Fitted(self._inputs(numbers, codes) | made.inputs, ids, rows, made.facts)

    def fit(self, train: pd.DataFrame, target: pd.Series) -> Self:
        """Learn from `train`."""
        self.fit_transform(train, target)
        return self

    def transform(self, frame: pd.DataFrame) -> dict[str, Values]:
        """Return the arrays of `frame` by input name; columns it lacks are missing, no row is dropped."""
        return self.made(frame).inputs

    def made(self, frame: pd.DataFrame) -> Made:
        """Return what `transform` does, and beside it what became of pictures, texts and sequences."""
        if not len(frame):
            return Made(empty_inputs(self.spec.inputs), {})
        clipped = self._clip(feature_frame(frame, self._schema))
        numbers = self.numbers_.transform(clipped)
        codes = self.categories_.transform(clipped[self._kept("categorical")])
        media = self.media_.transform(clipped)
        return Made(self._inputs(numbers, codes) | media.inputs, media.facts)

    def transform_target(self, target: pd.Series) -> Array:
        """Return class ids (int64) of class names, or transformed values (float32) of a regression."""
        description = self._schema
        if description.task == "regression":
            values = self.target_.transform(target.to_numpy(np.float64).reshape(-1, 1)) if len(target) else []
            return np.asarray(values, dtype=np.float32).reshape(-1)
        return class_ids(target, description.classes)

    def inverse_target(self, values: Array) -> Array:
        """Return predicted `values` of a regression in the target's own unit, ``(n_samples,)`` float64.

        For a classification, `values` are class ids and their names are returned.
        """
        description = self._schema
        if description.task != "regression":
            return np.asarray(description.classes, dtype=object)[np.asarray(values, dtype=np.int64)]
        column = np.asarray(values, dtype=np.float64).reshape(-1, 1)
        return np.asarray(self.target_.inverse_transform(column), dtype=np.float64).reshape(-1)

    @property
    def spec(self) -> Spec:
        """The description of the arrays."""
        inputs = (*describe(self.numbers_, self.categories_), *self.media_.inputs)
        return Spec(task=self._schema.task, classes=self._schema.classes, inputs=inputs)

    @property
    def dropped_columns(self) -> dict[str, str]:
        """Why each raw column that does not reach the network was left out, by name."""
        dates = [] if self.numbers_.dates_.get_feature_names_out() else self._kept("date")
        unused = {key.removeprefix(FEATURE): "encode.dates=none, or no part varies" for key in dates}
        return {**self.selection_.dropped_, **unused, **self.media_.dropped_}

    # --- fitting, step by step ---------------------------------------------------------------------

    def _fit_outliers(self, frame: pd.DataFrame) -> Array:
        """Learn what an outlier is and return the rows that stay."""
        kept = clone(self.selection).fit(frame.drop(columns=self._schema.keys(*MEDIA))).kept_
        self.bounded_ = [key for key in self._schema.keys("numeric") if key in kept]
        self.outliers_ = clone(self.outliers)
        if not self.bounded_:
            return np.arange(len(frame))
        with self._step("encode.outliers"):
            rows = np.flatnonzero(self.outliers_.fit_rows(frame[self.bounded_].to_numpy(np.float64)))
        if not len(rows):
            raise ValueError(
                "encode.outliers would drop every row of train: every row has an outlier in some column. Set "
                "its action to clip, or widen its bounds."
            )
        return rows

    def _clip(self, frame: pd.DataFrame) -> pd.DataFrame:
        if not self.bounded_:
            return frame
        values = self.outliers_.transform(frame[self.bounded_].to_numpy(np.float64))
        clipped = pd.DataFrame(values, columns=self.bounded_, index=frame.index)
        return pd.concat([frame.drop(columns=self.bounded_), clipped], axis=1)

    def _select(self, frame: pd.DataFrame, clipped: pd.DataFrame) -> None:
        """Choose the columns; what became constant by clipping goes too."""
        columns = [key for key in frame if key not in self._schema.keys(*MEDIA)]
        self.selection_ = clone(self.selection).fit(clipped[columns])
        if not self.selection_.kept_ and not self.media_.inputs:
            dropped = self.selection_.dropped_ | self.media_.dropped_
            reasons = "; ".join(f"{name}: {reason}" for name, reason in dropped.items())
            raise ValueError(
                f"No feature column is left to learn from ({reasons}). Check the data set's column roles, "
                "raise encode.max_missing_share or set encode.drop_constant=false."
            )

    def _fit_media(self, frame: pd.DataFrame) -> Made:
        """Learn from pictures, texts and sequences."""
        self.media_ = clone(self.media)
        with self._step("encode.image, encode.text or encode.sequence"):
            made: Made = self.media_.fit_transform(frame, self._schema.features)
        self.notes_ += self.media_.notes(made.facts)
        return made

    def _fit_target(self, target: pd.Series) -> Array:
        if self._schema.task == "regression":
            with self._step("encode.target"):
                self.target_ = clone(self.target).fit(target.to_numpy(np.float64).reshape(-1, 1))
        return self.transform_target(target)

    def _fit_numbers(self, frame: pd.DataFrame) -> Array:
        self.numbers_ = clone(self.numbers)
        columns = [column for column in self._schema.features if column.key in self.selection_.kept_]
        numbers: Array = self.numbers_.fit_transform(frame, columns)
        return numbers

    @contextmanager
    def _step(self, parameter: str) -> Iterator[None]:
        """Name the parameter in errors of libraries, and keep their warnings as notes."""
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                yield
        except ValueError as error:
            if "encode." in str(error):
                raise
            raise ValueError(
                f"{parameter} cannot be fitted on the train rows: {error} Choose another one, or change its "
                "options."
            ) from error
        said = dict.fromkeys(str(warning.message).split("\n")[0] for warning in caught)
        self.notes_ += [f"{parameter}: {text}" for text in said if not text.startswith(EXPECTED_WARNINGS)]

    # --- frames and arrays ---------------------------------------------------------------------------

    @property
    def _schema(self) -> Schema:
        return Schema.model_validate(self.schema)

    def _kept(self, role: str) -> list[str]:
        return [c.key for c in self._schema.features if c.role == role and c.key in self.selection_.kept_]

    def _inputs(self, numbers: Array, codes: Array) -> dict[str, Values]:
        return assemble(numbers, codes, describe(self.numbers_, self.categories_))
