"""How long training takes beside the `model.fit(X, y, batch_size=32)` of the usual examples.

Same rows, same network, same number of epochs, validation after each; credit_data and (where it is at
hand) Adult, encoded plainly. Both ways are run alternately; the median of the ratios counts.
Run: python -m benchmarks.training_speed [ADULT_TRAIN.csv]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import stages.training  # noqa: F401 - TensorFlow, without its chatter
from stages.examples.encoded import Encoded, InputSpec, Spec

ROOT = Path(__file__).resolve().parents[1]
UNITS = (64, 32)
EPOCHS = 20
REPEATS = 5


def load(path: Path, target: str) -> tuple[Encoded, Encoded, Spec]:
    """Return the rows to train on and to validate on, one-hot and standardised."""
    table = pd.read_csv(path).dropna(subset=[target]).sample(frac=1, random_state=0)
    encoder = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), make_column_selector(dtype_include="number")),
        (OneHotEncoder(sparse_output=False), make_column_selector(dtype_exclude="number")),
    )
    numeric = encoder.fit_transform(table.drop(columns=target)).astype(np.float32)
    classes, ids = np.unique(table[target].astype(str), return_inverse=True)
    held_out = len(table) // 5
    parts = [
        Encoded({"numeric": numeric[rows]}, ids[rows].astype(np.int64), rows)
        for rows in (np.arange(held_out, len(table)), np.arange(held_out))
    ]
    only = InputSpec(name="numeric", dtype="float32", shape=numeric.shape[1:])
    return parts[0], parts[1], Spec(task="binary", classes=tuple(classes), inputs=(only,))


def usual(train: Encoded, held_out: Encoded) -> None:
    """Train as the examples of Keras do."""
    import keras

    keras.utils.set_random_seed(0)
    hidden = [keras.layers.Dense(width, activation="relu") for width in UNITS]
    last = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input(train.inputs["numeric"].shape[1:]), *hidden, last])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(
        train.inputs["numeric"],
        train.target,
        batch_size=32,
        epochs=EPOCHS,
        validation_data=(held_out.inputs["numeric"], held_out.target),
        verbose=0,
    )


def ours(train: Encoded, held_out: Encoded, spec: Spec, **values: Any) -> None:
    """Train as the stage does, its state saved for a kill."""
    from stages.train import train as train_stage

    with tempfile.TemporaryDirectory() as scratch:
        train_stage(train, held_out, spec=spec, recipe=recipe(**values), scratch=Path(scratch))


def recipe(**values: Any) -> Any:
    """Return the defaults of conf/, all epochs run."""
    from stages.settings.train import TrainSettings
    from stages.shell.stage import build
    from stages.training.compiling import Recipe

    defaults = yaml.safe_load((ROOT / "conf" / "config.yaml").read_text().replace("${seed}", "0"))["train"]
    names = {"optimizer": "adam", "schedule": "constant", "loss": "auto", "class_weight": "none"}
    chosen = {
        group: yaml.safe_load((ROOT / "conf" / "train" / group / f"{name}.yaml").read_text())
        for group, name in names.items()
    }
    fixed = {"epochs": EPOCHS, "early_stopping": False}
    settings = TrainSettings.model_validate(defaults | fixed | values | chosen)
    from stages.models.mlp import build_mlp

    live = {group: build(getattr(settings, group)) for group in names}
    return Recipe(model=partial(build_mlp, units=UNITS), settings=settings, **live)


def seconds(action: Callable[[], None]) -> float:
    """Return how long `action` takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def compare(name: str, path: Path, target: str) -> None:
    """Print the medians and the ratios for one data set."""
    train, held_out, spec = load(path, target)
    ways: dict[str, Callable[[], None]] = {
        "model.fit": lambda: usual(train, held_out),
        "train, defaults": lambda: ours(train, held_out, spec),
        "train, accuracy alone": lambda: ours(train, held_out, spec, metrics=["accuracy"]),
    }
    usual(train, held_out)  # the first training of a process pays for starting TensorFlow
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(REPEATS):
        for way, action in ways.items():
            times[way].append(seconds(action))
    print(f"{name}: {len(train)} rows, {EPOCHS} epochs of batches of 32, {REPEATS} times alternately")
    for way, measured in times.items():
        ratio = statistics.median(one / base for one, base in zip(measured, times["model.fit"], strict=True))
        print(f"  {way:24s}{statistics.median(measured):7.2f} s   ratio {ratio:.2f}")


if __name__ == "__main__":
    compare("credit", ROOT / "data" / "raw" / "credit" / "credit_data.csv.gz", "Status")
    if len(sys.argv) > 1:
        compare("adult", Path(sys.argv[1]), "income")
