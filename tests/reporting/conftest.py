"""The browser, and the reports of made-up runs, one a task."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from report_cases import make_contents

from stages.reporting.contents import Contents
from stages.reporting.drawing import draw_figures
from stages.reporting.page import render


class Report(NamedTuple):
    contents: Contents
    figures: dict[str, str]
    html: str
    path: Path


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Report]:
    """A function that returns the report of a task; each is made once."""
    made: dict[str, Report] = {}

    def of(task: str) -> Report:
        if task not in made:
            folder = tmp_path_factory.mktemp(task)
            contents = make_contents(folder, task)
            figures = draw_figures(contents)
            made[task] = Report(contents, figures, render(contents, figures), folder / "report.html")
            made[task].path.write_text(made[task].html, encoding="utf-8")
        return made[task]

    return of
