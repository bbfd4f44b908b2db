"""Baselines of pictures, texts and series: what they see, and that it is quick and the same again."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from encode_examples import divided, media, png
from PIL import Image

from stages.baseline import baseline
from stages.baselines import drawn
from stages.baselines.drawn import drawn_rows
from stages.baselines.media import boosting_features, linear_features
from stages.baselines.models import gradient_boosting
from stages.baselines.pictures import PictureFeatures, shrink, shrink_all
from stages.baselines.series import STATISTICS, SeriesFeatures
from stages.baselines.texts import TextFeatures
from stages.settings.baseline import BaselineSettings

ALL = ["constant", "linear", "gradient_boosting"]


def settings() -> BaselineSettings:
    return BaselineSettings(models=ALL, constant="mean", seed=42)


def test_a_small_picture_keeps_its_pixels_and_a_large_one_its_means() -> None:
    small = np.random.default_rng(0).integers(0, 256, (28, 20), np.uint8)
    np.testing.assert_array_equal(shrink(png(small)), small)
    large = np.zeros((64, 96, 3), np.uint8)
    large[:, 48:] = (200, 100, 50)
    shrunk = shrink(png(large))
    assert shrunk.shape == (32, 32, 3)
    np.testing.assert_array_equal(shrunk[:, :16], 0)
    np.testing.assert_array_equal(shrunk[:, 16:], np.broadcast_to((200, 100, 50), (32, 16, 3)))
    stripes = np.tile(np.array([0, 200], np.uint8), (64, 32))
    np.testing.assert_array_equal(shrink(png(stripes)), 100)
    assert shrink(None) is None


def test_a_large_jpeg_is_shrunk_to_about_the_same() -> None:
    values = np.linspace(0, 255, 640).astype(np.uint8)
    picture = Image.fromarray(np.broadcast_to(values, (480, 640)).copy())
    file = BytesIO()
    picture.save(file, "JPEG", quality=95)
    whole = np.asarray(picture.resize((32, 32), Image.Resampling.BOX), int)
    assert np.abs(shrink(file.getvalue()).astype(int) - whole).max() <= 6


def test_many_pictures_come_in_their_order() -> None:
    contents = [png(np.full((4, 4), value, np.uint8)) for value in range(100)]
    assert [int(each[0, 0]) for each in shrink_all(contents)] == list(range(100))


def test_pictures_of_several_sizes_and_colours_become_one() -> None:
    train = pd.DataFrame({"feature.p": [np.full((10, 20), 255, np.uint8), np.full((16, 8, 3), 51, np.uint8)]})
    made = PictureFeatures("feature.p").fit(train).transform(train)
    assert made.shape == (2, 16 * 20 * 3) and made.dtype == np.float32
    np.testing.assert_allclose(made[0], 1.0)
    np.testing.assert_allclose(made[1], 0.2, rtol=1e-6)
    gray = PictureFeatures("feature.p", 4, gray=True).fit(train).transform(train)
    assert gray.shape == (2, 16)
    as_files = pd.DataFrame({"feature.p": [png(each) for each in train["feature.p"]]})
    np.testing.assert_array_equal(PictureFeatures("feature.p").fit(train).transform(as_files), made)


def test_no_picture_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match=r"No row of train has a picture in feature\.p"):
        PictureFeatures("feature.p").fit(pd.DataFrame({"feature.p": [None, None]}))


def test_words_of_any_script_count_and_case_does_not() -> None:
    cells = pd.DataFrame({"feature.a": ["Über I", "über x", "слово"], "feature.b": ["x", None, "i"]})
    features = TextFeatures(["feature.a", "feature.b"]).fit(cells)
    assert list(features.words_.get_feature_names_out()) == ["i", "x", "über", "слово"]
    made = features.transform(cells)
    assert made.shape == (3, 4)
    np.testing.assert_allclose((made.multiply(made)).sum(axis=1), 1.0)
    assert made[[1]].toarray().ravel().round(2).tolist() == [0, 0.71, 0.71, 0]


def test_components_of_words_explain_them() -> None:
    rng = np.random.default_rng(1)
    cells = pd.DataFrame({"feature.t": [" ".join(rng.choice(list("abcdefgh"), 6)) for _ in range(40)]})
    words = TextFeatures(["feature.t"]).fit_transform(cells).toarray()
    made = TextFeatures(["feature.t"], components=7, seed=3).fit_transform(cells)
    assert made.shape == (40, 7)
    values = np.linalg.svd(words, compute_uv=False)
    assert (made**2).sum() == pytest.approx((values[:7] ** 2).sum(), rel=1e-3)
    few = TextFeatures(["feature.t"], components=100).fit_transform(cells)
    np.testing.assert_allclose(few, words)


def test_statistics_of_series_are_those_of_pandas() -> None:
    rng = np.random.default_rng(2)
    steps = pd.DataFrame(rng.normal(size=(9, 2)))
    steps.iloc[4, 1] = np.nan
    cells = pd.DataFrame({"feature.s": [steps.to_numpy(np.float32).ravel(), None, []]})
    made = SeriesFeatures("feature.s", 2).fit_transform(cells)
    assert made.shape == (3, 1 + 2 * len(STATISTICS))
    change = steps.diff().abs().mean()
    wanted = [
        steps.mean(),
        steps.std(ddof=0),
        steps.min(),
        steps.max(),
        steps.iloc[0],
        steps.iloc[-1],
        change,
    ]
    np.testing.assert_allclose(made[0], [9, *np.array(wanted).T.ravel()], rtol=1e-5)
    assert np.isnan(made[1:]).all()
    assert SeriesFeatures("feature.s", 1).fit_transform(pd.DataFrame({"feature.s": [[3.0]]})).tolist() == [
        [1, 3, 0, 3, 3, 3, 3, 0]
    ]


@pytest.mark.parametrize("role", ["image", "text", "sequence"])
def test_media_stand_beside_the_table(role: str) -> None:
    table, schema = media(role)
    alone = schema.model_copy(update={"features": schema.features[1:]})
    for make in (linear_features, lambda each: boosting_features(each, seed=0)):
        both = make(schema).fit(table).transform(table)
        single = make(alone).fit(table).transform(table)
        assert both.shape == (len(table), single.shape[1] + 1)
    constant = table.assign(**{"feature.size": 1.0})
    assert (
        linear_features(schema).fit(constant).transform(constant).shape == single.shape or role != "sequence"
    )


@pytest.mark.parametrize("role", ["image", "text", "sequence"])
def test_every_baseline_answers_on_every_medium(role: str) -> None:
    table, schema = media(role, rows=80)
    parts = divided(table)
    first = baseline(parts, schema=schema, settings=settings())
    assert list(first.report["baselines"]) == ALL
    assert first.report["notes"] == []
    probabilities = first.predictions[[f"probability.{name}" for name in schema.classes]]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    again = baseline(parts, schema=schema, settings=settings())
    assert again.predictions.equals(first.predictions)
    values = {part: frame.assign(target=np.arange(len(frame), dtype=float)) for part, frame in parts.items()}
    regression = schema.model_copy(update={"task": "regression", "classes": ()})
    assert list(baseline(values, schema=regression, settings=settings()).report["baselines"]) == ALL


def test_bright_and_dark_pictures_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    table, schema = media("image", rows=200)
    bright = (table["target"] == "p").to_numpy()
    cells = [png(rng.integers(0, 200, (9, 9, 3)) + 50 * high) for high in bright]
    parts = divided(table.assign(**{"feature.made": pd.Series(cells, dtype=object)}))
    made = baseline(parts, schema=schema, settings=settings()).predictions
    test = made[made["part"] == "test"]
    truth = test["example_id"].map(table.set_index("example_id")["target"])
    right = (test["probability.p"] > 0.5) == (truth == "p")
    assert right.groupby(test["baseline"]).mean()[["gradient_boosting", "linear"]].min() > 0.9


def test_many_classes_have_fewer_rounds() -> None:
    _, schema = media("image")
    target = np.arange(2000) % 20
    rounds = {}
    for count in (2, 20, 200):
        task = "binary" if count == 2 else "multiclass"
        wide = schema.model_copy(update={"task": task, "classes": tuple(map(str, range(count)))})
        made = gradient_boosting(wide, target % count, statistic="mean", seed=0)
        rounds[count] = made.named_steps["model"].max_iter
    assert rounds == {2: 100, 20: 30, 200: 10}


def test_rows_are_drawn_by_class_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    target = np.repeat([0, 1, 2], [700, 290, 10])
    rows = drawn_rows(target, 100, classes=True, seed=1)
    assert np.bincount(target[rows]).tolist() == [70, 29, 1]
    assert (np.diff(rows) > 0).all()
    assert rows.tolist() == drawn_rows(target, 100, classes=True, seed=1).tolist()
    assert rows.tolist() != drawn_rows(target, 100, classes=True, seed=2).tolist()
    assert len(set(drawn_rows(target.astype(float), 50, classes=False, seed=1))) == 50
    monkeypatch.setitem(drawn.MOST_ROWS, "sequence", 20)
    table, schema = media("sequence", rows=80)
    report = baseline(divided(table), schema=schema, settings=settings()).report
    told = "fitted on 20 of the 48 rows of train, drawn, to take seconds"
    assert report["notes"] == [f"linear: {told}", f"gradient_boosting: {told}"]
