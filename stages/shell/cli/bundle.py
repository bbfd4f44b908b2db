"""Models by the names people give them: a run, a registered model's alias, a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

SCHEMES = ("models:/", "runs:/")


class Loaded(NamedTuple):
    """A bundle's predictor, run by the bundle's own code, and what the bundle says of its training data."""

    predictor: Any
    about: dict[str, Any]


def load_bundle(name: str) -> Loaded:
    """Return the model that `name` stands for: a run, ``models:/NAME@ALIAS`` or a model's folder.

    Raises
    ------
    ValueError
        Where there is none, or it is none that this project made.
    """
    place = model_place(name)
    from stages.training.quiet import import_tensorflow

    import_tensorflow()
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow
    from mlflow.exceptions import MlflowException

    use_our_store()
    try:
        loaded = mlflow.pyfunc.load_model(place)
    except (MlflowException, OSError) as error:
        said = " ".join(str(error).split())
        raise ValueError(f"MLflow cannot load the model {name}: {said} {_registered()}") from error
    python_model = _python_model(loaded)
    if not hasattr(python_model, "predictor"):
        raise ValueError(
            f"The model {name} is none of this project's: it takes no raw rows. Name a run of `upcurve run`."
        )
    return Loaded(python_model.predictor, loaded.metadata.metadata or {})


def use_our_store() -> None:
    """Let those functions of MLflow that take no client find our store: they look into the environment."""
    from stages.shell.tracking.client import tracking_uri

    os.environ.setdefault("MLFLOW_TRACKING_URI", tracking_uri())


def model_place(name: str) -> str:
    """Return what MLflow calls the model that `name` stands for."""
    from stages.shell.cli.runs import load_runs, pick
    from stages.shell.tracking.bundle import ready_model
    from stages.shell.tracking.client import open_client

    if name.startswith(SCHEMES):
        open_client()  # makes the store, where there is none yet
        return name
    path = Path(name)
    if path.is_dir():
        if not (path / "MLmodel").is_file():
            raise ValueError(f"{name} is no model: the folder holds no file MLmodel. Name a model's folder.")
        return str(path)
    run = pick(load_runs(), name)
    return f"models:/{ready_model(open_client(), run).model_id}"


def _python_model(loaded: Any) -> Any:
    from mlflow.exceptions import MlflowException

    try:
        return loaded.unwrap_python_model()
    except MlflowException:  # a model of another flavour
        return None


def _registered() -> str:
    from stages.shell.tracking.client import open_client

    names = [model.name for model in open_client().search_registered_models()]
    return f"Registered models: {', '.join(names)}." if names else "No model is registered yet."
