"""The stage augment: it sees the resampled rows, and writes new ones only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from encoded_rows import build, choices, content, mixed

from stages.examples.encoded import concatenate
from stages.resample import resample
from stages.settings.augment import AugmentConfig
from stages.shell.store import Store

ROOT = Path(__file__).resolve().parents[1]


def prepared(data: Path) -> None:
    """Write what encode and resample would."""
    train, spec = mixed(weighted=True)
    encode = Store("encode", data / "encode", data=data)
    encode.begin()
    encode.write_encoded("train", train)
    encode.write_model("spec.json", spec)
    encode.finish()
    resampled = resample(train, build("resample", "smote_tomek"), spec=spec)
    store = Store("resample", data / "resample", data=data)
    store.begin()
    store.write_array("picks.npy", resampled.picks)
    store.write_encoded("made", resampled.made)
    store.finish()


def run(data: Path, name: str, output: str = "augment") -> Store:
    from stages.augment import main

    store = Store("augment", data / output, data=data)
    store.begin()
    main.__wrapped__(AugmentConfig.model_validate({"augment": content("augment", name)}), store)  # type: ignore[attr-defined]
    store.finish()
    return store


@pytest.mark.parametrize("name", choices("augment"))
def test_the_stage_writes_new_rows_of_the_resampled_ones(tmp_path: Path, name: str) -> None:
    prepared(tmp_path)
    store = run(tmp_path, name)
    picked = store.read_encoded("encode", "train").take(store.read_array("resample", "picks.npy"))
    before = concatenate([picked, store.read_encoded("resample", "made")])
    made = store.read_encoded("augment", "made")
    assert len(made) == (0 if name == "none" else len(before))
    assert len(before) != 120
    everything = concatenate([before, made], num_classes=2)
    assert len(everything) == len(before) + len(made)
    if name == "mixup":
        assert everything.target.shape == (len(everything), 2)
        np.testing.assert_array_equal(everything.target[: len(before), 1], before.target)
    report = store.read_json("augment", "report.json")
    assert (report["rows"], report["made"]) == (len(before), len(made))
    run(tmp_path, name, "again")
    for path in sorted((tmp_path / "augment").rglob("*")):
        if path.is_file():
            assert (
                path.read_bytes()
                == (tmp_path / "again" / path.relative_to(tmp_path / "augment")).read_bytes()
            )


def test_nothing_heavy_is_loaded() -> None:
    script = "import sys, stages.augment, stages.augmenters.mixup, stages.augmenters.gaussian_noise\n"
    script += "print({'tensorflow', 'mlflow', 'imblearn', 'sklearn'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
