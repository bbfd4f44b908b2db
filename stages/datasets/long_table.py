"""Tables whose rows are the steps of sequences: each sequence becomes one row, one example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.datasets.cells import parse_column
from stages.datasets.columns import ReadColumn, Rules, read_feature
from stages.datasets.names import listed, nearest, shortened
from stages.datasets.places import read_place
from stages.datasets.roles import infer_column, stated_column
from stages.datasets.tables import RawTable
from stages.datasets.written import is_number, trimmed, typed, written
from stages.settings.dataset import DatasetSettings

SEQUENCE: Final = "sequence"
"""Name of the column of series that the steps are gathered into."""


class Gathered(NamedTuple):
    """One row a sequence, the settings that fit it, and the channels as read, one cell a step."""

    raw: RawTable
    dataset: DatasetSettings
    channels: list[ReadColumn]


class Steps(NamedTuple):
    """Which rows are the steps of which sequence.

    `order` holds the raw rows, sequence by sequence (in the order of their first rows), the steps of each in
    their order ``(n_steps,)``; `starts` where each sequence begins in it, and its end ``(n_sequences + 1,)``;
    `remarks` what deviates.
    """

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    remarks: tuple[str, ...]

    def number(self) -> NDArray[np.int64]:
        """Return the sequence of each row of `order`, ``(n_steps,)``."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def gather_steps(raw: RawTable, rules: Rules) -> Gathered:
    """Return a table of one row a sequence; `raw` has one row a step, and is not changed.

    Rows with the same ``dataset.sequence.id`` are one sequence, ordered by ``dataset.time`` where stated,
    else as the file has them. Its channels become the column ``sequence``; columns that are the same at all
    steps (the target among them) stay columns. Others are left out.

    Raises
    ------
    ValueError
        Where a sequence has two targets, groups, weights or parts (naming it), or nothing is a channel.
    """
    dataset = rules.dataset
    _check_names(raw.frame, dataset)
    steps = _find_steps(raw, rules)
    varying = [name for name in raw.frame.columns if _varies(raw.frame[name], steps)]
    _check_constant(raw, steps, varying, dataset)
    names = _channels(raw.frame, varying, rules)
    channels = [_read_channel(raw.frame[name], rules) for name in names]
    dropped = [name for name in varying if name not in (*names, dataset.time, dataset.id)]
    kept = [name for name in raw.frame.columns if name not in (*names, *dropped, *_step_id(dataset))]
    firsts = steps.order[steps.starts[:-1]]
    frame = pd.DataFrame({name: _per_sequence(raw.frame[name], steps) for name in kept})
    frame[SEQUENCE] = _series(channels, steps)
    remarks = [*steps.remarks, *_dropped_remarks(dropped), f"rows are the steps of {len(frame):,} sequences"]
    gathered = replace(
        raw,
        frame=frame,
        files=raw.files[firsts],
        rows=raw.rows[firsts],
        parts=None if raw.parts is None else raw.parts[firsts],
        remarks=_with_remarks(raw.remarks, str(raw.files[0]), remarks),
    )
    return Gathered(gathered, _settings(dataset, names), channels)


def _check_names(frame: pd.DataFrame, dataset: DatasetSettings) -> None:
    known = list(frame.columns)
    named = [("dataset.sequence.id", dataset.sequence.id or "")]
    named += [("dataset.sequence.channels", name) for name in dataset.sequence.channels]
    for setting, name in named:
        if name not in known:
            raise ValueError(
                f"{setting} names the column {name!r}, but the files have {listed(known)}."
                f"{nearest(name, known)}"
            )
    if SEQUENCE in known and dataset.sequence.id != SEQUENCE:
        raise ValueError(
            f"The steps are gathered into a column called {SEQUENCE!r}, and the files have one of that name. "
            "Rename it in the file."
        )


def _find_steps(raw: RawTable, rules: Rules) -> Steps:
    """Return the rows of each sequence in the order of its steps."""
    dataset = rules.dataset
    cells = raw.frame[dataset.sequence.id or ""]
    ids = parse_column(cells, stated_column(cells, "categorical", rules.notation), rules.notation).values
    codes, _ = pd.factorize(ids)
    rows = np.flatnonzero(codes >= 0)
    remarks = []
    if len(rows) < len(codes):
        lacking = len(codes) - len(rows)
        remarks.append(f"{lacking:,} rows without {dataset.sequence.id} belong to no sequence: left out")
    order = rows[np.argsort(codes[rows], kind="stable")]
    if dataset.time is not None:
        times = read_place(raw.frame[dataset.time], "time", rules, kept=ids.notna()).values
        number = pd.Series(times).rank(method="dense").to_numpy()
        remarks += _time_remarks(codes[order], number[order], dataset.time)
        order = rows[np.lexsort((rows, number[rows], codes[rows]))]
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    return Steps(order, np.append(starts, len(order)), tuple(remarks))


def _time_remarks(codes: NDArray[np.int64], times: NDArray[Any], name: str) -> list[str]:
    """Return what is odd about the times of steps that stand sequence by sequence, as in the file."""
    same = codes[1:] == codes[:-1]
    back = np.unique(codes[1:][same & (np.diff(times) < 0)])
    double = int(pd.DataFrame({"code": codes, "time": times}).duplicated().sum())
    remarks = [f"{len(back):,} sequences were not in the order of {name}: sorted"] if len(back) else []
    if double:
        remarks.append(f"{double:,} steps have the {name} of another step of their sequence: both kept")
    return remarks


def _varies(cells: pd.Series, steps: Steps) -> bool:
    """Return whether a column has more than one value within any sequence, missing cells left out."""
    return bool((_values_each(cells, steps) > 1).any())


def _values_each(cells: pd.Series, steps: Steps) -> NDArray[np.int64]:
    """Return the number of different values of a column in each sequence, missing ones not counted."""
    plain = typed(cells)
    codes, _ = pd.factorize(plain if is_number(plain) else trimmed(written(plain)).to_pandas())
    codes = codes[steps.order]
    pairs = pd.DataFrame({"sequence": steps.number(), "code": codes})[codes >= 0].drop_duplicates()
    return np.bincount(pairs["sequence"], minlength=len(steps.starts) - 1)


def _check_constant(raw: RawTable, steps: Steps, varying: Sequence[str], dataset: DatasetSettings) -> None:
    """Refuse sequences of two targets, groups, weights or parts."""
    places = {use: getattr(dataset, use) for use in ("target", "group", "weight", "part")}
    cells = {f"dataset.{use}": raw.frame[name] for use, name in places.items() if name in varying}
    if raw.parts is not None:
        cells["dataset.parts"] = pd.Series(raw.parts)
    ids = raw.frame[dataset.sequence.id]
    for setting, values in cells.items():
        several = np.flatnonzero(_values_each(values, steps) > 1)
        if len(several):
            rows = steps.order[steps.starts[several[0]] : steps.starts[several[0] + 1]]
            held = list(dict.fromkeys(str(value) for value in values.iloc[rows].dropna()))
            raise ValueError(
                f"The steps of one sequence must agree in {setting}, but sequence "
                f"{shortened(ids.iloc[rows[0]])!r} holds {listed(held, limit=3)} ({len(several):,} of "
                f"{len(steps.starts) - 1:,} sequences do so). Mend the file, or name in dataset.sequence.id "
                "the column that is different for each sequence."
            )


def _channels(frame: pd.DataFrame, varying: Iterable[str], rules: Rules) -> list[str]:
    """Return the columns that are measured at each step: as stated, else numbers that vary within one."""
    dataset = rules.dataset
    if dataset.sequence.channels:
        return list(dataset.sequence.channels)
    places = (dataset.id, dataset.time, *dataset.columns.ignored)
    share = rules.settings.max_unreadable_share
    found = {
        name: infer_column(frame[name], rules.notation, max_unreadable_share=share)
        for name in varying
        if name not in places
    }
    names = [name for name, each in found.items() if each.use in ("numeric", "boolean")]
    if not names:
        raise ValueError(
            "No column holds numbers that change within a sequence of "
            f"dataset.sequence.id={dataset.sequence.id}, so there is nothing to learn from; columns that "
            f"change: {listed(list(found)) or 'none'}. Correct dataset.sequence.id, or name the columns in "
            "dataset.sequence.channels."
        )
    return names


def _read_channel(cells: pd.Series, rules: Rules) -> ReadColumn:
    """Return the values of one channel at each row; yes and no are 1 and 0."""
    found = infer_column(cells, rules.notation, max_unreadable_share=rules.settings.max_unreadable_share)
    return read_feature(cells, "boolean" if found.use == "boolean" else "numeric", rules)


def _step_id(dataset: DatasetSettings) -> tuple[str, ...]:
    """Return the column that names each step: no sequence has one."""
    return (dataset.id,) if dataset.id not in (None, dataset.sequence.id) else ()


def _per_sequence(cells: pd.Series, steps: Steps) -> pd.Series:
    """Return the first filled cell of each sequence."""
    ordered = cells.iloc[steps.order].reset_index(drop=True)
    first = ordered.groupby(steps.number()).first()
    return first.reset_index(drop=True)


def _series(channels: Sequence[ReadColumn], steps: Steps) -> pd.Series:
    """Return the values of each sequence, ``(n_steps, n_channels)`` float32."""
    values = np.column_stack([each.values.to_numpy(np.float32) for each in channels])[steps.order]
    cells = np.empty(len(steps.starts) - 1, dtype=object)
    cells[:] = np.split(values, steps.starts[1:-1])
    return pd.Series(cells)


def _dropped_remarks(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    return [f"{listed(list(names))} change within a sequence and are no channel: left out"]


def _with_remarks(
    old: Mapping[str, tuple[str, ...]], file: str, remarks: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    return {**old, file: (*old.get(file, ()), *remarks)}


def _settings(dataset: DatasetSettings, channels: Sequence[str]) -> DatasetSettings:
    """Return the settings of the gathered table: the sequence's id names its row."""
    columns = {role: tuple(n for n in names if n not in channels) for role, names in dataset.columns}
    return dataset.model_copy(
        update={
            "id": dataset.sequence.id,
            "group": None if dataset.group == dataset.sequence.id else dataset.group,
            "columns": dataset.columns.model_copy(update=columns | {"sequence": (SEQUENCE,)}),
            "sequence": dataset.sequence.model_copy(update={"channels": tuple(channels)}),
        }
    )
