"""A picture of what a policy does: some examples as they are, each with five changed draws beside it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from stages.examples.arrays import gather
from stages.examples.encoded import Array, Encoded, Spec, class_probabilities
from stages.policies.interface import Policy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EXAMPLES, DRAWS = 8, 5
SHOWN_CHANNELS = 6
"""Channels of a series that are drawn."""
PANEL = (1.5, 1.35)
"""Width and height of a panel in inches."""
LEAST_SHARE = 0.005
"""Classes with a smaller share of a mixed label are not named."""
LONGEST_NAME, LONGEST_IN_MIX = 20, 8
"""Characters of a class's name that fit above a panel, alone and beside its share."""


def draw_contact_sheet(train: Encoded, policy: Policy, *, spec: Spec) -> bytes:
    """Return a PNG: a row for each of `EXAMPLES` examples of all classes, the original first.

    The same arguments give the same bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = examples_to_show(train.target, count=EXAMPLES)
    sheets = [
        _originals(train, rows, spec),
        *(_changed(train, rows, policy, spec, draw) for draw in range(DRAWS)),
    ]
    figure = Figure(figsize=(PANEL[0] * len(sheets), PANEL[1] * len(rows)), dpi=100)
    FigureCanvasAgg(figure)
    # Scaled series must look so; pictures have no axes to share.
    share: Literal["row", "none"] = "row" if "sequence" in train.inputs else "none"
    figure.subplots_adjust(
        left=0.01, right=0.99, bottom=0.01, top=1 - 0.2 / len(rows), hspace=0.2, wspace=0.06
    )
    panels = figure.subplots(len(rows), len(sheets), squeeze=False, sharey=share)
    for column, (inputs, labels) in enumerate(sheets):
        for row, label in enumerate(labels):
            _draw(panels[row, column], {name: values[row] for name, values in inputs.items()})
            title = label if column or row else f"original: {label}"
            # No formulas: in the name of a class, $ is a sign like others.
            panels[row, column].set_title(title, fontsize=7, pad=2, parse_math=False)
    written = BytesIO()
    figure.savefig(written, format="png", metadata={"Software": None})
    return written.getvalue()


def examples_to_show(target: Array, *, count: int) -> Array:
    """Return up to `count` rows, the classes in turn; of a regression the first ones.

    Examples
    --------
    >>> examples_to_show(np.array([0, 0, 0, 1, 0, 1, 2]), count=5).tolist()
    [0, 3, 6, 1, 5]
    """
    classes = target.argmax(axis=1) if target.ndim > 1 else np.asarray(target)
    if not np.issubdtype(classes.dtype, np.integer):
        return np.arange(min(count, len(target)))
    turn = np.zeros(len(classes), np.int64)
    for label in np.unique(classes):
        turn[classes == label] = np.arange((classes == label).sum())
    return np.lexsort((classes, turn))[:count]


def _originals(train: Encoded, rows: Array, spec: Spec) -> tuple[dict[str, Array], list[str]]:
    return _media(train, rows), _labels(np.asarray(train.target)[rows], spec)


def _changed(
    train: Encoded, rows: Array, policy: Policy, spec: Spec, draw: int
) -> tuple[dict[str, Array], list[str]]:
    """Return what `policy` makes of `rows` in one draw, and their labels."""
    import tensorflow as tf

    target = np.asarray(train.target)[rows]
    target = class_probabilities(target, len(spec.classes)) if spec.classes else target.astype(np.float32)
    with tf.device("CPU:0"):  # the same numbers on every machine
        inputs = {name: tf.constant(values) for name, values in _media(train, rows).items()}
        changed = policy(inputs, tf.constant(target), None, seed=tf.constant([0, draw], tf.int32))
    return {name: each.numpy() for name, each in changed.inputs.items()}, _labels(
        changed.target.numpy(), spec
    )


def _media(train: Encoded, rows: Array) -> dict[str, Array]:
    names = [name for name in ("image", "sequence", "sequence_length") if name in train.inputs]
    return {name: gather(train.inputs[name], rows) for name in names}


def _labels(target: Array, spec: Spec) -> list[str]:
    """Return the caption of each example: its class, the shares of a mixed one, or its value."""
    if not spec.classes:
        return [f"{float(value):.3g}" for value in target]
    return [_label(shares, spec.classes) for shares in class_probabilities(target, len(spec.classes))]


def _label(shares: Array, classes: Sequence[str]) -> str:
    named = [int(i) for i in np.argsort(-shares, kind="stable") if shares[i] > LEAST_SHARE]
    if len(named) == 1:
        return _shortened(classes[named[0]], LONGEST_NAME)
    return ", ".join(f"{_shortened(classes[i], LONGEST_IN_MIX)} {shares[i]:.2f}" for i in named)


def _shortened(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def _draw(panel: Axes, example: dict[str, Array]) -> None:
    panel.set_xticks([])
    panel.set_yticks([])
    if "image" in example:
        _draw_picture(panel, example["image"])
    else:
        length: Any = example.get("sequence_length", [len(example["sequence"])])
        panel.plot(example["sequence"][: int(length[0]), :SHOWN_CHANNELS], linewidth=0.8)
        panel.set_xlim(0, len(example["sequence"]))


def _draw_picture(panel: Axes, image: Array) -> None:
    shown = np.rint(np.clip(image, 0, 255)).astype(np.uint8)
    gray = shown.shape[-1] == 1
    panel.imshow(shown[..., 0] if gray else shown, cmap="gray" if gray else None, vmin=0, vmax=255)
    panel.axis("off")
