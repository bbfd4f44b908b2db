"""The plots that dvc.yaml declares fit the tables evaluate writes, and DVC draws them without complaint."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from stages.metrics.judgement import PLOTS
from stages.metrics.threshold_curve import COLUMNS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "data/evaluate/"
TABLES = PLOTS | {"threshold": COLUMNS}
"""Tables of evaluate that may be plotted, and their columns."""


def declared():
    """Yield name and properties of each plot of dvc.yaml."""
    for plot in yaml.safe_load((ROOT / "dvc.yaml").read_text())["plots"]:
        yield from plot.items()


EVALUATED = {name: properties for name, properties in declared() if name.startswith(FOLDER)}


@pytest.mark.parametrize("name", EVALUATED)
def test_columns_are_those_written(name):
    columns = TABLES[Path(name).stem]
    drawn = EVALUATED[name]["y"]
    assert {EVALUATED[name]["x"], *([drawn] if isinstance(drawn, str) else drawn)} <= set(columns)


@pytest.mark.parametrize(
    "template", sorted((ROOT / ".dvc" / "plots").glob("*.json")), ids=lambda file: file.stem
)
def test_template_has_the_anchors_dvc_needs(template):
    text = template.read_text()
    json.loads(text)
    assert all(f"<DVC_METRIC_{anchor}>" in text for anchor in ("DATA", "X", "Y", "TITLE"))


@pytest.mark.slow
def test_dvc_draws_what_there_is_and_passes_over_empty_tables(tmp_path):
    def run(*command):
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)

    run("git", "init", "--quiet")
    run(sys.executable, "-m", "dvc", "init", "--quiet")
    shutil.copytree(ROOT / ".dvc" / "plots", tmp_path / ".dvc" / "plots")
    document = yaml.safe_load((ROOT / "dvc.yaml").read_text())
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"plots": document["plots"]}))
    for name, columns in TABLES.items():
        rows = 0 if name == "residuals" else 4
        numbers = np.linspace(0, 1, rows * len(columns)).reshape(rows, len(columns))
        table = pd.DataFrame(numbers, columns=list(columns))
        (tmp_path / FOLDER).mkdir(parents=True, exist_ok=True)
        table.to_csv(tmp_path / FOLDER / f"{name}.csv", index=False)
    (tmp_path / "data/train").mkdir()
    (tmp_path / "data/train/history.csv").write_text("epoch,loss,val_loss\n1,0.5,0.6\n2,0.4,0.5\n")
    shown = run(sys.executable, "-m", "dvc", "plots", "show")
    assert "failed" not in shown.stdout + shown.stderr
    page = (tmp_path / "dvc_plots" / "index.html").read_text()
    assert "<DVC_METRIC" not in page
    titles = {name: properties["title"] for name, properties in declared()}
    assert {name for name, title in titles.items() if title in page} >= set(titles) - {
        f"{FOLDER}residuals.csv"
    }
