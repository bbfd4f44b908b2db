"""What augmenters of tables share: copies of the training rows, and which columns belong together."""

from __future__ import annotations

import numpy as np

from stages.examples.encoded import Array, Encoded, Spec
from stages.policies.modality import fitting

TABLE = {"numeric", "categories"}
MISSING = " is missing"


def check_table(train: Encoded, name: str) -> None:
    """Refuse inputs that are no columns of a table.

    Raises
    ------
    ValueError
        With the remedy.
    """
    other = sorted(set(train.inputs) - TABLE)
    if other:
        raise ValueError(
            f"augment={name} changes the columns of a table, and these examples have the input "
            f"{' and '.join(other)}. Take {fitting(other)}, or augment=none."
        )


def copy_rows(train: Encoded, copies: int) -> Encoded:
    """Return every row of `train` `copies` times, in order, as made-up rows."""
    many = train.take(np.tile(np.arange(len(train)), copies))
    return Encoded(many.inputs, many.target, np.full(len(many), -1, np.int64), many.weight)


def column_groups(spec: Spec, name: str) -> list[Array]:
    """Return the columns of input `name` that belong together.

    A one-hot block; a column with its missing indicator; else a single column.

    Examples
    --------
    >>> from stages.examples.encoded import Block, InputSpec
    >>> numeric = InputSpec(name="numeric", dtype="float32", shape=(5,),
    ...                     blocks=(Block(column="Job", start=1, stop=3),),
    ...                     columns=("Age", "Job=a", "Job=b", "Age is missing", "Time"))
    >>> spec = Spec(task="binary", classes=("no", "yes"), inputs=(numeric,))
    >>> [group.tolist() for group in column_groups(spec, "numeric")]
    [[1, 2], [0, 3], [4]]
    """
    each = spec.input(name)
    if each is None:
        return []
    groups = [np.arange(block.start, block.stop) for block in each.blocks]
    taken = set(np.concatenate([np.zeros(0, np.int64), *groups]).tolist())
    together: dict[str, list[int]] = {}
    for column in range(each.shape[0]):
        if column not in taken:
            key = each.columns[column] if each.columns else str(column)
            together.setdefault(key.removesuffix(MISSING), []).append(column)
    return groups + [np.array(columns) for columns in together.values()]
