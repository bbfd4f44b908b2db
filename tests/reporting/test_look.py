"""The report as a person sees it: in a browser, at the width of a desktop and of a phone."""

from __future__ import annotations

import pytest
from browser import DESKTOP, PHONE
from report_cases import CLASSES

WIDTHS = {"desktop": DESKTOP, "phone": PHONE}


@pytest.fixture
def opened(page, report):
    """A function that opens the report of a task; every request of the page is kept."""
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))

    def open_report(task, size, **media):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(**media)
        page.goto(report(task).path.as_uri())
        return page, requests, errors

    return open_report


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("task", CLASSES)
def test_fits_the_window_and_asks_for_nothing(opened, report, task, width):
    page, requests, errors = opened(task, WIDTHS[width])
    assert requests == [report(task).path.as_uri()]
    assert errors == []
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    overflowing = """[...document.querySelectorAll('body *')].filter(each =>
        each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.scroll, pre, svg'))"""
    assert page.evaluate(f"{overflowing}.map(each => each.outerHTML.slice(0, 80))") == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("task", CLASSES)
def test_figures_are_seen_in_full(opened, report, task, width):
    page, _, _ = opened(task, WIDTHS[width])
    figures = page.locator("figure svg")
    assert figures.count() == len(report(task).figures)
    for place in range(figures.count()):
        box = figures.nth(place).bounding_box()
        assert box["width"] >= 300
        assert box["height"] >= 100
        assert box["x"] >= 0 and box["x"] + box["width"] <= WIDTHS[width][0]


def test_says_the_verdict_and_the_numbers_at_once(opened):
    page, _, _ = opened("binary", PHONE)
    verdict = page.locator(".verdict")
    assert "Accuracy 0.782 [0.755, 0.810] on 200 test rows" in verdict.inner_text()
    assert verdict.bounding_box()["y"] < 300  # without scrolling
    assert page.locator("h1").inner_text().startswith("binary ")
    assert page.get_by_role("row", name="ROC-AUC").first.inner_text().split()[1] == "0.803"
    assert page.get_by_text("val_loss having improved no more").is_visible()
    assert page.locator("h2").all_inner_texts()[:3] == ["Results", "Training", "Predictions"]


def test_text_of_figures_is_legible_on_a_phone(opened):
    page, _, _ = opened("binary", PHONE)
    sizes = page.evaluate("""[...document.querySelectorAll('figure svg text')].map(each =>
        parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a).filter(size => size > 0)""")
    assert min(sizes) >= 8


def test_folded_parts_open(opened):
    page, _, _ = opened("binary", DESKTOP)
    hidden = page.get_by_text("mean gap of confidence and accuracy", exact=False)
    meaning = page.get_by_text("chance that a positive row ranks above a negative one")
    assert hidden.count() == 0
    assert not meaning.is_visible()
    page.get_by_text("What the metrics mean").click()
    assert meaning.is_visible()


def contrast(page, selector):
    """Contrast of the text of an element with the page behind it (WCAG 2.2)."""
    return page.evaluate(
        """selector => {
            const light = colour => {
                const [r, g, b] = colour.match(/[0-9.]+/g).map(Number).map(v => v / 255)
                    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const seen = document.querySelector(selector);
            let behind = seen;
            const clear = 'rgba(0, 0, 0, 0)';
            while (getComputedStyle(behind).backgroundColor === clear) behind = behind.parentElement;
            const style = getComputedStyle(seen);
            const text = light(seen.closest('svg') ? style.fill : style.color);
            const back = light(getComputedStyle(behind).backgroundColor);
            return (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
        }""",
        selector,
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_are_legible(opened, scheme):
    page, _, _ = opened("binary", DESKTOP, color_scheme=scheme)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 19, 24)"
    assert dark == (scheme == "dark")
    for selector in (".verdict", ".small", "td", "caption", "a", ".chips .good", "figure svg text"):
        assert contrast(page, selector) >= 4.5, selector


def test_prints_without_links_and_with_what_is_folded(opened):
    page, _, _ = opened("binary", DESKTOP, media="print")
    assert not page.locator("nav").is_visible()
    assert not page.get_by_text("The whole configuration").is_visible()
    assert page.get_by_text("chance that a positive row ranks above a negative one").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('section')).borderTopWidth") == "0px"
    page.set_viewport_size({"width": 700, "height": 1000})  # A4 without its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    assert page.pdf()[:5] == b"%PDF-"
