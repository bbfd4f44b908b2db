"""The archive: equal models give equal bytes, and Keras reads them as any other."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import keras
import numpy as np
from training_cases import make_recipe, make_spec, make_table, run

from stages.training.archive import rewrite, save_model

ROWS = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")


def network() -> keras.Model:
    """A network with a shared object: the same regularizer on two layers."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    penalty = keras.regularizers.L2(0.01)
    inputs = keras.Input((3,), name="numeric")
    hidden = keras.layers.Dense(4, kernel_regularizer=penalty, name="a")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, kernel_regularizer=penalty, name="b")(hidden))
    model.compile("adam", "mse")
    model.fit(ROWS, ROWS[:, :1], verbose=0)
    return model


def test_equal_models_give_equal_bytes(tmp_path: Path) -> None:
    (tmp_path / "later").mkdir()
    first = network()
    save_model(first, tmp_path / "model.keras")
    save_model(network(), tmp_path / "later" / "model.keras")
    assert (tmp_path / "model.keras").read_bytes() == (tmp_path / "later" / "model.keras").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["later", "model.keras"]  # nothing left behind


def test_the_archive_is_read_as_any_other(tmp_path: Path) -> None:
    model = network()
    save_model(model, tmp_path / "model.keras")
    for compiled in (False, True):
        loaded = keras.models.load_model(tmp_path / "model.keras", compile=compiled)
        np.testing.assert_array_equal(loaded.predict(ROWS, verbose=0), model.predict(ROWS, verbose=0))
    for kept, found in zip(model.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(kept.numpy(), found.numpy())


def test_only_dates_and_addresses_are_rewritten(tmp_path: Path) -> None:
    source, path = tmp_path / "old.keras", tmp_path / "new.keras"
    network().save(source)
    rewrite(source, path)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path) as new:
        assert sorted(old.namelist()) == new.namelist()
        assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in new.infolist())
        assert old.read("model.weights.h5") == new.read("model.weights.h5")
        assert b"1980" in new.read("metadata.json")
    assert zipfile.is_zipfile(io.BytesIO(path.read_bytes()))


def test_a_trained_model_predicts_the_same_after_loading(tmp_path: Path) -> None:
    trained = run(recipe=make_recipe(epochs=1, schedule="one_cycle"))
    save_model(trained.model, tmp_path / "model.keras")
    inputs = dict(make_table(rows=7, seed=2).inputs)
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(inputs, verbose=0), trained.model.predict(inputs, verbose=0))
    assert {each.name for each in make_spec().inputs} == {"numeric"}
