"""A DVC cache with runs of stage `record`, made by hand."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import yaml

from stages.shell.tracking.executions import NEEDED, OUTPUT, Objects

CONFIG = b"train: {epochs: 3}\n"


class Cache:
    """A DVC cache, written as DVC does."""

    def __init__(self, root: Path) -> None:
        self.objects = Objects(root / ".dvc" / "cache")

    def add(self, content: bytes) -> str:
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return self._put(digest, content)

    def add_folder(self, files: Mapping[str, bytes]) -> str:
        listing = [{"md5": self.add(content), "relpath": name} for name, content in files.items()]
        content = json.dumps(listing).encode()
        return self._put(f"{hashlib.md5(content, usedforsecurity=False).hexdigest()}.dir", content)

    def add_run(self, key: str, *, time: float, metrics: bytes = b"{}") -> None:
        """Enter a run of stage `record` into the run cache."""
        deps = {path: self.add_folder({"a.csv": b"1", "deep/b.csv": b"2"}) for path in NEEDED}
        deps |= {"data/config.yaml": self.add(CONFIG), "data/evaluate": self.add_folder({"m.json": metrics})}
        output = self.add_folder({"record.json": json.dumps({"key": key}).encode(), "report.html": b"<p>"})
        entry = {
            "cmd": "python -m stages.record",
            "deps": [{"path": path, "md5": md5} for path, md5 in deps.items()],
            "outs": [{"path": OUTPUT, "md5": output}],
        }
        self.enter(yaml.safe_dump(entry), f"{key}{time:.0f}", time)

    def enter(self, text: str, name: str, time: float) -> None:
        file = self.objects.folder / "runs" / "aa" / "aaa" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.utime(file, (time, time))

    def _put(self, digest: str, content: bytes) -> str:
        place = self.objects.path(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return digest
