"""Rows that must stay together, and the order in which they are drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.examples.schema import CONTENT_ID, EXAMPLE_ID, GROUP

UNIT = "unit"
"""Column: equal for rows that must not be parted (int64)."""
KEY = "key"
"""Column: what the row's unit is ranked by (uint64)."""


def hash_keys(keys: Iterable[object], *, seed: int) -> NDArray[np.uint64]:
    """Return one well-mixed 64-bit number for each key, the same on every platform and version.

    BLAKE2b keyed with `seed`: a key's number depends on nothing but the key and the seed, so that a row more
    or less in the table leaves all other numbers, and with them the order of the rows, as they are.

    Examples
    --------
    >>> hash_keys(["a", "b"], seed=0)
    array([6447294815441914385, 1029143752736779952], dtype=uint64)
    """
    secret = hashlib.blake2b(str(seed).encode(), digest_size=32).digest()
    digests = (hashlib.blake2b(str(key).encode(), digest_size=8, key=secret).digest() for key in keys)
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def find_units(rows: pd.DataFrame) -> NDArray[np.int64]:
    """Return for each row the number of its unit: rows of equal content or group, directly or by a chain.

    Where a row of group A has the same content as a row of group B, both groups become one unit. Rows without
    a group (missing) are held together by their content alone.

    Examples
    --------
    >>> rows = pd.DataFrame({"content_id": [7, 8, 7, 9], "group": ["a", "a", "b", None]})
    >>> find_units(rows)
    array([0, 0, 0, 1])
    """
    content = pd.factorize(rows[CONTENT_ID])[0] if CONTENT_ID in rows else np.arange(len(rows))
    if GROUP not in rows:
        return content.astype(np.int64)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    group, names = pd.factorize(rows[GROUP])
    given = group >= 0
    nodes = int(content.max(initial=-1)) + 1
    edges = (content[given], nodes + group[given])
    size = nodes + len(names)
    graph = coo_array((np.ones(given.sum(), np.int8), edges), shape=(size, size))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return labels[content].astype(np.int64)


def unit_keys(rows: pd.DataFrame, *, seed: int) -> NDArray[np.uint64]:
    """Return for each row what its unit is ranked by: the least hash of its groups, else of its rows.

    Where a unit has several, the least is hashed once more: the least of n numbers is small, and units of
    many rows would come first, into the test part, more often than their share.
    """
    names = rows[EXAMPLE_ID]
    if GROUP in rows:
        names = rows[GROUP].where(rows[GROUP].notna(), names)
    keys = pd.Series(hash_keys(names, seed=seed))
    units = keys.groupby(rows[UNIT].to_numpy())
    least: NDArray[np.uint64] = units.transform("min").to_numpy().copy()
    several = (units.transform("nunique") > 1).to_numpy()
    least[several] = hash_keys(least[several], seed=seed)
    return least
