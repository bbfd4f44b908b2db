"""Whether two runs differ: the paired bootstrap on the predictions that MLflow holds of both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

    from stages.metrics.answers import Answers

PREDICTIONS = "evaluate/predictions.parquet"
DECISION = "evaluate/decision.json"
PART = "test"


class Predicted(NamedTuple):
    """What a run answered for the test part, and how that is judged."""

    answers: Answers
    task: str
    classes: tuple[str, ...]
    parameters: Mapping[str, str]
    costs: list[list[float]] | None


class Unpaired(ValueError):
    """Two runs cannot be compared row by row."""


def paired(run: Any, base: Any) -> pd.DataFrame:
    """Return each metric of both runs on the test part, the difference run - base and the verdict on `run`.

    Raises
    ------
    Unpaired
        Where they did not predict the same examples, count them otherwise, or a file of theirs is gone.
    """
    import numpy as np

    from stages.metrics.comparison import compare
    from stages.metrics.draws import Resampling
    from stages.metrics.judgement import Judge

    ours, theirs = read_predicted(run), read_predicted(base)
    check_same_rows(ours, theirs)
    check_same_weights(ours.answers, theirs.answers)
    told = theirs.parameters
    bins = int(told.get("evaluate.calibration_bins", 15))
    costs = None if theirs.costs is None else np.asarray(theirs.costs)
    judge = Judge(theirs.task, theirs.classes, bins, costs)  # type: ignore[arg-type]
    resampling = Resampling(
        resamples=int(told.get("evaluate.bootstrap_resamples", 1000)) or 1000,
        confidence=confidence_of(base),
        seed=int(told.get("evaluate.seed", 0)),
    )
    return compare(ours.answers, theirs.answers, judge=judge, part=PART, resampling=resampling).table


def confidence_of(run: Any) -> float:
    """Return the share that the intervals of a run hold."""
    return float(run.data.params.get("evaluate.confidence", 0.95))


def read_predicted(run: Any) -> Predicted:
    """Return what `run` answered for the test part."""
    import pandas as pd

    from stages.metrics.answers import answers_of

    decision = json.loads(_artifact(run, DECISION).read_text(encoding="utf-8"))
    classes = tuple(decision["classes"] or ())
    table = pd.read_parquet(_artifact(run, PREDICTIONS))
    answers = answers_of(table, part=PART, classes=classes)
    return Predicted(answers, decision["task"], classes, run.data.params, decision.get("costs"))


def check_same_rows(ours: Predicted, theirs: Predicted) -> None:
    """Raise Unpaired where the test rows of two runs are not the same examples with the same targets."""
    import pandas as pd

    if (ours.task, ours.classes) != (theirs.task, theirs.classes):
        raise Unpaired("they learnt different targets")
    first = pd.Series(ours.answers.target, index=ours.answers.example_id)
    second = pd.Series(theirs.answers.target, index=theirs.answers.example_id)
    if set(first.index) != set(second.index):
        common = len(set(first.index) & set(second.index))
        raise Unpaired(f"only {common} of {len(second)} test rows are the same")
    if not (first == second.reindex(first.index)).all():
        raise Unpaired("the same rows have other targets")


def check_same_weights(ours: Answers, theirs: Answers) -> None:
    """Raise Unpaired where the same test rows count differently in two runs: both need one measure."""
    import pandas as pd

    if ours.weight is None and theirs.weight is None:
        return
    if ours.weight is None or theirs.weight is None:
        raise Unpaired("only one of them counts rows by their weight (evaluate.weighted)")
    first = pd.Series(ours.weight, index=ours.example_id)
    second = pd.Series(theirs.weight, index=theirs.example_id)
    if not (first == second.reindex(first.index)).all():
        raise Unpaired("the same rows have other weights")


def _artifact(run: Any, path: str) -> Path:
    from stages.shell.tracking.client import open_client

    try:
        return Path(open_client().download_artifacts(run.info.run_id, path))
    except Exception as error:  # MLflow raises several kinds, by store
        raise Unpaired(f"{path} of {run.info.run_name} is not in MLflow") from error
