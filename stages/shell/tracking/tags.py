"""What ties a run to the files: commit, hashes of DVC's outputs, versions of the packages."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path
from typing import Any

import yaml

PACKAGES = ("tensorflow", "keras", "scikit-learn", "imbalanced-learn", "pandas", "numpy", "dvc", "mlflow")


def tags(
    config: Mapping[str, Any], outputs: Mapping[str, str], *, commit: str, versions: Mapping[str, str]
) -> dict[str, str]:
    """Return the tags of a run with these DVC `outputs`, made from `commit` with these `versions`."""
    overrides = " ".join(config["overrides"]) or "none: all defaults"
    return {
        **{f"dvc.{stage}": digest for stage, digest in outputs.items()},
        **{f"version.{name}": number for name, number in versions.items()},
        "mlflow.source.git.commit": commit,
        "overrides": overrides[:5000],
    }


def locked_stages(root: Path) -> dict[str, Any]:
    """Return what dvc.lock says of each stage; nothing where there is none."""
    lock = root / "dvc.lock"
    document = yaml.load(lock.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) if lock.exists() else {}
    stages: dict[str, Any] = document.get("stages", {})
    return stages


def outputs_of(root: Path) -> dict[str, str]:
    """Return the hash of each stage's output but that of `record`, as dvc.lock has it."""
    return {
        stage: str(block["outs"][0].get("md5", ""))
        for stage, block in locked_stages(root).items()
        if block.get("outs") and stage != "record"
    }


def head(root: Path) -> str:
    """Return the commit that is checked out in `root`; nothing where there is none."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide a run's numbers."""
    return {"python": platform.python_version(), **{name: installed(name) for name in PACKAGES}}


def installed(package: str) -> str:
    """Return the version of `package`; nothing where it goes by another name here (tensorflow-cpu)."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def requirements() -> str:
    """Return every package of this environment with its version, as pip takes them."""
    found = {(each.name or "").lower(): each.version for each in distributions()}
    return "".join(f"{name}=={number}\n" for name, number in sorted(found.items()) if name)
