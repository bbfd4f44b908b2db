"""The data set of a run, as the UI shows it: a name and a digest for each part, no data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.shell.tracking.metrics import read_document

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

PARTS = ("train", "validation", "test")
CONTEXT = "mlflow.data.context"
DIGITS = 12
"""Hexadecimal digits of a digest that are shown."""


def dataset_inputs(data: Path, config: Mapping[str, Any]) -> Iterator[DatasetInput]:
    """Yield the parts of the data set: two runs with the same digest of a part used the same rows."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    name = str(config["dataset"]["name"])
    rows = read_document(data / "split" / "report.json").get("rows", {})
    for part, digest in digests(data).items():
        dataset = Dataset(
            name=name,
            digest=digest,
            source_type="local",
            source=json.dumps({"uri": f"data/raw/{name}"}),
            profile=json.dumps({"num_rows": rows[part]}) if part in rows else None,
        )
        yield DatasetInput(dataset, [InputTag(CONTEXT, part)])


def digests(data: Path) -> dict[str, str]:
    """Return the digest of each part: the SHA-256 of the raw files and of the ids in it, shortened."""
    sources = read_document(data / "clean" / "sources.json").get("files", {})
    raw = hashlib.sha256(json.dumps(sources, sort_keys=True).encode())
    assignment = data / "split" / "assignment.parquet"
    if not assignment.exists():
        return {"train": raw.hexdigest()[:DIGITS]}
    import pyarrow.parquet as pq

    table = pq.read_table(assignment, columns=["example_id", "part"]).to_pandas()
    found = {}
    for part in PARTS:
        digest = raw.copy()
        digest.update("\n".join(table["example_id"][table["part"] == part].astype(str)).encode())
        found[part] = f"{digest.hexdigest()[:DIGITS]}"
    return found
