"""What photos reach without this project: frozen features with a linear model, and the usual recipe.

Two rivals on the five folds that `split.folds=5` makes of a folder of photos, the same pictures in each part:
the average-pooled features of MobileNetV2 0.35 (weights of ImageNet, pictures of 224 pixels, nothing trained)
with scikit-learn's logistic regression; and what most examples do, a small CNN on pictures of 64 pixels with
`ImageDataGenerator`. The linear model is fitted on train and validation together, the CNN on train with the
best epoch on validation, as their users would.

Run: python -m benchmarks.photo_rivals --project FOLDER --weights FILE, where FOLDER is a copy of the project
in which `upcurve run dataset=... split.folds=5` has run. It prints the mean accuracy over the folds.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FOLDS = 5


def main() -> int:
    """Print the accuracy of both rivals in each fold, and the means."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--project", type=Path, help="where a run on the photos lies")
    parser.add_argument("--weights", type=Path, help="MobileNetV2 0.35 without its top, .weights.h5")
    parser.add_argument("--epochs", type=int, default=30, help="of the usual recipe (default: 30)")
    options = parser.parse_args()
    if options.project is None or options.weights is None:
        print("left out: it needs a run on photos and the weights (--project, --weights)")
        return 0
    examples = pd.read_parquet(options.project / "data" / "clean" / "examples.parquet")
    pictures = examples[next(name for name in examples if name.startswith("feature."))]
    labels, classes = pd.factorize(examples["target"], sort=True)
    features = frozen_features(decoded(pictures, 224), options.weights)
    small = decoded(pictures, 64)
    found: dict[str, list[float]] = {"frozen features + logistic regression": [], "usual recipe": []}
    for fold in range(FOLDS):
        part = parts_of(options.project, fold)
        told = {
            "frozen features + logistic regression": linear(features, labels, part),
            "usual recipe": usual_recipe(small, labels, part, classes=len(classes), epochs=options.epochs),
        }
        for name, accuracy in told.items():
            found[name].append(accuracy)
        print(fold, told, flush=True)
    print(json.dumps({name: round(statistics.mean(scores), 4) for name, scores in found.items()}))
    return 0


def decoded(pictures: pd.Series, size: int) -> np.ndarray:
    """Return the pictures, ``(n_samples, size, size, 3)`` uint8."""
    from PIL import Image

    arrays = [
        np.asarray(
            Image.open(io.BytesIO(each)).convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
        )
        for each in pictures
    ]
    return np.stack(arrays)


def parts_of(project: Path, fold: int) -> np.ndarray:
    """Return the part of each example where `fold` is tested on."""
    command = [
        "-m",
        "stages.split",
        "split.strategy=stratified",
        f"split.folds={FOLDS}",
        f"split.fold={fold}",
    ]
    subprocess.run([sys.executable, *command], cwd=project, check=True, capture_output=True)
    assignment = pd.read_parquet(project / "scratch" / "split" / "assignment.parquet")
    return np.asarray(assignment.sort_values("position")["part"])


def frozen_features(pictures: np.ndarray, weights: Path) -> np.ndarray:
    """Return the pooled features of MobileNetV2 0.35, ``(n_samples, 1280)``."""
    import keras

    backbone = keras.applications.MobileNetV2(
        input_shape=(224, 224, 3), alpha=0.35, include_top=False, weights=None, pooling="avg"
    )
    backbone.load_weights(weights)
    return np.asarray(backbone.predict(pictures / np.float32(127.5) - 1, batch_size=32, verbose=0))


def linear(features: np.ndarray, labels: np.ndarray, part: np.ndarray) -> float:
    """Return the accuracy on test of a logistic regression on scaled features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    known, test = np.isin(part, ("train", "validation")), part == "test"
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    return float(model.fit(features[known], labels[known]).score(features[test], labels[test]))


def usual_recipe(
    pictures: np.ndarray, labels: np.ndarray, part: np.ndarray, *, classes: int, epochs: int
) -> float:
    """Return the accuracy on test of a small CNN fed by `ImageDataGenerator`, best on validation."""
    import keras
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    keras.utils.set_random_seed(0)
    generator = ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=20,
        width_shift_range=0.1,
        height_shift_range=0.1,
        shear_range=0.1,
        zoom_range=0.1,
        horizontal_flip=True,
    )
    train, validation, test = (part == name for name in ("train", "validation", "test"))
    model = cnn(classes)
    model.fit(
        generator.flow(pictures[train], labels[train], batch_size=32, seed=0),
        validation_data=(pictures[validation] / np.float32(255), labels[validation]),
        epochs=epochs,
        verbose=0,
        callbacks=[
            keras.callbacks.EarlyStopping("val_accuracy", patience=8, restore_best_weights=True),
        ],
    )
    _, accuracy = model.evaluate(pictures[test] / np.float32(255), labels[test], verbose=0)
    return float(accuracy)


def cnn(classes: int) -> Any:
    """Return three blocks of convolution and pooling, then two dense layers."""
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            *(
                layer
                for filters in (32, 64, 128)
                for layer in (layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D())
            ),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(128, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


if __name__ == "__main__":
    sys.exit(main())
