"""Odd tables: what the baselines answer all the same, and what is refused."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from encode_examples import credit, divided, examples
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_info

from stages.baselines import answering
from stages.baselines.answering import answer, counting_rows, notes_of
from stages.baselines.answers import answer_table, headline
from stages.baselines.models import BASELINES
from stages.examples.schema import Schema

LEARNING = ("linear", "gradient_boosting")


def parts_of(table: pd.DataFrame, train: int = 60) -> dict[str, pd.DataFrame]:
    return {"train": table.iloc[:train], "validation": table.iloc[train:-1], "test": table.iloc[-1:]}


def small(task: str, rows: int = 80) -> tuple[pd.DataFrame, Schema]:
    """A table in which x decides y."""
    numbers = np.arange(rows, dtype=float) * 7 % rows
    names = np.where(numbers < rows / 2, "low", "high")
    raw = pd.DataFrame({"x": numbers, "y": numbers if task == "regression" else names})
    return examples(raw, "y", task)


@pytest.mark.parametrize("name", LEARNING)
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_they_learn(name: str, task: str) -> None:
    table, schema = small(task, 400)
    parts = parts_of(table, 300)
    predicted = answer(name, parts, schema=schema, statistic="mean", seed=0).predicted["validation"]
    if task == "binary":
        assert headline(parts["validation"], predicted, schema=schema) >= "accuracy 0.9500"
    else:
        assert np.abs(predicted - parts["validation"]["target"]).mean() < 10


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_a_class_that_train_lacks_has_probability_0(name: str) -> None:
    table, schema = small("binary")
    wide = schema.model_copy(update={"task": "multiclass", "classes": ("low", "absent", "high")})
    predicted = answer(name, parts_of(table), schema=wide, statistic="mean", seed=0).predicted["test"]
    assert predicted[0, 1] == 0.0
    assert predicted[0].sum() == pytest.approx(1.0)
    two = answer(name, parts_of(table), schema=schema, statistic="mean", seed=0).predicted["test"]
    order = [("low", "absent", "high").index(each) for each in schema.classes]
    assert predicted[:, order].tolist() == two.tolist()


def test_a_class_of_one_row_does_not_stop_gradient_boosting() -> None:
    table, schema = small("binary")
    table.loc[5, "target"] = "single"
    three = schema.model_copy(update={"task": "multiclass", "classes": (*schema.classes, "single")})
    made = answer("gradient_boosting", parts_of(table), schema=three, statistic="mean", seed=0)
    assert made.facts["iterations"] == 50
    assert made.predicted["validation"].shape == (19, 3)


def test_gradient_boosting_learns_from_thirty_rows() -> None:
    table, schema = small("binary", 40)
    parts = parts_of(table, 30)
    predicted = answer("gradient_boosting", parts, schema=schema, statistic="mean", seed=0).predicted
    assert headline(parts["validation"], predicted["validation"], schema=schema) >= "accuracy 0.8"


@pytest.mark.parametrize("name", LEARNING)
def test_the_target_may_be_in_any_unit(name: str) -> None:
    table, schema = small("regression")
    plain = answer(name, parts_of(table), schema=schema, statistic="mean", seed=0).predicted["validation"]
    for unit in (1e-12, 1e12):
        scaled = table.assign(target=table["target"] * unit)
        got = answer(name, parts_of(scaled), schema=schema, statistic="mean", seed=0).predicted["validation"]
        np.testing.assert_allclose(got / unit, plain, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", sorted(BASELINES))
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_weights_count_whatever_their_unit(name: str, task: str) -> None:
    table, schema = small(task)
    table["weight"] = np.linspace(0.1, 5, len(table))
    plain, heavy = (
        answer(name, parts_of(each), schema=schema, statistic="mean", seed=0).predicted["validation"]
        for each in (table, table.assign(weight=table["weight"] * 1024))
    )
    np.testing.assert_allclose(heavy, plain, rtol=1e-9)
    without = answer(name, parts_of(table.drop(columns="weight")), schema=schema, statistic="mean", seed=0)
    assert not np.allclose(without.predicted["validation"], plain, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_a_row_of_weight_0_is_as_if_it_were_not_there(name: str) -> None:
    table, schema = small("binary")
    weight = np.ones(len(table))
    weight[:60:3] = 0
    got = answer(name, parts_of(table.assign(weight=weight)), schema=schema, statistic="mean", seed=0)
    parts = parts_of(table) | {"train": table.iloc[:60][weight[:60] > 0]}
    expected = answer(name, parts, schema=schema, statistic="mean", seed=0)
    assert got.predicted["validation"].tolist() == expected.predicted["validation"].tolist()


def test_weights_of_0_alone_count_the_same() -> None:
    frame = pd.DataFrame({"weight": [0.0, 0.0]})
    assert counting_rows(frame)[1] is None
    assert len(counting_rows(frame)[0]) == 2


def test_cells_that_train_has_not_seen_are_answered() -> None:
    table, schema = credit(500)
    parts = divided(table)
    strange = parts["test"].head(2).copy()
    for column in schema.features:
        unseen = "astronaut" if column.role == "categorical" else None
        strange[column.key] = [unseen if unseen else strange[column.key].iloc[0], None]
    parts["test"] = strange
    for name in LEARNING:
        made = answer(name, parts, schema=schema, statistic="mean", seed=0)
        assert np.isfinite(made.predicted["test"]).all()
        np.testing.assert_allclose(made.predicted["test"].sum(axis=1), 1.0)


@pytest.mark.parametrize("name", LEARNING)
def test_no_usable_column_is_refused(name: str) -> None:
    table, schema = small("binary")
    with pytest.raises(ValueError, match="No feature column holds two different values"):
        answer(name, parts_of(table.assign(**{"feature.x": 1.0})), schema=schema, statistic="mean", seed=0)


def test_answers_that_are_no_numbers_are_refused() -> None:
    table, schema = small("regression")
    table["target"] *= 1e150
    table.loc[79, "feature.x"] = 1e200
    with pytest.raises(ValueError, match="not all finite"):
        answer("linear", parts_of(table), schema=schema, statistic="mean", seed=0)


def test_everything_is_fitted_in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    kept = answering.predict

    def watched(*arguments: object, **keywords: object) -> object:
        seen.extend(each["num_threads"] for each in threadpool_info())
        return kept(*arguments, **keywords)

    monkeypatch.setattr(answering, "predict", watched)
    table, schema = small("binary")
    answer("gradient_boosting", parts_of(table), schema=schema, statistic="mean", seed=0)
    assert seen
    assert set(seen) == {1}


def test_notes_are_what_libraries_warn_of_each_once() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            warnings.warn("it did not\n converge", ConvergenceWarning, stacklevel=1)
        warnings.warn("will change", FutureWarning, stacklevel=1)
    assert notes_of(caught) == ["it did not converge"]


def test_headline_by_hand() -> None:
    table, schema = small("binary", 4)
    table["target"] = [schema.classes[0]] * 3 + [schema.classes[1]]
    sure = np.array([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.2, 0.8]])
    assert headline(table, sure, schema=schema) == "accuracy 0.7500"
    assert headline(table.assign(weight=[1.0, 1.0, 6.0, 0.0]), sure, schema=schema) == "accuracy 0.2500"
    assert headline(table.assign(weight=0.0), sure, schema=schema) == "no row that counts"
    regression = schema.model_copy(update={"task": "regression", "classes": ()})
    values = table.assign(target=[1.0, 2.0, 3.0, 4.0])
    assert headline(values, np.array([1.0, 2.0, 3.0, 8.0]), schema=regression) == "RMSE 2"
    assert headline(values, np.array([1.0, 2.0, 3.0, 1e300]), schema=regression) == "RMSE inf"


def test_the_table_of_answers() -> None:
    _, schema = small("regression")
    made = answer_table(
        "linear", "test", pd.Series(["a", "b"], index=[7, 3]), np.array([1.0, 2.0]), schema=schema
    )
    assert made.to_dict("list") == {
        "example_id": ["a", "b"],
        "part": ["test", "test"],
        "baseline": ["linear", "linear"],
        "value": [1.0, 2.0],
    }
