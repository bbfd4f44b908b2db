"""Writing of small raw files and cleaning them, for the tests of data sets."""

from __future__ import annotations

from pathlib import Path

import yaml

from stages.clean import Cleaned, clean
from stages.datasets.reading import read_raw
from stages.settings.clean import CleanSettings
from stages.settings.dataset import DatasetSettings

SETTINGS = {
    "duplicates": "exclude",
    "near_duplicates": "flag",
    "contradicting_labels": "exclude",
    "max_repeated_share": 0.2,
    "max_missing_share": 0.8,
    "max_unreadable_share": 0.05,
    "sentinels": "replace",
    "unicode": "NFC",
    "html": "strip",
    "mojibake": "repair",
    "audit_limit": 100,
}
ROOT = Path(__file__).resolve().parents[1]


def cleaned_folder(folder: Path, changes: dict[str, object] | None = None, **dataset: object) -> Cleaned:
    """Return what `clean` makes of the files in `folder`."""
    settings = CleanSettings(**SETTINGS | (changes or {}))
    described = DatasetSettings(**{"name": folder.name, "target": "y"} | dataset)
    return clean(read_raw(folder, described), dataset=described, settings=settings)


def cleaned_bytes(
    folder: Path,
    content: bytes | str,
    *,
    file: str = "a.csv",
    changes: dict[str, object] | None = None,
    **dataset: object,
) -> Cleaned:
    """Return what `clean` makes of one file with `content`."""
    folder.mkdir(exist_ok=True)
    (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)
    return cleaned_folder(folder, changes, **dataset)


def described(name: str) -> dict[str, object]:
    """Return the settings in conf/dataset/<name>.yaml."""
    settings: dict[str, object] = yaml.safe_load((ROOT / f"conf/dataset/{name}.yaml").read_text())
    return settings


def rows(*, count: int = 30) -> str:
    """Return CSV records with the columns x (number), c (level), y (class)."""
    lines = [
        f"{number * 1.5},{'uvw'[number % 3]},{'good' if number % 3 else 'bad'}" for number in range(count)
    ]
    return "x,c,y\n" + "\n".join(lines) + "\n"
