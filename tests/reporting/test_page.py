"""The page stands alone, is the same for the same run, and lets nothing of the data become part of it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from report_cases import CLASSES, EVIL, contents_of, make_contents

from stages.figures.style import ROLES
from stages.reporting.blocks import Paragraph, Section
from stages.reporting.drawing import draw_figures
from stages.reporting.page import SECTIONS, _read, inlined, render

TASKS = list(CLASSES)
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Outline(HTMLParser):
    """Headings, ids, attributes that name something to load, and whether all tags are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.identities: list[str] = []
        self.loaded: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open += [] if tag in VOID else [tag]
        named = dict(attrs)
        self.identities += [named["id"]] if "id" in named else []
        self.loaded += [named[key] for key in ("src", "href", "xlink:href", "data", "srcset") if key in named]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open = self.open[: -1 if tag not in VOID else None]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("h1", "h2"):
            self.headings.append(data)


@pytest.mark.parametrize("task", TASKS)
def test_loads_nothing_and_names_no_address(report, task):
    html = report(task).html
    assert "http:" not in html and "https:" not in html and "@import" not in html
    outline = Outline(html)
    assert all(each.startswith("#") for each in outline.loaded)
    assert set(re.findall(r"url\((.)", html)) <= {"#"}
    assert not outline.tags & {"script", "link", "iframe", "img", "object", "embed", "base"}


@pytest.mark.parametrize("task", TASKS)
def test_tags_are_closed_ids_are_unique_and_links_lead_somewhere(report, task):
    outline = Outline(report(task).html)
    assert outline.open == []
    assert len(outline.identities) == len(set(outline.identities))
    assert {each.removeprefix("#") for each in outline.loaded} <= set(outline.identities)


@pytest.mark.parametrize("task", TASKS)
def test_sections_in_order(report, task):
    expected = [
        "Results", "Training", "Predictions", "Classes", "Decision and calibration", "Slices",
        "Most wrong rows", "Importance of the columns", "Data",
        "Settings, and how to reproduce", "Notes of the stages",
    ]  # fmt: skip
    if task == "regression":
        expected = [each for each in expected if each not in ("Classes", "Decision and calibration")]
    assert Outline(report(task).html).headings[1:] == expected


@pytest.mark.parametrize("task", TASKS)
def test_nothing_of_the_data_becomes_part_of_the_page(report, task):
    html = report(task).html
    assert EVIL not in html
    assert html.count("&lt;script&gt;") >= 5  # data set, column, slice, raw cell, note


def test_the_same_run_makes_the_same_bytes(report, tmp_path):
    first = report("binary")
    again = make_contents(tmp_path, "binary")
    figures = draw_figures(again)
    assert figures == first.figures
    assert render(again, figures) == first.html


@pytest.mark.parametrize("task", TASKS)
def test_figures_are_in_the_page_once_each_in_its_own_colours(report, task):
    made = report(task)
    assert re.findall(r'<figure id="figure-([^"]*)"', made.html).sort() == list(made.figures).sort()
    for name, svg in made.figures.items():
        assert made.html.count(inlined(svg)) == 1, name
        assert not [colour for colour in ROLES if colour in inlined(svg)]


def test_every_scheme_has_every_colour_and_the_light_one_is_the_figures():
    light, dark, paper = re.findall(r":root \{(.*?)\}", _read("page.css"), re.DOTALL)
    for scheme in (light, dark, paper):
        assert set(ROLES.values()) <= set(re.findall(r"--([a-z]+):", scheme))
    assert all(f"--{role}: {colour}" in light for colour, role in ROLES.items())


def test_a_section_more_is_one_function_more(report, monkeypatch):
    def diagnosis(contents, figures):
        return Section("diagnosis", "Diagnosis", (Paragraph(f"Seen: {EVIL}"),))

    monkeypatch.setattr("stages.reporting.page.SECTIONS", (diagnosis, *SECTIONS))
    made = report("binary")
    html = render(made.contents, made.figures)
    assert Outline(html).headings[1] == "Diagnosis"
    assert EVIL not in html


def test_the_figures_fit_the_task(report):
    always = {"learning_curves", "comparison", "slices", "importances"}
    classes = {"confusion", "roc", "precision_recall", "calibration"}
    assert set(report("binary").figures) == always | classes | {"threshold"}
    assert set(report("multiclass").figures) == always | classes
    assert set(report("regression").figures) == always | {"prediction_against_truth", "residuals"}


def test_a_run_with_little_to_say(tmp_path):
    """No baselines, no intervals, no slices, no importance, no wrong rows, nothing cleaned, no commit."""
    contents = make_contents(tmp_path, "binary", baselines=())
    documents = dict(contents.documents) | {"intervals": {"confidence": 0.95, "test": {}, "validation": {}}}
    bare = ("slices", "worst", "importance", "threshold", "audit")
    tables = {name: table.head(0) if name in bare else table for name, table in contents.tables.items()}
    record = dict(contents.record) | {"commit": "", "overrides": []}
    bare_run = replace(contents, documents=documents, tables=tables, record=record, notes={})
    html = render(bare_run, draw_figures(bare_run))
    assert "Accuracy 0.7821 on 200 test rows." in html
    assert "No intervals were drawn" in html
    assert "figure-comparison" not in html
    assert "Nothing differs from the defaults." in html
    assert "git checkout" not in html
    assert not {"slices", "mistakes", "columns", "notes"} & set(Outline(html).identities)


def test_a_run_without_test_rows(tmp_path):
    contents = (
        contents_of(tmp_path, "binary")
        if (tmp_path / "clean").exists()
        else make_contents(tmp_path, "binary")
    )
    documents = dict(contents.documents) | {"metrics": {"test": {"rows": 0}, "validation": {"rows": 0}}}
    tables = {
        name: table if name in ("history", "profile", "audit") else table.head(0)
        for name, table in contents.tables.items()
    }
    nothing = replace(contents, documents=documents, tables=tables)
    html = render(nothing, draw_figures(nothing))
    assert "There are no test rows: nothing was measured." in html
