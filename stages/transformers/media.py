"""Pictures, texts and sequences: the transformer of each kind of column, and what they made together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from stages.examples.encoded import InputSpec, Values
from stages.examples.schema import MEDIA, Column


class Made(NamedTuple):
    """What a transformer of pictures, texts or sequences returns.

    Attributes
    ----------
    inputs
        Arrays by input name, ``(n_samples, *shape)``.
    facts
        What a person should know of how they came about: plain values.
    """

    inputs: dict[str, Values]
    facts: dict[str, Any]


class Media(BaseEstimator):
    """Encode the columns whose cells are pictures, texts or sequences; without such columns, nothing.

    Parameters
    ----------
    transformers
        The plug-in of each role that the data have (``image``, ``text``, ``sequence``); copies are fitted.

    Examples
    --------
    >>> from stages.transformers.padded import Padded
    >>> media = Media({"sequence": Padded(scale="none")})
    >>> frame = pd.DataFrame({"feature.load": [np.float32([1, 2]), np.float32([3])]})
    >>> made = media.fit_transform(frame, [Column(name="load", role="sequence")])
    >>> made.inputs["sequence"][:, :, 0].tolist(), made.inputs["sequence_length"].ravel().tolist()
    ([[1.0, 2.0], [3.0, 0.0]], [2, 1])
    """

    def __init__(self, transformers: Mapping[str, Any]) -> None:
        self.transformers = transformers

    def fit_transform(self, frame: pd.DataFrame, columns: Sequence[Column]) -> Made:
        """Learn from train and return its arrays; of `columns`, only those of pictures, texts, sequences."""
        kept = [each for each in columns if each.role in MEDIA and frame[each.key].notna().any()]
        empty = [each.name for each in columns if each.role in MEDIA and each not in kept]
        self.dropped_ = dict.fromkeys(empty, "empty: every cell is missing")
        self.keys_ = {role: [each.key for each in kept if each.role == role] for role in MEDIA}
        self.transformers_: dict[str, Any] = {}
        made = {}
        for role in self._roles():
            names = _names([each for each in kept if each.role == role])
            self.transformers_[role] = clone(self.transformers[role])
            made[role] = self.transformers_[role].fit_transform(self._cells(frame, role), names=names)
        return _together(made)

    def transform(self, frame: pd.DataFrame) -> Made:
        """Return the arrays of `frame`."""
        cells = {role: self._cells(frame, role) for role in self._roles()}
        return _together({role: self.transformers_[role].transform(cells[role]) for role in cells})

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The description of the arrays."""
        return tuple(each for role in self._roles() for each in self.transformers_[role].inputs)

    def notes(self, facts: Mapping[str, Any]) -> list[str]:
        """Return what a person may want to do about what was lost in train, one sentence each."""
        return [note for role in self._roles() for note in self.transformers_[role].notes(facts[role])]

    def vectors(self) -> Any:
        """Return the pretrained vectors of the words of train, or None where there are none."""
        return getattr(self.transformers_.get("text"), "vectors_", None)

    def _roles(self) -> list[str]:
        return [role for role in MEDIA if self.keys_[role]]

    def _cells(self, frame: pd.DataFrame, role: str) -> pd.Series:
        """Return one cell an example; several texts follow one another, a line each."""
        keys = self.keys_[role]
        if role != "text":
            return frame[keys[0]]
        texts = (frame[key].fillna("").tolist() for key in keys)
        lines = ["\n".join(filter(None, each)) for each in zip(*texts, strict=True)]
        return pd.Series(lines, index=frame.index, dtype=object)


def empty_inputs(specs: Sequence[InputSpec]) -> dict[str, Values]:
    """Return the arrays of no example at all."""
    return {each.name: _empty(each) for each in specs}


def _empty(spec: InputSpec) -> Values:
    if not spec.sparse:
        return np.empty((0, *spec.shape), spec.dtype)
    from scipy.sparse import csr_array

    return csr_array((0, *spec.shape), dtype=spec.dtype)


def _names(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the names of the channels of a sequence, else those of the columns."""
    channels = columns[0].channels if columns[0].role == "sequence" else ()
    return channels or tuple(each.name for each in columns)


def _together(made: Mapping[str, Made]) -> Made:
    inputs = {name: values for each in made.values() for name, values in each.inputs.items()}
    return Made(inputs, {role: each.facts for role, each in made.items()})
