"""The model of a run in MLflow: for raw rows, with its own code, no pickle, requirements pinned."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.bundle.examples import sendable
from stages.bundle.packing import Packed, pack
from stages.bundle.parts import DECISION, NETWORK, PREPROCESSING, SCHEMA
from stages.examples.encoded import Spec
from stages.examples.schema import Schema
from stages.shell.store import ROOT
from stages.shell.tracking.client import KEY
from stages.shell.tracking.model_card import model_card

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.models import ModelSignature

SCRIPT = Path(__file__).with_name("served_model.py")
PARTS_FROM = {
    PREPROCESSING: "encode/preprocessing.skops",
    NETWORK: "train/model.keras",
    DECISION: "evaluate/decision.json",
}
"""Where in data/ the files of a predictor lie."""
EXAMPLE_ROWS = 3
FORM = ("delimiter", "encoding", "skip_rows", "names", "sheet")
AUTO = "auto"
ARRAYS, SEQUENCE, TIME = "arrays", "sequence", "time"
REFUSED = re.compile(r"""[/:.%"']""")
"""Signs that MLflow takes in no name of a model; a choice is called after its file, which may hold a dot."""


def read_parts(data: Path) -> dict[str, bytes]:
    """Return the files of the predictor that the stages left in `data`, by name.

    Raises
    ------
    ValueError
        Where a stage has not run yet.
    """
    names = ("clean/schema.json", "encode/spec.json", *PARTS_FROM.values())
    absent = [name for name in names if not (data / name).exists()]
    if absent:
        raise ValueError(
            f"There is no whole model in {data.name}/ yet: {', '.join(absent)} not there. Run `upcurve run` "
            "(or `dvc repro`), which makes it."
        )
    parts = {name: (data / source).read_bytes() for name, source in PARTS_FROM.items()}
    return parts | {SCHEMA: (read_schema(data).model_dump_json(indent=1) + "\n").encode()}


def read_schema(data: Path) -> Schema:
    """Return the schema of the table of examples, with the classes that `encode` has left."""
    spec = Spec.model_validate_json((data / "encode" / "spec.json").read_text(encoding="utf-8"))
    schema = (data / "clean" / "schema.json").read_text(encoding="utf-8")
    return spec.narrow(Schema.model_validate_json(schema))


def files_form(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the files of a data set are written: those of new rows likely are so too."""
    form = {key: dataset[key] for key in FORM if key in dataset}
    arrays, steps = dataset.get(ARRAYS) or {}, dataset.get(SEQUENCE) or {}
    if any(arrays.get(key, AUTO) != AUTO for key in arrays):
        form[ARRAYS] = arrays
    return form | ({SEQUENCE: steps, TIME: dataset.get(TIME)} if steps.get("id") else {})


def log_bundle(
    client: MlflowClient, run_id: str, data: Path, *, config: Mapping[str, Any], code: Path = ROOT
) -> str:
    """Log the model in `data` with the run `run_id`; return its MLflow id. A run that has one is left.

    A model whose upload was cut off is completed under its own id.

    Parameters
    ----------
    config
        The composed configuration; the model is named after its choice of model.
    code
        The project whose code goes with the model.

    Raises
    ------
    ValueError
        Where a part of the model is not there, or its code is gone.
    """
    run = client.get_run(run_id)
    known = logged_model(client, run)
    if known is not None and known.status == "READY":
        return str(known.model_id)
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    parts = read_parts(data)
    schema = Schema.model_validate_json(parts[SCHEMA])
    with tempfile.TemporaryDirectory() as folder:
        packed = pack(parts, Path(folder), code=code)
        card = model_card(schema, json.loads(parts[DECISION]))
        model = known or _create(client, run, name=config["choices"]["model"], card=card)
        saved = _save(packed, Path(folder, "model"), model, form=_form(data, schema, config))
        client.log_model_artifacts(model.model_id, str(saved))
    client.finalize_logged_model(model.model_id, "READY")
    return str(model.model_id)


def logged_model(client: MlflowClient, run: Any) -> Any | None:
    """Return the model logged with `run`, a finished one first, or None."""
    outputs = run.outputs.model_outputs if run.outputs else []
    models = [client.get_logged_model(each.model_id) for each in outputs]
    return next((model for model in models if model.status == "READY"), models[0] if models else None)


def ready_model(client: MlflowClient, run: Any) -> Any:
    """Return the finished model logged with `run`.

    Raises
    ------
    ValueError
        Where there is none.
    """
    model = logged_model(client, run)
    if model is None or model.status != "READY":
        raise ValueError(
            f"The run {run.info.run_name} has no model in MLflow. `upcurve sync` sends what is missing; "
            "record.model=false logs none."
        )
    return model


def signature(schema: Schema) -> ModelSignature:
    """Return what the model takes and gives.

    Every column may be left out, and takes any cell, text or typed: MLflow would refuse whole numbers for a
    column declared double, and a column declared string without a filled cell. The model itself reads each
    cell as its column's role says, and names row and column where it cannot.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType
    from mlflow.types import Schema as Columns
    from mlflow.types.schema import AnyType

    any_cell = AnyType()  # type: ignore[no-untyped-call]
    inputs = [ColSpec(any_cell, column.name, required=False) for column in schema.features]
    kind = DataType.double if schema.task == "regression" else DataType.string
    outputs = [ColSpec(kind, "prediction")]
    outputs += [ColSpec(DataType.double, f"probability.{name}") for name in schema.classes]
    return ModelSignature(Columns([*inputs]), Columns([*outputs]))


def example(data: Path, schema: Schema) -> pd.DataFrame:
    """Return the first rows of the table of examples under the names of the user's columns."""
    from pyarrow.parquet import ParquetFile

    names = {column.key: column.name for column in schema.features}
    table = ParquetFile(data / "clean" / "examples.parquet")
    rows: pd.DataFrame = next(table.iter_batches(EXAMPLE_ROWS, columns=list(names))).to_pandas()[list(names)]
    plain = rows.astype(object).where(rows.notna().to_numpy(), None)
    return sendable(plain, schema).rename(columns=names)


def _form(data: Path, schema: Schema, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the model says of the rows it takes."""
    about = {
        "task": schema.task,
        "target": schema.target,
        "id": config["dataset"].get("id"),
        "files": files_form(config["dataset"]),
        "columns": {column.name: column.role for column in schema.features},
    }
    return {"signature": signature(schema), "input_example": example(data, schema), "metadata": about}


def _create(client: MlflowClient, run: Any, *, name: str, card: str) -> Any:
    from mlflow.entities import LoggedModelOutput

    tags = {"mlflow.note.content": card}
    tags |= {KEY: run.data.tags[KEY]} if KEY in run.data.tags else {}
    model = client.create_logged_model(
        run.info.experiment_id,
        name=REFUSED.sub("_", name),
        source_run_id=run.info.run_id,
        tags=tags,
        params=dict(run.data.params),
    )
    client.log_outputs(run.info.run_id, [LoggedModelOutput(model.model_id, step=0)])
    return model


def _save(packed: Packed, path: Path, logged: Any, *, form: Mapping[str, Any]) -> Path:
    """Write the folder of an MLflow model at `path`; `form` is what it says of its rows."""
    from mlflow import pyfunc
    from mlflow.models import Model

    model = Model(
        artifact_path=logged.artifact_location,
        run_id=logged.source_run_id,
        model_uuid=logged.model_id,
        model_id=logged.model_id,
    )
    pyfunc.save_model(
        path,
        python_model=str(SCRIPT),
        artifacts={"parts": str(packed.parts), "code": str(packed.code)},
        model_config={"package": packed.package},
        pip_requirements=packed.requirements,
        mlflow_model=model,
        **form,
    )
    _without_paths(model.flavors["python_function"])
    model.save(path / "MLmodel")
    return path


def _without_paths(flavor: dict[str, Any]) -> None:
    """Name the files of a model by where they lie in it, not by where they came from on this machine."""
    flavor["model_code_path"] = SCRIPT.name
    for artifact in flavor["artifacts"].values():
        artifact["uri"] = artifact["path"]
