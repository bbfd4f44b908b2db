"""A saved model of one's own is loaded in another process, its classes found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keras
import model_cases as cases
import numpy as np
import pytest

from stages.models.adapter import build_own
from stages.models.interface import make_inputs, make_outputs
from stages.models.loading import custom_objects, load_model
from stages.models.rebuilt import Rebuilt

SOURCE = """
import keras

{decorator}
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=shape[-1:], initializer="random_normal")

    def call(self, inputs):
        return inputs * self.scale

def squared(x):
    return x * x

def build():
    return keras.Sequential([Scale(), keras.layers.Dense(3, activation=squared), keras.layers.Dense(1)])
"""
LOAD = """
import sys
from pathlib import Path
import numpy as np
import stages.models.own as own
from stages.models.loading import load_model

own.__path__.append(sys.argv[1])
model = load_model(Path(sys.argv[2]))
assert not model.compiled
print(np.asarray(model({"numeric": np.ones((1, 3), "float32")}))[0, 0])
"""


SUBCLASSED = """
import keras

class Net(keras.Model):
    def __init__(self, hidden):
        super().__init__()
        self.first = keras.layers.Dense(hidden, activation="tanh")
        self.twice = keras.layers.Lambda(lambda x: 2 * x)
        self.last = keras.layers.Dense(1)

    def call(self, inputs):
        return self.last(self.twice(self.first(inputs)))

def build(hidden=3):
    model = Net(hidden)
    model.compile("adam", "mse")
    return model
"""
SOURCES = {
    "plain": SOURCE.format(decorator=""),
    "registered": SOURCE.format(decorator="@keras.saving.register_keras_serializable(package='mine')"),
    "by_its_call": SUBCLASSED,
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.filterwarnings("error::UserWarning")
def test_another_process_loads_it(own_file, tmp_path: Path, name: str) -> None:
    module = own_file(name, SOURCES[name])
    spec = cases.make_spec("regression")
    keywords = {"hidden": 5} if name == "by_its_call" else {}
    model = build_own(make_inputs(spec), make_outputs(spec), function=f"{module}:build", **keywords)
    assert isinstance(model, Rebuilt) is (name == "by_its_call")
    model.save(tmp_path / "model.keras")
    command = [sys.executable, "-c", LOAD, str(tmp_path / "own"), str(tmp_path / "model.keras")]
    done = subprocess.run(command, cwd=cases.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    expected = np.asarray(model({"numeric": np.ones((1, 3), np.float32)}))[0, 0]
    assert float(done.stdout) == pytest.approx(float(expected), rel=1e-6)


def test_a_rebuilt_model_keeps_its_precision(own_file, tmp_path: Path) -> None:
    module = own_file("by_its_call", SUBCLASSED)
    spec = cases.make_spec("regression")
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = build_own(make_inputs(spec), make_outputs(spec), function=f"{module}:build")
    finally:
        keras.config.set_dtype_policy("float32")
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert loaded.outputs[0].dtype == "float32"
    assert [layer.compute_dtype for layer in loaded.layers[1].layers] == ["bfloat16"] * 3


def test_only_the_models_own_module_is_looked_into(own_file) -> None:
    own_file("scaled", SOURCE.format(decorator=""))
    own_file("broken", "import not_installed_anywhere")
    assert sorted(custom_objects("stages.models.own.scaled.build")) == ["Scale", "build", "squared"]
    assert custom_objects("mlp") == {}
