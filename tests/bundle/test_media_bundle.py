"""Models of pictures, texts and series: raw rows in every form, as `evaluate` answered them."""

from __future__ import annotations

import base64
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bundle_cases as cases
import media_cases
import mlflow
import numpy as np
import pandas as pd
import pytest
import requests
from bundle_cases import CONFIG, Logged
from mlflow import MlflowClient
from model_server import ask, serving

from stages.bundle.file_predictions import predict_batches
from stages.bundle.media_files import Form, raw_batches
from stages.bundle.predictor import Predictor
from stages.settings.dataset import DatasetFiles
from stages.shell.cli.predict import form_of
from stages.shell.tracking.bundle import files_form, log_bundle

FORM = Form(DatasetFiles(name="new"))


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory) -> cases.Table:
    return media_cases.pets(tmp_path_factory.mktemp("all") / "pets")


@pytest.fixture(scope="module")
def model(pets: cases.Table, tmp_path_factory: pytest.TempPathFactory) -> cases.Trained:
    return cases.trained(pets, tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def predictor(model: cases.Trained, tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    return cases.packed_predictor(model.parts, tmp_path_factory.mktemp("packed") / "model")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Predictor, cases.Trained, Path]:
    """A model of pictures alone, and the folder of those of the test part."""
    folder = tmp_path_factory.mktemp("photos")
    trained = cases.trained(media_cases.pets(folder / "pets", "photo"), folder)
    media_cases.located(trained.raw, folder / "new")
    return Predictor.load(cases.write(trained.parts, folder / "parts")), trained, folder / "new"


def test_every_form_of_a_row_is_answered_alike(
    model: cases.Trained, predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases.check_same(predictor.predict(model.raw), model.expected)
    typed = media_cases.typed(model.raw)
    cases.check_same(predictor.predict(typed), model.expected)
    as_json = model.raw.assign(pulse=[json.dumps(each) for each in model.raw["pulse"]])
    cases.check_same(predictor.predict(as_json), model.expected)
    paths = media_cases.located(model.raw, tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    cases.check_same(predictor.predict(paths.assign(photo=paths["photo"].map(Path))), model.expected)
    with pytest.raises(ValueError, match=r"'\d+\.png' is no picture that can be read"):
        predictor.predict(paths)  # text, as it comes over HTTP, opens no file
    arrays = [media_cases.decoded(photo) for photo in typed["photo"]]
    decoded = typed.assign(photo=pd.Series(arrays, index=typed.index, dtype=object))
    cases.check_same(predictor.predict(decoded), model.expected)


def test_a_row_alone_is_answered_as_among_others(model: cases.Trained, predictor: Predictor) -> None:
    alone = pd.concat([predictor.predict(model.raw.iloc[[row]]) for row in range(3)])
    cases.check_same(alone, model.expected.head(3))


def test_what_cannot_be_read_is_named(model: cases.Trained, predictor: Predictor) -> None:
    rows = media_cases.typed(model.raw.head(3)).set_axis(["a", "b", "c"], axis=0)
    rows.at["a", "photo"] = b"no picture"
    rows.at["b", "pulse"] = "loud"
    rows.at["c", "photo"] = "gone.png"
    with pytest.raises(ValueError) as caught:
        predictor.predict(rows)
    for told in (
        "3 cell(s) cannot be read",
        "row a, column 'photo': '10 bytes' is no picture that can be read",
        "row c, column 'photo': 'gone.png' is no picture that can be read",
        "row b, column 'pulse': 'loud' is no series with the channels of the training",
    ):
        assert told in str(caught.value)
    predicted = predictor.predict(rows, unreadable="missing")
    assert predicted.notna().all(axis=None)  # each row has something beside


def test_a_row_with_nothing_gets_no_prediction(
    photos: tuple[Predictor, cases.Trained, Path], caplog: pytest.LogCaptureFixture
) -> None:
    predictor, trained, _ = photos
    rows = trained.raw[["photo"]].copy()
    rows.iloc[1] = None
    predicted = predictor.predict(rows)
    assert predicted.isna().any(axis=1).tolist() == [row == 1 for row in range(len(rows))]
    assert predicted.index.equals(rows.index)
    kept = np.arange(len(rows)) != 1
    cases.check_same(predicted[kept], trained.expected[kept])
    assert "1 row(s) hold nothing to predict from and get no prediction" in caplog.text
    nothing = predictor.predict(rows.iloc[[1]])
    assert len(nothing) == 1 and nothing.isna().all(axis=None)


def test_many_pictures_are_read_some_at_a_time(
    photos: tuple[Predictor, cases.Trained, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor, trained, _ = photos
    monkeypatch.setattr("stages.bundle.predictor.PICTURES_AT_ONCE", 5)
    predicted = predictor.predict(trained.raw)
    cases.check_same(predicted, trained.expected)
    assert predicted.index.equals(trained.raw.index)


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "one", "table", "npz", "idx"])
def test_files_of_pictures(
    photos: tuple[Predictor, cases.Trained, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    predictor, trained, folder = photos
    monkeypatch.setattr("stages.bundle.media_files.AT_ONCE", 5)
    names = [f"{row}.png" for row in trained.raw.index]
    path = folder
    if kind == "zip":
        path = tmp_path / "new.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.write(folder / name, f"deep/{name}")
            archive.writestr("README.md", "no picture")
        names = [f"deep/{name}" for name in names]
    elif kind == "tar":
        path = Path(shutil.make_archive(str(tmp_path / "new"), "gztar", folder))
    elif kind == "one":
        path, names = folder / names[0], names[:1]
    elif kind == "table":
        path = folder / "paths.csv"
        pd.DataFrame({"photo": names}).to_csv(path, index=False)
    elif kind in ("npz", "idx"):
        pixels = np.stack([media_cases.decoded((folder / name).read_bytes()) for name in names])
        path = tmp_path / ("new.npz" if kind == "npz" else "new-images-idx4-ubyte")
        head = bytes([0, 0, 8, 4]) + np.array(pixels.shape, ">i4").tobytes()
        np.savez(path, images=pixels) if kind == "npz" else path.write_bytes(head + pixels.tobytes())
    done = list(predict_batches(raw_batches(path, predictor.schema, FORM), predictor))
    table = pd.concat([each.table for each in done], ignore_index=True)
    assert done[-1].done == 1.0
    if kind in ("table", "npz", "idx"):
        path.unlink()
        assert table["row"].tolist() == list(range(1, len(names) + 1))
    else:
        assert sorted(table["file"]) == sorted(names)
        table = table.set_index("file").loc[names].reset_index()
    cases.check_same(table.drop(columns=table.columns[0]), trained.expected.head(len(names)))


def test_an_unreadable_file_is_named_or_left_without_prediction(
    photos: tuple[Predictor, cases.Trained, Path], tmp_path: Path
) -> None:
    predictor, _, folder = photos
    shutil.copytree(folder, tmp_path / "new")
    (tmp_path / "new" / "bad.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match=r"row bad\.jpg, column 'photo'.*--unreadable missing"):
        list(predict_batches(raw_batches(tmp_path / "new", predictor.schema, FORM), predictor))
    batches = raw_batches(tmp_path / "new", predictor.schema, FORM)
    table = next(predict_batches(batches, predictor, unreadable="missing")).table
    assert table.set_index("file")["prediction"].isna().to_dict()["bad.jpg"]
    assert table["prediction"].isna().sum() == 1


def test_a_folder_without_pictures_is_refused(predictor: Predictor, tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_text("x")
    with pytest.raises(ValueError, match=r"holds no file that ends in \.jpg.*but '\.doc \(1\)'"):
        list(raw_batches(tmp_path, predictor.schema, FORM))


def test_texts_and_series_in_files(tmp_path: Path) -> None:
    said = media_cases.pets(tmp_path / "said", "said")
    trained = cases.trained(said, tmp_path)
    predictor = Predictor.load(cases.write(trained.parts, tmp_path / "parts"))
    (tmp_path / "new").mkdir()
    for row, text in trained.raw["said"].items():
        (tmp_path / "new" / f"{row:03}.txt").write_text(text, encoding="utf-16" if row % 2 else "utf-8")
    (table,) = [
        each.table
        for each in predict_batches(raw_batches(tmp_path / "new", predictor.schema, FORM), predictor)
    ]
    assert table["file"].tolist() == [f"{row:03}.txt" for row in trained.raw.index]
    cases.check_same(table.drop(columns="file"), trained.expected)
    one = tmp_path / "new" / table["file"][0]
    assert next(raw_batches(one, predictor.schema, FORM)).table.frame["file"].tolist() == [one.name]


def test_series_in_files(tmp_path: Path) -> None:
    trained = cases.trained(media_cases.pets(tmp_path / "pulse", "pulse"), tmp_path)
    predictor = Predictor.load(cases.write(trained.parts, tmp_path / "parts"))
    names = predictor.schema.features[0].channels
    series = [np.array(each) for each in trained.raw["pulse"]]
    longest = max(map(len, series))
    padded = np.stack([np.pad(each, ((0, longest - len(each)), (0, 0))) for each in series])
    np.savez(tmp_path / "new.npz", X_test=padded[:4], len_test=[len(each) for each in series[:4]])
    steps = [
        {"who": f"w{number}", "at": at, **dict(zip(names, step, strict=True))}
        for number, each in enumerate(series)
        for at, step in enumerate(each)
    ]
    pd.DataFrame(steps).sample(frac=1, random_state=0).to_csv(tmp_path / "long.csv", index=False)
    nested = pd.DataFrame({"pulse": [each.tolist() for each in series]})
    nested.to_parquet(tmp_path / "nested.parquet")
    nested.to_json(tmp_path / "nested.jsonl", orient="records", lines=True)
    form = form_of(files_form({"sequence": {"id": "who", "channels": []}, "time": "at"}))
    assert form == Form(DatasetFiles(name="new"), "who", "at")
    for name in ("new.npz", "nested.parquet", "nested.jsonl", "long.csv"):
        batches = predict_batches(
            raw_batches(tmp_path / name, predictor.schema, form),
            predictor,
            keep=["who"] if name == "long.csv" else [],
        )
        table = pd.concat([each.table for each in batches], ignore_index=True)
        if name == "long.csv":
            table = table.set_index("who").loc[[f"w{number}" for number in range(len(series))]].reset_index()
        cases.check_same(table[predictor.columns], trained.expected.head(len(table)))
        assert len(table) == (4 if name == "new.npz" else len(series))


@pytest.fixture(scope="module")
def logged(pets: cases.Table, model: cases.Trained, tmp_path_factory: pytest.TempPathFactory) -> Logged:
    place = tmp_path_factory.mktemp("media")
    client = MlflowClient(f"sqlite:///{place / 'mlflow.db'}")
    experiment = client.create_experiment("pets", artifact_location=(place / "artifacts").as_uri())
    data = cases.data_folder(pets, model, place / "data")
    run = client.create_run(experiment).info.run_id
    identity = log_bundle(client, run, data, config=CONFIG)
    folder = Path(client.get_logged_model(identity).artifact_location.removeprefix("file://"))
    return Logged(client, run, identity, folder, data, model)


def test_the_example_can_be_sent(logged: Logged) -> None:
    info = mlflow.models.Model.load(str(logged.folder))
    example = json.loads((logged.folder / "input_example.json").read_text())
    columns, row = example["columns"], example["data"][0]
    assert columns == ["photo", "said", "pulse", "size"]
    assert base64.b64decode(row[0])[:4] == b"\x89PNG"
    assert np.array(row[2]).shape[1] == 2
    assert len(json.dumps(example)) < 20_000
    assert info.metadata["columns"]["photo"] == "image"
    requirements = (logged.folder / "requirements.txt").read_text()
    assert "pillow==" in requirements and "imagehash" not in requirements


@pytest.fixture(scope="module")
def address(logged: Logged, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(logged.folder, tmp_path_factory.mktemp("server")) as place:
        yield place


@pytest.mark.slow
def test_over_http(logged: Logged, address: str) -> None:
    raw, expected = logged.model.raw.drop(columns="y"), logged.model.expected
    cases.check_same(ask(address, {"dataframe_records": raw.to_dict("records")}), expected)
    split = {"columns": list(raw), "data": raw.to_numpy().tolist()}
    cases.check_same(ask(address, {"dataframe_split": split}), expected)
    nothing = [{"size": None, "said": ""}, {"said": "bark ball"}]
    predicted = ask(address, {"dataframe_records": nothing})
    assert predicted.isna().any(axis=1).tolist() == [True, False]
    wrong = {"dataframe_records": [{"photo": "bm90aGluZw=="}]}
    answer = requests.post(f"{address}/invocations", json=wrong, timeout=60)
    assert answer.status_code == 400
    assert "column 'photo': 'bm90aGluZw==' is no picture" in answer.json()["message"]
