"""Arrays: .npz and .idx files of pictures and series, and what is wrong with them."""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from image_files import pixels_of
from raw_files import cleaned_folder

from stages.datasets.reading import read_raw
from stages.settings.dataset import DatasetSettings

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (12, 5, 4)).astype(np.uint8)
LABELS = np.array([0, 1] * 6)
SERIES = RNG.normal(size=(12, 6, 2)).astype(np.float32)


def npz(folder: Path, name: str = "a.npz", **arrays: Any) -> Path:
    folder.mkdir(exist_ok=True)
    np.savez(folder / name, **arrays)
    return folder


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + b"".join(struct.pack(">I", size) for size in array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes())


def test_pictures_of_an_npz(tmp_path: Path) -> None:
    cleaned = cleaned_folder(npz(tmp_path / "d", X=PICTURES, y=LABELS), target="label")
    assert cleaned.examples["example_id"].iloc[2] == "a.npz/X:3"
    for content, pixels in zip(cleaned.examples["feature.image"], PICTURES, strict=True):
        np.testing.assert_array_equal(pixels_of(content), pixels)
    assert cleaned.examples["target"].tolist() == ["0", "1"] * 6
    assert "part" not in cleaned.examples


@pytest.mark.parametrize(
    "names",
    [
        ("X_train", "y_train", "X_test", "y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("images_training", "label_training", "images_test", "label_test"),
        ("Xtrain", "ytrain", "XTest", "yTest"),
    ],
)
def test_parts_come_from_the_names_of_arrays(tmp_path: Path, names: tuple[str, ...]) -> None:
    arrays = dict(zip(names, (PICTURES[:8], LABELS[:8], PICTURES[8:], LABELS[8:]), strict=True))
    cleaned = cleaned_folder(npz(tmp_path / "d", **arrays), target="label")
    assert cleaned.examples["part"].tolist() == ["train"] * 8 + ["test"] * 4
    np.testing.assert_array_equal(pixels_of(cleaned.examples["feature.image"].iloc[8]), PICTURES[8])


def test_channels_first_fractions_and_one_hot(tmp_path: Path) -> None:
    coloured = RNG.integers(0, 256, (12, 7, 9, 3)).astype(np.uint8)
    given = np.moveaxis(coloured, 3, 1) / 255.0
    cleaned = cleaned_folder(npz(tmp_path / "d", data=given, target=np.eye(2)[LABELS]), target="label")
    np.testing.assert_array_equal(pixels_of(cleaned.examples["feature.image"].iloc[5]), coloured[5])
    assert cleaned.examples["target"].tolist() == ["0", "1"] * 6


def test_series_are_cut_to_their_lengths(tmp_path: Path) -> None:
    lengths = np.arange(12) % 6 + 1
    folder = npz(tmp_path / "d", X=SERIES, len=lengths, y=LABELS)
    cleaned = cleaned_folder(folder, {"max_repeated_share": 1.0}, target="label")
    for row, cell in enumerate(cleaned.examples["feature.sequence"]):
        np.testing.assert_array_equal(np.asarray(cell), SERIES[row, : lengths[row]].ravel())
    assert cleaned.schema.features[0].role == "sequence"
    line = cleaned.profile.set_index("column").loc["sequence"]
    assert (line["min"], line["max"], line["top"]) == (1, 6, "1 to 6 steps of 2 channels")


def test_channels_first_of_series(tmp_path: Path) -> None:
    wide = np.moveaxis(SERIES, 1, 2)
    folder = npz(tmp_path / "d", X=wide, y=LABELS)
    raw = read_raw(folder, DatasetSettings(name="d", target="label"))
    assert "dataset.arrays.channels_first=true" in raw.remarks["a.npz/X"][0]
    assert raw.frame["sequence"].iloc[0].shape == (2, 6)
    settings = DatasetSettings(name="d", target="label", arrays={"channels_first": True})
    np.testing.assert_array_equal(read_raw(folder, settings).frame["sequence"].iloc[0], SERIES[0])
    told = npz(tmp_path / "e", X=wide, y=LABELS, lengths=np.full(12, 6))
    raw = read_raw(told, DatasetSettings(name="e", target="label"))
    assert raw.frame["sequence"].iloc[0].shape == (6, 2)


def test_squares_of_fractions_may_be_pictures(tmp_path: Path) -> None:
    squares = RNG.integers(0, 256, (12, 5, 5)).astype(np.uint8)
    folder = npz(tmp_path / "d", X=squares / 255.0, y=LABELS)
    raw = read_raw(folder, DatasetSettings(name="d", target="label"))
    assert "if these are pictures, dataset.columns.image=[image]" in raw.remarks["a.npz/X"][0]
    cleaned = cleaned_folder(folder, target="label", format="npz", columns={"image": ["image"]})
    np.testing.assert_array_equal(pixels_of(cleaned.examples["feature.image"].iloc[0]), squares[0])


def test_arrays_of_other_names_are_stated(tmp_path: Path) -> None:
    folder = npz(tmp_path / "d", foo=SERIES[..., 0], bar=LABELS)
    settings = {"features": "foo", "target": "bar"}
    raw = read_raw(folder, DatasetSettings(name="d", target="label", arrays=settings))
    np.testing.assert_array_equal(raw.frame["sequence"].iloc[3][:, None].ravel(), SERIES[3, :, 0])


def test_a_regression_target(tmp_path: Path) -> None:
    cleaned = cleaned_folder(npz(tmp_path / "d", X=SERIES, y=np.linspace(0, 1, 12)), target="label")
    assert cleaned.schema.task == "regression"
    assert cleaned.examples["target"].tolist() == np.linspace(0, 1, 12).tolist()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no features": (
        {"foo": PICTURES, "y": LABELS},
        r"the features cannot be told .*dataset\.arrays\.features",
    ),
    "no target": ({"X": PICTURES, "z": LABELS}, r"the target cannot be told .*dataset\.arrays\.target"),
    "other counts": ({"X": PICTURES, "y": LABELS[:5]}, r"12 examples, but 5 labels"),
    "objects": ({"X": np.array([None, 1]), "y": LABELS}, "it holds Python objects"),
    "two columns of labels": ({"X": PICTURES, "y": np.zeros((12, 3))}, r"one class or value for each"),
    "one axis": ({"X": SERIES[:, 0, 0], "y": LABELS}, r"series are numbers \(n, steps\)"),
    "no examples": ({"X": PICTURES[:0], "y": LABELS[:0]}, r"'a\.npz/X' holds no example"),
    "lengths": ({"X": SERIES, "y": LABELS, "len": np.full(12, 9)}, "the lengths do not fit"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arrays_are_one_clear_error(tmp_path: Path, case: str) -> None:
    arrays, said = WRONG[case]
    with pytest.raises(ValueError, match=said) as raised:
        read_raw(npz(tmp_path / "d", **arrays), DatasetSettings(name="d", target="label"))
    assert "\n" not in str(raised.value)


def test_a_single_array_is_one_clear_error(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", PICTURES)
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    with pytest.raises(ValueError, match=r"a\.npz cannot be read: .* single array, \.npy"):
        read_raw(tmp_path, DatasetSettings(name="d", target="label"))


def test_labels_of_bytes_in_any_encoding(tmp_path: Path) -> None:
    labels = np.array(["été", "猫"], dtype=np.str_)
    utf8 = np.char.encode(labels, "utf-8")[LABELS]
    cleaned = cleaned_folder(npz(tmp_path / "d", X=PICTURES, y=utf8), target="label")
    assert sorted(set(cleaned.examples["target"])) == ["été", "猫"]
    western = np.char.encode(np.array(["été", "hiver"]), "latin-1")[LABELS]
    cleaned = cleaned_folder(npz(tmp_path / "e", X=PICTURES, y=western), target="label")
    assert sorted(set(cleaned.examples["target"])) == ["hiver", "été"]


@pytest.mark.parametrize(
    ("dtype", "factor"), [(np.uint16, 1), (np.uint16, 257), (np.int64, 1), (np.int64, 257)]
)
def test_pictures_in_wide_integers_keep_their_values(tmp_path: Path, dtype: Any, factor: int) -> None:
    wide = (PICTURES.astype(dtype) * factor)[..., None]
    cleaned = cleaned_folder(npz(tmp_path / "d", X=wide, y=LABELS), target="label")
    np.testing.assert_array_equal(pixels_of(cleaned.examples["feature.image"].iloc[0]), PICTURES[0])


def test_pixels_on_a_scale_of_their_own_are_told(tmp_path: Path) -> None:
    spread = (PICTURES[..., None] / 51.0 - 2.5).astype(np.float32)
    raw = read_raw(npz(tmp_path / "d", X=spread, y=LABELS), DatasetSettings(name="d", target="label"))
    assert "pixels from -2.5 to 2.5, which became 0 to 255" in raw.remarks["a.npz/X"][0]
    for usual in (PICTURES[..., None] / 255.0, PICTURES[..., None].astype(np.uint16) * 257):
        raw = read_raw(npz(tmp_path / "d", X=usual, y=LABELS), DatasetSettings(name="d", target="label"))
        assert not raw.remarks


def test_a_cut_npz_is_one_clear_error(tmp_path: Path) -> None:
    folder = npz(tmp_path / "d", X=PICTURES, y=LABELS)
    (folder / "a.npz").write_bytes((folder / "a.npz").read_bytes()[:200])
    with pytest.raises(ValueError, match=r"a\.npz cannot be read: it is damaged"):
        read_raw(folder, DatasetSettings(name="d", target="label"))


def test_idx_files(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    for part, rows in (("train", slice(0, 8)), ("t10k", slice(8, 12))):
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(idx(PICTURES[rows]))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx(LABELS[rows]))
    (folder / "LICENSE.md").write_text("free")
    cleaned = cleaned_folder(folder, target="label")
    of_train = cleaned.examples[cleaned.examples["part"] == "train"]
    assert len(of_train) == 8
    assert of_train["example_id"].iloc[0] == "train-images-idx3-ubyte.gz:1"
    np.testing.assert_array_equal(pixels_of(of_train["feature.image"].iloc[7]), PICTURES[7])
    assert cleaned.examples["target"].tolist() == ["0", "1"] * 6


def test_wrong_idx_files(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "train-images-idx3-ubyte.gz").write_bytes(idx(PICTURES))
    settings = DatasetSettings(name="d", target="label")
    with pytest.raises(ValueError, match="of its labels there are 0 files"):
        read_raw(folder, settings)
    cut = gzip.compress(gzip.decompress(idx(LABELS))[:-3])
    (folder / "train-labels-idx1-ubyte.gz").write_bytes(cut)
    with pytest.raises(ValueError, match=r"its head says 12 numbers of 1 bytes, but 9 bytes follow"):
        read_raw(folder, settings)
    (folder / "train-labels-idx1-ubyte.gz").write_bytes(b"plain")
    with pytest.raises(ValueError, match=r"is no idx file|not compressed"):
        read_raw(folder, settings)


def test_bytes_of_the_same_arrays_are_the_same(tmp_path: Path) -> None:
    one = cleaned_folder(npz(tmp_path / "d", X=PICTURES, y=LABELS), target="label").examples
    other = cleaned_folder(npz(tmp_path / "d", X=PICTURES, y=LABELS), target="label").examples
    assert one["feature.image"].tolist() == other["feature.image"].tolist()
    assert one["content_id"].tolist() == other["content_id"].tolist()
    assert isinstance(io.BytesIO(one["feature.image"].iloc[0]).read(1), bytes)


def test_parts_of_files(tmp_path: Path) -> None:
    folder = npz(tmp_path / "d", "train.npz", X=PICTURES[:8], y=LABELS[:8])
    npz(folder, "test.npz", X=PICTURES[8:], y=LABELS[8:])
    raw = read_raw(folder, DatasetSettings(name="d", target="label"))
    assert raw.parts is not None
    assert list(raw.parts) == ["test"] * 4 + ["train"] * 8
    stated = {"train": ["test.npz"], "validation": ["train.npz"]}
    raw = read_raw(folder, DatasetSettings(name="d", target="label", parts=stated))
    assert raw.parts is not None
    assert list(raw.parts) == ["train"] * 4 + ["validation"] * 8
