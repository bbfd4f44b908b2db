"""Add noise to the continuous columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stages.augmenters.copies import check_table, copy_rows
from stages.examples.encoded import Encoded, Spec
from stages.samplers.features import NUMERIC, continuous_columns


@dataclass(frozen=True)
class GaussianNoise:
    """Copies of the rows, each continuous value moved by normal noise; categories, labels and weights stay.

    Parameters
    ----------
    scale
        Standard deviation of the noise, in standard deviations of the column in train.
    copies
        New rows for each row of train.
    seed
        Decides the noise.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec
    >>> spec = Spec(task="binary", classes=("no", "yes"),
    ...             inputs=(InputSpec(name="numeric", dtype="float32", shape=(2,), columns=("x", "flag")),))
    >>> rows = np.array([[1, 0], [2, 1], [3, 1]], np.float32)
    >>> train = Encoded({"numeric": rows}, np.array([0, 1, 1]), np.arange(3))
    >>> new = GaussianNoise(scale=0.1, copies=1, seed=0).augment(train, spec=spec)
    >>> new.inputs["numeric"].round(2).tolist(), new.target.tolist()
    ([[1.0099999904632568, 0.0], [1.9900000095367432, 1.0], [3.049999952316284, 1.0]], [0, 1, 1])
    """

    scale: float
    copies: int
    seed: int

    def augment(self, train: Encoded, *, spec: Spec) -> Encoded:
        """Return the noisy copies.

        Raises
        ------
        ValueError
            Where the examples are no table, or no column is continuous.
        """
        check_table(train, "gaussian_noise")
        each = spec.input(NUMERIC)
        columns = continuous_columns(train.inputs[NUMERIC], each) if each else np.zeros(0, np.int64)
        if not len(columns):
            raise ValueError(
                "augment=gaussian_noise moves continuous columns, and all columns hold categories. Take "
                "augment=swap_noise or augment=none."
            )
        new = copy_rows(train, self.copies)
        values = new.inputs[NUMERIC].copy()
        noise = np.random.default_rng(self.seed).standard_normal((len(values), len(columns)))
        deviations = np.nanstd(train.inputs[NUMERIC][:, columns].astype(np.float64), axis=0)
        values[:, columns] += (self.scale * deviations * noise).astype(values.dtype)
        return Encoded({**new.inputs, NUMERIC: values}, new.target, new.position, new.weight)
