"""Fill up small classes of pictures with changed copies."""

from __future__ import annotations

from dataclasses import dataclass, fields

from stages.augmenters.filling import changed_copies, rows_to_copy
from stages.augmenters.image import color_notes
from stages.examples.encoded import Encoded, Spec
from stages.policies.image_changes import ImageChanges
from stages.policies.modality import check_input
from stages.policies.reading import read_policy


@dataclass(frozen=True)
class ImageBalance(ImageChanges):
    """New pictures: copies changed at random, for small classes or for all rows. Labels and weights stay.

    Parameters
    ----------
    ratio
        Classes are filled up to this fraction of the largest one, 0 to 1; 0: not.
    copies
        New pictures for each row of train besides.
    seed
        Decides which rows are copied and how they are changed.

    Examples
    --------
    >>> import numpy as np
    >>> from stages.examples.encoded import InputSpec
    >>> image = InputSpec(name="image", dtype="uint8", shape=(2, 2, 1))
    >>> spec = Spec(task="binary", classes=("ant", "bee"), inputs=(image,))
    >>> pictures = np.arange(16, dtype=np.uint8).reshape(4, 2, 2, 1)
    >>> train = Encoded({"image": pictures}, np.array([0, 0, 0, 1]), np.arange(4))
    >>> ImageBalance(brightness=0.5, ratio=1.0).augment(train, spec=spec).target.tolist()
    [1, 1]
    """

    ratio: float = 1.0
    copies: int = 0
    seed: int = 0

    def augment(self, train: Encoded, *, spec: Spec) -> Encoded:
        """Return the new pictures.

        Raises
        ------
        ValueError
            Where the examples have no pictures, or no classes to fill.
        """
        check_input(spec, "image", changes="pictures")
        rows = rows_to_copy(train, ratio=self.ratio, copies=self.copies, seed=self.seed)
        policy = read_policy(self.copied_with(), spec=spec)
        if policy is None or not len(rows):
            return train.take(rows)
        return changed_copies(train, rows, policy, names=("image",), seed=self.seed)

    def copied_with(self) -> dict[str, object]:
        """Return the policy that each copy is changed with, as `stages.policies.read_policy` takes it."""
        values = {each.name: getattr(self, each.name) for each in fields(ImageChanges)}
        return {"policy": {"kind": "image", "values": values}}

    def notes(self, train: Encoded, *, spec: Spec) -> list[str]:
        """Return which changes do nothing to these pictures."""
        return color_notes(self, spec)
