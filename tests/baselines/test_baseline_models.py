"""Each baseline against a pipeline of scikit-learn written another way, and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from encode_examples import ames, credit, divided, examples
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from stages.baselines.answering import Answered, answer
from stages.baselines.models import PENALTIES, linear
from stages.examples.schema import FEATURE, TARGET, Schema


def answered(
    name: str, parts: dict[str, pd.DataFrame], schema: Schema, *, statistic: str = "mean", seed: int = 0
) -> Answered:
    return answer(name, parts, schema=schema, statistic=statistic, seed=seed)


def ids(frame: pd.DataFrame, schema: Schema) -> np.ndarray:
    return frame[TARGET].map({name: label for label, name in enumerate(schema.classes)}).to_numpy()


def features(frame: pd.DataFrame) -> pd.DataFrame:
    """The feature columns of credit without the date, text as objects."""
    columns = [key for key in frame if key.startswith(FEATURE) and key != FEATURE + "Opened"]
    found = frame[columns]
    text = found.select_dtypes("str").columns
    return found.astype(dict.fromkeys(text, "object")).fillna(dict.fromkeys(text, np.nan))


def without_date(schema: Schema) -> Schema:
    kept = tuple(column for column in schema.features if column.role != "date")
    return schema.model_copy(update={"features": kept})


AMOUNTS = make_column_selector(pattern="^(?!feature.Young)", dtype_include="number")
NUMBERS = make_column_selector(dtype_include="number")
BOOLEANS = make_column_selector(pattern="^feature.Young")
TEXT = make_column_selector(dtype_exclude="number")


def scaled_columns() -> ColumnTransformer:
    """Imputed, scaled, indicated, one-hot: written with what scikit-learn has for it."""
    coded = OneHotEncoder(
        min_frequency=10, max_categories=50, handle_unknown="infrequent_if_exist", sparse_output=False
    )
    return make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), AMOUNTS),
        (SimpleImputer(strategy="median"), BOOLEANS),
        (MissingIndicator(error_on_new=False), NUMBERS),
        (coded, TEXT),
    )


def test_constant_answers_the_shares_of_the_classes() -> None:
    raw = pd.DataFrame({"y": ["b", "a", "a", "a", "c", "a"], "x": range(6)})
    table, schema = examples(raw, "y", "multiclass")
    parts = {"train": table.iloc[:4], "validation": table.iloc[4:5], "test": table.iloc[5:]}
    assert schema.classes[0] == "a"
    predicted = answered("constant", parts, schema).predicted
    shares = {"a": 0.75, "b": 0.25, "c": 0.0}
    assert predicted["validation"].tolist() == [[shares[name] for name in schema.classes]]
    assert predicted["test"].tolist() == predicted["validation"].tolist()
    weighted = parts | {"train": parts["train"].assign(weight=[3.0, 1.0, 0.0, 2.0])}
    assert answered("constant", weighted, schema).predicted["test"][0, 0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("statistic", "weight", "expected"),
    [("mean", None, 4.0), ("median", None, 2.5), ("mean", [1, 0, 0, 1], 5.5), ("median", [1, 1, 1, 9], 10.0)],
)
def test_constant_of_a_regression(statistic: str, weight: list[float] | None, expected: float) -> None:
    raw = pd.DataFrame({"y": [1.0, 2.0, 3.0, 10.0, 5.0, 6.0], "x": range(6)})
    table, schema = examples(raw, "y", "regression")
    parts = {"train": table.iloc[:4], "validation": table.iloc[4:5], "test": table.iloc[5:]}
    if weight is not None:
        parts["train"] = parts["train"].assign(weight=np.asarray(weight, dtype=float))
    got = answered("constant", parts, schema, statistic=statistic).predicted["test"]
    assert got.tolist() == [expected]


def test_linear_is_logistic_regression_on_scaled_columns() -> None:
    table, schema = credit(900)
    parts, schema = divided(table), without_date(schema)
    model = make_pipeline(scaled_columns(), LogisticRegression(max_iter=1000, tol=1e-8))
    model.fit(features(parts["train"]), ids(parts["train"], schema))
    expected = model.predict_proba(features(parts["test"]))
    target = ids(parts["train"], schema)
    converged = linear(schema, target, statistic="mean", seed=0).set_params(model__tol=1e-8)
    got = converged.fit(parts["train"], target).predict_proba(parts["test"])
    np.testing.assert_allclose(got, expected, atol=1e-5)
    made = answered("linear", parts, schema)
    np.testing.assert_allclose(made.predicted["test"], expected, atol=5e-3)
    assert made.facts["model"] == "LogisticRegression"
    assert made.notes == []


def ridge(columns: np.ndarray, target: np.ndarray, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients by the normal equations, and the errors when each row is left out (hat matrix)."""
    centred = columns - columns.mean(axis=0)
    inverse = np.linalg.inv(centred.T @ centred + penalty * np.eye(columns.shape[1]))
    coefficients = inverse @ centred.T @ (target - target.mean())
    leverage = np.einsum("ij,jk,ik->i", centred, inverse, centred) + 1 / len(target)
    return coefficients, (target - target.mean() - centred @ coefficients) / (1 - leverage)


def test_linear_is_ridge_regression_with_the_penalty_best_by_leave_one_out() -> None:
    table, schema = ames(400)
    parts = divided(table)
    made = answered("linear", parts, schema)
    target = parts["train"][TARGET].to_numpy()
    code = scaled_columns().fit(features(parts["train"]))
    train, test = (np.asarray(code.transform(features(parts[part])), float) for part in ("train", "test"))
    errors = {penalty: (ridge(train, target, penalty)[1] ** 2).mean() for penalty in PENALTIES}
    best = min(errors, key=errors.__getitem__)
    assert made.facts["penalty"] == best
    expected = target.mean() + (test - train.mean(axis=0)) @ ridge(train, target, best)[0]
    np.testing.assert_allclose(made.predicted["test"], expected, rtol=1e-6)


def test_many_rows_take_the_penalty_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.baselines.models.FEW_ROWS", 100)
    table, schema = ames(400)
    parts = divided(table)
    code = scaled_columns().fit(features(parts["train"]))
    train, test = (np.asarray(code.transform(features(parts[part])), float) for part in ("train", "test"))
    target = parts["train"][TARGET].to_numpy()
    expected = target.mean() + (test - train.mean(axis=0)) @ ridge(train, target, 1.0)[0]
    made = answered("linear", parts, schema)
    assert made.facts == {"model": "Ridge", "columns": made.facts["columns"]}
    np.testing.assert_allclose(made.predicted["test"], expected, rtol=1e-6)


def native_columns(train: pd.DataFrame, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Numbers as they are, categories by frequency in train; and which columns are categories."""
    columns, are_categories = [], []
    for name in train.columns[train.nunique(dropna=False) > 1]:
        column = frame[name]
        is_text = column.dtype == object
        if is_text:
            counts = train[name].value_counts()
            order = sorted(counts.index, key=lambda each, counts=counts: (-counts[each], each))
            column = column.map({each: label for label, each in enumerate(order)})
        columns.append(column.to_numpy(float))
        are_categories.append(is_text)
    order = np.argsort(are_categories, kind="stable")  # numbers first
    return np.column_stack(columns)[:, order], np.asarray(are_categories)[order]


def test_gradient_boosting_of_classes() -> None:
    table, schema = credit(900)
    parts, schema = divided(table), without_date(schema)
    raw = {part: features(frame) for part, frame in parts.items()}
    train, are_categories = native_columns(raw["train"], raw["train"])
    model = HistGradientBoostingClassifier(
        max_iter=500, early_stopping=True, random_state=3, categorical_features=are_categories
    ).fit(train, ids(parts["train"], schema))
    made = answered("gradient_boosting", parts, schema, seed=3)
    assert made.facts["iterations"] == model.n_iter_ < 100
    for part in ("validation", "test"):
        expected = model.predict_proba(native_columns(raw["train"], raw[part])[0])
        np.testing.assert_allclose(made.predicted[part], expected, atol=1e-9)


def test_gradient_boosting_of_values_is_that_of_the_targets_own_unit() -> None:
    table, schema = ames(400)
    parts = divided(table)
    raw = {part: features(frame) for part, frame in parts.items()}
    train, are_categories = native_columns(raw["train"], raw["train"])
    model = HistGradientBoostingRegressor(
        max_iter=500, early_stopping=True, random_state=3, categorical_features=are_categories
    ).fit(train, parts["train"][TARGET])
    made = answered("gradient_boosting", parts, schema, seed=3)
    expected = model.predict(native_columns(raw["train"], raw["test"])[0])
    spread = parts["train"][TARGET].std()
    np.testing.assert_allclose(made.predicted["test"] / spread, expected / spread, atol=0.02)
