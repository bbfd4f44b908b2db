"""The picture as a convolutional network reads it: one tensor, its brightness brought to a usual scale."""

from __future__ import annotations

from typing import Literal

import keras

from stages.models.features import BRIGHTEST, IMAGE
from stages.models.interface import Inputs, Tensor

Rescaling = Literal["unit", "standardize", "none"]


def image(inputs: Inputs, *, rescaling: Rescaling) -> Tensor:
    """Return the picture as floating point numbers, ``(n_samples, height, width, channels)``.

    Parameters
    ----------
    rescaling
        ``unit`` for 0 to 1; ``standardize`` for mean 0 and standard deviation 1 of each channel over the
        pictures of train; ``none`` for 0 to 255 as they are.

    Raises
    ------
    ValueError
        If the data has no picture.
    """
    picture = raw_image(inputs)
    if rescaling == "standardize":
        scale, offset = _standardized(inputs)
        return keras.layers.Rescaling(scale, offset=offset, name="image_scaled")(picture)
    factor = 1 / BRIGHTEST if rescaling == "unit" else 1.0
    return keras.layers.Rescaling(factor, name="image_scaled")(picture)


def _standardized(inputs: Inputs) -> tuple[list[float], list[float]]:
    """Return scale and offset of each channel; one that never varies is only shifted."""
    spec = inputs.spec.input(IMAGE)
    if spec is None or not spec.std:
        raise ValueError(
            "model.rescaling=standardize needs the mean and deviation of each channel, which data/encode "
            "does not have: run `dvc repro encode`, which measures them, or take model.rescaling=unit."
        )
    scale = [1 / (each or 1.0) for each in spec.std]
    return scale, [-mean * each for mean, each in zip(spec.mean, scale, strict=True)]


def raw_image(inputs: Inputs) -> Tensor:
    """Return the picture as it is, 0 to 255.

    Raises
    ------
    ValueError
        If the data has no picture, naming models for what it has.
    """
    if IMAGE in inputs.tensors:
        return inputs.tensors[IMAGE]
    raise ValueError(
        f"this model reads pictures, and the data has none: its inputs are "
        f"{', '.join(f'`{name}`' for name in inputs.tensors)}. Take a model made for them (model=mlp for "
        "tables and n-grams, model=text_cnn or model=rnn for text, model=fcn for series), or name the column "
        "of the pictures with dataset.columns.image=[COLUMN]."
    )
