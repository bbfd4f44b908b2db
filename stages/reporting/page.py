"""From what is known of a run to the page that is read: the list of sections, and their HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from stages.figures.style import ROLES
from stages.reporting.blocks import Section
from stages.reporting.contents import Contents
from stages.reporting.names import TASKS
from stages.reporting.sections.augmentation import augmentation
from stages.reporting.sections.classes import classes
from stages.reporting.sections.columns import columns
from stages.reporting.sections.data import data
from stages.reporting.sections.decision import decision
from stages.reporting.sections.mistakes import mistakes
from stages.reporting.sections.notes import notes
from stages.reporting.sections.predictions import predictions
from stages.reporting.sections.reproduction import reproduction
from stages.reporting.sections.results import results
from stages.reporting.sections.slices import slices
from stages.reporting.sections.training import training
from stages.reporting.verdict import SIGNS, against, verdict

SECTIONS: tuple[Callable[[Contents, Mapping[str, str]], Section | None], ...] = (
    results,
    training,
    augmentation,
    predictions,
    classes,
    decision,
    slices,
    mistakes,
    columns,
    data,
    reproduction,
    notes,
)
"""The sections in order; one that has nothing to say returns None. To add one, write it and name it here."""
HEAD = re.compile(r'<svg [^>]*viewBox="([^"]*)"[^>]*>')


def render(contents: Contents, figures: Mapping[str, str]) -> str:
    """Return the report as one HTML document that loads nothing.

    Parameters
    ----------
    figures
        SVG by name, as `draw_figures` returns them.
    """
    sections = [section for make in SECTIONS if (section := make(contents, figures)) is not None]
    dataset = contents.config["dataset"]["name"]
    number_of_classes = f" in {len(contents.classes)} classes" if contents.task == "multiclass" else ""
    return _template().render(
        title=f"{dataset}: {contents.record['name']}",
        kicker=f"{TASKS[contents.task]}{number_of_classes}, target {contents.documents['schema']['target']}",
        verdict=verdict(contents),
        against=against(contents, contents.judged_by),
        signs=SIGNS,
        sections=sections,
        figures={name: inlined(text) for name, text in figures.items()},
        style=Markup(_read("page.css")),  # noqa: S704  our own file
    )


def inlined(svg: str) -> Markup:
    """Return an SVG document of ours for the inside of a page: without addresses, in the page's colours."""
    text = HEAD.sub(r'<svg viewBox="\1" aria-hidden="true">', svg, count=1)
    text = text.replace("xlink:href", "href")
    for colour, role in ROLES.items():
        text = text.replace(colour, f"var(--{role})")
    return Markup(text)  # noqa: S704  drawn by matplotlib, which escapes the texts in it


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["drawing"] = inlined
    return environment.from_string(_read("page.html"))


def _read(name: str) -> str:
    return files("stages.reporting").joinpath(name).read_text(encoding="utf-8")
