"""``upcurve predict``: the predictions of a trained model for the rows of a file, of any size."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

if TYPE_CHECKING:
    import pandas as pd

    from stages.bundle.file_predictions import Predicted, Predicts
    from stages.bundle.media_files import Form


class Source(NamedTuple):
    """A loaded model, and what is known of the files it was trained on: their form, the column of ids."""

    predictor: Predicts
    form: Form
    id: str | None


@click.command(
    short_help="Predict the rows of a file, or pictures and texts.",
    epilog="""\b
Examples:
  upcurve predict new.csv --output predictions.parquet
  upcurve predict new.csv.gz -o predictions.csv --keep customer
  upcurve predict new.parquet -o predictions.parquet --model models:/credit@champion
  upcurve predict photo.jpg
  upcurve predict photos/ -o predictions.csv
""",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help=".parquet, .csv, .csv.gz; default: shown as CSV."
)
@click.option("--model", help="A run, models:/NAME@ALIAS or a model's folder; default: the workspace.")
@click.option("--keep", multiple=True, help="Column to keep beside the predictions; may be repeated.")
@click.option(
    "--unreadable",
    type=click.Choice(["refuse", "missing"]),
    default="refuse",
    show_default=True,
    help="What to do with a cell or a picture that cannot be read: stop and name it, or take it for missing.",
)
@click.option("--force", is_flag=True, help="Replace the output where it exists.")
def predict(
    file: Path,
    output: Path | None,
    *,
    model: str | None,
    keep: tuple[str, ...],
    unreadable: Literal["refuse", "missing"],
    force: bool,
) -> None:
    """Predict the rows of FILE (CSV, TSV, JSON lines, Parquet, Feather, Excel; gz, xz, bz2, zip).

    A model of pictures also takes a picture, a folder or an archive (zip, tar) of pictures, and a table of
    their paths; one of texts a .txt file, or a folder of them, each one text; one of pictures or series an
    .npz. Each row is then named by its file.

    The rows are raw: the columns of the file the model was trained on, cells as they stand there. Columns
    the model knows and the file lacks are missing, others are ignored. The output holds the class (or
    value) and the probability of each class, beside the columns to keep: by default the data set's column
    of ids, else the number of the row.
    """
    check_places(file, output, force=force)
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    source = open_model(model)
    from stages.bundle.file_predictions import predict_batches
    from stages.bundle.media_files import raw_batches
    from stages.bundle.writing import write_batches

    predicted = predict_batches(
        raw_batches(file, source.predictor.schema, source.form),
        source.predictor,
        keep=keep,
        id_column=source.id,
        unreadable=unreadable,
    )
    if output is None:
        show_batches(predicted)
        return
    rows = write_batches(with_progress(predicted), output)
    click.echo(f"{output}: {rows:,} row{'' if rows == 1 else 's'}")


def show_batches(predicted: Iterable[Predicted]) -> None:
    """Show the predictions as CSV."""
    for number, (table, _) in enumerate(predicted):
        click.echo(table.to_csv(index=False, header=number == 0, lineterminator="\n"), nl=False)


def check_places(file: Path, output: Path | None, *, force: bool) -> None:
    """Raise ValueError where there is no such file, or the output cannot or must not be written."""
    from stages.bundle.writing import kind_of
    from stages.datasets.names import nearest

    if not file.exists():
        beside = [each.name for each in file.parent.glob("*")] if file.parent.is_dir() else []
        raise ValueError(f"There is no file {file}.{nearest(file.name, beside)} Give the file with the rows.")
    if output is None:
        return
    kind_of(output)
    if not output.parent.is_dir():
        raise ValueError(f"There is no folder {output.parent} for the output. Make it, or name another.")
    if output.resolve() == file.resolve():
        raise ValueError(f"{file} is the input: name another file with --output.")
    if output.exists() and not force:
        raise ValueError(f"{output} exists already. Name another file, or say --force to replace it.")


def open_model(name: str | None) -> Source:
    """Return the model that `name` stands for, by default that of the workspace."""
    if name is None:
        return workspace_model()
    from stages.shell.cli.bundle import load_bundle

    predictor, about = load_bundle(name)
    return Source(predictor, form_of(about.get("files", {})), about.get("id"))


def form_of(files: Mapping[str, Any]) -> Form:
    """Return how new rows are written, from what `stages.shell.tracking.bundle.files_form` kept."""
    from stages.bundle.media_files import Form
    from stages.settings.dataset import DatasetFiles

    known = {key: value for key, value in files.items() if key not in ("sequence", "time")}
    steps = files.get("sequence") or {}
    return Form(DatasetFiles(name="new", **known), steps.get("id"), files.get("time"))


def workspace_model() -> Source:
    """Return the model that the stages left in data/."""
    import tempfile

    from stages.shell.cli.project import find_root
    from stages.shell.tracking.bundle import files_form, read_parts
    from stages.shell.tracking.client import read_document
    from stages.training.quiet import import_tensorflow

    root = find_root()
    parts = read_parts(root / "data")
    settings = read_document(root)["dataset"]
    import_tensorflow()
    from stages.bundle.predictor import Predictor

    with tempfile.TemporaryDirectory() as folder:
        for name, content in parts.items():
            Path(folder, name).write_bytes(content)
        predictor = Predictor.load(Path(folder))
    return Source(predictor, form_of(files_form(settings)), settings.get("id"))


def with_progress(predicted: Iterable[Predicted]) -> Iterator[pd.DataFrame]:
    """Yield the tables, showing on stderr how far they are, where that is a terminal."""
    from tqdm import tqdm

    form = "{l_bar}{bar}| {postfix} [{elapsed}<{remaining}]"
    rows = 0
    with tqdm(total=100, bar_format=form, file=sys.stderr, disable=None, leave=False) as bar:
        for table, done in predicted:
            yield table
            rows += len(table)
            bar.set_postfix_str(f"{rows:,} rows")
            bar.update(100 * done - bar.n)
