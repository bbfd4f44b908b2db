"""One curve for each class that can be told from the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from stages.examples.encoded import Array
from stages.metrics.decision import BINARY
from stages.metrics.per_class import present
from stages.metrics.thinning import thin

Curve = Callable[[Array, Array, Array | None], pd.DataFrame]
"""From (positive, score, weight), each ``(n_samples,)``, to the points of a curve in order."""


def curve_of_each_class(
    curve: Curve,
    target: Array,
    probabilities: Array,
    *,
    classes: Sequence[str],
    limit: int,
    weight: Array | None = None,
) -> pd.DataFrame:
    """Return the points of `curve` for each class, its name in the column ``class``.

    Of two classes only the last, positive one has a curve. A class with no examples, or with all of
    them, has none. At most `limit` points in all, evenly thinned, the ends kept.
    """
    occurs = present(target, num_classes=len(classes), weight=weight)
    judged = np.flatnonzero(occurs) if occurs.sum() > 1 else np.arange(0)
    if len(classes) == BINARY:
        judged = judged[judged == 1]
    curves = []
    for label in judged:
        points = curve(target == label, probabilities[:, label], weight)
        points = points.iloc[thin(len(points), limit=max(limit // len(judged), 2))]
        curves.append(points.assign(**{"class": classes[int(label)]}))
    if not curves:
        nothing = curve(np.array([True, False]), np.array([1.0, 0.0]), None).iloc[:0]
        return nothing.assign(**{"class": pd.Series(dtype="str")})
    return pd.concat(curves, ignore_index=True)
