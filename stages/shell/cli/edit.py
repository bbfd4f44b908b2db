"""The page with overrides written into it, checked before anything is touched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stages.shell.compose import compose, default_choices
from stages.shell.groups import find_groups
from stages.shell.overrides import without
from stages.shell.page import OPTIONS, PAGE, Key, Layer, parse_page, read_page, read_text, split_page
from stages.shell.rewrite import rewrite

TEMPLATED = "dataset"
"""``dvc.yaml`` takes this from the page itself, so that it must stand there."""


def page_with(root: Path, arguments: Sequence[str]) -> str:
    """Return the text of the page with the overrides `arguments` written into it.

    Raises
    ------
    ConfigurationError
        Where the page or an override is wrong.
    """
    page = read_page(root / PAGE)
    text = read_text(root / PAGE)
    wanted = compose(root, arguments, page=page)
    defaults = default_choices(root / "conf")
    layer, _ = split_page(page, find_groups(root / "conf"))
    kept = without(layer, wanted.asked.removed, defaults)
    added = wanted.asked.layer
    if TEMPLATED not in kept.choices and TEMPLATED in wanted.choices:
        added = added._replace(choices={TEMPLATED: wanted.choices[TEMPLATED], **added.choices})
    after = rewrite(text, added, _gone(layer, kept))
    if compose(root, page=parse_page(after)).document() != wanted.document():
        raise ValueError(
            "params.yaml is written in a way that upcurve cannot change safely (an anchor, an alias, a merge "
            "key?); nothing was changed. Make this change by hand, then run `upcurve run`."
        )
    return after


def _gone(layer: Layer, kept: Layer) -> list[Key]:
    """Return the places on the page of what `layer` says and `kept` does not."""
    gone: list[Key] = [tuple(group.split(".")) for group in layer.choices if group not in kept.choices]
    gone += [key for key in layer.values if key not in kept.values]
    for (group, name), keywords in layer.options.items():
        left = kept.options.get((group, name), {})
        gone += [(OPTIONS, *group.split("."), name, *key) for key in keywords if key not in left]
    return gone
