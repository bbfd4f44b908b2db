"""Change series while the network trains."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stages.examples.encoded import Encoded, Spec
from stages.policies.modality import check_busy, check_input
from stages.policies.sequence_changes import SequenceChanges


@dataclass(frozen=True)
class Sequence(SequenceChanges):
    """Series are changed at random whenever they are trained on; no new example is made.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec
    >>> series = InputSpec(name="sequence", dtype="float32", shape=(9, 1))
    >>> spec = Spec(task="binary", classes=("walking", "running"), inputs=(series,))
    >>> Sequence(jitter=0.1).policy_document(spec)["values"]["jitter"]
    0.1
    """

    def augment(self, train: Encoded, *, spec: Spec) -> Encoded:
        """Return no example.

        Raises
        ------
        ValueError
            Where the examples have no series, or nothing would change.
        """
        check_input(spec, "sequence", changes="series")
        check_busy(self, example="augment.jitter=0.03 augment.time_warp=0.1")
        return train.take(np.zeros(0, np.int64))

    def policy_document(self, spec: Spec) -> dict[str, Any]:
        """Return what `stages.policies.read_policy` makes the policy of."""
        return {"kind": "sequence", "values": asdict(self)}

    def notes(self, train: Encoded, *, spec: Spec) -> list[str]:
        """Return which changes do nothing to these series."""
        return channel_notes(self, spec)


def channel_notes(changes: SequenceChanges, spec: Spec) -> list[str]:
    """Return a note where channels are to be masked and there is but one."""
    series = spec.input("sequence")
    if series is None or series.shape[-1] > 1 or not changes.channel_mask:
        return []
    return ["the series have one channel, which always stays: augment.channel_mask changes nothing"]
