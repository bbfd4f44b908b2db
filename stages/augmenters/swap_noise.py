"""Exchange single cells with those of other rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stages.augmenters.copies import check_table, column_groups, copy_rows
from stages.examples.encoded import Array, Encoded, Spec


@dataclass(frozen=True)
class SwapNoise:
    """Copies of the rows in which some cells take their value from another row of train.

    A one-hot block is one cell, and so are a column and its missing indicator. Labels and weights stay. Noise
    as in denoising autoencoders for tables (M. Jahrer, Porto Seguro's Safe Driver Prediction, 2017).

    Parameters
    ----------
    probability
        Probability of each cell to be exchanged, above 0 and at most 1.
    within_class
        Whether values come from rows of the same class only.
    copies
        New rows for each row of train.
    seed
        Decides which cells and which rows.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec
    >>> spec = Spec(task="binary", classes=("no", "yes"),
    ...             inputs=(InputSpec(name="numeric", dtype="float32", shape=(2,), columns=("x", "y")),))
    >>> rows = np.array([[1, 10], [2, 20], [3, 30]], np.float32)
    >>> train = Encoded({"numeric": rows}, np.array([0, 1, 1]), np.arange(3))
    >>> swapped = SwapNoise(probability=0.5, within_class=True, copies=1, seed=1).augment(train, spec=spec)
    >>> swapped.inputs["numeric"].tolist()
    [[1.0, 10.0], [2.0, 30.0], [3.0, 30.0]]
    """

    probability: float
    within_class: bool
    copies: int
    seed: int

    def augment(self, train: Encoded, *, spec: Spec) -> Encoded:
        """Return the copies with exchanged cells.

        Raises
        ------
        ValueError
            Where the examples are no table, or `within_class` is true for a regression.
        """
        check_table(train, "swap_noise")
        if self.within_class and spec.task == "regression":
            raise ValueError(
                "augment.within_class=true takes values from rows of the same class, and a regression has "
                "no classes. Set augment.within_class=false."
            )
        rng = np.random.default_rng(self.seed)
        new = copy_rows(train, self.copies)
        inputs = {}
        for name, array in new.inputs.items():
            values = array.copy()
            for columns in column_groups(spec, name):
                rows = np.flatnonzero(rng.random(len(values)) < self.probability)
                donors = self._donors(new.target[rows], train.target, rng)
                values[rows[:, np.newaxis], columns] = train.inputs[name][donors[:, np.newaxis], columns]
            inputs[name] = values
        return Encoded(inputs, new.target, new.position, new.weight)

    def _donors(self, wanted: Array, target: Array, rng: np.random.Generator) -> Array:
        """Return a random row of train for each of `wanted`; of that class, with `within_class`."""
        if not self.within_class:
            return rng.integers(0, len(target), len(wanted))
        # Rows sorted by class: a class is a run of them, and a random place in its run is a random row of it.
        order = np.argsort(target, kind="stable")
        counts = np.bincount(target)
        starts = np.cumsum(counts) - counts
        drawn: Array = order[starts[wanted] + (rng.random(len(wanted)) * counts[wanted]).astype(np.int64)]
        return drawn
