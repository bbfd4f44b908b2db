"""Units of several rows come into each part as often as single rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stages.examples.schema import CONTENT_ID, EXAMPLE_ID
from stages.splitters.units import UNIT, find_units, unit_keys


def test_repeated_rows_are_ranked_like_single_ones() -> None:
    content = np.concatenate([np.repeat(np.arange(1000), 3), np.arange(1000, 3000)])
    rows = pd.DataFrame({EXAMPLE_ID: [f"t:{i}" for i in range(len(content))], CONTENT_ID: content})
    rows[UNIT] = find_units(rows)
    keys = unit_keys(rows, seed=0) / 2**64
    repeated, single = keys[:3000:3], keys[3000:]
    # The mean of 1,000 uniform numbers is 0.5 with a standard error of 0.009; the least of three has 0.25.
    assert abs(repeated.mean() - 0.5) < 0.04
    assert abs(single.mean() - 0.5) < 0.04
    assert (keys[0:3000:3] == keys[1:3000:3]).all()
