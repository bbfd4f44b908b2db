"""Make the pictures of the report in docs/pictures/, from the report of the run in data/.

Run: python tests/pictures.py [data/record/report.html]
"""

from __future__ import annotations

import sys
from pathlib import Path

from browser import DESKTOP, PHONE, chromium
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = {"report-desktop.png": (DESKTOP[0], 1500, 1), "report-phone.png": (PHONE[0], 1000, 2)}
"""Width, height and pixels for each CSS pixel."""


def main(report: Path, folder: Path = ROOT / "docs" / "pictures") -> None:
    """Write the top of the report as it looks in a window of each size."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, (width, height, scale) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
            page.goto(report.resolve().as_uri())
            page.screenshot(path=folder / name)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "record" / "report.html")
