"""Make new series: changed copies."""

from __future__ import annotations

from dataclasses import dataclass, fields

from stages.augmenters.filling import changed_copies, rows_to_copy
from stages.augmenters.sequence import channel_notes
from stages.examples.encoded import Encoded, Spec
from stages.policies.modality import check_input
from stages.policies.reading import read_policy
from stages.policies.sequence_changes import SequenceChanges


@dataclass(frozen=True)
class SequenceCopies(SequenceChanges):
    """New series: copies changed at random, of all rows or for small classes. Labels and weights stay.

    Parameters
    ----------
    ratio
        Classes are filled up to this fraction of the largest one, 0 to 1; 0: not.
    copies
        New series for each row of train besides.
    seed
        Decides which rows are copied and how they are changed.

    Examples
    --------
    >>> import numpy as np
    >>> from stages.examples.encoded import InputSpec
    >>> series = InputSpec(name="sequence", dtype="float32", shape=(4, 1))
    >>> spec = Spec(task="binary", classes=("walking", "running"), inputs=(series,))
    >>> train = Encoded({"sequence": np.ones((3, 4, 1), np.float32)}, np.array([0, 1, 1]), np.arange(3))
    >>> SequenceCopies(scaling=0.1, copies=2).augment(train, spec=spec).target.tolist()
    [0, 1, 1, 0, 1, 1]
    """

    ratio: float = 0.0
    copies: int = 1
    seed: int = 0

    def augment(self, train: Encoded, *, spec: Spec) -> Encoded:
        """Return the new series.

        Raises
        ------
        ValueError
            Where the examples have no series, or no classes to fill.
        """
        check_input(spec, "sequence", changes="series")
        rows = rows_to_copy(train, ratio=self.ratio, copies=self.copies, seed=self.seed)
        policy = read_policy(self.copied_with(), spec=spec)
        if policy is None or not len(rows):
            return train.take(rows)
        return changed_copies(train, rows, policy, names=("sequence", "sequence_length"), seed=self.seed)

    def copied_with(self) -> dict[str, object]:
        """Return the policy that each copy is changed with, as `stages.policies.read_policy` takes it."""
        values = {each.name: getattr(self, each.name) for each in fields(SequenceChanges)}
        return {"policy": {"kind": "sequence", "values": values}}

    def notes(self, train: Encoded, *, spec: Spec) -> list[str]:
        """Return which changes do nothing to these series."""
        return channel_notes(self, spec)
