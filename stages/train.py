"""Train the network on the encoded, resampled and augmented training rows.

Reads data/encode (train, validation, spec, vectors), data/resample, data/augment; never the test part.
Writes data/train: model.keras, history.csv, training.json. Run: python -m stages.train [train.epochs=2]
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from stages.examples.encoded import Array, Encoded, Spec, concatenate
from stages.policies import read_policy
from stages.settings.train import TrainConfig
from stages.shell.stage import Store, build, stage
from stages.training.archive import save_model
from stages.training.compiling import Recipe, build_compiled
from stages.training.history import OnEpoch, ignore
from stages.training.phases import fit_phases
from stages.training.report import summary, training_report, weighting_notes
from stages.training.resume import forget
from stages.training.rows import check_rows, class_counts
from stages.training.runtime import fresh_session, start

logger = logging.getLogger(__name__)
CHOICES = ("optimizer", "schedule", "loss", "class_weight", "fine_tuning")


class Trained(NamedTuple):
    """A trained network, one row for each of its epochs, and the report."""

    model: Any
    history: pd.DataFrame
    report: dict[str, Any]


def train(
    rows: Encoded,
    validation: Encoded,
    *,
    spec: Spec,
    recipe: Recipe,
    scratch: Path | None = None,
    on_epoch: OnEpoch = ignore,
) -> Trained:
    """Return a network trained on `rows`, its best epoch chosen on `validation`.

    Parameters
    ----------
    scratch
        Folder where the state of an interrupted training is kept; None keeps none.
    on_epoch
        Called after every epoch with its number, from 1, and its metrics.

    Raises
    ------
    ValueError
        Where an input is not finite, or the model, loss, metrics and monitor do not fit together.
    """
    check_rows(rows, spec=spec, part="train")
    check_rows(validation, spec=spec, part="validation")
    settings = recipe.settings
    counts = class_counts(rows, spec.classes)
    weights = recipe.class_weight(counts)
    with fresh_session(seed=settings.seed, mixed_precision=settings.mixed_precision):
        compiled = build_compiled(rows, validation, spec=spec, recipe=recipe, class_weights=weights)
        course = fit_phases(compiled, recipe=recipe, scratch=scratch, on_epoch=on_epoch)
    report = training_report(compiled, course, settings=settings, class_weights=weights, class_counts=counts)
    return Trained(compiled.model, course.history, report)


def read_vectors(store: Store) -> Array | None:
    """Return the pretrained vectors of the tokens, ``(vocabulary, dimension)``; None without any."""
    given = (store.data / "encode" / "vectors.npy").exists()
    return store.read_array("encode", "vectors.npy") if given else None


@stage(TrainConfig)
def main(config: TrainConfig, store: Store) -> None:
    """Run the stage."""
    settings = config.train
    start(**settings.model_dump(include={"threads", "gpu_memory_growth", "deterministic"}))
    spec = store.read_model("encode", "spec.json", Spec)
    encoded = store.read_encoded("encode", "train")
    made = [store.read_encoded("resample", "made"), store.read_encoded("augment", "made")]
    picked = encoded.take(store.read_array("resample", "picks.npy"))
    choices = {name: build(getattr(settings, name)) for name in CHOICES}
    policy = read_policy(store.read_json("augment", "policy.json"), spec=spec)
    recipe = Recipe(
        model=build(config.model), settings=settings, policy=policy, vectors=read_vectors(store), **choices
    )
    trained = train(
        concatenate([picked, *made], num_classes=len(spec.classes)),
        store.read_encoded("encode", "validation"),
        spec=spec,
        recipe=recipe,
        scratch=store.scratch,
        on_epoch=store.tracker.epoch,
    )
    save_model(trained.model, store.output / "model.keras")
    store.write_csv("history.csv", trained.history)
    before = class_counts(encoded, spec.classes)
    notes = weighting_notes(trained.report["class_weights"], before, trained.report["class_counts"])
    report = trained.report | {"notes": [*trained.report["notes"], *notes]}
    logger.info("%s", summary(report))
    for note in report["notes"]:
        logger.warning("train: %s", note)
    store.write_json("training.json", report)
    forget(store.scratch)


if __name__ == "__main__":
    main()
