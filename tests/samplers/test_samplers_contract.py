"""Every sampler: its file, its types, and what all of them promise."""

from __future__ import annotations

import inspect
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import imblearn.combine
import imblearn.over_sampling
import imblearn.under_sampling
import numpy as np
import pytest
from encoded_rows import CONF, assert_same, assert_valid, build, choices, content, copy_of, mixed, target_of

from stages.examples.encoded import Encoded, Spec
from stages.resample import Resampled, resample
from stages.settings.resample import SAMPLERS

ROOT = Path(__file__).resolve().parents[2]
NAMES = choices("resample")
WITHOUT_SENSE = {"n_jobs"}
CHOSEN_FOR_SMOTE = {"SMOTENC", "SMOTEN"}
MAKERS = {
    "smote",
    "adasyn",
    "borderline_smote",
    "svm_smote",
    "kmeans_smote",
    "cluster_centroids",
    "smote_enn",
    "smote_tomek",
}


@cache
def rows(kind: str) -> tuple[Encoded, Spec]:
    return mixed() if kind == "binary" else mixed(counts=(60, 24, 36))


@cache
def once(name: str, kind: str) -> Resampled:
    train, spec = rows(kind)
    return resample(train, sampler(name, kind), spec=spec)


def sampler(name: str, kind: str) -> Any:
    # ADASYN shares out new rows by difficulty, and refuses a class that gets none.
    changes: dict[str, Any] = {"sampling_strategy": "minority"} if (name, kind) == ("adasyn", "three") else {}
    return build("resample", name, **changes)


def test_every_sampler_of_imbalanced_learn_has_a_file() -> None:
    modules = (imblearn.over_sampling, imblearn.under_sampling, imblearn.combine)
    theirs = {name for module in modules for name in module.__all__}
    ours = {content("resample", name)["_target_"].rsplit(".", 1)[1] for name in NAMES}
    assert theirs - ours == CHOSEN_FOR_SMOTE


@pytest.mark.parametrize("name", NAMES)
def test_the_file_lists_every_keyword_and_is_typed(name: str) -> None:
    values = content("resample", name)
    keywords = set(values) - {"_target_"}
    assert set(inspect.signature(target_of(values)).parameters) - keywords <= WITHOUT_SENSE
    assert SAMPLERS[values["_target_"]].model_validate(values).keywords().keys() == keywords
    assert (CONF / "resample" / f"{name}.yaml").read_text().startswith("# ")


@pytest.mark.parametrize("kind", ["binary", "three"])
@pytest.mark.parametrize("name", NAMES)
def test_what_comes_out(name: str, kind: str) -> None:
    train, spec = rows(kind)
    before = copy_of(train)
    result = once(name, kind)
    assert_same(train, before)
    assert result.picks.dtype == np.int64
    assert (np.diff(result.picks) >= 0).all()
    assert set(result.picks) <= set(range(len(train)))
    assert result.made.target.dtype == np.int64
    assert_valid(result.made, train)
    assert bool(len(result.made)) == (name in MAKERS)
    if name != "none":
        total = sum(result.report["after"].values())
        assert total == len(result.picks) + len(result.made)
        assert list(result.report["after"]) == list(spec.classes)
        assert result.report["removed"] == len(train) - len(set(result.picks))


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_bytes(name: str) -> None:
    train, spec = rows("binary")
    again = resample(train, sampler(name, "binary"), spec=spec)
    np.testing.assert_array_equal(once(name, "binary").picks, again.picks)
    assert_same(once(name, "binary").made, again.made)


@pytest.mark.parametrize("name", ["smote", "random_over", "random_under", "adasyn"])
def test_another_seed_other_rows(name: str) -> None:
    train, spec = rows("binary")
    other = resample(train, build("resample", name, random_state=1), spec=spec)
    ours = once(name, "binary")
    same = np.array_equal(ours.picks, other.picks) and np.array_equal(
        ours.made.inputs["numeric"], other.made.inputs["numeric"]
    )
    assert not same


@pytest.mark.parametrize("name", [name for name in NAMES if name != "none"])
def test_a_regression_is_refused(name: str) -> None:
    from encoded_rows import regression

    train, spec = regression()
    with pytest.raises(ValueError, match=r"this task is a regression.*Set resample=none"):
        resample(train, build("resample", name), spec=spec)


def test_none_takes_a_regression() -> None:
    from encoded_rows import regression

    train, spec = regression()
    result = resample(train, build("resample", "none"), spec=spec)
    assert result.picks.tolist() == list(range(40))
    assert len(result.made) == 0


SCRIPT = """
import hashlib, sys
sys.path.insert(0, "tests")
from encoded_rows import build, mixed
from stages.resample import resample
train, spec = mixed(1200)
digest = hashlib.sha256()
for name in ["none", *sys.argv[1:]]:
    result = resample(train, build("resample", name), spec=spec)
    if name == "none":
        loaded = {"tensorflow", "mlflow", "imblearn", "sklearn"} & set(sys.modules)
    digest.update(result.picks.tobytes())
    for array in (result.made.target, *result.made.inputs.values()):
        digest.update(array.tobytes())
print(digest.hexdigest(), sorted(loaded), "tensorflow" in sys.modules)
"""
STOCHASTIC = ["smote", "kmeans_smote", "svm_smote", "cluster_centroids", "instance_hardness_threshold"]


def test_same_bytes_in_another_process_with_other_threads() -> None:
    def run(threads: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *STOCHASTIC, "label_errors"],
            cwd=ROOT,
            env={
                "OMP_NUM_THREADS": threads,
                "PYTHONHASHSEED": threads,
                "PATH": "",
                "LOKY_MAX_CPU_COUNT": "1",
            },
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    first = run("1")
    # `none` loads neither scikit-learn nor imbalanced-learn; nothing loads TensorFlow.
    assert first.endswith("[] False\n")
    assert first == run("4")
