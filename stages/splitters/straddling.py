"""Units that lie in two parts, where the parts are given by the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.splitters.sizes import EXCLUDED

LATER = {"train": 0, "validation": 1, "test": 2}


def exclude_straddlers(
    part: NDArray[np.object_], units: NDArray[np.int64]
) -> tuple[NDArray[np.object_], tuple[str, ...]]:
    """Return `part` with the rows excluded whose unit also lies in a later part, and a note on how many.

    Test is kept as it is; validation loses what also lies in test; train what also lies in either.

    Examples
    --------
    >>> part = np.array(["train", "train", "test", "validation"], dtype=object)
    >>> exclude_straddlers(part, np.array([0, 1, 1, 2]))[0].tolist()
    ['train', 'excluded', 'test', 'validation']
    """
    order = pd.Series(part).map(LATER).fillna(-1)
    latest = order.groupby(units).transform("max")
    straddling = ((order >= 0) & (order < latest)).to_numpy()
    if not straddling.any():
        return part, ()
    counts = pd.Series(part[straddling]).value_counts().to_dict()
    rows = " and ".join(f"{counts[name]:,} of {name}" for name in ("train", "validation") if name in counts)
    note = (
        f"rows excluded because their group, or a row of equal content, also lies in a later part: {rows}; "
        "the model would have been tested on what it was trained on"
    )
    return np.where(straddling, EXCLUDED, part).astype(object), (note,)
