"""Class and part of each file, told by the folders it lies in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from stages.datasets.names import listed
from stages.datasets.places import PARTS

SHOWN: Final = 3


class Placed(NamedTuple):
    """What the folders of a file say: its class and its part, None where they say nothing."""

    label: str | None
    part: str | None


def placed(names: Sequence[str]) -> list[Placed]:
    """Return class and part of each path: ``[wrapping/][train|val|test/]class/[deeper/]file``.

    Folders that hold everything, but for files beside them, are passed over. The first folder below names
    parts where all of these are names of parts and one of them holds folders; else it is the class. A file
    outside of a class folder has no class. Raises ValueError where no file lies in a class folder.

    Examples
    --------
    >>> placed(["pets/train/cat/1.jpg", "pets/train/dog/1.jpg", "pets/val/cat/2.jpg"])[2]
    Placed(label='cat', part='validation')
    >>> placed(["cat/1.jpg", "train/1.jpg"])[1]
    Placed(label='train', part=None)
    """
    folders = [PurePosixPath(name).parts[:-1] for name in names]
    depth = _common_depth(folders)
    inner = [parts[depth:] for parts in folders]
    if _are_parts(inner):
        found = [Placed(_first(parts[1:]), PARTS[parts[0].lower()]) if parts else Placed(None, None)
                 for parts in inner]  # fmt: skip
    else:
        found = [Placed(_first(parts), None) for parts in inner]
    if not any(each.label is not None for each in found):
        raise ValueError(_no_classes(names))
    return found


def tell_apart(found: Sequence[Placed]) -> bool:
    """Return whether folders give several classes, so that no table is needed to tell what each file shows.

    Folders called train and test that hold the files themselves are none.

    Examples
    --------
    >>> tell_apart(placed(["cat/1.jpg", "dog/1.jpg"])), tell_apart(placed(["train/1.jpg", "test/1.jpg"]))
    (True, False)
    """
    return len({each.label for each in found if (each.label or "train").lower() not in PARTS}) > 1


def _first(parts: tuple[str, ...]) -> str | None:
    return parts[0] if parts else None


def _common_depth(folders: Sequence[tuple[str, ...]]) -> int:
    """Return how many outer folders hold every file in a folder, as long as folders are left below them."""
    depth = 0
    while True:
        outer = {parts[depth : depth + 1] for parts in folders} - {()}
        if len(outer) != 1 or _is_part(outer):
            return depth
        if not any(len(parts) > depth + 1 for parts in folders):
            return depth
        depth += 1


def _is_part(outer: set[tuple[str, ...]]) -> bool:
    return all(parts[0].lower() in PARTS for parts in outer if parts)


def _are_parts(inner: Sequence[tuple[str, ...]]) -> bool:
    outer = {parts[0] for parts in inner if parts}
    named = bool(outer) and all(name.lower() in PARTS for name in outer)
    return named and any(len(parts) > 1 for parts in inner)


def _no_classes(names: Sequence[str]) -> str:
    return (
        f"The {len(names):,} files lie in no class folders (e.g. {listed(list(names[:SHOWN]))}), so that it "
        "cannot be known what each shows. Put the files of each class into a folder of that name "
        "(also below train/, val/ and test/), or write a CSV with the columns path and label beside them and "
        "say dataset.format=csv and dataset.columns.image=[path]."
    )


def class_counts(found: Sequence[Placed]) -> Counter[str]:
    """Return the number of files of each class, the most frequent first."""
    counts = Counter(each.label for each in found if each.label is not None)
    return Counter(dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))))
