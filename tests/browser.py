"""A headless Chromium for tests that look at a page as a person would."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP, PHONE = (1280, 800), (390, 844)
"""Width and height of a window, in CSS pixels."""


def chromium() -> str:
    """Return the path of an installed Chromium; skip the test where there is none, fail it in CI."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    lacking = f"no Chromium on PATH (looked for {', '.join(NAMES)}): apt-get install chromium"
    if os.environ.get("UPCURVE_ALL_TESTS") == "1":
        pytest.fail(f"{lacking}; UPCURVE_ALL_TESTS=1 lets no test be skipped")
    pytest.skip(lacking)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless browser for all tests of the session."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Without a sandbox, which a container's root cannot have; pages are our own.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of its own, 1280 x 800; `page.set_viewport_size` makes it another size."""
    width, height = DESKTOP
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()
