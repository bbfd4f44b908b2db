"""What a person sees: MLflow's pages after three runs, opened in a browser.

``UPCURVE_PICTURES=docs/pictures python -m pytest tests/end_to_end/test_ui.py`` writes the pictures of the
documentation: they show what is asserted here.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import chromium
from processes import UPCURVE, environment, run_module
from ssh_server import free_port, wait_for

from stages.shell.rewrite import put_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

RUNS = ((), ("train.learning_rate=0.01",), ("model=linear",))
"""Overrides of the three runs, each laid over the ones before."""


@pytest.fixture(scope="module")
def project(make_project: Callable[[], Path]) -> Path:
    """A project with three runs; ``results.json`` holds the accuracy of each by its MLflow name."""
    chromium()  # before anything is trained for it
    project = make_project()
    page = project / "params.yaml"
    page.write_text(put_in(page.read_text(encoding="utf-8"), ("train", "epochs"), 12), encoding="utf-8")
    accuracies = {}
    for overrides in RUNS:
        run_module(project, UPCURVE, "run", *overrides)
        name = json.loads((project / "data/record/record.json").read_text())["name"]
        metrics = json.loads((project / "data/evaluate/metrics.json").read_text())
        accuracies[name] = metrics["test"]["accuracy"]
    (project / "results.json").write_text(json.dumps(accuracies))
    return project


@pytest.fixture(scope="module")
def accuracies(project: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads((project / "results.json").read_text())
    return found


@pytest.fixture(scope="module")
def address(project: Path) -> Iterator[str]:
    """Where ``upcurve ui`` says that the runs are."""
    port = free_port()
    command = [sys.executable, "-m", UPCURVE, "ui", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=project, env=environment(), stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        try:
            assert server.stdout is not None
            said = next(line for line in server.stdout if line.startswith("Open "))
            wait_for(port, seconds=120)
            yield said.split()[1]
        finally:
            os.killpg(server.pid, signal.SIGTERM)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A wide window, in which MLflow does not open its assistant."""
    context = browser.new_context(viewport={"width": 1600, "height": 900})
    context.add_init_script(
        "localStorage.setItem('mlflow.assistant.fab.autoOpenedOnFirstLoad_v1', 'true');"
        "localStorage.setItem('mlflow.assistant.panelOpen_v1', 'false');"
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def keep(page: Page, name: str) -> None:
    """Write a picture for the documentation, where one is asked for."""
    if folder := os.environ.get("UPCURVE_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_the_table_of_runs_is_sorted_by_the_main_metric(
    page: Page, address: str, accuracies: dict[str, float]
) -> None:
    page.goto(address)
    page.get_by_text("3 matching runs").wait_for()
    names = page.locator("[role=row] a[href*='/runs/']").all_inner_texts()
    assert names == sorted(accuracies, key=accuracies.__getitem__, reverse=True)
    header = page.get_by_role("columnheader").all_inner_texts()
    shown = [text.strip() for text in header]
    assert {"test/accuracy", "test/accuracy_low", "test/accuracy_high", "test/roc_auc"} <= set(shown)
    cells = page.locator("[role=gridcell][col-id*='test/accuracy`']").all_inner_texts()
    assert [float(cell) for cell in cells] == sorted(accuracies.values(), reverse=True)
    assert page.locator("[role=gridcell][col-id*='Dataset'] >> text=credit").count() >= len(accuracies)
    keep(page, "ui-runs")


def test_the_curves_of_runs_lie_over_each_other(
    page: Page, address: str, accuracies: dict[str, float]
) -> None:
    page.goto(f"{address}&compareRunsMode=CHART")
    card = page.locator("[data-testid='experiment-view-compare-runs-card']", has_text="loss vs val_loss")
    for name in accuracies:
        card.get_by_text(f"{name} (loss)", exact=True).wait_for(state="attached")
        card.get_by_text(f"{name} (val_loss)", exact=True).wait_for(state="attached")
    lines = card.locator(".scatterlayer .js-line")
    lines.first.wait_for(state="attached")
    assert lines.count() >= 2 * len(accuracies)  # train and validation of each
    keep(page, "ui-curves")


def test_two_runs_are_compared(page: Page, address: str, accuracies: dict[str, float]) -> None:
    page.goto(address)
    names = sorted(accuracies, key=accuracies.__getitem__)[:2]
    links = {name: page.get_by_role("link", name=name, exact=True) for name in names}
    runs = [re.search(r"/runs/(\w+)", str(link.get_attribute("href"))) for link in links.values()]
    identities = json.dumps([found.group(1) for found in runs if found])
    base, _, rest = address.partition("#/")
    experiment = re.search(r"experiments/(\d+)", rest)
    assert experiment
    where = f'compare-runs?runs={identities}&experiments=["{experiment.group(1)}"]'
    page.goto(f"{base}#/{where}&workflowType=machine_learning")
    page.get_by_text("Comparing 2 Runs from 1 Experiment").wait_for()
    for name in names:
        page.get_by_text(name, exact=True).first.wait_for()
    page.get_by_text("train.learning_rate").first.wait_for()  # what differs between them
    keep(page, "ui-compare")


def test_the_page_of_a_model_shows_what_it_takes_and_gives(page: Page, address: str) -> None:
    page.goto(address.replace("/runs?", "/models?"))
    page.locator("a[href*='/models/m-']").first.click()
    page.get_by_text("test/accuracy", exact=True).first.wait_for()
    page.get_by_role("cell", name="Seniority").wait_for()
    keep(page, "ui-model")
