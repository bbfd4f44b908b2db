"""Add or remove rows of the encoded training split.

Reads the train part and the spec of data/encode, writes data/resample. Run: python -m stages.resample
[resample=smote]
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple, Protocol

import numpy as np

from stages.examples.encoded import Array, Encoded, Spec
from stages.samplers.none import NoSampler
from stages.settings.resample import ResampleConfig
from stages.shell.stage import Store, build, stage

logger = logging.getLogger(__name__)


class Sampler(Protocol):
    """What every sampler can do, imbalanced-learn's and ours."""

    def fit_resample(self, X: Array, y: Array) -> tuple[Array, Array]:
        """Return rows and classes, some removed, some added."""
        ...


class Resampled(NamedTuple):
    """Rows of train to use, new rows, and the report on both."""

    picks: Array
    made: Encoded
    report: dict[str, Any]


def resample(train: Encoded, sampler: Sampler, *, spec: Spec) -> Resampled:
    """Return which rows of `train` to use and which to add; `train` is not changed.

    Parameters
    ----------
    train
        Encoded training examples, ``(n_samples, ...)``.
    sampler
        What adds or removes rows.
    spec
        Task, classes and inputs.

    Raises
    ------
    ValueError
        Where the sampler makes no sense here (a regression, a class with too few rows), with the remedy.
    """
    if isinstance(sampler, NoSampler):
        picks = np.arange(len(train), dtype=np.int64)
        return Resampled(picks, train.take(picks[:0]), {"sampler": "none", "rows": len(train), "notes": []})
    check_task(spec)
    from stages.samplers.drawing import draw

    drawn = draw(train, sampler, spec)
    before = count_classes(train.target, spec)
    after = count_classes(np.concatenate([train.target[drawn.picks], drawn.made.target]), spec)
    check_classes(before, after)
    report = {
        "sampler": drawn.samplers,
        "before": before,
        "after": after,
        "picked": len(drawn.picks),
        "removed": len(train) - len(np.unique(drawn.picks)),
        "made": len(drawn.made),
        "notes": [*drawn.notes, *(["no row was added or removed"] if before == after else [])],
    }
    return Resampled(drawn.picks, drawn.made, report)


def check_task(spec: Spec) -> None:
    """Refuse a regression.

    Raises
    ------
    ValueError
        With the remedy.
    """
    if spec.task == "regression":
        raise ValueError(
            "Resampling evens out classes, and this task is a regression: its target has no classes. Set "
            "resample=none; for a skewed target see encode/target=log1p or encode/target=quantile."
        )


def count_classes(target: Array, spec: Spec) -> dict[str, int]:
    """Return the number of rows of each class, by name."""
    counts = np.bincount(target, minlength=len(spec.classes))
    return {name: int(count) for name, count in zip(spec.classes, counts, strict=True)}


def check_classes(before: dict[str, int], after: dict[str, int]) -> None:
    """Refuse a result in which a class has lost all its rows.

    Raises
    ------
    ValueError
        Naming it.
    """
    lost = [name for name, count in after.items() if not count and before[name]]
    if lost:
        raise ValueError(
            f"The sampler removed every row of class {', '.join(map(repr, lost))} from train "
            f"({', '.join(f'{name} {before[name]:,}' for name in lost)} before), so that nothing could be "
            "learnt about it. Name in resample.sampling_strategy the classes it may touch, make it milder "
            "(fewer n_neighbors, kind_sel=mode), or take another sampler."
        )


def log(report: dict[str, Any]) -> None:
    """Tell the class counts before and after."""
    if "before" not in report:
        logger.info("%s rows, no resampling", f"{report['rows']:,}")
        return
    for name, count in report["before"].items():
        logger.info("%-16s %7d -> %d", name, count, report["after"][name])
    for note in report["notes"]:
        logger.info("note: %s", note)


@stage(ResampleConfig)
def main(config: ResampleConfig, store: Store) -> None:
    """Read the encoded training rows, resample them, write picks and new rows."""
    spec = store.read_model("encode", "spec.json", Spec)
    train = store.read_encoded("encode", "train")
    result = resample(train, build(config.resample), spec=spec)
    log(result.report)
    store.write_array("picks.npy", result.picks)
    store.write_encoded("made", result.made)
    store.write_json("report.json", result.report)


if __name__ == "__main__":
    main()
