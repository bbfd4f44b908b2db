"""The stage resample: which variant, which rows, which refusals."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encoded_rows import (
    CATEGORIES,
    NUMERIC,
    assert_valid,
    build,
    category_rows,
    content,
    mixed,
    numeric_rows,
    spec_of,
)
from imblearn.over_sampling import SMOTE, SMOTENC
from imblearn.under_sampling import EditedNearestNeighbours
from sklearn.cluster import MiniBatchKMeans

from stages.examples.encoded import Encoded
from stages.resample import resample

TWO = NUMERIC.model_copy(update={"shape": (2,), "columns": ("Age", "Income"), "blocks": ()})


def continuous(*counts: int) -> Encoded:
    """Return examples with two continuous columns only."""
    target = np.repeat(np.arange(len(counts)), counts).astype(np.int64)
    return Encoded({"numeric": numeric_rows(target)[:, :2]}, target, np.arange(len(target)))


def test_smote_over_continuous_columns_is_imbalanced_learns() -> None:
    train = continuous(40, 12)
    result = resample(train, build("resample", "smote"), spec=spec_of(TWO))
    X, y = SMOTE(random_state=0).fit_resample(train.inputs["numeric"], train.target)
    assert result.picks.tolist() == list(range(52))
    np.testing.assert_array_equal(result.made.inputs["numeric"], X[52:])
    np.testing.assert_array_equal(result.made.target, y[52:])
    assert result.report == {
        "sampler": "SMOTE",
        "before": {"good": 40, "bad": 12},
        "after": {"good": 40, "bad": 40},
        "picked": 52,
        "removed": 0,
        "made": 28,
        "notes": [],
    }


def test_smote_over_mixed_columns_is_smotenc() -> None:
    target = (np.arange(60) % 3 == 0).astype(np.int64)
    rows = numeric_rows(target)
    result = resample(
        Encoded({"numeric": rows}, target, np.arange(60)), build("resample", "smote"), spec=spec_of(NUMERIC)
    )
    collapsed = np.column_stack(
        [rows[:, :2], rows[:, 4:] @ [3, 2, 1], rows[:, 2], rows[:, 3] > 0]
    ).astype(np.float32)  # fmt: skip
    X, _ = SMOTENC([2, 3, 4], random_state=0).fit_resample(collapsed, target)
    np.testing.assert_array_equal(result.made.inputs["numeric"][:, :2], X[60:, :2].astype(np.float32))
    np.testing.assert_array_equal(result.made.inputs["numeric"][:, 4:] @ [3, 2, 1], X[60:, 2])
    assert "SMOTENC in place of SMOTE: 3 of 5 columns hold categories" in result.report["notes"]


def test_smote_over_categories_alone_is_smoten() -> None:
    target = np.repeat([0, 1], [40, 12]).astype(np.int64)
    train = Encoded({"categories": category_rows(target)}, target, np.arange(52))
    result = resample(train, build("resample", "smote"), spec=spec_of(CATEGORIES))
    assert result.report["sampler"] == "SMOTEN"
    assert result.report["after"] == {"good": 40, "bad": 40}
    assert_valid(result.made, train)


def test_interpolated_categories_are_valid_and_noted() -> None:
    train, spec = mixed()
    result = resample(train, build("resample", "borderline_smote"), spec=spec)
    assert_valid(result.made, train)
    assert "no variant for categories" in result.report["notes"][0]


def test_smote_enn_cleans_old_and_new_rows() -> None:
    train = continuous(60, 20)
    result = resample(train, build("resample", "smote_enn"), spec=spec_of(TWO))
    X, y = SMOTE(random_state=0).fit_resample(train.inputs["numeric"], train.target)
    cleaned, labels = EditedNearestNeighbours(sampling_strategy="all").fit_resample(X, y)
    kept = np.concatenate([train.inputs["numeric"][result.picks], result.made.inputs["numeric"]])
    assert sorted(map(tuple, kept.tolist())) == sorted(map(tuple, cleaned.tolist()))
    assert result.report["after"] == {"good": int((labels == 0).sum()), "bad": int((labels == 1).sum())}
    assert result.report["sampler"] == "SMOTE then EditedNearestNeighbours"


def test_nested_smote_of_a_combination() -> None:
    train, spec = mixed()
    nested = SMOTE(k_neighbors=2, sampling_strategy={"bad": 50}, random_state=0)
    result = resample(train, build("resample", "smote_tomek", smote=nested), spec=spec)
    assert result.report["sampler"] == "SMOTENC then TomekLinks"
    assert result.report["after"]["bad"] <= 50


def test_nested_smote_has_the_outer_strategy_and_seed_where_it_says_none() -> None:
    train = continuous(60, 20)
    found = []
    for global_seed in (1, 2):
        np.random.seed(global_seed)
        nested = SMOTE(k_neighbors=2)
        sampler = build("resample", "smote_tomek", smote=nested, sampling_strategy={"bad": 30})
        result = resample(train, sampler, spec=spec_of(TWO))
        assert nested.random_state is None
        assert result.report["after"]["bad"] <= 30
        found.append(result.made.inputs["numeric"])
    assert np.array_equal(found[0], found[1])


def test_nested_estimators_have_the_samplers_seed_where_they_have_none() -> None:
    train = continuous(60, 20)
    found = []
    for global_seed in (1, 2):
        np.random.seed(global_seed)
        sampler = build("resample", "kmeans_smote", kmeans_estimator=MiniBatchKMeans(n_clusters=9))
        sampler.set_params(cluster_balance_threshold=0.01)
        result = resample(train, sampler, spec=spec_of(TWO))
        found.append(result.made.inputs["numeric"])
    assert np.array_equal(found[0], found[1])


def test_random_over_repeats_rows_of_any_input() -> None:
    target = np.array([0, 0, 0, 0, 1], np.int64)
    train = Encoded({"image": np.zeros((5, 2, 2, 1), np.uint8)}, target, np.arange(5))
    result = resample(train, build("resample", "random_over"), spec=spec_of())
    assert result.picks.tolist() == [0, 1, 2, 3, 4, 4, 4, 4]
    assert len(result.made) == 0


def test_smoothed_bootstrap_makes_rows() -> None:
    train, spec = mixed()
    result = resample(train, build("resample", "random_over", shrinkage=0.5), spec=spec)
    assert result.picks.tolist() == list(range(120))
    assert len(result.made) == 60
    assert_valid(result.made, train)


def test_cluster_centroids_replaces_the_large_class() -> None:
    train = continuous(30, 6)
    result = resample(train, build("resample", "cluster_centroids"), spec=spec_of(TWO))
    assert result.report["after"] == {"good": 6, "bad": 6}
    assert set(range(30, 36)) <= set(result.picks)
    assert (result.made.target == 0).all()


def test_made_rows_weigh_what_their_class_weighs() -> None:
    train, spec = mixed(weighted=True)
    result = resample(train, build("resample", "smote"), spec=spec)
    assert result.made.weight is not None
    assert result.made.weight.dtype == np.float32
    assert set(result.made.weight) == {3.0}
    assert resample(mixed()[0], build("resample", "smote"), spec=spec).made.weight is None


def test_memory_mapped_rows(tmp_path: Path) -> None:
    from stages.shell.store import Store

    train, spec = mixed()
    store = Store("encode", tmp_path / "encode", data=tmp_path)
    store.begin()
    store.write_encoded("train", train)
    store.finish()
    mapped = store.read_encoded("encode", "train")
    ours = resample(mapped, build("resample", "smote"), spec=spec)
    plain = resample(train, build("resample", "smote"), spec=spec)
    np.testing.assert_array_equal(ours.made.inputs["numeric"], plain.made.inputs["numeric"])


@pytest.mark.parametrize(
    ("name", "strategy", "after"),
    [
        ("smote", {"bad": 45}, [90, 45]),
        ("smote", 0.6, [90, 54]),
        ("smote", "minority", [90, 90]),
        ("random_over", {"bad": 45, "good": 100}, [100, 45]),
        ("random_under", {"good": 50}, [50, 30]),
        ("random_under", 0.5, [60, 30]),
        ("near_miss", {"good": 40}, [40, 30]),
    ],
)
def test_sampling_strategy(name: str, strategy: Any, after: list[int]) -> None:
    train, spec = mixed()
    result = resample(train, build("resample", name, sampling_strategy=strategy), spec=spec)
    assert list(result.report["after"].values()) == after


def test_classes_called_true_and_false_are_named_as_yaml_has_them() -> None:
    train, _ = mixed()
    spec = spec_of(NUMERIC, CATEGORIES, classes=("False", "True"))
    result = resample(train, build("resample", "smote", sampling_strategy={"true": 40}), spec=spec)
    assert result.report["after"] == {"False": 90, "True": 40}
    with pytest.raises(ValueError, match="'tru', which does not exist"):
        resample(train, build("resample", "smote", sampling_strategy={"tru": 40}), spec=spec)


def test_sampling_strategy_as_a_list_of_names() -> None:
    train, spec = mixed()
    enn = build("resample", "edited_nearest_neighbours", sampling_strategy=["bad"], kind_sel="mode")
    after = resample(train, enn, spec=spec).report["after"]
    assert after["good"] == 90
    assert after["bad"] < 30


@pytest.mark.parametrize("keys", [["0", "1"], [0, 1]])
def test_class_names_that_are_numbers(keys: list[Any]) -> None:
    train, _ = mixed()
    smote = build("resample", "smote", sampling_strategy={keys[1]: 40})
    result = resample(train, smote, spec=spec_of(NUMERIC, CATEGORIES, classes=("0", "1")))
    assert result.report["after"] == {"0": 90, "1": 40}


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("smote", {"sampling_strategy": {"bda": 50}}, "'bda', which does not exist. Did you mean 'bad'?"),
        ("smote", {"sampling_strategy": {"bad": 20}}, r"={bad: 20} does not suit SMOTE.*good 90, bad 30"),
        ("smote", {"sampling_strategy": 0.2}, r"=0.2 does not suit SMOTE.*at least as many as now"),
        ("random_over", {"sampling_strategy": {"bad": 20}}, "does not suit RandomOverSampler"),
        ("random_under", {"sampling_strategy": {"good": 95}}, "at most as many as now"),
        ("tomek_links", {"sampling_strategy": 0.5}, "finds itself how many rows"),
        ("smote", {"k_neighbors": 30}, r"at least 31 rows.*bad has 30.*resample.k_neighbors=29"),
        ("smote_enn", {"smote": SMOTE(k_neighbors=40)}, "at least 41 rows"),
        (
            "smote_tomek",
            {"smote": SMOTE(k_neighbors=30)},
            "Set 'resample.smote={_target_:imblearn.over_sampling.SMOTE,k_neighbors:29}'",
        ),
        ("adasyn", {"n_neighbors": 30}, "resample.n_neighbors=29"),
        ("near_miss", {"n_neighbors": 100}, "NearMiss cannot resample these rows"),
        ("kmeans_smote", {"cluster_balance_threshold": 1.0}, "Lower resample.cluster_balance_threshold"),
        ("label_errors", {"folds": 31}, r"resample\.folds=31.*resample\.folds=30"),
    ],
)
def test_refuses_with_the_remedy(name: str, changes: dict[str, Any], message: str) -> None:
    train, spec = mixed()
    pattern = message if ".*" in message or "\\" in message else re.escape(message)
    with pytest.raises(ValueError, match=pattern):
        resample(train, build("resample", name, **changes), spec=spec)


def test_a_ratio_needs_two_classes() -> None:
    train, spec = mixed(counts=(40, 20, 10))
    with pytest.raises(ValueError, match=r"sampling_strategy=0.5 does not suit SMOTE.*c0 40, c1 20, c2 10"):
        resample(train, build("resample", "smote", sampling_strategy=0.5), spec=spec)


def test_a_class_of_one_row_can_only_be_repeated() -> None:
    train, spec = mixed(counts=(40, 20, 1))
    with pytest.raises(ValueError, match=r"c2 has 1\. Take resample=random_over"):
        resample(train, build("resample", "smote"), spec=spec)
    assert resample(train, build("resample", "random_over"), spec=spec).report["after"]["c2"] == 40


def test_a_class_that_loses_all_its_rows_is_refused() -> None:
    train, spec = mixed(counts=(80, 3, 2))
    enn = build("resample", "edited_nearest_neighbours", sampling_strategy="all")
    with pytest.raises(ValueError, match="removed every row of class 'c1', 'c2'"):
        resample(train, enn, spec=spec)


def test_missing_values_are_refused_with_the_imputer() -> None:
    train, spec = mixed()
    train.inputs["numeric"][3, 0] = np.nan
    with pytest.raises(ValueError, match=r"cannot work with missing values.*encode/imputer=median"):
        resample(train, build("resample", "smote"), spec=spec)
    assert len(resample(train, build("resample", "random_under"), spec=spec).picks) == 60


def test_inputs_without_distances_are_refused() -> None:
    train = Encoded({"text": np.zeros((8, 3), np.int32)}, np.array([0, 1] * 4), np.arange(8))
    with pytest.raises(ValueError, match=r"the input text holds ids of words.*Take encode/text=tfidf"):
        resample(train, build("resample", "smote"), spec=spec_of())


def test_nothing_to_do_is_noted() -> None:
    train = continuous(20, 20)
    report = resample(train, build("resample", "smote"), spec=spec_of(TWO)).report
    assert report["notes"] == ["no row was added or removed"]


def test_the_stage_writes_picks_and_made(tmp_path: Path) -> None:
    from stages.resample import main
    from stages.settings.resample import ResampleConfig
    from stages.shell.store import Store

    train, spec = mixed()
    encode = Store("encode", tmp_path / "encode", data=tmp_path)
    encode.begin()
    encode.write_encoded("train", train)
    encode.write_model("spec.json", spec)
    encode.finish()
    config = ResampleConfig.model_validate(
        {"resample": content("resample", "smote") | {"sampling_strategy": {"bad": 50}}}
    )
    for name in ("resample", "again"):
        store = Store("resample", tmp_path / name, data=tmp_path)
        store.begin()
        main.__wrapped__(config, store)  # type: ignore[attr-defined]
        store.finish()
    files = [path for path in sorted((tmp_path / "resample").rglob("*")) if path.is_file()]
    assert [str(path.relative_to(tmp_path / "resample")) for path in files] == [
        "made/inputs/categories.npy",
        "made/inputs/numeric.npy",
        "made/position.npy",
        "made/target.npy",
        "picks.npy",
        "report.json",
    ]
    for path in files:
        assert (
            path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / "resample")).read_bytes()
        )
    assert len(encode.read_encoded("resample", "made")) == 20
