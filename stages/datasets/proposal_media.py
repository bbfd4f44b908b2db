"""The YAML of a new data set of pictures, texts or series, proposed from a look at its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final, NamedTuple

from stages.datasets.array_files import arrays_table
from stages.datasets.class_folders import Placed, class_counts, tell_apart
from stages.datasets.files import suffix
from stages.datasets.kinds import kind_of_files
from stages.datasets.media_folders import LABEL, TABLES, class_members
from stages.datasets.members import Member, endings
from stages.datasets.names import listed
from stages.datasets.places import PARTS
from stages.datasets.proposal import Proposal
from stages.datasets.proposal_text import settings_text
from stages.datasets.targets import MOST_CODES
from stages.examples.schema import Role
from stages.settings.dataset import DatasetSettings

SHOWN: Final = 6
FEW: Final = 30
"""Examples of a class below which it is named."""
REMEDIES: Final[Mapping[str, str]] = {
    "image": "model=cnn (small pictures, many of them) or model=backbone (few photos: transfer)",
    "text": "model=mlp (TF-IDF, quick) or model=text_cnn encode/text=tokens (word order)",
    "sequence": "model=fcn or model=rnn",
}
"""Role of the column, and what to try on it."""


class _Seen(NamedTuple):
    """How many examples of each class there are, and of each part; what the target is."""

    role: Role
    classes: Mapping[str, int]
    parts: Mapping[str, int]
    task: str = "classification"


def propose_folder(name: str, members: Sequence[Member], *, sha256: Mapping[str, str]) -> Proposal:
    """Return a commented data-set YAML for a folder per class; only the names of its files are looked at.

    Raises ValueError where most files are neither pictures nor texts, or lie in no class folders, or a table
    seems to tell their classes.
    """
    names = [member.name for member in members]
    kind = kind_of_files(names)
    if kind is None:
        raise ValueError(
            f"The folder holds neither pictures nor texts in folders: its {len(names):,} files end in "
            f"{endings(names)}. Name the files of a table, e.g. FOLDER/*.csv; or put the pictures (or texts) "
            "of each class into a folder of its name."
        )
    chosen, found = class_members(members, kind)
    seen = _Seen("image" if kind == "image_folder" else "text", class_counts(found), _parts(found))
    tables = [each for each in names if suffix(each) in TABLES]
    if tables and not tell_apart(found):
        raise ValueError(
            f"Beside the {len(chosen):,} {seen.role} files, which lie in no class folders, stands a table, "
            f"{listed(tables, limit=3)}: it seems to tell what each shows. Unpack archives, put the table on "
            "the outermost level of the folder, and bring that folder."
        )
    remarks = _remarks(seen)
    left_out = len(members) - len(chosen)
    if left_out:
        remarks.append(f"{left_out:,} other files are left out: {_left_out(members, chosen)}")
    return _proposal(name, kind, sha256, seen, remarks)


def propose_arrays(name: str, contents: Mapping[str, bytes], kind: str) -> Proposal:
    """Return a commented data-set YAML for .npz or .idx files `contents` (name to bytes)."""
    raw = arrays_table(contents, DatasetSettings(name="new", target=LABEL), kind)
    counts = raw.frame[LABEL].astype("str").value_counts()
    parts = (
        {} if raw.parts is None else {part: int((raw.parts == part).sum()) for part in sorted(set(raw.parts))}
    )
    role = next(iter(raw.roles.values()))
    classes = {
        str(label): int(count) for label, count in sorted(counts.items(), key=lambda item: str(item[0]))
    }
    remarks = [f"{file}: {remark}" for file, each in raw.remarks.items() for remark in each]
    sha256 = {file: source["sha256"] for file, source in raw.sources.items()}
    values = raw.frame[LABEL].dtype.kind == "f" and len(classes) > MOST_CODES
    seen = _Seen(role, classes, parts, "auto" if values else "classification")
    return _proposal(name, kind, sha256, seen, [*remarks, *_remarks(seen)])


def _parts(found: Sequence[Placed]) -> dict[str, int]:
    parts = [each.part for each in found if each.part is not None]
    return {part: parts.count(part) for part in dict.fromkeys(PARTS.values()) if part in parts}


def _left_out(members: Sequence[Member], chosen: Sequence[Member]) -> str:
    kept = set(chosen)
    return listed([member.name for member in members if member not in kept], limit=3)


def _remarks(seen: _Seen) -> list[str]:
    remarks = []
    if seen.task == "auto":
        return ["the target holds many different numbers: a regression"]
    if len(seen.classes) == 1:
        remarks.append(
            f"there is one class only, {next(iter(seen.classes))!r}: there is nothing to tell apart"
        )
    if "test" in seen.parts:
        remarks.append(
            "folders (or arrays) train and test: split/strategy=predefined tests on that test part"
        )
    elif seen.parts:
        remarks.append(
            f"it comes in the parts {', '.join(seen.parts)}, without a test part: split/strategy=predefined "
            "cannot be used before one is called test; other strategies pay no heed to the parts"
        )
    small = [f"{label} {count}" for label, count in seen.classes.items() if count < FEW]
    if small and len(seen.classes) > 1 and seen.role != "sequence":
        remarks.append(f"classes with fewer than {FEW} examples: {', '.join(small[:SHOWN])}")
    most, least = max(seen.classes.values()), min(seen.classes.values())
    if most > 3 * least:
        remarks.append(
            f"the classes are uneven ({least:,} to {most:,} examples): see train/class_weight=balanced and "
            "resample=random_over"
        )
    return remarks


def _proposal(name: str, kind: str, sha256: Mapping[str, str], seen: _Seen, remarks: list[str]) -> Proposal:
    total = sum(seen.classes.values())
    what = {"image": "pictures", "text": "texts", "sequence": "series"}[seen.role]
    parts = "".join(f"; {part} {count:,}" for part, count in seen.parts.items())
    head = [
        f"{name}: {total:,} {what}, {_target_words(seen)}{parts}",
        "Written by `upcurve new data` from a look at the files: check it.",
        *(f"Look at: {' '.join(remark.split())}" for remark in remarks),
        f"Then try: upcurve run dataset={name} with {REMEDIES[seen.role]}",
    ]
    settings: dict[str, Any] = {"name": name, "files": list(sha256), "sha256": dict(sha256)}
    settings |= {"format": kind, "target": LABEL, "task": seen.task}
    return Proposal(settings_text(settings, head, short=True), LABEL, remarks, REMEDIES[seen.role])


def _target_words(seen: _Seen) -> str:
    """Return what there is to predict: the classes and their counts, or the range of a number."""
    if seen.task == "auto":
        values = [value for value in map(float, seen.classes) if isfinite(value)]
        return f"regression, {min(values):g} to {max(values):g}"
    shown = ", ".join(f"{label} {count:,}" for label, count in list(seen.classes.items())[:SHOWN])
    more = ", ..." if len(seen.classes) > SHOWN else ""
    return f"{len(seen.classes):,} classes: {shown}{more}"
