"""The predictor answers raw rows as `evaluate` answered the encoded ones, whatever encode does."""

from __future__ import annotations

from pathlib import Path

import bundle_cases as cases
import numpy as np
import pandas as pd
import pytest
from encode_examples import EVERY_CHOICE

from stages.bundle.predictor import Predictor
from stages.metrics.decision import Decision
from stages.metrics.rule import Rule

ON_VALUES = [("target", name) for group, name in EVERY_CHOICE if group == "target"]
ON_CLASSES = [each for each in EVERY_CHOICE if each[0] != "target"]


@pytest.fixture(scope="module")
def credit(tmp_path_factory: pytest.TempPathFactory) -> cases.Table:
    return cases.credit(tmp_path_factory.mktemp("credit"))


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> cases.Table:
    return cases.credit(tmp_path_factory.mktemp("jobs"), target="Job")


@pytest.fixture(scope="module")
def ames(tmp_path_factory: pytest.TempPathFactory) -> cases.Table:
    return cases.ames(tmp_path_factory.mktemp("ames"))


@pytest.fixture(scope="module")
def model(credit: cases.Table, tmp_path_factory: pytest.TempPathFactory) -> cases.Trained:
    return cases.trained(credit, tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def predictor(model: cases.Trained, tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    return Predictor.load(cases.write(model.parts, tmp_path_factory.mktemp("parts")))


@pytest.mark.parametrize(("group", "name"), ON_CLASSES, ids=["-".join(each) for each in ON_CLASSES])
def test_every_encoding_of_two_classes(credit: cases.Table, tmp_path: Path, group: str, name: str) -> None:
    rule = Rule(temperature=1.7, decision=Decision(threshold=0.35))
    model = cases.trained(credit, tmp_path, rule=rule, **{group: name})
    predictor = cases.packed_predictor(model.parts, tmp_path / "packed")
    predicted = predictor.predict(model.raw)
    cases.check_same(predicted, model.expected)
    assert predicted.index.equals(model.raw.index)
    assert predicted["prediction"].nunique() == 2 or (group, name) == ("scaler", "none")


@pytest.mark.parametrize(("group", "name"), ON_VALUES, ids=["-".join(each) for each in ON_VALUES])
def test_every_transformation_of_a_value(ames: cases.Table, tmp_path: Path, group: str, name: str) -> None:
    model = cases.trained(ames, tmp_path, **{group: name})
    predicted = cases.packed_predictor(model.parts, tmp_path / "packed").predict(model.raw)
    assert list(predicted) == ["prediction"]
    cases.check_same(predicted, model.expected)


@pytest.mark.parametrize("decision", [Decision(), cases.COSTS], ids=["most_probable", "costs"])
def test_more_than_two_classes(jobs: cases.Table, tmp_path: Path, decision: Decision) -> None:
    model = cases.trained(jobs, tmp_path, rule=Rule(0.6, decision), categories="embedding")
    predicted = cases.packed_predictor(model.parts, tmp_path / "packed").predict(model.raw)
    cases.check_same(predicted, model.expected)
    shares = predicted.drop(columns="prediction")
    assert shares.shape[1] == 4
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    most = shares.idxmax(axis=1).str.removeprefix("probability.")
    assert (predicted["prediction"] == most).all() == (decision.costs is None)


def test_a_row_alone_is_predicted_as_among_others(model: cases.Trained, predictor: Predictor) -> None:
    together = predictor.predict(model.raw.head(40))
    alone = pd.concat([predictor.predict(model.raw.iloc[[row]]) for row in range(5)])
    cases.check_same(alone, together.head(5))


def test_typed_cells_count_as_the_same_text(model: cases.Trained, predictor: Predictor) -> None:
    raw = model.raw
    typed = raw.assign(
        Age=pd.to_numeric(raw["Age"]),
        Amount=pd.to_numeric(raw["Amount"]).astype("Int64"),
        Income=pd.to_numeric(raw["Income"].replace("", np.nan)),
        Young=raw["Young"].map({"Yes": True, "no": False, "": None}),
        Home=raw["Home"].astype("category"),
        Opened=pd.to_datetime(raw["Opened"].replace("", None), dayfirst=True),
    )
    assert pd.api.types.is_integer_dtype(typed["Age"])
    cases.check_same(predictor.predict(typed), model.expected)


def test_any_mark_of_a_missing_cell(model: cases.Trained, predictor: Predictor) -> None:
    rows = model.raw.head(3)
    missing = predictor.predict(rows.drop(columns=["Age", "Home", "Young", "Opened"]))
    for mark in ("", "NA", None, np.nan, pd.NA):
        marked = rows.assign(**dict.fromkeys(["Age", "Home", "Young", "Opened"], mark))
        pd.testing.assert_frame_equal(predictor.predict(marked), missing)
        mixed = marked.astype(object)
        mixed.iloc[0, list(rows).index("Age")] = 31
        expected = marked.astype(object).assign(Age=["31", "", ""])
        pd.testing.assert_frame_equal(predictor.predict(mixed), predictor.predict(expected))


def test_other_columns_and_their_order_do_not_matter(model: cases.Trained, predictor: Predictor) -> None:
    rows = model.raw.head(5)
    without = rows.drop(columns="Status").iloc[:, ::-1].assign(customer=7, note="a word")
    renamed = without.rename(columns={"Age": "  Age "})
    pd.testing.assert_frame_equal(predictor.predict(renamed), predictor.predict(rows))


def test_a_category_never_seen(model: cases.Trained, predictor: Predictor) -> None:
    predicted = predictor.predict(model.raw.head(2).assign(Home="castle"))
    assert np.isfinite(predicted["probability.bad"]).all()


def test_no_rows(model: cases.Trained, predictor: Predictor) -> None:
    predicted = predictor.predict(model.raw.head(0))
    assert list(predicted) == ["prediction", "probability.good", "probability.bad"]
    assert len(predicted) == 0


def test_a_word_among_numbers_is_named(
    model: cases.Trained, predictor: Predictor, caplog: pytest.LogCaptureFixture
) -> None:
    rows = model.raw.head(4).set_axis([11, 12, 13, 14], axis=0)
    rows.loc[13, "Age"] = "old"
    rows.loc[12, "Opened"] = "soon"
    message = (
        "2 cell(s) cannot be read as what their column held in training: row 13, column 'Age': 'old' is not "
        "numeric; row 12, column 'Opened': 'soon' is not date. Correct them or leave them empty; "
        "`upcurve predict --unreadable missing` takes such cells for missing."
    )
    with pytest.raises(ValueError) as caught:
        predictor.predict(rows)
    assert str(caught.value) == message
    predicted = predictor.predict(rows, unreadable="missing")
    empty = rows.copy()
    empty.loc[13, "Age"] = ""
    empty.loc[12, "Opened"] = ""
    pd.testing.assert_frame_equal(predicted, predictor.predict(empty))
    assert "2 cell(s) taken for missing: row 13, column 'Age': 'old'" in caplog.text


def test_no_column_in_common(predictor: Predictor) -> None:
    with pytest.raises(ValueError, match=r"none of the columns 'age', 'b' is one .* Did you mean 'Age'\?"):
        predictor.predict(pd.DataFrame({"age": [1], "b": [2]}))


def test_a_column_twice(predictor: Predictor) -> None:
    with pytest.raises(ValueError, match="'Age' stand there twice"):
        predictor.predict(pd.DataFrame([[1, 2]], columns=["Age", "Age"]))


def test_a_folder_that_is_no_model(tmp_path: Path, model: cases.Trained) -> None:
    folder = cases.write({k: v for k, v in model.parts.items() if k != "decision.json"}, tmp_path / "m")
    with pytest.raises(ValueError, match=r"lacks decision\.json, expected schema\.json"):
        Predictor.load(folder)
