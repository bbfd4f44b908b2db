"""What is seen in the files of a new table: the role of each column, and what may be predicted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import pandas as pd

from stages.datasets.members import Member
from stages.datasets.names import listed, nearest
from stages.datasets.notation import infer_notation
from stages.datasets.picture_files import names_pictures, path_index
from stages.datasets.roles import Found, infer_column, texts_to_learn
from stages.datasets.tables import RawTable
from stages.datasets.targets import Target, read_target
from stages.examples.schema import Column, Notation
from stages.settings.dataset import DatasetSettings

TARGET_NAMES: Final = (
    *("target", "label", "class", "y", "outcome", "response", "churn", "survived", "diagnosis", "status"),
    *("default", "price", "saleprice", "value", "income", "type", "species"),
)
UNREADABLE: Final = 0.05


class Look(NamedTuple):
    """What was seen in the files."""

    raw: RawTable
    notation: Notation
    found: Mapping[str, Found]
    target: str
    guessed: bool


def look(raw: RawTable, *, target: str | None = None) -> Look:
    """Return what the raw table holds: how its cells are written, the role of each column, the target."""
    columns = list(raw.frame.columns)
    if target is not None and target not in columns:
        raise ValueError(
            f"There is no column {target!r} to be the target; the columns are {listed(columns)}."
            f"{nearest(target, columns)}"
        )
    delimiters = [source.get("delimiter", "") for source in raw.sources.values()]
    notation = infer_notation(raw.frame, DatasetSettings(name="new", target="?"), delimiters=delimiters)
    found = {
        name: infer_column(raw.frame[name], notation, max_unreadable_share=UNREADABLE) for name in columns
    }
    return Look(raw, notation, found, target or guess_target(raw.frame, found), target is None)


def guess_target(frame: pd.DataFrame, found: Mapping[str, Found]) -> str:
    """Return the column that is most likely to be predicted: by its name, else the last that may be.

    Of several with such a name one that stands first or last is likelier.

    Examples
    --------
    >>> frame = pd.DataFrame({"Class": ["a", "b"], "size": [1.5, 2.5]})
    >>> guess_target(frame, {"Class": Found("categorical", None), "size": Found("numeric", None)})
    'Class'
    """
    usable = [name for name, each in found.items() if each.use not in ("ignored", "date")] or list(found)
    varied = [name for name in usable if frame[name].nunique() > 1] or usable
    by_name = [name for known in TARGET_NAMES for name in varied if _letters(name) == known]
    by_last_word = [name for known in TARGET_NAMES for name in varied if _last_word(name) == known]
    named = by_name or by_last_word
    outer = [name for name in named if name in (frame.columns[0], frame.columns[-1])]
    return [*outer, *named, varied[-1]][0]


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _last_word(name: str) -> str:
    return re.split(r"[_ .-]", name.casefold())[-1]


def with_pictures(seen: Look, pictures: Sequence[Member]) -> Look:
    """Return what was seen, the columns whose cells name files of `pictures` as columns of pictures."""
    index = path_index(pictures)
    found = dict(seen.found)
    for name in found:
        cells = seen.raw.frame[name]
        if name != seen.target and index and names_pictures(cells, index):
            found[name] = Found("image", Column(name=name, role="image"))
    return seen._replace(found=found)


def with_texts(seen: Look) -> Look:
    """Return what was seen, free text as text where nothing else is left to learn from."""
    texts = texts_to_learn({name: each for name, each in seen.found.items() if name != seen.target})
    remark = "free text, the only thing there is to learn from"
    as_text = {name: Found("text", Column(name=name, role="text"), remark) for name in texts}
    return seen._replace(found={**seen.found, **as_text})


def seen_target(seen: Look) -> Target:
    """Return task and classes of the target that was seen; raise ValueError where it cannot be one."""
    settings = DatasetSettings(name="new", target=seen.target)
    return read_target(seen.raw.frame[seen.target], settings, seen.notation, max_unreadable_share=UNREADABLE)
