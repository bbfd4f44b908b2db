"""Read the raw files of the data set into one table of examples, mending cells and flagging rows.

Reads data/raw/<dataset>/ (never writes there); writes data/clean: examples.parquet, schema.json,
origins.parquet (file and record of each example), audit.csv, profile.csv, sources.json.
Run: python -m stages.clean [clean.duplicates=keep dataset.positive_class=good]
"""

from __future__ import annotations

import logging
from typing import Final, NamedTuple

import pandas as pd

from stages.datasets.account import account_lines, account_notes
from stages.datasets.assembly import ROLES, assemble, read_columns
from stages.datasets.audit import Line, audit_table, cell_lines
from stages.datasets.columns import Rules, check_names
from stages.datasets.long_table import gather_steps
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

GROUP_ROWS: Final = 1000
"""Examples with pictures that are written at a time."""


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
    steps: list[Line] = []
    if dataset.sequence.id is not None:
        gathered = gather_steps(raw, Rules(notation, dataset, settings))
        for channel in gathered.channels:
            steps += cell_lines(raw, channel, limit=settings.audit_limit)
        raw, dataset, _ = gathered
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
        audit=audit_table([*account_lines(raw, columns, assembled, limit=settings.audit_limit), *steps]),
        profile=profile_table(columns),
        notes=account_notes(raw, columns, assembled),
    )


@stage(CleanConfig)
def main(config: CleanConfig, store: Store) -> None:
    """Clean the raw files of the configured data set."""
    raw = read_raw(store.raw(config.dataset.name), config.dataset)
    cleaned = clean(raw, dataset=config.dataset, settings=config.clean)
    logger.info("%s\n%s", _headline(cleaned), summary(cleaned.profile))
    for note in cleaned.notes:
        logger.warning("%s", note)
    pictures = bool(cleaned.schema.keys("image"))
    store.write_table("examples.parquet", cleaned.examples, group_rows=GROUP_ROWS if pictures else None)
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
    features = f"{len(schema.features)} feature{'' if len(schema.features) == 1 else 's'}"
    return f"{schema.dataset}: {len(cleaned.examples):,} examples, {features}, {task}"


if __name__ == "__main__":
    main()
