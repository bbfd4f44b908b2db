"""What a run's page in MLflow says at its top: the note on it, the verdict, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.shell.tracking.metrics import read_document
from stages.shell.tracking.notes import digest

if TYPE_CHECKING:
    from mlflow import MlflowClient

CONTENT = "mlflow.note.content"
"""MLflow's own tag for the description of a run."""
WRITTEN = "upcurve.description"
"""Digest of the description that we wrote last: where it is another, a person has edited it in the UI."""
NOTED = "upcurve.note"
"""Digest of the note that it holds."""
JUDGED = "upcurve.judgement"
"""The part of the description that is made from files."""
LONGEST = 5000
"""Characters of a tag that MLflow takes everywhere."""
LINE = "\n\n---\n\n"


def description_tags(
    tags: Mapping[str, str], *, note: str | None, judgement: str | None = None, replace: bool = False
) -> dict[str, str]:
    """Return the tags that describe a run which has `tags`; none of the text where a person has edited it.

    Parameters
    ----------
    note
        What the user says about the run, or nothing. None leaves that as it is: a clone may lack the file.
    judgement
        What the files say about it; None leaves that as it is.
    replace
        Whether what a person wrote in the UI gives way.
    """
    judgement = tags.get(JUDGED, "") if judgement is None else judgement[:LONGEST]
    note = _note_in(tags) if note is None else note
    if note is None or (is_edited(tags) and not replace):
        return {JUDGED: judgement}
    text = LINE.join(filter(None, [note, judgement]))[:LONGEST]
    return {CONTENT: text, WRITTEN: digest(text), NOTED: digest(note), JUDGED: judgement}


def describe(client: MlflowClient, run: str, *, note: str, replace: bool = False) -> None:
    """Let the description of a run in MLflow hold this note."""
    from mlflow.entities import RunTag

    tags = description_tags(client.get_run(run).data.tags, note=note, replace=replace)
    client.log_batch(run, tags=[RunTag(key, text) for key, text in (tags | {NOTED: digest(note)}).items()])


def is_edited(tags: Mapping[str, str]) -> bool:
    """Return whether a person has written the description of a run in the UI."""
    there = tags.get(CONTENT, "")
    return bool(there) and digest(there) != tags.get(WRITTEN)


def _note_in(tags: Mapping[str, str]) -> str | None:
    """Return the note in the description that was written last; None where it was too long to tell."""
    said, judged = tags.get(CONTENT, ""), tags.get(JUDGED, "")
    for note in ("", said, said.removesuffix(f"{LINE}{judged}")):
        if digest(note) == tags.get(NOTED, digest("")):
            return note
    return None


def judgement_of(data: Path, config: Mapping[str, Any]) -> str:
    """Return the verdict of a run and what differs from the defaults, as Markdown."""
    differs = "\n".join(f"- `{each}`" for each in config["overrides"]) or "- nothing: all defaults"
    return f"{verdict_sentence(data)}\n\nDiffers from the defaults:\n\n{differs}".strip()


def verdict_sentence(data: Path) -> str:
    """Return what the main metric of the test part is, and how it stands against each baseline."""
    test = read_document(data / "evaluate" / "comparison.json").get("test", {})
    metrics = read_document(data / "evaluate" / "metrics.json").get("test", {})
    main = "mean_cost" if "mean_cost" in metrics else test.get("main")  # where a cost matrix decides
    value = metrics.get(main)
    if main is None or value is None:
        return ""
    interval = read_document(data / "evaluate" / "intervals.json").get("test", {}).get(main)
    between = f" ({interval[0]:.4g} to {interval[1]:.4g})" if interval else ""
    differences = {
        name: each.get("differences", {}).get(main, {}) for name, each in test.get("baselines", {}).items()
    }
    against = "; ".join(_against(name, each) for name, each in differences.items() if each.get("verdict"))
    return f"**Test {main} {value:.4g}**{between}{': ' + against if against else ''}."


def _against(name: str, difference: Mapping[str, Any]) -> str:
    verdict = difference["verdict"]
    joined = f"{verdict} {'than' if verdict in ('better', 'worse') else 'from'} {name}"
    low, high = difference["low"], difference["high"]
    return f"{joined} by {difference['difference']:+.3g} ({low:+.3g} to {high:+.3g})"
