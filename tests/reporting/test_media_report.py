"""The most wrong pictures, texts and series in the report, and the contact sheet, also in a browser."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browser import DESKTOP, PHONE
from encode_examples import png
from PIL import Image
from report_cases import EVIL, contents_of, make_contents, write_run

from stages.examples.schema import Column
from stages.figures.sparkline import sparkline
from stages.figures.thumbnail import HEAVY, shown_whole, thumbnail
from stages.record import wrong_examples
from stages.reporting.blocks import Cards
from stages.reporting.contents import Contents
from stages.reporting.drawing import draw_figures
from stages.reporting.examples import example_cards
from stages.reporting.page import render
from stages.reporting.sections.mistakes import mistakes
from stages.shell.store import Store

COLUMNS = {
    "image": Column(name="photo", role="image"),
    "text": Column(name="said", role="text"),
    "sequence": Column(name="pulse", role="sequence", channels=tuple("abcdefg")),
}
Make = Callable[[str], Contents]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    return make_contents(tmp_path_factory.mktemp("media"), "binary")


@pytest.fixture
def contents(base: Contents) -> Make:
    """A function that returns the contents of a run on pictures, texts or series."""

    def make(role: str) -> Contents:
        rng = np.random.default_rng(0)
        column = COLUMNS[role]
        ids = [f"rows.csv:{row}" for row in range(20)]
        shares = np.linspace(0.01, 0.4, 20)
        worst = pd.DataFrame(
            {"example_id": ids, "target": "good", "prediction": "bad", "loss": -np.log(shares)}
        )
        worst = worst.assign(probability=shares).astype("str")
        worst.loc[3, "prediction"] = "good"
        cells = [png(rng.integers(0, 256, (200, 300, 3))) for _ in ids]
        if role == "text":
            worst["said"] = [f"{EVIL} {row} " + "long text " * 15 for row in range(20)]
        elif role == "sequence":
            cells = [np.cumsum(rng.normal(size=(30, 7)), axis=0).astype(np.float32).ravel() for _ in ids]
        wrong = pd.DataFrame(index=ids)
        if role != "text":
            wrong = pd.DataFrame({column.key: pd.Series(cells, index=ids, dtype=object)})
        schema = dict(base.documents["schema"]) | {"features": [column.model_dump()]}
        return replace(
            base,
            documents=dict(base.documents) | {"schema": schema},
            tables=dict(base.tables) | {"worst": worst},
            wrong=wrong,
            contact_sheet=png(rng.integers(0, 256, (400, 700, 3))),
        )

    return make


def cards_of(contents: Contents) -> Cards:
    made = example_cards(contents)
    assert made is not None
    return made


def test_a_table_has_no_cards(base: Contents) -> None:
    assert example_cards(base) is None


def test_cards_say_truth_prediction_and_probability(contents: Make) -> None:
    cards = cards_of(contents("image"))
    assert len(cards.cards) == 20
    assert cards.cards[0].title == "good → bad" and cards.cards[3].title == "good ✓"
    assert cards.cards[0].below == "1.0% for good"
    assert cards.cards[0].name == "rows.csv:0"
    assert all(card.photo.startswith("data:image/jpeg;base64,") and not card.small for card in cards.cards)


def test_series_are_drawn_and_what_is_not_is_said(contents: Make) -> None:
    cards = cards_of(contents("sequence"))
    assert all(card.drawing.count("<polyline") == 5 for card in cards.cards)
    assert cards.cards[0].below == "1.0% for good, 30 steps"
    assert cards.note == "Drawn are the first 5 of 7 channels."


def test_texts_are_shown_in_full(contents: Make) -> None:
    cards = cards_of(contents("text"))
    assert cards.wide and len(cards.cards) == 12
    assert cards.cards[1].text.startswith(f"{EVIL} 1 long text")
    assert cards.note == "12 of 20 rows; all of them in data/evaluate/worst.csv."


def test_values_say_how_far_off_they_are(contents: Make) -> None:
    classes = contents("image")
    worst = classes.tables["worst"].drop(columns="probability")
    worst = worst.assign(target="12.5", prediction="14", loss="1.5")
    documents = dict(classes.documents) | {"decision": {"classes": []}}
    values = replace(classes, tables=dict(classes.tables) | {"worst": worst}, documents=documents)
    assert cards_of(values).cards[0][:2] == ("12.5 → 14", "off by 1.5")
    section = mistakes(values, {})
    assert section is not None and "how far off that is" in section.blocks[0].text
    assert "probability" not in section.blocks[0].text


@pytest.mark.parametrize("role", COLUMNS)
def test_the_page_loads_nothing_and_is_the_same_again(contents: Make, role: str) -> None:
    html = render(contents(role), {})
    assert html == render(contents(role), {})
    assert EVIL not in html and "http:" not in html and "https:" not in html
    sources = re.findall(r'src="([^"]{0,23})', html)
    assert len(sources) == (21 if role == "image" else 1)
    assert all(source.startswith("data:image/") for source in sources)
    assert 'id="augmentation"' in html and "augment=the_augment" in html


def test_without_a_contact_sheet_there_is_no_section(base: Contents) -> None:
    assert 'id="augmentation"' not in render(base, {})


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("role", COLUMNS)
def test_fits_the_window(page, contents: Make, tmp_path: Path, role: str, size) -> None:
    made = contents(role)
    path = tmp_path / "report.html"
    path.write_text(render(made, draw_figures(made)), encoding="utf-8")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(path.as_uri())
    overflowing = """[...document.querySelectorAll('body *')].filter(each =>
        each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.scroll, pre, svg'))"""
    assert page.evaluate(f"{overflowing}.map(each => each.outerHTML.slice(0, 80))") == []
    cards = page.locator(".cards li")
    boxes = [cards.nth(number).bounding_box() for number in range(cards.count())]
    assert len(boxes) == (12 if role == "text" else 20)
    assert min(box["width"] for box in boxes) >= (280 if role == "text" else 130)
    loaded = page.evaluate("[...document.images].every(each => each.complete && each.naturalWidth > 0)")
    assert loaded
    sheet = page.locator("figure.photo img").bounding_box()
    assert 300 <= sheet["width"] <= size[0]


def test_small_pictures_are_kept_and_large_ones_shrunk() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    small = thumbnail(png(pixels))
    held = base64.b64decode(small.source.partition(",")[2])
    assert small.small
    np.testing.assert_array_equal(np.asarray(Image.open(BytesIO(held))), pixels)
    large = thumbnail(png(np.zeros((500, 1000, 3), np.uint8)))
    assert not large.small
    assert Image.open(BytesIO(base64.b64decode(large.source.partition(",")[2]))).size == (208, 104)


def test_a_heavy_contact_sheet_becomes_lighter() -> None:
    light = png(np.zeros((10, 10), np.uint8))
    assert shown_whole(light) == "data:image/png;base64," + base64.b64encode(light).decode()
    noise = png(np.random.default_rng(0).integers(0, 256, (600, 700, 3)))
    assert len(noise) > HEAVY
    shown = shown_whole(noise)
    assert shown.startswith("data:image/jpeg;base64,") and len(shown) < len(noise)


def test_a_sparkline_spans_its_frame_and_leaves_gaps() -> None:
    values = np.array([[0.0], [1.0], [np.nan], [0.5], [np.nan]])
    drawn = sparkline(values)
    points = re.findall(r'points="([^"]*)"', drawn)
    assert points == ["4.0,96.0 52.0,4.0", "147.0,50.0 149.0,50.0"]
    assert sparkline(np.full((3, 1), np.nan)).count("<polyline") == 0
    assert sparkline(np.ones((1, 1))).count("<polyline") == 1
    assert sparkline(np.zeros((5000, 1))).count(",") <= 600


def test_only_the_most_wrong_examples_are_held(tmp_path: Path) -> None:
    write_run(tmp_path, "binary")
    schema = {"features": [COLUMNS["image"].model_dump(), COLUMNS["text"].model_dump()]}
    contents = contents_of(tmp_path, "binary")
    assert len(contents.wrong) == 0
    ids = [f"rows.csv:{row}" for row in range(100)]
    cells = [None if row == 4 else bytes([row]) for row in range(100)]
    table = pd.DataFrame({"example_id": ids, "feature.photo": cells, "feature.said": "x"})
    table.iloc[::-1].to_parquet(tmp_path / "clean" / "examples.parquet")
    store = Store("record", tmp_path / "record", tmp_path)
    held = wrong_examples(store, schema, contents.tables["worst"])
    assert sorted(held.index) == sorted(ids[:20])
    assert list(held) == ["feature.photo"]
    assert held.loc["rows.csv:7", "feature.photo"] == b"\x07"
    assert held.loc["rows.csv:4", "feature.photo"] is None
