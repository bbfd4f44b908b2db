"""The packed code: what is needed and no more, under its own name, and nothing else is used."""

from __future__ import annotations

import ast
import importlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import bundle_cases as cases
import keras
import model_cases
import numpy as np
import pytest
from packaging.requirements import Requirement

from stages.bundle.closure import closure, imported_libraries
from stages.bundle.packing import pack
from stages.bundle.renaming import own_modules, renamed_network, renamed_skops, renamed_source
from stages.bundle.requirements import needed_libraries, requirements
from stages.examples.schema import Column, Role, Schema
from stages.models.adapter import build_own
from stages.models.interface import make_inputs, make_outputs
from stages.transformers.trusted import TRUSTED

OWN = '''"""Models of one's own."""
import keras
from stages.models.own.parts import Twice

stages = [5, 4]  # a word that means something else here
stages.append(3)

{decorator}
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=shape[-1:], initializer="random_normal")

    def call(self, inputs):
        return inputs * self.scale

def squared(x):
    return x * x

def build(hidden=3):
    middle = keras.layers.Dense(hidden, activation=squared)
    return keras.Sequential([Scale(), middle, Twice(), keras.layers.Dense(1)])
'''
PARTS = """import keras

@keras.saving.register_keras_serializable(package="mine")
class Twice(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs
"""
SUBCLASSED = """import keras

class Net(keras.Model):
    def __init__(self, hidden):
        super().__init__()
        self.first = keras.layers.Dense(hidden, activation="tanh")
        self.last = keras.layers.Dense(1)

    def call(self, inputs):
        return self.last(self.first(inputs))

def build(hidden=3):
    return Net(hidden)
"""
SOURCES = {
    "plain": OWN.format(decorator=""),
    "registered": OWN.format(decorator='@keras.saving.register_keras_serializable(package="mine")'),
    "by_its_call": SUBCLASSED,
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> cases.Trained:
    folder = tmp_path_factory.mktemp("credit")
    return cases.trained(cases.credit(folder, rows=120), folder)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / "stages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def members(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


# --- which modules ---------------------------------------------------------------------------------


def test_imports_of_every_kind_are_followed(tmp_path: Path) -> None:
    code = write(
        tmp_path,
        {
            "__init__.py": "",
            "a/__init__.py": "",
            "a/top.py": "import stages.b\nfrom stages import c\nfrom stages.a import relative, CONSTANT\n",
            "a/relative.py": "from . import sibling\nfrom ..d import thing\n",
            "a/sibling.py": "def f():\n    from stages.e.late import g\n    return 'stages.f.named.Class'\n",
            "a/unused.py": "",
            "b.py": "from stages.shell import store\nimport numpy\n",
            "c.py": "text = 'stages.g is only prose'",
            "d.py": "",
            "e/__init__.py": "",
            "e/late.py": "import yaml, os.path\n",
            "f/__init__.py": "",
            "f/named.py": "",
            "g.py": "",
            "shell/__init__.py": "",
            "shell/store.py": "",
        },
    )
    found = closure(["stages.a.top"], code)
    assert list(found) == [
        "stages",
        "stages.a",
        "stages.a.relative",
        "stages.a.sibling",
        "stages.a.top",
        "stages.b",
        "stages.c",
        "stages.d",
        "stages.e",
        "stages.e.late",
        "stages.f",
        "stages.f.named",
    ]
    assert imported_libraries(found) == ["numpy", "os", "yaml"]


def test_a_module_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the code of stages\.models\.own\.gone:build is not there"):
        closure(["stages.models.own.gone:build"], write(tmp_path, {"__init__.py": ""}))


def test_the_predictor_needs_no_stage_no_shell_and_every_trusted_type(root: Path) -> None:
    found = closure(["stages.bundle.predictor"], root)
    trusted = {name.rpartition(".")[0] for name in TRUSTED if name.startswith("stages.")}
    assert trusted <= set(found)
    assert "stages.models.rebuilt" in found
    stage_modules = {f"stages.{path.stem}" for path in (root / "stages").glob("[!_]*.py")}
    assert not stage_modules & set(found)
    assert not [name for name in found if name.startswith(("stages.shell", "stages.training"))]


# --- renaming --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import stages.a as b, stages.c as d, os", "import other.a as b, other.c as d, os"),
        ("from stages import a; from stages.b import c", "from other import a; from other.b import c"),
        ("import stages.a\nstages.a.f(x.stages.a)", "import other.a\nother.a.f(x.stages.a)"),
        ("if x: from stages.a import stages", "if x: from other.a import stages"),
        ("stages = [1]\nstages.append(2)", "stages = [1]\nstages.append(2)"),
        ("f('stages.a', \"stages.b:c\", 'the stages.a')", "f('other.a', \"other.b:c\", 'the stages.a')"),
        ("x = 'stages.'\ny = 'stages'", "x = 'other.'\ny = 'stages'"),
        ("f(f'stages.{x}', f'a.stages.{x}')", "f(f'other.{x}', f'a.stages.{x}')"),
        ("from stagesx import a\nfrom .stages import b", "from stagesx import a\nfrom .stages import b"),
        ('"""stages.a\nin two lines"""', '"""other.a\nin two lines"""'),
        ("# a\n\x0c\nfrom stages.a import b\n", "# a\n\x0c\nfrom other.a import b\n"),
        (
            "x = '\x85\u2028\x1c'\r\nfrom stages import a\r\n",
            "x = '\x85\u2028\x1c'\r\nfrom other import a\r\n",
        ),
        (
            "def f(\n    from_=1,\n):\n    import stages.a as a\n",
            "def f(\n    from_=1,\n):\n    import other.a as a\n",
        ),
    ],
)
def test_renamed_source(before: str, after: str) -> None:
    assert renamed_source(before.encode(), "other").decode() == after


def test_renaming_keeps_the_encoding() -> None:
    source = "# -*- coding: latin-1 -*-\nx = 'caf\u00e9'\nfrom stages import a\n".encode("latin-1")
    assert renamed_source(source, "o") == source.replace(b"from stages", b"from o")


def test_names_in_the_fitted_object_and_the_network(model: cases.Trained) -> None:
    def schema(archive: bytes) -> Any:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return opened.read("schema.json").decode()

    before = schema(model.parts["preprocessing.skops"])
    after = schema(renamed_skops(model.parts["preprocessing.skops"], "other"))
    assert '"stages.' in before
    assert '"stages.' not in after
    assert json.loads(after.replace('"other.', '"stages.')) == json.loads(before)
    assert own_modules(model.parts["model.keras"]) == []


# --- the whole -------------------------------------------------------------------------------------


def test_all_that_is_packed(model: cases.Trained, tmp_path: Path) -> None:
    packed = pack(model.parts, tmp_path, code=cases.ROOT)
    assert packed.code.name == f"{packed.package}.zip"
    code = members(packed.code)
    imported = {
        name
        for source in code.values()
        for node in ast.walk(ast.parse(source))
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [])
        + ([each.name for each in node.names] if isinstance(node, ast.Import) else [])
    }
    assert not [name for name in imported if name.partition(".")[0] == "stages"]
    assert f"{packed.package}.datasets.cells" in imported
    assert not list(tmp_path.rglob("*.pkl"))
    again = pack(model.parts, tmp_path / "again", code=cases.ROOT)
    assert again.package == packed.package
    before, after = (
        {path.name: path.read_bytes() for path in (each.code, *each.parts.iterdir())}
        for each in (packed, again)
    )
    assert before == after


def test_other_code_has_another_name(model: cases.Trained, tmp_path: Path) -> None:
    shutil.copytree(cases.ROOT / "stages", tmp_path / "stages")
    names = [pack(model.parts, tmp_path / "one", code=tmp_path).package]
    with (tmp_path / "stages/datasets/cells.py").open("a") as file:
        file.write("# one more line\n")
    names.append(pack(model.parts, tmp_path / "two", code=tmp_path).package)
    (tmp_path / "stages/clean.py").write_text("")  # not part of a model
    names.append(pack(model.parts, tmp_path / "three", code=tmp_path).package)
    assert names[0] != names[1] == names[2]


def test_two_versions_side_by_side_use_their_own_code(model: cases.Trained, tmp_path: Path) -> None:
    shutil.copytree(cases.ROOT / "stages", tmp_path / "stages")
    file = tmp_path / "stages/datasets/cells.py"
    file.write_text(file.read_text().replace("column.role](typed(cells)", "column.role](typed(cells[:0])"))
    broken = cases.load_packed(pack(model.parts, tmp_path / "broken", code=tmp_path))
    whole = cases.load_packed(pack(model.parts, tmp_path / "whole", code=cases.ROOT))
    cases.check_same(whole.predict(model.raw), model.expected)
    with pytest.raises(AssertionError):
        cases.check_same(broken.predict(model.raw), model.expected)
    assert type(broken.preprocessing).__module__.startswith("upcurve_")
    assert type(broken.preprocessing).__module__ != type(whole.preprocessing).__module__


@pytest.mark.parametrize("name", SOURCES)
def test_models_of_your_own_travel(
    model: cases.Trained, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code"
    shutil.copytree(cases.ROOT / "stages", code / "stages")
    write(code, {f"models/own/{name}.py": SOURCES[name], "models/own/parts.py": PARTS})
    from stages.models import own

    monkeypatch.setattr(own, "__path__", [str(code / "stages/models/own")])
    spec = model_cases.make_spec("regression")
    network = build_own(
        make_inputs(spec),
        make_outputs(spec),
        function=f"stages.models.own.{name}:build",
        hidden=4,
    )
    network.save(tmp_path / "model.keras")
    rows = {"numeric": np.ones((2, 3), "float32")}
    expected = np.asarray(network(rows))
    packed = pack(
        model.parts | {"model.keras": (tmp_path / "model.keras").read_bytes()}, tmp_path / "packed", code=code
    )
    own_files = {file for file in members(packed.code) if "/own/" in file} - {
        f"{packed.package}/models/own/__init__.py"
    }
    wanted = [name] if name == "by_its_call" else [name, "parts"]
    assert own_files == {f"{packed.package}/models/own/{each}.py" for each in wanted}
    monkeypatch.syspath_prepend(str(packed.code))
    loading = importlib.import_module(f"{packed.package}.models.loading")
    loaded = loading.load_model(packed.parts / "model.keras")
    np.testing.assert_allclose(np.asarray(loaded(rows)), expected, rtol=1e-6)
    modules = {type(layer).__module__ for layer in [loaded, *loaded._flatten_layers()]}
    own_code = {each for each in modules if not each.startswith(("keras.", "tensorflow."))}
    assert own_code and all(each.startswith(f"{packed.package}.") for each in own_code)
    for loaded_name in [each for each in sys.modules if each.startswith("stages.models.own.")]:
        sys.modules.pop(loaded_name)


def test_a_network_that_names_no_code_is_left_as_it_is(model: cases.Trained) -> None:
    with zipfile.ZipFile(io.BytesIO(renamed_network(model.parts["model.keras"], "other"))) as archive:
        renamed = json.loads(archive.read("config.json"))
    with zipfile.ZipFile(io.BytesIO(model.parts["model.keras"])) as archive:
        assert json.loads(archive.read("config.json")) == renamed


def test_requirements_are_pinned_and_only_those_needed(root: Path) -> None:
    libraries = imported_libraries(closure(["stages.bundle.predictor"], root))
    pinned = [Requirement(each) for each in requirements(needed_libraries(libraries, of_roles("numeric")))]
    names = [
        "keras",
        "numpy",
        "pandas",
        "pyarrow",
        "pydantic",
        "scikit-learn",
        "scipy",
        "skops",
        "tensorflow",
    ]
    assert [each.name for each in pinned] == names
    assert all(str(each.specifier).startswith("==") for each in pinned)
    assert requirements(["yaml"])[0].startswith("PyYAML==")
    media = {"image": {"pillow", "tqdm"}, "text": {"ftfy"}, "sequence": set()}
    for role, more in media.items():
        needed = requirements(needed_libraries(libraries, of_roles("numeric", role)))
        assert {Requirement(each).name for each in needed} == {*names, *more}, role


def of_roles(*roles: Role) -> Schema:
    columns = tuple(Column(name=role, role=role) for role in roles)
    return Schema(dataset="d", task="binary", target="y", features=columns)


def test_packing_loads_neither_tensorflow_nor_scikit_learn() -> None:
    script = "import sys, stages.bundle.packing, stages.shell.tracking.bundle; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=cases.ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"tensorflow", "keras", "sklearn", "skops", "mlflow", "scipy"}
    assert keras.__name__ not in loaded
