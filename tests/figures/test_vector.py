"""SVG that is the same everywhere, and leaves matplotlib's settings alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pandas as pd
import pytest
from processes import environment

from stages.figures.residuals import residuals
from stages.figures.style import OWN, ROLES, shortened
from stages.figures.vector import svg

ROOT = Path(__file__).resolve().parents[2]
TABLE = pd.DataFrame({"prediction": [1.0, 2000.5, 3.0], "residual": [-0.5, 0.25, 0.75]})
PROGRAM = """
import sys
import pandas as pd
from stages.figures.residuals import residuals
from stages.figures.vector import svg
table = pd.DataFrame({"prediction": [1.0, 2000.5, 3.0], "residual": [-0.5, 0.25, 0.75]})
print(svg(residuals(table), name="residuals"), end="")
assert "matplotlib.pyplot" not in sys.modules
"""


def test_a_fresh_process_with_settings_of_its_own_draws_the_same_bytes(tmp_path):
    (tmp_path / "matplotlibrc").write_text("font.size: 30\naxes.facecolor: red\nsvg.fonttype: path\n")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment(MPLCONFIGDIR=str(tmp_path), PYTHONHASHSEED="7"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == svg(residuals(TABLE), name="residuals")


def test_matplotlibs_settings_stay_as_they_were():
    before = dict(matplotlib.rcParams)
    svg(residuals(TABLE), name="residuals")
    assert dict(matplotlib.rcParams) == before


def test_is_well_formed_and_tells_nothing_of_when_or_by_what():
    text = svg(residuals(TABLE), name="residuals")
    ElementTree.fromstring(text)  # noqa: S314  our own text
    assert "<!--" not in text
    assert "metadata" not in text
    assert set(re.findall(r'https?://[^"]*', text)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_text_stays_text_in_the_readers_font():
    text = svg(residuals(TABLE), name="residuals")
    assert ">Residuals</text>" in text
    assert ">2,000</text>" in text
    assert "system-ui, sans-serif" in text
    assert "DejaVu" not in text


def test_ids_are_the_figures_own():
    text = svg(residuals(TABLE), name="residuals")
    identities = re.findall(r'\bid="([^"]*)"', text)
    assert len(identities) == len(set(identities)) > 5
    assert all(identity.startswith("residuals-") for identity in identities)
    used = re.findall(r'(?:href="#|url\(#)([^")]*)', text)
    assert used and set(used) <= set(identities)


def test_has_only_colours_that_a_page_can_replace():
    text = svg(residuals(TABLE), name="residuals")
    assert set(re.findall(r"#[0-9a-f]{6}\b", text)) <= set(ROLES)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("role", ["ink", "muted", "blue", "orange", "green", "purple", "yellow"])
def test_lines_and_text_stand_out_from_the_paper(role):
    colour = {name: each for each, name in ROLES.items()}[role]
    contrast = 1.05 / (luminance(colour) + 0.05)
    assert contrast >= (4.5 if role in ("ink", "muted") else 3)
    assert OWN["figure.facecolor"] == "#fffffe"


@pytest.mark.parametrize("text", ["short", "a\nb  c", "x" * 24])
def test_what_is_short_is_not_shortened(text):
    assert shortened(text) == " ".join(text.split())


def test_what_is_long_keeps_both_ends():
    assert shortened("abcdefghijklmnopqrstuvwxyz", limit=9) == "abcd…wxyz"
