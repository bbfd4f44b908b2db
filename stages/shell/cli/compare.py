"""``upcurve compare``: what differs between runs, and what it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

PART = "test/"
UNTOLD = ("._target_", "._partial_")
EPILOG = """\b
Examples:
  upcurve compare                           the run in the workspace against the run before
  upcurve compare 3f2a9c01 a81b44d0         two runs, by id, its beginning, or name
  upcurve compare 3f2a9c01 a81b44d0 --json  for programs
"""


@click.command(epilog=EPILOG, short_help="Compare runs: what differs, and whether it helped.")
@click.argument("words", nargs=-1, metavar="[RUN] ...")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def compare(words: tuple[str, ...], as_json: bool) -> None:
    """Compare runs: the parameters that differ, and what they did to the metrics of the test part.

    The first run is what the others are held against. With one RUN, the workspace's is compared with it; with
    none, with the run before it. Where both predicted the same rows, the difference is judged by the paired
    bootstrap: better, worse, or not distinguishable.
    """
    from stages.shell.cli.project import find_root
    from stages.shell.cli.records import bring_up_to_date
    from stages.shell.cli.runs import load_runs
    from stages.shell.cli.text import show_json

    root = find_root()
    bring_up_to_date(root)
    base, *others = chosen(load_runs(), words, root)
    parameters = different_parameters([base, *others])
    compared = [compared_metrics(run, base) for run in others]
    if as_json:
        runs = [_identity(run) for run in (base, *others)]
        show_json({"runs": runs, "parameters": parameters, "metrics": compared})
        return
    show_runs([base, *others])
    show_parameters([base, *others], parameters)
    for run, each in zip(others, compared, strict=True):
        show_metrics(run, base, each)


def chosen(runs: Sequence[Any], words: Sequence[str], root: Any) -> list[Any]:
    """Return the runs that are meant, the one that the others are held against first.

    Raises
    ------
    ValueError
        Where a word names no run, the same run is named twice, or there is none to compare with.
    """
    from stages.shell.cli.runs import of_workspace, pick

    named = [pick(runs, word) for word in words]
    if len(named) < 2:
        here = of_workspace(runs, root)
        named = [*(named or _before(runs, here)), here]
    if len({run.info.run_id for run in named}) < len(named):
        raise ValueError(
            f"Expected different runs, received {named[0].info.run_name} more than once: name another."
        )
    return named


def different_parameters(runs: Sequence[Any]) -> dict[str, list[str | None]]:
    """Return the value in each run of every parameter that is not the same in all."""
    # What stands behind a choice goes without saying: its name differs.
    told = {key for run in runs for key in run.data.params if not key.endswith(UNTOLD)}
    keys = sorted(told)
    values = {key: [run.data.params.get(key) for run in runs] for key in keys}
    return {key: each for key, each in values.items() if len(set(each)) > 1}


def compared_metrics(run: Any, base: Any) -> dict[str, Any]:
    """Return each metric of `run` and `base` on the test part, with difference and verdict where paired."""
    from stages.shell.cli.paired import Unpaired, confidence_of, paired

    head = {"run": run.info.run_id, "base": base.info.run_id, "confidence": confidence_of(base)}
    try:
        table = paired(run, base)
    except Unpaired as error:
        return {**head, "paired": False, "reason": str(error), "metrics": list(_unpaired(run, base))}
    told = table.rename(columns={"first": "run", "second": "base"}).astype(object)
    rows = told.where(told.notna(), None).to_dict("records")
    return {**head, "paired": True, "metrics": rows}


def show_runs(runs: Sequence[Any]) -> None:
    """Write what is compared."""
    from stages.shell.cli.runs import label
    from stages.shell.cli.text import show_table

    show_table([[label(run), run.info.run_name] for run in runs], ["run", "name"])


def show_parameters(runs: Sequence[Any], parameters: dict[str, list[str | None]]) -> None:
    """Write the parameters that differ, a column a run."""
    from stages.shell.cli.runs import label
    from stages.shell.cli.text import show_table

    if not parameters:
        click.echo("\nNo parameter differs: the data or the code does.")
        return
    click.echo("\nParameters that differ")
    rows = [[key, *("" if value is None else value for value in each)] for key, each in parameters.items()]
    show_table(rows, ["parameter", *map(label, runs)])


def show_metrics(run: Any, base: Any, compared: dict[str, Any]) -> None:
    """Write what the difference did to the metrics of the test part."""
    from stages.shell.cli.runs import label
    from stages.shell.cli.text import show_table

    interval = f"{compared['confidence']:.0%} interval"
    if compared["paired"]:
        click.echo(f"\nTest part, {label(run)} against {label(base)} (same rows, paired bootstrap)")
        columns = ["metric", label(base), label(run), "difference", interval, f"{label(run)} is"]
        rows = [[*_numbers(each), _bounds(each), each["verdict"] or ""] for each in compared["metrics"]]
    else:
        click.echo(
            f"\nTest part, {label(run)} beside {label(base)}: not paired, since {compared['reason']}; "
            "a difference may be chance"
        )
        columns = ["metric", label(base), interval, label(run), interval]
        rows = [
            [each["metric"], _number(each["base"]), _pair(each["base_interval"]), _number(each["run"]),
             _pair(each["run_interval"])]
            for each in compared["metrics"]
        ]  # fmt: skip
    show_table(rows, columns)


def _before(runs: Sequence[Any], here: Any) -> list[Any]:
    """Return the newest run of the same experiment that began before `here`; else any other of it."""
    others = [
        run
        for run in runs
        if run.info.experiment_id == here.info.experiment_id and run.info.run_id != here.info.run_id
    ]
    earlier = [run for run in others if run.info.start_time <= here.info.start_time]
    if not others:
        raise ValueError(
            f"There is no other run to compare {here.info.run_name} with: change a parameter "
            "(`upcurve run train.learning_rate=0.003`), then call compare again."
        )
    return (earlier or others)[:1]


def _unpaired(run: Any, base: Any) -> Iterator[dict[str, Any]]:
    ours, theirs = run.data.metrics, base.data.metrics
    names = [name for name in theirs if name.startswith(PART) and name.count("/") == 1]
    for name in sorted(names):
        if not name.endswith(("_low", "_high")) and name in ours:
            yield {
                "metric": name.removeprefix(PART),
                "base": theirs[name],
                "base_interval": _interval(theirs, name),
                "run": ours[name],
                "run_interval": _interval(ours, name),
            }


def _interval(metrics: dict[str, float], name: str) -> list[float] | None:
    bounds = [metrics.get(f"{name}_{bound}") for bound in ("low", "high")]
    return None if None in bounds else [float(bound) for bound in bounds if bound is not None]


def _identity(run: Any) -> dict[str, Any]:
    return {"id": run.info.run_id, "name": run.info.run_name, "started": run.info.start_time}


def _numbers(row: dict[str, Any]) -> list[str]:
    difference = "" if row["difference"] is None else f"{row['difference']:+.4g}"
    return [row["metric"], _number(row["base"]), _number(row["run"]), difference]


def _bounds(row: dict[str, Any]) -> str:
    return _pair(None if row["low"] is None else [row["low"], row["high"]], signed=True)


def _pair(bounds: Sequence[float] | None, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    return "" if bounds is None else f"[{bounds[0]:{sign}.4g}, {bounds[1]:{sign}.4g}]"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
