"""The gates of ``upcurve promote``, asked of runs in MLflow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from stages.bundle.gates import Gate, Judged
    from stages.settings.gates import GateSettings

GATES = "conf/promote.yaml"


def read_gates(root: Path) -> GateSettings:
    """Return the gates in ``conf/promote.yaml``.

    Raises
    ------
    ValueError
        Where the file is not there, or says what it cannot.
    """
    import yaml
    from pydantic import ValidationError

    from stages.settings.gates import GateSettings

    path = root / GATES
    if not path.is_file():
        raise ValueError(
            f"{GATES} is not there: it says which gates a run must pass. Bring it back from git."
        )
    try:
        return GateSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise ValueError(
            f"{GATES} cannot be read: {_faults(error)}. Its keys are {', '.join(GateSettings.model_fields)}."
        ) from error


def _faults(error: Any) -> str:
    """Return what is wrong in one phrase, whichever library found it."""
    if not hasattr(error, "errors"):
        return " ".join(str(error).split())
    return "; ".join(f"{'.'.join(map(str, each['loc'][:1]))}: {each['msg']}" for each in error.errors())


def judge(client: MlflowClient, run: Any, settings: GateSettings) -> Iterator[Gate]:
    """Yield the gates of the run itself."""
    from stages.bundle.gates import gates

    yield from gates(read_judged(client, run), settings)


def read_judged(client: MlflowClient, run: Any) -> Judged:
    """Return what `evaluate` wrote of the test part, from the run's artifacts."""
    import pandas as pd

    from stages.bundle.gates import Judged

    files = {name: artifact(client, run, f"evaluate/{name}") for name in ("metrics.json", "comparison.json")}
    documents = {name: json.loads(path.read_text(encoding="utf-8"))["test"] for name, path in files.items()}
    # A slice may be called NA or None: only an empty number is missing.
    empty = dict.fromkeys(("value", "low", "high"), "")
    text = dict.fromkeys(("column", "slice", "metric"), "str")
    path = artifact(client, run, "evaluate/slices.csv")
    slices = pd.read_csv(path, dtype=text, keep_default_na=False, na_values=empty)
    return Judged(documents["metrics.json"], documents["comparison.json"], slices)


def artifact(client: MlflowClient, run: Any, path: str) -> Path:
    """Return the run's artifact `path` as a file."""
    try:
        return Path(client.download_artifacts(run.info.run_id, path))
    except Exception as error:  # MLflow raises several kinds, by store
        raise ValueError(
            f"{path} of {run.info.run_name} is not in MLflow. `upcurve sync` sends what is missing; a run of "
            "an older version of the project must be run again."
        ) from error


def against(client: MlflowClient, run: Any, champion: Any | None, settings: GateSettings) -> Iterator[Gate]:
    """Yield the gate against the champion, where it is asked for and there is another one."""
    from stages.bundle.gates import Gate, champion_gate
    from stages.shell.cli.paired import Unpaired, paired

    if settings.champion == "ignore":
        return
    if champion is None or champion.run_id == run.info.run_id:
        words = "there is none yet" if champion is None else "it is this very run"
        yield Gate("champion", True, None, None, words)
        return
    name = f"version {champion.version}"
    try:
        table = paired(run, run_of(client, champion)).set_index("metric")
    except Unpaired as error:
        words = f"not comparable: {error}. Say champion: ignore in {GATES} where that is meant"
        yield Gate(f"champion {name}", False, None, None, words)
        return
    metric = read_judged(client, run).by(settings.metric).main
    row = {str(key): value for key, value in table.loc[metric].items()}
    yield champion_gate(name, metric, row, wanted=settings.champion)


def run_of(client: MlflowClient, version: Any) -> Any:
    """Return the run that a version of a registered model came from.

    Raises
    ------
    Unpaired
        Where it came from none, or the run is gone.
    """
    from mlflow.exceptions import MlflowException

    from stages.shell.cli.paired import Unpaired

    if not version.run_id:
        raise Unpaired("it was registered without a run")
    try:
        return client.get_run(version.run_id)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        raise Unpaired(f"its run {version.run_id} is gone from MLflow") from error
