"""The finished runs of this project in MLflow, and which of them is meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stages.shell.tracking.client import KEY, open_client
from stages.shell.tracking.outage import refused_clearly

SHORT = 8
"""Signs of a run's id that are shown."""
RUNS_A_CALL = 1000


def load_runs() -> list[Any]:
    """Return the finished runs of every experiment, the newest first."""
    with refused_clearly():
        return list(_finished())


def pick(runs: Sequence[Any], word: str) -> Any:
    """Return the run that `word` names: its id, the beginning of its id or key, or its name.

    Raises
    ------
    ValueError
        Where it names none, or several.
    """
    exact = [run for run in runs if word in (run.info.run_id, run.data.tags[KEY])]
    named = [run for run in runs if word == run.info.run_name]
    begun = [run for run in runs if run.info.run_id.startswith(word) or run.data.tags[KEY].startswith(word)]
    found = exact or named or begun
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{label(run)} ({run.info.run_name})" for run in found[:5])
        raise ValueError(f"`{word}` names {len(found)} runs: {several}. Give more signs of the id.")
    raise ValueError(_unknown(runs, word))


def of_workspace(runs: Sequence[Any], root: Path) -> Any:
    """Return the run that the workspace holds.

    Raises
    ------
    ValueError
        Where it holds no finished run, or MLflow does not have it.
    """
    from stages.shell.tracking.sync import workspace_key

    key = workspace_key(root)
    found = [run for run in runs if run.data.tags[KEY] == key]
    if found:
        return found[0]
    said = "holds no finished run" if not key else "holds a run that is not in MLflow"
    mend = "`upcurve run` finishes it" if not key else "`upcurve sync` sends it"
    raise ValueError(f"The workspace {said}: {mend}, or name a run: its name, or the beginning of its id.")


def label(run: Any) -> str:
    """Return the beginning of a run's id."""
    return str(run.info.run_id[:SHORT])


def _finished() -> Iterator[Any]:
    client = open_client()
    experiments = [each.experiment_id for each in client.search_experiments()]
    wanted = f"tags.`{KEY}` != '' and attributes.status = 'FINISHED'"
    newest_first = ["attributes.start_time DESC"]
    token = None
    while True:
        some = client.search_runs(
            experiments, wanted, max_results=RUNS_A_CALL, order_by=newest_first, page_token=token
        )
        yield from some
        token = some.token
        if not token:
            return


def _unknown(runs: Sequence[Any], word: str) -> str:
    names = [str(run.info.run_name) for run in runs]
    close = get_close_matches(word, names, n=1, cutoff=0.5)
    if close:
        return f"There is no run `{word}`; did you mean `{close[0]}`?"
    newest = ", ".join(f"{label(run)} ({run.info.run_name})" for run in runs[:5]) or "none yet"
    return (
        f"There is no run `{word}`: neither an id, nor its beginning, nor a name. The newest are: {newest}."
    )
