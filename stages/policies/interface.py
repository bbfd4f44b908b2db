"""What every policy can do."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

Tensor = Any
"""A `tf.Tensor`; TensorFlow has no types."""


class Batch(NamedTuple):
    """A batch of training rows, changed.

    Attributes
    ----------
    inputs
        Tensors by input name, ``(n, *shape)``.
    target
        As it was given; mixed where labels are mixed.
    weight
        Weight of each row ``(n,)``, or None.
    """

    inputs: dict[str, Tensor]
    target: Tensor
    weight: Tensor | None


class Policy(Protocol):
    """Changes a batch at random, the same way for the same seed.

    Attributes
    ----------
    soft_labels
        Whether it mixes labels: it then needs class probabilities ``(n, n_classes)``, not class ids.
    """

    @property
    def soft_labels(self) -> bool:
        """Whether it mixes labels."""
        ...

    def __call__(
        self, inputs: dict[str, Tensor], target: Tensor, weight: Tensor | None, *, seed: Tensor
    ) -> Batch:
        """Return the changed batch.

        Parameters
        ----------
        seed
            ``(2,)`` int32: equal seeds give equal batches.
        """
        ...
