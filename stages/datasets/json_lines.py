"""Reading of JSON lines: one object a line, or one list of objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from stages.datasets.encodings import decode
from stages.datasets.names import listed, shortened
from stages.datasets.tables import FileTable, Unreadable
from stages.settings.dataset import DatasetFiles


def read_json_lines(name: str, content: bytes, settings: DatasetFiles) -> FileTable:
    """Return the records of a JSON lines file; a key that a record lacks is missing there.

    Lines that are no JSON object are left out. Raises ValueError where the file is empty or a value
    is itself an object or a list.
    """
    text, encoding, remark = decode(name, content, settings.encoding)
    if not text.strip():
        raise ValueError(f"{name} is empty. Put one JSON object a line there.")
    records, rows, unreadable = _records(name, text)
    frame = pd.DataFrame(records, index=range(len(records)), dtype=object)
    _refuse_nested(name, frame)
    remarks = (remark,) if remark else ()
    reading = {"encoding": encoding, "format": "jsonl"}
    return FileTable(frame, np.array(rows, np.int64), tuple(unreadable), reading, remarks)


def _records(name: str, text: bytes) -> tuple[list[Mapping[str, Any]], list[int], list[Unreadable]]:
    if text.lstrip()[:1] == b"[":
        return _from_list(name, text)
    records: list[Mapping[str, Any]] = []
    rows: list[int] = []
    unreadable: list[Unreadable] = []
    # Not splitlines(): a JSON string may hold U+2028, which is a line break only to Python.
    lines = (line for line in text.decode().split("\n") if line.strip())
    for row, line in enumerate(lines, start=1):
        value = _value(line)
        if isinstance(value, dict):
            records.append(value)
            rows.append(row)
        else:
            reason = value if isinstance(value, str) else "not a JSON object"
            unreadable.append(Unreadable(row, reason, line))
    return records, rows, unreadable


def _value(line: str) -> Any:
    try:
        return json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        return f"not JSON: {error}"


def _from_list(name: str, text: bytes) -> tuple[list[Mapping[str, Any]], list[int], list[Unreadable]]:
    values = _value(text.decode())
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        why = values if isinstance(values, str) else "the list must hold objects only"
        raise ValueError(f"{name} begins with a list but is no list of JSON objects ({why}). Mend it there.")
    return values, list(range(1, len(values) + 1)), []


def _refuse_nested(name: str, frame: pd.DataFrame) -> None:
    for label in frame.columns:
        nested = frame[label].map(lambda value: isinstance(value, dict | list))
        if nested.any():
            first = frame[label][nested].iloc[0]
            raise ValueError(
                f"{name}: {label!r} holds an object or a list ({shortened(json.dumps(first))}), in "
                f"{int(nested.sum()):,} of {len(frame):,} records; a cell must be text, a number, true, "
                "false or null. Flatten it first, e.g. with pandas.json_normalize, or leave it out. "
                f"The keys are {listed(list(frame.columns))}."
            )
