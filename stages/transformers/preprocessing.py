"""The one fitted object: the table of examples in, arrays out; kept whole for prediction."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from stages.examples.encoded import Array, Block, InputSpec, Spec
from stages.examples.schema import FEATURE, Schema
from stages.transformers.categories import Categories
from stages.transformers.frames import feature_frame
from stages.transformers.identity import Identity
from stages.transformers.numbers import Numbers
from stages.transformers.selection import ColumnSelection
from stages.transformers.targets import Automatic
from stages.transformers.trusted import TRUSTED

__all__ = ["TRUSTED", "Fitted", "Preprocessing"]

NUMERIC, CATEGORIES = "numeric", "categories"
EXPECTED_WARNINGS = ("n_quantiles",)
"""Beginnings of warnings of libraries that say nothing the user should act on."""


class Fitted(NamedTuple):
    """What `Preprocessing.fit_transform` returns.

    Attributes
    ----------
    inputs
        Arrays by input name, each ``(n_kept, n_columns)``.
    target
        Class ids int64 or transformed values float32, ``(n_kept,)``.
    rows
        Which rows of train these are, ``(n_kept,)`` int64; outlier rows are missing.
    """

    inputs: dict[str, Array]
    target: Array
    rows: Array


class Preprocessing(BaseEstimator):
    """Everything that is learnt from train before the network is: one object, fitted once, kept with it.

    Parameters
    ----------
    schema
        ``Schema.model_dump(mode="json")`` of the table of examples: plain values, which skops can hold.
    selection, outliers, numbers, categories, target
        The parts, in this order of use; copies of them are fitted.

    Attributes
    ----------
    notes_
        What deviated while fitting, one sentence each.
    """

    def __init__(
        self,
        schema: dict[str, Any],
        *,
        selection: ColumnSelection,
        outliers: Any,
        numbers: Numbers,
        categories: Categories,
        target: Any,
    ) -> None:
        self.schema = schema
        self.selection = selection
        self.outliers = outliers
        self.numbers = numbers
        self.categories = categories
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
        self._check_task()
        self.notes_: list[str] = []
        frame = feature_frame(train, self._schema)
        rows = self._fit_outliers(frame)
        clipped = self._clip(frame.iloc[rows])
        self._select(frame.iloc[rows], clipped)
        ids = self._fit_target(target.iloc[rows])
        with self._step("encode.imputer, encode.dates or encode.scaler"):
            numbers = self._fit_numbers(clipped)
        with self._step("encode.categories"):
            self.categories_ = clone(self.categories)
            codes = self.categories_.fit_transform(clipped[self._kept("categorical")], ids)
        return Fitted(self._inputs(numbers, codes), ids, rows)

    def fit(self, train: pd.DataFrame, target: pd.Series) -> Self:
        """Learn from `train`."""
        self.fit_transform(train, target)
        return self

    def transform(self, frame: pd.DataFrame) -> dict[str, Array]:
        """Return the arrays of `frame` by input name; columns it lacks are missing, no row is dropped."""
        if not len(frame):
            return {each.name: np.empty((0, *each.shape), each.dtype) for each in self.spec.inputs}
        clipped = self._clip(feature_frame(frame, self._schema))
        numbers = self.numbers_.transform(clipped)
        codes = self.categories_.transform(clipped[self._kept("categorical")])
        return self._inputs(numbers, codes)

    def transform_target(self, target: pd.Series) -> Array:
        """Return class ids (int64) of class names, or transformed values (float32) of a regression."""
        description = self._schema
        if description.task == "regression":
            values = self.target_.transform(target.to_numpy(np.float64).reshape(-1, 1)) if len(target) else []
            return np.asarray(values, dtype=np.float32).reshape(-1)
        ids = pd.Index(description.classes).get_indexer(pd.Index(target))
        if (ids < 0).any():
            unknown = ", ".join(sorted({str(name) for name in target[ids < 0]}))
            raise ValueError(
                f"expected the classes {', '.join(description.classes)}, received also: {unknown}. Run "
                "`dvc repro`, so that all stages work on the same data."
            )
        return ids.astype(np.int64)

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
        columns = tuple(self.categories_.get_feature_names_out())
        sizes = self.categories_.sizes
        numeric = (*self.numbers_.get_feature_names_out(), *(() if sizes else columns))
        inputs = []
        if numeric:
            shift = len(numeric) - len(columns)
            blocks = tuple(_shifted(block, shift) for block in self.categories_.blocks)
            shape = (len(numeric),)
            inputs.append(
                InputSpec(name=NUMERIC, dtype="float32", shape=shape, columns=numeric, blocks=blocks)
            )
        if sizes:
            shape = (len(columns),)
            inputs.append(
                InputSpec(name=CATEGORIES, dtype="int32", shape=shape, columns=columns, sizes=sizes)
            )
        return Spec(task=self._schema.task, classes=self._schema.classes, inputs=tuple(inputs))

    @property
    def dropped_columns(self) -> dict[str, str]:
        """Why each raw column that does not reach the network was left out, by name."""
        dates = [] if self.numbers_.dates_.get_feature_names_out() else self._kept("date")
        unused = {key.removeprefix(FEATURE): "encode.dates=none, or no part varies" for key in dates}
        return dict(self.selection_.dropped_) | unused

    # --- fitting, step by step ---------------------------------------------------------------------

    def _check_task(self) -> None:
        if self._schema.task != "regression" and not isinstance(self.target, Identity | Automatic):
            raise ValueError(
                f"encode.target ({type(self.target).__name__}) transforms a regression target, but the "
                f"target {self._schema.target} has {len(self._schema.classes)} classes: "
                f"{', '.join(self._schema.classes[:5])}{', ...' if len(self._schema.classes) > 5 else ''}. "
                "Set encode.target=auto, or dataset.task=regression where they are amounts."
            )

    def _fit_outliers(self, frame: pd.DataFrame) -> Array:
        """Learn what an outlier is and return the rows that stay."""
        kept = clone(self.selection).fit(frame).kept_
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
        self.selection_ = clone(self.selection).fit(clipped[list(frame)])
        if not self.selection_.kept_:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in self.selection_.dropped_.items())
            raise ValueError(
                f"No feature column is left to learn from ({reasons}). Check the data set's column roles, "
                "raise encode.max_missing_share or set encode.drop_constant=false."
            )

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

    def _inputs(self, numbers: Array, codes: Array) -> dict[str, Array]:
        if self.categories_.sizes:
            inputs = {NUMERIC: numbers, CATEGORIES: codes.astype(np.int32)}
        else:
            inputs = {NUMERIC: np.hstack([numbers, codes])}
        inputs[NUMERIC] = self._finite(inputs[NUMERIC])
        return {each.name: inputs[each.name] for each in self.spec.inputs}

    def _finite(self, values: Array) -> Array:
        """Return `values` as float32, or say which column cannot be."""
        with np.errstate(over="ignore"):
            single = values.astype(np.float32)
        broken: Array = ~np.asarray(np.isfinite(single).all(axis=0))
        if broken.any():
            names = self.numbers_.get_feature_names_out()
            names += [] if self.categories_.sizes else self.categories_.get_feature_names_out()
            listed = ", ".join(name for name, bad in zip(names, broken, strict=True) if bad)
            raise ValueError(
                f"After preprocessing, values of the column(s) {listed} are not finite float32 numbers "
                "(at most 3.4e38): the numbers are too large or too uneven. Clip them "
                "(encode.outliers=quantile), choose encode.scaler=quantile, or correct them in the raw data."
            )
        return single


def _shifted(block: Block, by: int) -> Block:
    return Block(column=block.column, start=block.start + by, stop=block.stop + by)
