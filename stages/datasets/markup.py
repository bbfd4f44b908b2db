"""HTML taken out of text, while what only looks like it stays: ``a < b``, ``<john@example.org>``."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

INLINE: Final = (
    "a abbr acronym applet area audio b base basefont bdi bdo big canvas center cite code data datalist del "
    "dfn em embed font frame iframe i img input ins kbd label link map mark meta meter nobr noscript object "
    "optgroup output param picture progress q s samp script select small source span strike strong style "
    "sub sup svg template textarea time track tt u var video wbr"
)
BLOCKS: Final = (
    "address article aside blockquote body br button caption col colgroup dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li "
    "main menu nav ol option p pre section summary table tbody td tfoot th thead title tr ul"
)
BREAKING: Final = frozenset(BLOCKS.split())
"""Elements that begin a new line."""
UNSEEN: Final = frozenset(("script", "style", "template"))
"""Elements whose content is not text."""
NAMES: Final = "|".join((*BLOCKS.split(), *INLINE.split()))
KNOWN: Final = rf"(?:/?(?:{NAMES})(?=[\s/>])|!doctype\b|\?xml\b)[^<]*>"
ENTITY: Final = r"(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});"
MARKUP: Final = re.compile(rf"<(?:!--|{KNOWN})|&{ENTITY}", re.IGNORECASE)
COMMENT: Final = re.compile("<!--.*?-->", re.DOTALL)
NO_TAG: Final = re.compile(rf"<(?!{KNOWN})", re.IGNORECASE)
NO_ENTITY: Final = re.compile(rf"&(?!{ENTITY})", re.IGNORECASE)


def without_markup(text: str) -> str:
    r"""Return what a reader of the page would see: tags, comments and scripts gone, entities resolved.

    Only HTML's own elements count as tags, and only entities with their semicolon: an address in angle
    brackets, ``a <b`` and ``?a=1&copy=2`` stay. Elements like ``<br>`` and ``<p>`` become line breaks. Text
    without any markup is returned as it is.

    Examples
    --------
    >>> without_markup("<b>Fish</b> &amp; chips<br/>by <ann@example.org> for &lt; 5")
    'Fish & chips\nby <ann@example.org> for < 5'
    """
    if MARKUP.search(text) is None:
        return text
    reader = _Reader()
    end = text.rfind("-->") + len("-->")
    bare = COMMENT.sub("", text[:end]) + text[end:]
    reader.feed(NO_TAG.sub("&lt;", NO_ENTITY.sub("&amp;", bare)))
    reader.close()
    return "".join(reader.seen)


class _Reader(HTMLParser):
    """Collects the text between tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in UNSEEN
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(self.hidden - (tag in UNSEEN), 0)
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.seen.append(data)

    def _break(self, tag: str) -> None:
        if tag in BREAKING:
            self.seen.append("\n")
