from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from encode_examples import choice, examples, preprocessing

from stages.examples.encoded import Block
from stages.examples.schema import Schema
from stages.transformers.encoders import OneHot
from stages.transformers.outliers import IqrOutliers

RAW = pd.DataFrame(
    {
        "status": ["good", "good", "bad", "good", "bad", "good"],
        "income": [10.0, 20.0, np.nan, 40.0, 30.0, 1000.0],
        "job": ["fixed", "part", "fixed", None, "part", "fixed"],
        "same": [1.0] * 6,
    }
)
PRICES = RAW.assign(status=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])


def binary() -> tuple[pd.DataFrame, Schema]:
    return examples(RAW, "status", "binary")


def one_hot() -> OneHot:
    return OneHot(min_frequency=None)


def test_the_arrays_are_those_computed_by_hand() -> None:
    table, schema = binary()
    fitted = preprocessing(schema, categories=one_hot(), imputer="median", selection=None)
    made = fitted.fit_transform(table, table["target"])
    assert fitted.spec.inputs[0].columns == (
        "income",
        "income is missing",
        "job=fixed",
        "job=part",
        "job is missing",
    )
    assert fitted.spec.inputs[0].blocks == (Block(column="job", start=2, stop=5),)
    filled = np.array([10, 20, 30, 40, 30, 1000.0])
    array = made.inputs["numeric"]
    assert array.dtype == np.float32
    assert array[:, 0] == pytest.approx((filled - filled.mean()) / filled.std(), rel=1e-6)
    assert array[:, 1].tolist() == [0, 0, 1, 0, 0, 0]
    assert array[:, 2:].tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
    assert made.target.tolist() == [0, 0, 1, 0, 1, 0]
    assert made.target.dtype == np.int64
    assert fitted.dropped_columns == {"same": "constant: every value is 1.0"}


def test_outlier_rows_leave_train_and_are_clipped_elsewhere() -> None:
    table, schema = binary()
    fitted = preprocessing(schema, outliers=IqrOutliers(action="drop"), scaler="none", categories=one_hot())
    made = fitted.fit_transform(table, table["target"])
    assert made.rows.tolist() == [0, 1, 2, 3, 4]
    assert made.target.tolist() == [0, 0, 1, 0, 1]
    assert len(fitted.transform(table)["numeric"]) == 6
    low, high = np.quantile([10, 20, 40, 30, 1000], [0.25, 0.75])
    assert fitted.transform(table)["numeric"][5, 0] == pytest.approx(high + 1.5 * (high - low))


def test_the_statistics_are_those_of_the_rows_that_stay() -> None:
    table, schema = binary()
    fitted = preprocessing(schema, outliers=IqrOutliers(action="drop"), imputer="mean", scaler="none")
    made = fitted.fit_transform(table, table["target"])
    assert made.inputs["numeric"][2, 0] == 25.0  # the mean of 10, 20, 40, 30


def test_a_column_made_constant_by_clipping_is_dropped() -> None:
    table, schema = examples(RAW.assign(rare=[0.0, 0, 0, 0, 0, 1]), "status", "binary")
    fitted = preprocessing(schema, outliers=choice("outliers", "z_score", threshold=2.0, action="drop"))
    fitted.fit(table, table["target"])
    assert "rare" in fitted.dropped_columns


def test_embedding_ids_are_an_input_of_their_own() -> None:
    table, schema = binary()
    fitted = preprocessing(schema, categories=choice("categories", "embedding", min_frequency=None))
    made = fitted.fit_transform(table, table["target"])
    assert made.inputs["categories"].tolist() == [[1], [2], [1], [0], [2], [1]]
    categories = fitted.spec.input("categories")
    assert categories is not None
    assert (categories.sizes, categories.columns, categories.dtype) == ((3,), ("job",), "int32")


def test_a_table_of_categories_alone_has_no_numeric_input() -> None:
    table, schema = examples(RAW[["status", "job"]], "status", "binary")
    fitted = preprocessing(schema, categories="embedding")
    assert set(fitted.fit_transform(table, table["target"]).inputs) == {"categories"}
    assert [each.name for each in fitted.spec.inputs] == ["categories"]


def test_columns_that_are_not_there_and_rows_without_any_cell_are_taken_as_missing() -> None:
    table, schema = binary()
    fitted = preprocessing(schema, categories=one_hot()).fit(table, table["target"])
    alone = fitted.transform(table[["feature.income"]])["numeric"]
    assert alone[:, 2:].tolist() == [[0, 0, 1]] * 6
    nothing = fitted.transform(pd.DataFrame(index=[0]))["numeric"]
    assert np.isfinite(nothing).all()
    assert nothing[0, 1:].tolist() == [1, 0, 0, 1]


def test_no_rows_make_empty_arrays() -> None:
    table, schema = binary()
    fitted = preprocessing(schema).fit(table, table["target"])
    empty = fitted.transform(table.iloc[:0])["numeric"]
    assert empty.shape == (0, *fitted.spec.inputs[0].shape)
    assert empty.dtype == np.float32


@pytest.mark.parametrize("target", ["none", "standard", "log1p", "quantile"])
def test_a_regression_target_is_inverted(target: str) -> None:
    table, schema = examples(PRICES, "status", "regression")
    fitted = preprocessing(schema, target=target)
    made = fitted.fit_transform(table, table["target"])
    assert made.target.dtype == np.float32
    assert fitted.inverse_target(made.target) == pytest.approx([1, 2, 3, 4, 5, 6], rel=1e-5)
    assert fitted.notes_ == []


def test_predicted_ids_have_class_names() -> None:
    table, schema = binary()
    fitted = preprocessing(schema).fit(table, table["target"])
    assert fitted.inverse_target(np.array([1, 0])).tolist() == ["bad", "good"]


def test_a_target_transformation_of_classes_is_refused() -> None:
    table, schema = binary()
    with pytest.raises(
        ValueError, match=r"encode.target \(Log1p\) .* 2 classes: good, bad\. Set encode.target=auto"
    ):
        preprocessing(schema, target="log1p").fit(table, table["target"])


def test_a_class_that_is_not_known_is_refused() -> None:
    table, schema = binary()
    with pytest.raises(ValueError, match="expected the classes good, bad, received also: ugly"):
        preprocessing(schema).fit(table, pd.Series(["ugly"] * 6))


def test_a_table_without_anything_to_learn_from_is_refused() -> None:
    table, schema = examples(RAW[["status", "same"]], "status", "binary")
    with pytest.raises(ValueError, match=r"No feature column is left .*same: constant"):
        preprocessing(schema).fit(table, table["target"])


def test_numbers_too_large_are_refused_by_name() -> None:
    table, schema = examples(RAW.assign(huge=[1e300, 1, 2, 3, 4, 5]), "status", "binary")
    with pytest.raises(
        ValueError, match=r"column\(s\) huge are not finite float32 .*encode.outliers=quantile"
    ):
        preprocessing(schema, scaler="none").fit(table, table["target"])


def test_an_error_of_a_library_names_the_parameter() -> None:
    table, schema = examples(RAW.assign(negative=[-1.0, 1, 2, 3, 4, 5]), "status", "binary")
    scaler = choice("scaler", "power", method="box-cox")
    with pytest.raises(ValueError, match=r"encode.scaler cannot be fitted on the train rows: .*positive"):
        preprocessing(schema, scaler=scaler).fit(table, table["target"])


def test_dropping_every_row_is_refused() -> None:
    table, schema = binary()

    class All(IqrOutliers):
        def fit_rows(self, values: Any) -> Any:
            return np.zeros(len(values), dtype=bool)

    with pytest.raises(ValueError, match="would drop every row of train"):
        preprocessing(schema, outliers=All()).fit(table, table["target"])


def test_warnings_of_libraries_become_notes() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 3))
    raw = pd.DataFrame(rows, columns=list("abc")).assign(y=["x", "z"] * 25)
    raw.loc[:9, "a"] = np.nan
    raw.loc[20:29, "b"] = np.nan
    table, schema = examples(raw, "y", "binary")
    imputer = choice("imputer", "iterative", max_iter=1, tol=1e-9)
    fitted = preprocessing(schema, imputer=imputer).fit(table, table["target"])
    assert any("Early stopping criterion not reached" in note for note in fitted.notes_)
