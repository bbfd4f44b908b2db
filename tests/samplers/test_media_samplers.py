"""Samplers over pictures, series and texts: what they pick, what they make, what they refuse."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from encoded_rows import NUMERIC, build, choices, numeric_rows, spec_of
from imblearn.over_sampling import SMOTE
from scipy.sparse import csr_array, issparse

from stages.examples.arrays import Picked, gather
from stages.examples.encoded import Encoded, InputSpec, Spec
from stages.resample import Resampled, resample

NAMES = choices("resample")
COUNTS = (48, 18)
IMAGE = InputSpec(name="image", dtype="uint8", shape=(4, 3, 1))
SERIES = InputSpec(name="sequence", dtype="float32", shape=(6, 2))
LENGTH = InputSpec(name="sequence_length", dtype="int32", shape=(1,))
TERMS = InputSpec(name="terms", dtype="float32", shape=(15,), sparse=True)
WORDS = InputSpec(name="text", dtype="int32", shape=(5,), sizes=(30,))
KINDS = ("image", "sequence", "terms")
BESIDE = ("smote", "cluster_centroids", "smote_enn", "tomek_links")
CASES = [(name, kind) for name in NAMES for kind in KINDS]
CASES += [(name, f"{kind} beside columns") for name in BESIDE for kind in KINDS]


def pictures(target: np.ndarray) -> dict[str, Any]:
    values = (
        np.random.default_rng(0).integers(0, 200, (len(target), 4, 3, 1)) + 40 * target[:, None, None, None]
    )
    return {"image": values.astype(np.uint8)}


def series(target: np.ndarray) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    lengths = rng.integers(2, 7, (len(target), 1)).astype(np.int32)
    values = rng.normal(size=(len(target), 6, 2)) + target[:, None, None]
    values[np.arange(6)[None] >= lengths] = 0
    return {"sequence": values.astype(np.float32), "sequence_length": lengths}


def terms(target: np.ndarray) -> dict[str, Any]:
    rng = np.random.default_rng(2)
    values = rng.random((len(target), 15)) * (rng.random((len(target), 15)) < 0.35 + 0.2 * target[:, None])
    return {"terms": csr_array(values.astype(np.float32))}


@cache
def rows(kind: str) -> tuple[Encoded, Spec]:
    target = np.repeat([0, 1], COUNTS).astype(np.int64)
    make, inputs = {
        "image": (pictures, (IMAGE,)),
        "sequence": (series, (SERIES, LENGTH)),
        "terms": (terms, (TERMS,)),
    }[kind.partition(" ")[0]]
    arrays = make(target)
    if "beside" in kind:
        arrays, inputs = {"numeric": numeric_rows(target), **arrays}, (NUMERIC, *inputs)
    return Encoded(arrays, target, np.arange(len(target)) + 500), spec_of(*inputs)


def sampler(name: str) -> Any:
    # Few rows: clusters of which each holds enough of the small class.
    changes = {"kmeans_smote": {"cluster_balance_threshold": 0.01, "kmeans_estimator": 2, "k_neighbors": 2}}
    return build("resample", name, **changes.get(name, {}))


@cache
def once(name: str, kind: str) -> Resampled:
    train, spec = rows(kind)
    return resample(train, sampler(name), spec=spec)


def dense(values: Any) -> np.ndarray:
    return gather(values, np.arange(values.shape[0]))


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_what_comes_out(name: str, kind: str) -> None:
    train, _ = rows(kind)
    made, picks = once(name, kind).made, once(name, kind).picks
    assert set(picks) <= set(range(len(train)))
    assert made.inputs.keys() == train.inputs.keys()
    for key, values in made.inputs.items():
        assert values.dtype == train.inputs[key].dtype
        assert values.shape == (len(made), *train.inputs[key].shape[1:])
        assert issparse(values) == (key == "terms")
        if len(made) and name != "svm_smote":
            low, high = dense(train.inputs[key]).min(), dense(train.inputs[key]).max()
            assert low - 1e-4 <= dense(values).min() <= dense(values).max() <= high + 1e-4
    if "sequence" in made.inputs:
        after = np.arange(6)[None] >= made.inputs["sequence_length"]
        assert not dense(made.inputs["sequence"])[after].any()


@pytest.mark.parametrize("name", ["random_over", "random_under"])
def test_lookers_at_classes_take_every_input_and_copy_nothing(name: str) -> None:
    target = np.repeat([0, 1], COUNTS).astype(np.int64)
    arrays = {**pictures(target), **series(target), **terms(target), "text": np.ones((66, 5), np.int32)}
    train = Encoded(arrays, target, np.arange(66))
    result = resample(train, build("resample", name), spec=spec_of(IMAGE, SERIES, LENGTH, TERMS, WORDS))
    assert set(result.report["after"].values()) == ({48} if name == "random_over" else {18})
    assert len(result.made) == 0
    assert isinstance(result.made.inputs["image"], Picked)


def test_smote_over_pictures_is_imbalanced_learns_over_pixels() -> None:
    train, _ = rows("image")
    pixels = (train.inputs["image"].reshape(66, 12) / np.float32(255)).astype(np.float32)
    expected = SMOTE(random_state=0).fit_resample(pixels, train.target)[0][66:]
    made = once("smote", "image").made.inputs["image"]
    np.testing.assert_array_equal(made.reshape(30, 12), np.rint(expected * 255).astype(np.uint8))
    notes = " ".join(once("smote", "image").report["notes"])
    assert "SMOTE compared pictures pixel by pixel" in notes
    assert "each of the 30 new pictures is a blend of others of its class" in notes
    assert "augment=image" in notes


def test_smote_over_terms_is_imbalanced_learns_over_the_sparse_matrix() -> None:
    train, _ = rows("terms")
    expected = SMOTE(random_state=0).fit_resample(train.inputs["terms"], train.target)[0][66:]
    result = once("smote", "terms")
    np.testing.assert_allclose(dense(result.made.inputs["terms"]), expected.toarray(), rtol=1e-6)
    assert result.picks.tolist() == list(range(66))
    assert (
        "each of the 30 new texts is a mixture of the words of others of its class" in result.report["notes"]
    )


def test_a_new_series_has_the_length_of_the_nearest_of_its_class() -> None:
    train, _ = rows("sequence")
    made = once("smote", "sequence").made
    old = train.inputs["sequence"][train.target == 1].reshape(18, -1)
    lengths = train.inputs["sequence_length"][train.target == 1]
    assert set(made.target) == {1}
    assert set(np.ravel(made.inputs["sequence_length"])) <= set(np.ravel(lengths))
    # Brute force, before the steps after the end were emptied: the cut row is nearest to the same parent or
    # lies within it, so compare with what SMOTE itself made.
    whole = SMOTE(random_state=0).fit_resample(train.inputs["sequence"].reshape(66, -1), train.target)[0][66:]
    nearest = ((whole[:, None] - old[None]) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(made.inputs["sequence_length"], lengths[nearest])


@pytest.mark.parametrize("name", ["tomek_links", "edited_nearest_neighbours", "near_miss"])
def test_picking_samplers_take_the_same_rows_of_sparse_and_dense_terms(name: str) -> None:
    train, spec = rows("terms")
    columns = InputSpec(name="numeric", dtype="float32", shape=(15,), columns=tuple("abcdefghijklmno"))
    table = Encoded({"numeric": dense(train.inputs["terms"])}, train.target, train.position)
    expected = resample(table, build("resample", name), spec=spec_of(columns)).picks
    np.testing.assert_array_equal(resample(train, build("resample", name), spec=spec).picks, expected)
    assert 0 < len(expected) < len(train)


def test_categories_beside_terms_stay_categories() -> None:
    made = once("smote", "terms beside columns").made.inputs["numeric"]
    known = {tuple(job) for job in rows("terms beside columns")[0].inputs["numeric"][:, 4:]}
    assert {tuple(job) for job in made[:, 4:]} <= known
    assert once("smote", "terms beside columns").report["sampler"] == "SMOTE"
    assert once("smote", "image beside columns").report["sampler"] == "SMOTENC"


def test_memory_mapped_pictures_stay_on_disk_where_rows_are_only_picked(tmp_path: Any) -> None:
    train, spec = rows("image")
    np.save(tmp_path / "image.npy", train.inputs["image"])
    mapped = np.load(tmp_path / "image.npy", mmap_mode="r", allow_pickle=False)
    lazy = Encoded({"image": Picked([mapped], np.arange(66))}, train.target, train.position)
    np.testing.assert_array_equal(
        resample(lazy, build("resample", "smote"), spec=spec).made.inputs["image"],
        once("smote", "image").made.inputs["image"],
    )


@pytest.mark.parametrize("name", ["smote", "tomek_links", "cluster_centroids", "label_errors", "smote_enn"])
def test_ids_of_words_are_refused_with_the_remedies(name: str) -> None:
    train = Encoded({"text": np.zeros((66, 5), np.int32)}, np.repeat([0, 1], COUNTS), np.arange(66))
    with pytest.raises(ValueError, match=r"the input text holds ids of words") as error:
        resample(train, build("resample", name), spec=spec_of(WORDS))
    for remedy in ("encode/text=tfidf", "resample=random_over", "augment=eda"):
        assert remedy in str(error.value)


def test_too_large_pictures_are_refused_before_they_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.samplers.media.MOST_BYTES", 66 * 12 * 4 - 1)
    train, spec = rows("image")
    with pytest.raises(
        ValueError, match=r"66 inputs 'image' of 12 values.*resample=random_over.*encode\.image"
    ):
        resample(train, build("resample", "smote"), spec=spec)
    assert len(resample(train, build("resample", "random_over"), spec=spec).picks) == 96


def test_series_with_missing_values_are_refused() -> None:
    train, spec = rows("sequence")
    holed = train.inputs["sequence"].copy()
    holed[3, 0, 1] = np.nan
    inputs = {**train.inputs, "sequence": holed}
    with pytest.raises(ValueError, match=r"encode\.sequence\.missing=interpolate"):
        resample(Encoded(inputs, train.target, train.position), build("resample", "smote"), spec=spec)
