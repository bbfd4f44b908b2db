"""Random numbers as a function of a seed, one stream for each thing that is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import tensorflow as tf

from stages.policies.interface import Tensor


@dataclass(frozen=True)
class Draws:
    """Random numbers for the rows of one batch.

    Each name has a stream of its own, so that switching one change on or off leaves the others as they were.

    Parameters
    ----------
    seed
        ``(2,)`` int32.
    rows
        Number of rows.

    Examples
    --------
    >>> draws = Draws(tf.constant([1, 2]), tf.constant(3))
    >>> draws.uniform("angle", 5.0, 5.0).numpy().tolist()
    [5.0, 5.0, 5.0]
    """

    seed: Tensor
    rows: Tensor

    def uniform(self, name: str, low: float, high: float, *shape: int) -> Tensor:
        """Return ``(rows, *shape)`` float32 from `low` up to `high`."""
        drawn = tf.random.stateless_uniform((self.rows, *shape), self._stream(name))
        return low + (high - low) * drawn

    def within(self, name: str, reach: float, *shape: int) -> Tensor:
        """Return ``(rows, *shape)`` float32 from ``-reach`` up to `reach`."""
        return self.uniform(name, -reach, reach, *shape)

    def normal(self, name: str, *shape: int) -> Tensor:
        """Return ``(rows, *shape)`` float32 from the standard normal distribution."""
        return tf.random.stateless_normal((self.rows, *shape), self._stream(name))

    def integers(self, name: str, count: int, *shape: int) -> Tensor:
        """Return ``(rows, *shape)`` int32 from 0 to ``count - 1``."""
        return tf.random.stateless_uniform(
            (self.rows, *shape), self._stream(name), minval=0, maxval=count, dtype=tf.int32
        )

    def chosen(self, name: str, probability: float = 0.5) -> Tensor:
        """Return ``(rows,)`` bool, true with `probability`."""
        return self.uniform(name, 0.0, 1.0) < probability

    def beta(self, name: str, alpha: float) -> Tensor:
        """Return ``(rows,)`` float32 from Beta(alpha, alpha)."""
        pair = tf.random.stateless_gamma((self.rows, 2), self._stream(name), alpha=alpha)
        # Of a small alpha both numbers can underflow to 0.
        return tf.math.divide_no_nan(pair[:, 0], pair[:, 0] + pair[:, 1])

    def permutation(self, name: str) -> Tensor:
        """Return the numbers of the rows in random order, ``(rows,)`` int32."""
        return tf.argsort(self.uniform(name, 0.0, 1.0))

    def _stream(self, name: str) -> Tensor:
        return tf.random.fold_in(self.seed, crc32(name.encode()) & 0x7FFFFFFF)
