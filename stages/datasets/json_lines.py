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

    Lines that are no JSON object are left out; lists of numbers are kept as they are (series). Raises
    ValueError where the file is empty or a value is itself an object or another list.
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
        value = json.loads(line)
        return _with_whole_letters(value) if "\\u" in line else value
    except (json.JSONDecodeError, RecursionError) as error:
        return f"not JSON: {error}"


def _with_whole_letters(value: Any) -> Any:
    """Return a value with pairs of surrogates joined, and lone halves, which no file can hold, replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_with_whole_letters(each) for each in value]
    if isinstance(value, dict):
        return {_with_whole_letters(key): _with_whole_letters(each) for key, each in value.items()}
    return value


def _from_list(name: str, text: bytes) -> tuple[list[Mapping[str, Any]], list[int], list[Unreadable]]:
    values = _value(text.decode())
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        why = values if isinstance(values, str) else "the list must hold objects only"
        raise ValueError(f"{name} begins with a list but is no list of JSON objects ({why}). Mend it there.")
    return values, list(range(1, len(values) + 1)), []


def _refuse_nested(name: str, frame: pd.DataFrame) -> None:
    """Refuse objects, and lists other than series: of numbers, or of lists of numbers."""
    for label in frame.columns:
        lists = frame[label].map(lambda value: isinstance(value, list))
        series = frame[label][lists].map(_may_be_series).any()
        nested = frame[label].map(lambda value: isinstance(value, dict)) | (lists & (not series))
        if nested.any():
            first = frame[label][nested].iloc[0]
            raise ValueError(
                f"{name}: {label!r} holds an object or a list ({shortened(json.dumps(first))}), in "
                f"{int(nested.sum()):,} of {len(frame):,} records; a cell must be text, a number, true, "
                "false or null, or a list of numbers (a series). Flatten it first, e.g. with "
                f"pandas.json_normalize, or leave it out. The keys are {listed(list(frame.columns))}."
            )


def _may_be_series(value: Any) -> bool:
    """Return whether a list holds numbers at least once, or lists; which of them are right is told later."""
    if not isinstance(value, list):
        return False
    flat = [each for step in value for each in (step if isinstance(step, list) else [step])]
    return not any(isinstance(each, dict | list) for each in flat) and (
        not flat or any(each is None or isinstance(each, int | float) for each in flat)
    )
