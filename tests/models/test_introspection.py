"""A model function read from its source, and the YAML written for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import model_cases as cases
import numpy as np
import pytest
import yaml

from stages.models.adapter import build_own
from stages.models.choicefile import model_yaml, yaml_value
from stages.models.interface import make_inputs, make_outputs
from stages.models.introspection import choice_name, describe, read_model, split_reference
from stages.models.supplied import ALWAYS, IF_REQUIRED
from stages.settings.model import MODELS, OwnModel

SOURCE = '''"""A file of mine."""
import keras
from tensorflow.keras import layers

WIDTHS = (64, 32)


def build(
    num_features,
    *,
    widths=WIDTHS,  # width of each hidden layer
    dropout: float = 1e-3,
    activation: str = "relu",  # any of Keras, # say gelu
    name=None, flag=True,
    options={"rate": -0.5, "kinds": ["a", "b"]},
):
    """Build my network.

    More about it.
    """
    model = keras.Sequential([keras.Input((num_features,))])
    for width in widths:
        model.add(layers.Dense(width, activation=activation))
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model
'''


def test_what_a_file_says(tmp_path: Path) -> None:
    path = tmp_path / "My-Net.py"
    path.write_text(SOURCE, encoding="utf-8")
    model = read_model(f"{path}:build")
    assert (model.name, model.function) == ("my_net", "stages.models.own.my_net:build")
    assert model.description == "Build my network."
    assert model.supplied == ("num_features",)
    assert [tuple(argument) for argument in model.arguments] == [
        ("widths", [64, 32], "width of each hidden layer"),
        ("dropout", 0.001, ""),
        ("activation", "relu", "any of Keras, # say gelu"),
        ("name", None, ""),
        ("flag", True, ""),
        ("options", {"rate": -0.5, "kinds": ["a", "b"]}, ""),
    ]


def test_the_yaml_is_a_choice_that_builds(own_file) -> None:
    own_file("net", SOURCE)
    text = model_yaml(describe(SOURCE, "build", name="net"))
    assert text.splitlines()[0] == "# Build my network."
    choice = yaml.safe_load(text)
    assert choice.pop("_target_") == "stages.models.adapter.build_own"
    assert choice.pop("_partial_") is True
    assert choice == {
        "function": "stages.models.own.net:build",
        "widths": [64, 32],
        "dropout": 0.001,
        "activation": "relu",
        "name": None,
        "flag": True,
        "options": {"rate": -0.5, "kinds": ["a", "b"]},
    }
    spec = cases.make_spec("binary")
    model = build_own(make_inputs(spec), make_outputs(spec), **choice)
    assert model.count_params() - _seeds(model) == (3 * 64 + 64) + (64 * 32 + 32) + (32 + 1)


def _seeds(model) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.weights if "seed" in weight.path)


def test_the_settings_take_any_keyword_of_an_own_model() -> None:
    choice = yaml.safe_load(model_yaml(describe(SOURCE, "build", name="net")))
    typed = MODELS[choice["_target_"]].model_validate(choice)
    assert isinstance(typed, OwnModel)
    assert typed.keywords()["widths"] == [64, 32]


def test_a_class_is_read_by_its_init() -> None:
    source = "class Net:\n    'Mine.'\n    def __init__(self, hidden=3, **kwargs):\n        pass\n"
    model = describe(source, "Net", name="net")
    assert (model.description, [a.name for a in model.arguments]) == ("Mine.", ["hidden"])
    assert describe("class Net:\n    pass", "Net", name="net").arguments == ()


def test_supplied_names_with_a_default_are_no_parameters() -> None:
    source = "def f(input_shape=(20,), num_classes=10, output_activation='softmax', *, units=3): pass"
    model = describe(source, "f", name="f")
    assert model.supplied == ("input_shape", "num_classes")
    assert [argument.name for argument in model.arguments] == ["output_activation", "units"]


def test_every_supplied_name_has_a_value() -> None:
    from stages.models.calling import supplied

    inputs = make_inputs(cases.make_spec("multiclass", "both"))
    outputs = make_outputs(inputs.spec, [0.1, 0.2, 0.3])
    values = {name: supplied(name, inputs=inputs, outputs=outputs) for name in (*ALWAYS, *IF_REQUIRED)}
    assert values["num_features"] == values["input_dim"] == values["n_features"] == values["num_inputs"] == 3
    assert values["input_shape"] == values["shape"] == (3,)
    assert values["num_classes"] == values["num_outputs"] == values["output_units"] == 3
    assert values["category_sizes"] == (4, 7)
    assert values["output_bias"] == [0.1, 0.2, 0.3]
    assert values["classes"] == ("a", "b", "c")
    assert values["output_activation"] == "softmax"
    regression = make_outputs(cases.make_spec("regression"), [2.0])
    assert supplied("num_classes", inputs=inputs, outputs=regression) == 1
    assert supplied("output_bias", inputs=inputs, outputs=regression) == 2.0


WRONG = {
    "def build(*layers): pass": r"takes \*layers, which no parameter can name",
    "def build(depth): pass": "`depth` of `build` has no default, and the pipeline does not know it: give",
    "def build(num_feature): pass": r"\(did you mean `num_features`\?\)",
    "def build(loss=make()): pass": r"default of `loss`, `make\(\)`, cannot be written as YAML: it is a call",
    "def build(f=lambda x: x): pass": "it is a lambda",
    "def build(n=2 * 3): pass": "it is a calculation",
    "def build(n=SIZE): pass": "`SIZE` is not a constant of the file",
    "def build(n={1: 2}): pass": "keys of a mapping must be strings",
    "def build(n=b'x'): pass": "it is of type bytes",
    "def build(n={1, 2}): pass": "it is of type set",
    "def build(n='${x}'): pass": r"it holds \$\{",
    "def build(function=1): pass": "`function` of `build` is a name the pipeline needs: rename it",
    "def build(_n=1): pass": "is a name the pipeline needs",
    "def create(): pass": r"no function `build` at its top level\. It defines: create",
    "def buidl(): pass": "Did you mean `buidl`",
    "async def build(): pass": "is an async function",
    "def build(:": "syntax error in line 1",
    "import not_installed\ndef build(): pass": "line 1 imports `not_installed`, which is not installed here",
    "from .layers import x\ndef build(): pass": "line 1 has a relative import",
    "import tf_keras\ndef build(): pass": "Keras 2: use `import keras`",
    "m = make()\nm.fit(1)\ndef build(): pass": r"line 2 calls fit\(\) as soon as the file is imported",
}


@pytest.mark.parametrize("source", WRONG)
def test_what_cannot_become_a_choice_is_explained(source: str) -> None:
    with pytest.raises(ValueError, match=WRONG[source]):
        describe(source, "build", name="net")


def test_a_module_beside_the_file_would_stay_behind(tmp_path: Path) -> None:
    (tmp_path / "my_layers.py").touch()
    (tmp_path / "net.py").write_text("import my_layers\ndef build(): pass")
    with pytest.raises(ValueError, match="lies beside the file and would stay behind"):
        read_model(f"{tmp_path / 'net.py'}:build")


def test_guarded_imports_and_training_are_fine() -> None:
    source = (
        "try:\n    import not_installed\nexcept ImportError:\n    pass\n"
        "def build(): pass\n"
        "if __name__ == '__main__':\n    build().fit(1)\n"
    )
    assert describe(source, "build", name="net").arguments == ()


@pytest.mark.parametrize("reference", ["net.py", "net:build", "net.py:", "net.py:a b", "net.ipynb:build"])
def test_a_reference_is_a_file_and_a_function(reference: str) -> None:
    with pytest.raises(ValueError, match=r"expected FILE\.py:function, received"):
        split_reference(reference)


def test_a_missing_or_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no file"):
        read_model(f"{tmp_path}/none.py:build")
    (tmp_path / "latin.py").write_bytes(b"# \xe9\ndef build(): pass")
    with pytest.raises(ValueError, match="Save it as UTF-8"):
        read_model(f"{tmp_path}/latin.py:build")


@pytest.mark.parametrize(
    ("file", "name"), [("MyNet.py", "my_net"), ("net v2.py", "net_v2"), ("a__b.py", "a_b"), ("_x.py", "x")]
)
def test_names_of_choices(file: str, name: str) -> None:
    assert choice_name(Path(file)) == name


def test_a_file_whose_name_is_no_name() -> None:
    with pytest.raises(ValueError, match="rename the file"):
        choice_name(Path("2nets.py"))


VALUES = [
    1e-07,
    1e20,
    0.1,
    -3,
    True,
    None,
    "yes",
    "null",
    'a "b" \\ \n ü #',
    [],
    {},
    [[1], {"a": [None]}],
    float("inf"),
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_yaml_values_are_read_back(value) -> None:
    again = yaml.safe_load(f"key: {yaml_value(value)}  # comment")["key"]
    assert again == value
    assert type(again) is type(value)


def test_reading_loads_no_keras() -> None:
    code = (
        "import sys, stages.models.introspection; print({'keras', 'tensorflow', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cases.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
