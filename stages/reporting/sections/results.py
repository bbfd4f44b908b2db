"""How good the network is, beside the baselines."""

from __future__ import annotations

from collections.abc import Mapping

from stages.figures.numbers import counted, number, with_interval
from stages.reporting.blocks import Block, Cell, Column, Paragraph, Section, Sides, Table, pictured, table
from stages.reporting.contents import Contents, bounds
from stages.reporting.names import METRICS, SHOWN, label, plain
from stages.reporting.verdict import BETTER, SIGNS, WORSE, against

NEWS = {BETTER: "good", WORSE: "bad"}


def results(contents: Contents, figures: Mapping[str, str]) -> Section | None:
    """Return the main metrics with their intervals, the baselines beside them, and the differences."""
    if not contents.metrics().get("rows"):
        return None
    rows = counted(contents.metrics()["rows"], "row")
    sure = f"In brackets: {contents.confidence} bootstrap intervals."
    if not contents.documents["intervals"].get("resamples"):
        sure = "No intervals were drawn (evaluate.bootstrap_resamples)."
    text = f"Measured on the {rows} of the test part, which nothing was fitted or chosen on. {sure}"
    baselines = contents.comparison()["baselines"]
    left: tuple[Block, ...] = (_metrics(contents), *([_differences(contents)] if baselines else []))
    caption = "Points are values on the test part, bars their intervals."
    right = pictured(figures, {"comparison": caption})
    return Section(
        "results",
        "Results",
        (Paragraph(text, small=True), Sides(left, right), _all(contents), _meanings(contents)),
    )


def _metrics(contents: Contents) -> Table:
    baselines = contents.comparison()["baselines"]
    head: list[str | Column] = [
        "metric",
        Column("network", strong=True),
        *(Column(plain(name)) for name in baselines),
    ]
    measured = contents.metrics()
    rows: list[tuple[str | Cell, ...]] = [
        (
            label(metric),
            _cell(measured[metric], contents.interval(metric)),
            *(
                _cell(each["metrics"].get(metric), bounds(each["intervals"].get(metric)))
                for each in baselines.values()
            ),
        )
        for metric in SHOWN[contents.task]
        if measured.get(metric) is not None
    ]
    return table(head, rows, caption="Main metrics, test part")


def _cell(value: float | None, interval: tuple[float, float] | None) -> Cell:
    text, _, rest = with_interval(value, interval).partition(" ")
    return Cell(text, below=rest)


def _differences(contents: Contents) -> Table:
    rows: list[tuple[str | Cell, ...]] = [
        (
            rival.name,
            Cell(f"{SIGNS.get(rival.verdict or '', '')} {rival.verdict or '-'}", news=_news(rival.verdict)),
            _cell(rival.difference, rival.interval),
        )
        for rival in against(contents, contents.judged_by)
    ]
    name = label(contents.judged_by)
    return table(
        ("against", "the network is", Column("difference")),
        rows,
        caption=f"Network minus baseline: {name}",
        note="From the paired bootstrap: both are judged on the same drawings of the same rows. Not "
        "distinguishable: the interval of the difference holds 0.",
    )


def _news(verdict: str | None) -> str:
    return NEWS.get(verdict or "", "")


def _all(contents: Contents) -> Table:
    parts = ("test", "validation")
    names = [
        name
        for name, value in contents.metrics().items()
        if name != "rows" and not isinstance(value, Mapping)
    ]
    rows: list[tuple[str | Cell, ...]] = [
        (
            label(name),
            *(_cell(contents.metrics(part).get(name), contents.interval(name, part)) for part in parts),
        )
        for name in names
    ]
    rows.append(("rows", *(number(contents.metrics(part)["rows"]) for part in parts)))
    columns: list[str | Column] = ["metric", *(Column(part) for part in parts)]
    note = "The best epoch and the threshold were chosen on validation: its numbers flatter."
    return table(columns, rows, caption="All metrics, test and validation", note=note, folded=True)


def _meanings(contents: Contents) -> Table:
    rows: list[tuple[str | Cell, ...]] = [
        (label(name), METRICS[name].meaning)
        for name in SHOWN[contents.task]
        if contents.metrics().get(name) is not None
    ]
    return table(("metric", "meaning"), rows, caption="What the metrics mean", folded=True)
