"""Make new training examples out of the resampled ones.

Reads the train part and the spec of data/encode, and data/resample; writes data/augment. Run: python -m
stages.augment [augment=mixup]
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple, Protocol

from stages.examples.encoded import Encoded, Spec, concatenate
from stages.settings.augment import AugmentConfig
from stages.shell.stage import Store, build, stage

logger = logging.getLogger(__name__)


class Augmenter(Protocol):
    """What every augmenter can do."""

    def augment(self, train: Encoded, *, spec: Spec) -> Encoded:
        """Return new examples made from `train`."""
        ...


class Augmented(NamedTuple):
    """New examples, and the report on them."""

    made: Encoded
    report: dict[str, Any]


def augment(train: Encoded, augmenter: Augmenter, *, spec: Spec) -> Augmented:
    """Return the new examples that `augmenter` makes of the resampled rows; `train` is not changed.

    Raises
    ------
    ValueError
        Where the augmenter cannot work on these examples, with the remedy.
    """
    made = augmenter.augment(train, spec=spec)
    report = {"augmenter": type(augmenter).__name__, "rows": len(train), "made": len(made), "notes": []}
    return Augmented(made, report)


@stage(AugmentConfig)
def main(config: AugmentConfig, store: Store) -> None:
    """Read the resampled training rows, augment them, write the new ones."""
    spec = store.read_model("encode", "spec.json", Spec)
    picked = store.read_encoded("encode", "train").take(store.read_array("resample", "picks.npy"))
    train = concatenate([picked, store.read_encoded("resample", "made")])
    result = augment(train, build(config.augment), spec=spec)
    logger.info("%d rows, %d new ones made", len(train), len(result.made))
    store.write_encoded("made", result.made)
    store.write_json("report.json", result.report)


if __name__ == "__main__":
    main()
