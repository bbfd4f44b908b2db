"""A figure as SVG text, byte for byte the same for the same figure."""

from __future__ import annotations

import io
import re
import warnings
from typing import Final

import matplotlib
from matplotlib.figure import Figure

from stages.figures.style import settings

NOTHING: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
HEAD: Final = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->", re.DOTALL)
TAG: Final = re.compile(r"<[^>]+>")
LONG: Final = re.compile(r"(\d\.\d\d)\d+")
LEVEL: Final = re.compile(r' transform="rotate\(-0 [^)]*\)"')
FONTS: Final = re.compile(r"'DejaVu Sans'(, sans-serif)?")
SPACE: Final = re.compile(r"\n\s*")


def svg(figure: Figure, *, name: str) -> str:
    """Return `figure` as an SVG document.

    Text stays text, in the reader's own sans-serif font; coordinates have two decimals; there is no date,
    no version and no comment. Ids start with `name`, so that several figures can stand in one page.
    """
    buffer = io.StringIO()
    with matplotlib.rc_context(settings(**{"svg.hashsalt": "upcurve"})), warnings.catch_warnings():
        # A letter that the font measured with lacks: the reader's own font draws the text.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata=dict(NOTHING))
    text = HEAD.sub("", buffer.getvalue())
    text = TAG.sub(lambda tag: _tidied(tag.group(), name), text)
    return SPACE.sub("\n", text).strip() + "\n"


def _tidied(tag: str, name: str) -> str:
    """Return one tag with short numbers, ids of the figure's own and a generic font."""
    tag = LONG.sub(r"\1", SPACE.sub(" ", tag))
    tag = LEVEL.sub("", tag)
    tag = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", tag)
    return FONTS.sub("system-ui, sans-serif", tag)
