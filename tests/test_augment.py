"""The stage augment: it sees the resampled rows, and writes new ones only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from encoded_rows import build, content, mixed
from policy_cases import IMAGE, LENGTH, SERIES, pictures, series, spec_of

from stages.examples.encoded import Encoded, Spec, concatenate
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


@pytest.mark.parametrize("name", ["none", "gaussian_noise", "mixup", "swap_noise"])
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
    assert store.read_json("augment", "policy.json") == {"policy": None}
    assert not (tmp_path / "augment" / "contact_sheet.png").exists()
    run(tmp_path, name, "again")
    for path in sorted((tmp_path / "augment").rglob("*")):
        if path.is_file():
            assert (
                path.read_bytes()
                == (tmp_path / "again" / path.relative_to(tmp_path / "augment")).read_bytes()
            )


def prepare_media(data: Path, train: Encoded, spec: Spec) -> None:
    encode = Store("encode", data / "encode", data=data)
    encode.begin()
    encode.write_encoded("train", train)
    encode.write_model("spec.json", spec)
    encode.finish()
    resampled = Store("resample", data / "resample", data=data)
    resampled.begin()
    resampled.write_array("picks.npy", np.arange(len(train))[::-1])
    resampled.write_encoded("made", train.take(np.zeros(0, np.int64)))
    resampled.finish()


MEDIA = {
    "image_mixup": "image",
    "image_balance": "image",
    "sequence": "sequence",
    "sequence_copies": "sequence",
}


@pytest.mark.parametrize("name", MEDIA)
def test_pictures_and_series(tmp_path: Path, name: str) -> None:
    kind = MEDIA[name]
    train, spec = (pictures(), spec_of(IMAGE)) if kind == "image" else (series(), spec_of(SERIES, LENGTH))
    prepare_media(tmp_path, train, spec)
    store = run(tmp_path, name)
    made = store.read_encoded("augment", "made")
    assert len(made) == {"image_balance": 12, "sequence_copies": 24}.get(name, 0)
    assert np.asarray(made.inputs[kind]).dtype == train.inputs[kind].dtype
    document = store.read_json("augment", "policy.json")
    if len(made):
        assert document == {"policy": None}
    else:
        values = {key: each for key, each in content("augment", name).items() if key != "_target_"}
        assert document == {"policy": {"kind": kind, "values": values}}
    assert (tmp_path / "augment" / "contact_sheet.png").read_bytes().startswith(b"\x89PNG")
    run(tmp_path, name, "again")
    files = [path for path in sorted((tmp_path / "augment").rglob("*")) if path.is_file()]
    assert len(files) >= 5
    for path in files:
        again = tmp_path / "again" / path.relative_to(tmp_path / "augment")
        assert path.read_bytes() == again.read_bytes()


class Reader:
    """An augmenter that needs raw rows."""

    needs_rows = True

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}

    def augment(self, train: Encoded, *, spec: Spec, **raw: Any) -> Encoded:
        self.seen = raw
        return train.take(np.zeros(0, np.int64))


def test_an_augmenter_of_texts_gets_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import stages.augment as module

    train = Encoded(pictures(4).inputs, np.arange(4) % 3, np.array([2, 0, -1, 3]))
    prepare_media(tmp_path, train, spec_of(IMAGE))
    clean = Store("clean", tmp_path / "clean", data=tmp_path)
    clean.begin()
    clean.write_table("examples.parquet", pd.DataFrame({"feature.text": list("abcd")}))
    clean.finish()
    monkeypatch.setattr(Store, "read_estimator", lambda *_, **__: "fitted")
    reader = Reader()
    monkeypatch.setattr(module, "build", lambda _: reader)
    run(tmp_path, "none")
    # Picks turn the order round; a made-up row has no text.
    assert reader.seen["rows"]["feature.text"].fillna("").tolist() == ["d", "", "a", "c"]
    assert reader.seen["preprocessing"] == "fitted"
    assert reader.seen["cache"].parts[-2:] == ("scratch", "cache")


def test_nothing_heavy_is_loaded() -> None:
    script = "import sys, stages.augment, stages.augmenters.mixup, stages.augmenters.gaussian_noise\n"
    script += "import stages.augmenters.image, stages.augmenters.sequence_copies, stages.policies\n"
    script += "print({'tensorflow', 'mlflow', 'imblearn', 'sklearn', 'PIL', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
