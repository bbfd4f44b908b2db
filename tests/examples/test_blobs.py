"""Cells of bytes that stay on disk."""

from __future__ import annotations

from pathlib import Path

from stages.examples.blobs import on_disk


def test_every_cell_is_read_again_in_any_order(tmp_path: Path) -> None:
    cells = [b"first", b"", None, b"\x00\xff" * 5000, b"last"]
    blobs = on_disk(iter(cells), tmp_path)
    assert [None if blob is None else bytes(blob) for blob in blobs[::-1]] == cells[::-1]


def test_no_file_is_left_behind(tmp_path: Path) -> None:
    blobs = on_disk([b"one"], tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert bytes(blobs[0]) == b"one"


def test_nothing_at_all_needs_no_byte(tmp_path: Path) -> None:
    assert on_disk([], tmp_path) == []
    assert on_disk([None], tmp_path) == [None]
