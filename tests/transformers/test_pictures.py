"""Pictures of one size: what becomes of the pixels, against literals and NumPy."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from encode_examples import png
from PIL import Image

from stages.transformers.pictures import Crop, Pad, Stretch, moments

RNG = np.random.default_rng(0)
COLORED = [RNG.integers(0, 256, (6, 6, 3), np.uint8) for _ in range(5)]
GRAY = [each[..., 0] for each in COLORED]


def cells(*pictures: Any) -> pd.Series:
    return pd.Series([None if each is None else png(each) for each in pictures], dtype=object)


def made(transformer: Stretch, *pictures: Any) -> np.ndarray:
    return transformer.fit_transform(cells(*pictures), names=("photo",)).inputs["image"]


def test_pictures_of_one_small_size_are_kept_as_they_are() -> None:
    assert np.array_equal(made(Stretch(), *COLORED), np.stack(COLORED))
    assert np.array_equal(made(Stretch(), *GRAY), np.stack(GRAY)[..., np.newaxis])


def test_the_size_is_that_of_train_up_to_a_limit() -> None:
    transformer = Stretch()
    for size, expected in (((96, 40), (96, 40)), ((97, 40), (64, 64))):
        assert made(transformer, np.zeros(size)).shape == (1, *expected, 1)
    assert made(transformer, np.zeros((5, 5)), np.zeros((5, 6))).shape == (2, 64, 64, 1)
    assert transformer.transform(cells(np.zeros((9, 9)))).inputs["image"].shape == (1, 64, 64, 1)


@pytest.mark.parametrize(("color", "channels"), [("auto", 3), ("rgb", 3), ("gray", 1)])
def test_one_colored_picture_makes_all_colored(color: Any, channels: int) -> None:
    pixels = made(Stretch(color=color), COLORED[0], GRAY[1])
    assert pixels.shape[-1] == channels
    assert np.array_equal(pixels[1], np.repeat(GRAY[1][..., np.newaxis], channels, axis=2))


def test_gray_is_the_brightness_of_colors() -> None:
    weights = np.array([0.299, 0.587, 0.114])  # ITU-R 601-2
    assert made(Stretch(color="gray"), COLORED[0])[0, ..., 0] == pytest.approx(COLORED[0] @ weights, abs=1)


def test_shrinking_averages_over_what_a_pixel_covers() -> None:
    pixels = made(Stretch(resolution=[3, 3], interpolation="box"), GRAY[0])
    averages = GRAY[0].reshape(3, 2, 3, 2).mean(axis=(1, 3))
    assert pixels[0, ..., 0] == pytest.approx(averages, abs=1)  # rounded twice
    stripes = np.tile(np.uint8([0, 255]), (64, 32))
    assert made(Stretch(resolution=[4, 4]), stripes)[0].ravel() == pytest.approx(127.5, abs=20)


def test_stretching_keeps_all_and_cropping_and_padding_the_proportions() -> None:
    wide = np.repeat(np.uint8([[10, 10, 200, 200, 200, 200, 90, 90]]), 4, axis=0)
    assert made(Stretch(resolution=[2, 4], interpolation="box"), wide)[0, 0, :, 0].tolist() == [
        10,
        200,
        200,
        90,
    ]
    assert np.unique(made(Crop(resolution=[2, 2], interpolation="box"), wide)).tolist() == [200]
    padded = made(Pad(resolution=[4, 4], interpolation="box"), wide)[0, ..., 0]
    assert padded[[0, 3]].max() == 0
    assert padded[1].tolist() == padded[2].tolist() == [10, 200, 200, 90]


def test_a_tall_picture_is_cropped_above_and_below() -> None:
    tall = np.repeat(np.uint8([[9], [50], [50], [9]]), 2, axis=1)
    assert np.unique(made(Crop(resolution=[2, 2], interpolation="box"), tall)).tolist() == [50]


def test_mean_and_deviation_of_each_channel_are_those_of_numpy() -> None:
    transformer = Stretch()
    pixels = made(transformer, *COLORED)
    assert transformer.mean_ == pytest.approx(pixels.reshape(-1, 3).mean(axis=0))
    assert transformer.std_ == pytest.approx(pixels.reshape(-1, 3).std(axis=0))
    spec = transformer.inputs[0]
    assert (spec.name, spec.dtype, spec.shape, spec.columns) == ("image", "uint8", (6, 6, 3), ("photo",))
    assert (spec.mean, spec.std) == (transformer.mean_, transformer.std_)
    chosen = moments(pixels, np.array([0, 3]))
    assert chosen.mean == pytest.approx(pixels[[0, 3]].reshape(-1, 3).mean(axis=0))


def test_a_missing_picture_has_the_mean_color_of_train() -> None:
    transformer = Stretch()
    pixels = made(transformer, COLORED[0], None)
    means = COLORED[0].reshape(-1, 3).mean(axis=0)
    assert transformer.mean_ == pytest.approx(means)
    assert np.array_equal(pixels[1], np.broadcast_to(np.round(means), (6, 6, 3)))
    alone = transformer.transform(cells(None))
    assert np.array_equal(alone.inputs["image"][0], pixels[1])
    assert alone.facts == {"missing": 1}


def test_a_large_photo_is_decoded_small_with_hardly_a_difference() -> None:
    slopes = np.add.outer(np.arange(1024), np.arange(1024))[..., np.newaxis] // [9, 10, 11]
    photo, file = Image.fromarray(slopes.astype(np.uint8)), BytesIO()
    photo.save(file, "JPEG", quality=95)
    pixels = Stretch(resolution=[32, 32]).fit_transform(pd.Series([file.getvalue()]), names=("x",))
    whole = np.asarray(Image.open(file).resize((32, 32), Image.Resampling.BILINEAR))
    assert pixels.inputs["image"][0].astype(float) == pytest.approx(whole.astype(float), abs=3)


def test_what_is_lost_is_said() -> None:
    transformer = Stretch()
    train = cells(*[np.zeros((400, 800))] * 3, np.zeros((300, 300)))
    facts = transformer.fit_transform(train, names=("x",)).facts
    assert facts["sizes"] == {"800 x 400": 3, "300 x 300": 1}
    assert (facts["median_width"], facts["median_height"], facts["distorted_share"]) == (800, 400, 0.75)
    large, distorted = transformer.notes(facts)
    assert "800 x 400 pixels (median width and height) became 64 x 64" in large
    assert "encode.image.resolution" in large
    assert distorted.startswith("75 % of the pictures")
    assert "encode/image=crop or pad" in distorted
    padded = Pad()
    assert len(padded.notes(padded.fit_transform(train, names=("x",)).facts)) == 1


@pytest.mark.parametrize("side", [28, 55, 109])
def test_a_crop_never_reaches_beyond_the_picture(side: int) -> None:
    """100 x (55 / 100) is a trace more than 55, and Pillow refuses a box that begins before the picture."""
    for shape in ((side, side + 7), (side + 7, side)):
        pixels = made(Crop(resolution=[100, 100]), np.full(shape, 9, np.uint8))
        assert pixels.shape == (1, 100, 100, 1)
        assert (pixels == 9).all()
