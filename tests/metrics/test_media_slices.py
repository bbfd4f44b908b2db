"""What is measured of pictures, texts and series, and where it is shown."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from encode_examples import media, png
from evaluate_examples import settings
from PIL import Image

from stages.examples.schema import Column
from stages.metrics.answers import make_answers
from stages.metrics.inspection import importance_table, inspection_tables
from stages.metrics.media_slices import measure_picture, properties, with_properties
from stages.metrics.rule import Rule
from stages.metrics.worst import legible

SAID = Column(name="said", role="text")
PULSE = Column(name="pulse", role="sequence", channels=("a", "b"))
PHOTO = Column(name="photo", role="image")
AGE = Column(name="age", role="numeric")


def test_size_and_brightness_of_pictures() -> None:
    half = np.zeros((20, 40), np.uint8)
    half[:, 20:] = 200
    file = BytesIO()
    Image.new("RGB", (300, 200), (90, 90, 90)).save(file, "JPEG")
    measured = [measure_picture(content) for content in (png(half), file.getvalue(), None)]
    assert measured[0][:2] == (40, 20) and measured[0].brightness == pytest.approx(100, abs=1)
    assert measured[1][:2] == (300, 200) and measured[1].brightness == pytest.approx(90, abs=1)
    assert np.isnan(measured[2]).all()


def test_words_and_steps_are_counted_beside_the_cells() -> None:
    frame = pd.DataFrame(
        {
            SAID.key: pd.Series(["one two\nthree", None], index=[4, 7], dtype="str"),
            PULSE.key: pd.Series([np.zeros(6, np.float32), None], index=[4, 7], dtype=object),
            AGE.key: [1.0, 2.0],
        },
        index=[4, 7],
    )
    made = with_properties(frame, [SAID, PULSE, AGE, PHOTO])
    assert list(made) == [*frame, "feature.said: words", "feature.pulse: steps"]
    assert made["feature.said: words"].to_dict() == {4: 3.0, 7: pytest.approx(np.nan, nan_ok=True)}
    assert made["feature.pulse: steps"].iloc[0] == 3.0
    assert list(frame) == [SAID.key, PULSE.key, AGE.key]


def test_a_table_of_worst_rows_holds_no_bytes() -> None:
    frame = with_properties(
        pd.DataFrame(
            {
                SAID.key: ["x" * 201],
                PULSE.key: pd.Series([np.zeros(2, np.float32)], dtype=object),
                PHOTO.key: pd.Series([png(np.zeros((3, 5), np.uint8))], dtype=object),
                AGE.key: [3.0],
            }
        ),
        [SAID, PULSE, PHOTO],
    )
    shown = legible(frame, [AGE, SAID, PHOTO, PULSE])
    names = ["age", "said", "photo: width", "photo: height", "photo: brightness", "pulse: steps"]
    assert list(shown) == [f"feature.{name}" for name in names]
    assert shown.iloc[0].tolist() == [3.0, "x" * 200, 5.0, 3.0, 0.0, 1.0]


@pytest.mark.parametrize("role", ["image", "text", "sequence"])
def test_slices_of_a_medium_are_those_of_its_properties(role: str) -> None:
    table, schema = media(role, rows=80)
    shares = np.where((table["target"] == schema.classes[1]).to_numpy()[:, None], [[0.3, 0.7]], [[0.6, 0.4]])
    answers = Rule().applied(make_answers(table, shares, schema=schema))
    both = {"test": answers, "validation": answers}
    chosen = settings(min_slice_rows=5, bootstrap_resamples=0)
    tables = inspection_tables(both, table, schema=schema, settings=chosen)
    measured = [each.name for each in properties(schema.features[1])]
    assert list(dict.fromkeys(tables["slices"]["column"])) == ["size", *measured]
    rows = tables["slices"][
        (tables["slices"]["column"] == measured[0]) & (tables["slices"]["metric"] == "accuracy")
    ]
    assert rows["rows"].sum() == 79  # one cell is missing: a slice too small
    named = settings(min_slice_rows=5, bootstrap_resamples=0, slices=["made"])
    of_one = inspection_tables(both, table, schema=schema, settings=named)["slices"]
    assert list(dict.fromkeys(of_one["column"])) == measured
    assert not any(isinstance(cell, bytes | np.ndarray) for cell in tables["worst"].to_numpy().ravel())


def test_a_single_medium_has_no_importance_and_says_so() -> None:
    table, schema = media("text")
    alone = schema.model_copy(update={"features": schema.features[1:]})
    answers = Rule().applied(make_answers(table, np.full((len(table), 2), 0.5), schema=schema))

    def never(rows: pd.DataFrame) -> np.ndarray:
        raise AssertionError("not to be asked")

    found = importance_table(answers, table, never, rule=Rule(), schema=alone, settings=settings())
    assert len(found.table) == 0
    assert found.notes == ("importances compare columns, and made is the only one: none are measured",)


@pytest.mark.parametrize("role", ["image", "text", "sequence"])
def test_importance_of_a_medium_beside_a_number(role: str) -> None:
    table, schema = media(role)
    rng = np.random.default_rng(0)
    truth = (table["target"] == schema.classes[1]).to_numpy(float)
    asked: list[int] = []

    def by_the_number(rows: pd.DataFrame) -> np.ndarray:
        asked.append(len(rows))
        high = np.clip(rows["feature.size"].to_numpy(), 0, 1)
        return np.column_stack([1 - high, high])

    frame = table.assign(**{"feature.size": truth + rng.normal(0, 0.01, len(truth))})
    answers = Rule().applied(make_answers(frame, by_the_number(frame), schema=schema))
    found = importance_table(
        answers, frame, by_the_number, rule=Rule(), schema=schema, settings=settings(bootstrap_resamples=0)
    ).table
    assert found["column"].tolist() == ["size", "made"]
    assert found["importance"].iloc[0] > 0.2 and found["importance"].iloc[1] == 0
