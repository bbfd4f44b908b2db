"""Change pictures while the network trains."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stages.examples.encoded import Encoded, Spec
from stages.policies.image_changes import ImageChanges, MixedImageChanges
from stages.policies.modality import check_busy, check_input


@dataclass(frozen=True)
class Image(MixedImageChanges):
    """Pictures are changed at random whenever they are trained on; no new example is made.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec
    >>> image = InputSpec(name="image", dtype="uint8", shape=(2, 2, 3))
    >>> spec = Spec(task="binary", classes=("ant", "bee"), inputs=(image,))
    >>> Image(rotation=10.0).policy_document(spec)["values"]["rotation"]
    10.0
    """

    def augment(self, train: Encoded, *, spec: Spec) -> Encoded:
        """Return no example.

        Raises
        ------
        ValueError
            Where the examples have no pictures, or nothing would change.
        """
        check_input(spec, "image", changes="pictures")
        check_busy(self, example="augment.rotation=10 augment.horizontal_flip=true")
        return train.take(np.zeros(0, np.int64))

    def policy_document(self, spec: Spec) -> dict[str, Any]:
        """Return what `stages.policies.read_policy` makes the policy of."""
        return {"kind": "image", "values": asdict(self)}

    def notes(self, train: Encoded, *, spec: Spec) -> list[str]:
        """Return which changes do nothing to these pictures."""
        return color_notes(self, spec)


def color_notes(changes: ImageChanges, spec: Spec) -> list[str]:
    """Return a note where colours are to change and the pictures are grey."""
    image = spec.input("image")
    wanted = [name for name in ("saturation", "hue") if getattr(changes, name)]
    if image is None or image.shape[-1] == 3 or not wanted:
        return []
    return [f"the pictures are grey: augment.{' and augment.'.join(wanted)} change nothing"]
