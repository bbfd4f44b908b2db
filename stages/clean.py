"""Read the raw files of the data set into one table of examples, mending cells and flagging rows.

Reads data/raw/<dataset>/ (never writes there); writes data/clean: examples.parquet, schema.json,
origins.parquet (file and record of each example), audit.csv, profile.csv, sources.json.
Run: python -m stages.clean [clean.duplicates=keep dataset.positive_class=good]
"""

from __future__ import annotations

import logging
from typing import NamedTuple

import pandas as pd

from stages.datasets.assembly import ROLES, Assembled, assemble, read_columns
from stages.datasets.audit import audit_table, cell_lines, dropped_lines, fault_lines, file_lines, lost_cells
from stages.datasets.columns import ReadColumn, Rules, check_names
from stages.datasets.notation import infer_notation
from stages.datasets.profile import profile_table, summary
from stages.datasets.reading import check_records, read_raw
from stages.datasets.tables import RawTable
from stages.datasets.targets import read_target
from stages.examples.schema import TARGET, Schema
from stages.settings.clean import CleanConfig, CleanSettings
from stages.settings.dataset import DatasetSettings
from stages.shell.stage import Store, stage

logger = logging.getLogger(__name__)


class Cleaned(NamedTuple):
    """The table of examples, its description, and the account of what was done.

    `origins` holds file and record number of each example; `notes` what deviates, one sentence each.
    """

    examples: pd.DataFrame
    schema: Schema
    origins: pd.DataFrame
    audit: pd.DataFrame
    profile: pd.DataFrame
    notes: list[str]


def clean(raw: RawTable, *, dataset: DatasetSettings, settings: CleanSettings) -> Cleaned:
    """Return the examples of the raw table, cells mended, faulty rows flagged; `raw` is not changed.

    Rows without a target, and records that cannot be read, are left out. Raises ValueError, in one
    paragraph, where a column does not exist, does not fit its role, or nothing can be learned.
    """
    share = settings.max_unreadable_share
    check_records(raw, max_unreadable_share=share)
    check_names(raw.frame.columns, dataset)
    delimiters = [source.get("delimiter", "") for source in raw.sources.values()]
    notation = infer_notation(raw.frame, dataset, delimiters=delimiters)
    target = read_target(raw.frame[dataset.target], dataset, notation, max_unreadable_share=share)
    columns = read_columns(raw, target, Rules(notation, dataset, settings))
    schema = Schema(
        dataset=dataset.name,
        task=target.task,
        target=dataset.target,
        classes=target.classes,
        features=tuple(each.column for each in columns if each.column and each.use in ROLES),
        cells=notation,
    )
    assembled = assemble(raw, columns, classes=bool(target.classes), settings=settings)
    origins = pd.DataFrame({"file": raw.files[assembled.kept], "row": raw.rows[assembled.kept]})
    return Cleaned(
        examples=assembled.examples,
        schema=schema,
        origins=origins.astype({"file": "str"}),
        audit=_audit(raw, columns, assembled, limit=settings.audit_limit),
        profile=profile_table(columns),
        notes=_notes(raw, columns, assembled),
    )


def _audit(raw: RawTable, columns: list[ReadColumn], assembled: Assembled, *, limit: int) -> pd.DataFrame:
    target = next(column for column in columns if column.use == TARGET)
    lines = file_lines(raw, limit=limit)
    lines += dropped_lines(raw, assembled.dropped, target, limit=limit)
    for fault in assembled.faults:
        lines += fault_lines(raw, fault, assembled.kept, limit=limit)
    for column in columns:
        lines += cell_lines(raw, column, limit=limit)
    return audit_table(lines)


def _notes(raw: RawTable, columns: list[ReadColumn], assembled: Assembled) -> list[str]:
    notes = [f"{name}: {remark}" for name, remarks in raw.remarks.items() for remark in remarks]
    notes += [
        f"{name}: {len(rows):,} records cannot be read and were left out"
        for name, rows in raw.unreadable.items()
    ]
    if len(assembled.dropped):
        notes.append(f"{len(assembled.dropped):,} rows without a target were left out")
    for fault in assembled.faults:
        done = "excluded from training" if fault.excluded else "flagged only"
        notes.append(fault.note or f"{fault.reason}: {len(fault.rows):,} rows, {done}")
    notes += [f"{column.name}: {column.remark}" for column in columns if column.remark]
    return notes + [note for column in columns for note in lost_cells(column)]


@stage(CleanConfig)
def main(config: CleanConfig, store: Store) -> None:
    """Clean the raw files of the configured data set."""
    raw = read_raw(store.raw(config.dataset.name), config.dataset)
    cleaned = clean(raw, dataset=config.dataset, settings=config.clean)
    logger.info("%s\n%s", _headline(cleaned), summary(cleaned.profile))
    for note in cleaned.notes:
        logger.warning("%s", note)
    store.write_table("examples.parquet", cleaned.examples)
    store.write_table("origins.parquet", cleaned.origins)
    store.write_model("schema.json", cleaned.schema)
    store.write_csv("audit.csv", cleaned.audit)
    store.write_csv("profile.csv", cleaned.profile)
    files = {name: source["sha256"] for name, source in raw.sources.items()}
    store.write_json("sources.json", {"files": files, "reading": raw.sources, "notes": cleaned.notes})


def _headline(cleaned: Cleaned) -> str:
    schema = cleaned.schema
    counts = cleaned.examples[TARGET].value_counts()
    classes = ", ".join(f"{name} {counts[name]:,}" for name in schema.classes[:10])
    task = f"{schema.task} of {schema.target}" + (f" ({classes})" if classes else "")
    return f"{schema.dataset}: {len(cleaned.examples):,} examples, {len(schema.features)} features, {task}"


if __name__ == "__main__":
    main()
