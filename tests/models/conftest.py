"""Model files of a user, put where `upcurve new model` puts them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stages.models import own


@pytest.fixture
def own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], str]]:
    """A function that writes a file of one's own and returns its module's name."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setattr(own, "__path__", [*own.__path__, str(folder)])
    written: list[str] = []

    def write(name: str, source: str) -> str:
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
        importlib.invalidate_caches()
        written.append(f"{own.__name__}.{name}")
        return written[-1]

    yield write
    for name in written:
        sys.modules.pop(name, None)
