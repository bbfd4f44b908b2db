"""Mix pairs of rows and their labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stages.augmenters.copies import check_table, copy_rows
from stages.examples.encoded import Array, Encoded, Spec, class_probabilities
from stages.samplers.features import CATEGORIES


@dataclass(frozen=True)
class Mixup:
    """Rows on the line between two rows of train, labels (or values of a regression) mixed likewise.

    ``share * x_i + (1 - share) * x_j`` with ``share`` from Beta(alpha, alpha). Ids of embedded categories
    cannot be mixed: they come from the row with the larger share. Zhang et al. (2018), mixup: Beyond
    Empirical Risk Minimization, ICLR.

    Parameters
    ----------
    alpha
        Above 0; small: mostly near one of the two rows, 1: any share is as likely.
    copies
        New rows for each row of train.
    seed
        Decides the pairs and the shares.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec
    >>> spec = Spec(task="binary", classes=("no", "yes"),
    ...             inputs=(InputSpec(name="numeric", dtype="float32", shape=(1,), columns=("x",)),))
    >>> train = Encoded({"numeric": np.array([[0], [1]], np.float32)}, np.array([0, 1]), np.arange(2))
    >>> mixed = Mixup(alpha=1.0, copies=1, seed=1).augment(train, spec=spec)
    >>> bool(np.allclose(mixed.inputs["numeric"][:, 0], mixed.target[:, 1]))
    True
    """

    alpha: float
    copies: int
    seed: int

    def augment(self, train: Encoded, *, spec: Spec) -> Encoded:
        """Return the mixed rows.

        Raises
        ------
        ValueError
            Where the examples are no table.
        """
        check_table(train, "mixup")
        rng = np.random.default_rng(self.seed)
        first = copy_rows(train, self.copies)
        other = first.take(rng.permutation(len(first)))
        share = rng.beta(self.alpha, self.alpha, len(first)).astype(np.float32)
        inputs = {
            name: np.where(share[:, np.newaxis] >= 1 / 2, array, other.inputs[name])
            if name == CATEGORIES
            else _mix(array, other.inputs[name], share)
            for name, array in first.inputs.items()
        }
        weight = None
        if first.weight is not None and other.weight is not None:
            weight = _mix(first.weight, other.weight, share)
        return Encoded(inputs, self._targets(first, other, share, spec), first.position, weight)

    def _targets(self, first: Encoded, other: Encoded, share: Array, spec: Spec) -> Array:
        if spec.task == "regression":
            return _mix(first.target, other.target, share)
        count = len(spec.classes)
        return _mix(
            class_probabilities(np.asarray(first.target), count),
            class_probabilities(np.asarray(other.target), count),
            share,
        )


def _mix(first: Array, other: Array, share: Array) -> Array:
    """Return ``share * first + (1 - share) * other``, row by row, in the dtype of `first`."""
    weights = share.reshape(-1, *[1] * (first.ndim - 1))
    mixed: Array = (weights * first + (1 - weights) * other).astype(first.dtype)
    return mixed
