"""Pictures, texts and sequences beside the columns of a table, through the whole preprocessing."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from encode_examples import ROOT, divided, examples, media, png, preprocessing

from stages.encode import encode
from stages.examples.arrays import gather
from stages.examples.schema import Column, Schema
from stages.transformers.outliers import IqrOutliers


def everything() -> tuple[pd.DataFrame, Schema]:
    """A table with a column of every kind."""
    table, schema = media("image")
    columns = list(schema.features)
    for role in ("text", "sequence"):
        other, described = media(role)
        table[f"feature.{role}"] = other["feature.made"]
        columns.append(described.features[-1].model_copy(update={"name": role}))
    return table, schema.model_copy(update={"features": tuple(columns)})


def test_all_kinds_of_columns_stand_beside_one_another() -> None:
    table, schema = everything()
    fitted = preprocessing(schema)
    result = encode(divided(table), fitted)
    names = [each.name for each in fitted.spec.inputs]
    assert names == ["numeric", "terms", "image", "sequence", "sequence_length"]
    for encoded in result.parts.values():
        for each in fitted.spec.inputs:
            dense = gather(encoded.inputs[each.name], np.arange(len(encoded)))
            assert (dense.shape, dense.dtype) == ((len(encoded), *each.shape), each.dtype)
    assert result.report["columns"] == {"numeric": 1}
    assert result.report["inputs"]["image"] == ["uint8", 64, 64, 3]
    assert result.report["media"]["sequence"].keys() == {"train", "validation", "test"}
    assert result.report["media"]["image"]["train"]["num_sizes"] > 1


def test_one_row_is_encoded_as_it_was_among_others() -> None:
    table, schema = everything()
    fitted = preprocessing(schema)
    parts = divided(table)
    whole = encode(parts, fitted).parts["test"]
    for place in range(len(whole)):
        alone = fitted.transform(parts["test"].iloc[[place]])
        for name, array in whole.inputs.items():
            assert np.array_equal(gather(alone[name], np.array([0])), gather(array, np.array([place])))


def test_rows_of_outliers_leave_every_array() -> None:
    table, schema = everything()
    table.loc[7, "feature.size"] = 1e6
    fitted = preprocessing(schema, outliers=IqrOutliers(action="drop"), sequence="padded")
    made = fitted.fit_transform(table, table["target"])
    assert 7 not in made.rows
    assert {array.shape[0] for array in made.inputs.values()} == {len(made.rows)}


def test_several_texts_are_read_one_after_another() -> None:
    table, schema = examples(pd.DataFrame({"y": ["p", "n"] * 3}), "y", "binary")
    table["feature.subject"] = pd.Series(["buy", "hi", None, "buy", "hi", None], dtype="str")
    table["feature.body"] = pd.Series(["now", None, None, "me", "you", "x"], dtype="str")
    columns = tuple(Column(name=name, role="text") for name in ("subject", "body"))
    fitted = preprocessing(schema.model_copy(update={"features": columns}), text="tokens")
    made = fitted.fit_transform(table, table["target"])
    words = fitted.media_.transformers_["text"].vocabulary()
    read = [[words[token - 2] for token in row if token > 1] for row in made.inputs["text"]]
    assert read == [["buy", "now"], ["hi"], [], ["buy", "me"], ["hi", "you"], ["x"]]
    assert fitted.spec.inputs[0].columns == ("subject", "body")


def test_a_column_without_any_picture_is_left_out_and_named() -> None:
    table, schema = media("image")
    table["feature.made"] = pd.Series([None] * len(table), dtype=object)
    fitted = preprocessing(schema).fit(table, table["target"])
    assert fitted.dropped_columns == {"made": "empty: every cell is missing"}
    assert [each.name for each in fitted.spec.inputs] == ["numeric"]
    alone = schema.model_copy(update={"features": schema.features[-1:]})
    with pytest.raises(ValueError, match=r"No feature column is left to learn from \(made: empty"):
        preprocessing(alone).fit(table, table["target"])


@pytest.mark.parametrize("role", ["image", "text", "sequence"])
def test_a_column_of_media_is_enough(role: str) -> None:
    table, schema = media(role)
    alone = schema.model_copy(update={"features": schema.features[-1:]})
    fitted = preprocessing(alone)
    made = encode(divided(table), fitted)
    assert "numeric" not in made.parts["train"].inputs
    nothing = fitted.transform(table.iloc[:0])
    missing = fitted.transform(pd.DataFrame(index=[0]))
    for each in fitted.spec.inputs:
        assert nothing[each.name].shape == (0, *each.shape)
        assert nothing[each.name].dtype == each.dtype
        assert np.isfinite(gather(missing[each.name], np.array([0]))).all()


def test_a_regression_learns_from_pictures() -> None:
    raw = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0]})
    table, schema = examples(raw, "y", "regression")
    table["feature.photo"] = [png(np.full((4, 4), 60 * row)) for row in range(4)]
    features = (Column(name="photo", role="image"),)
    fitted = preprocessing(schema.model_copy(update={"features": features}), target="standard")
    made = fitted.fit_transform(table, table["target"])
    assert made.inputs["image"][:, 0, 0, 0].tolist() == [0, 60, 120, 180]
    assert fitted.inverse_target(made.target) == pytest.approx([1, 2, 3, 4])


def test_a_table_loads_nothing_for_pictures() -> None:
    code = (
        "import sys; import stages.encode, stages.transformers.pictures, stages.transformers.tokens; "
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {"PIL", "tqdm", "tensorflow", "keras"}.isdisjoint(loaded.stdout.split())
