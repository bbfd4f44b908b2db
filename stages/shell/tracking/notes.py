"""Notes on runs, kept as files beside the code: what stands in MLflow alone is lost with its store."""

from __future__ import annotations

import hashlib
from pathlib import Path

FOLDER = "notes"
DIGITS = 12
"""Signs of a run's key that name its file."""


def note_file(root: Path, key: str) -> Path:
    """Return where the note on the run with this key lies."""
    return root / FOLDER / f"{key[:DIGITS]}.md"


def read_note(root: Path, key: str) -> str:
    """Return the note on a run; nothing where there is none."""
    return find_note(root, key) or ""


def find_note(root: Path, key: str) -> str | None:
    """Return the note on a run, None where it has no file. The first line there, a comment, names the run."""
    try:
        text = note_file(root, key).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    first, _, rest = text.partition("\n")
    return (rest if first.startswith("<!--") else text).strip()


def write_note(root: Path, key: str, *, name: str, text: str) -> Path:
    """Keep `text` as the note on a run called `name`; return its file. An empty text removes it."""
    file = note_file(root, key)
    if not text.strip():
        file.unlink(missing_ok=True)
        return file
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"<!-- {name} -->\n{text.strip()}\n", encoding="utf-8")
    return file


def keys_with_notes(root: Path) -> list[str]:
    """Return the beginnings of the keys that have a note."""
    return sorted(file.stem for file in (root / FOLDER).glob("*.md"))


def digest(text: str) -> str:
    """Return a short digest of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
