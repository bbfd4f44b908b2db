"""``upcurve new data`` and ``upcurve new model``: what users bring themselves becomes a choice."""

from __future__ import annotations

import click


@click.group()
def new() -> None:
    """Make your own data set or model a choice of the pipeline."""


DATA_EPILOG = """\b
Examples:
  upcurve new data ~/churn.csv
  upcurve new data https://example.org/sales.csv.gz --name sales --target revenue
  upcurve new data part1.parquet part2.parquet --name events
  upcurve new data ~/photos            one folder a class: photos/cat/..., photos/dog/...

Other addresses (s3://, gs://, az://) are read by fsspec; their packages come with the extra `remote`.
"""


@new.command(
    epilog=DATA_EPILOG,
    short_help="Bring a table, pictures, texts or arrays; write its YAML for you to check.",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--name", help="Name of the data set; the first file's by default.")
@click.option("--target", metavar="COLUMN", help="The column to predict; guessed by default.")
@click.option("--force", is_flag=True, help="Replace a data set of that name.")
def data(files: tuple[str, ...], name: str | None, target: str | None, force: bool) -> None:
    """Copy FILES (paths or any fsspec addresses) to data/raw/NAME/; write conf/dataset/NAME.yaml.

    A folder with one folder a class (also below train/, val/, test/) of pictures or texts becomes one
    archive; so do the pictures beside a table of paths. Arrays: .npz, .idx.

    The YAML comes from a look at the files; nothing is run. Check it, above all its target and the roles of
    the columns; then `upcurve run dataset=NAME`.
    """
    from stages.shell.cli.bring import DataSet, choose_name, place
    from stages.shell.cli.project import find_root
    from stages.shell.cli.staging import propose_staged, stage, staging
    from stages.shell.cli.text import shown_bytes

    root = find_root()
    with staging(root) as folder:
        name = choose_name(name, stage(files, folder))
        proposal = propose_staged(name, folder, target=target)
        size = sum(file.stat().st_size for file in folder.iterdir())
        place(root, DataSet(name, folder, proposal.text), force=force)
    click.echo(proposal.text.partition("\n")[0].removeprefix("# "))
    for remark in proposal.remarks:
        click.secho(f"  look at: {remark}", fg="yellow")
    click.echo(
        f"\nWrote data/raw/{name}/ ({shown_bytes(size)}) and conf/dataset/{name}.yaml. Check it: the target"
    )
    click.echo(f"({proposal.target}) and the roles of the columns. Then: upcurve run dataset={name}")
    if proposal.hint:
        click.echo(f"with {proposal.hint}")
    if size > LARGE:
        click.echo(f"It is large for git: `dvc add data/raw/{name}` keeps it in DVC's cache instead.")


LARGE = 50_000_000
"""Bytes from which a data set is better kept out of git."""

MODEL_EPILOG = """\b
Example: my_net.py holds
  def build(inputs, outputs, hidden=64, dropout=0.2):
      ...
      return keras.Model(...)
then
  upcurve new model my_net.py:build
  upcurve run model=my_net model.hidden=128
"""


@new.command(epilog=MODEL_EPILOG, short_help="Make a function that returns a Keras model a choice of model=.")
@click.argument("reference", metavar="FILE.py:FUNCTION")
@click.option("--name", help="Name of the choice; the file's by default.")
@click.option("--force", is_flag=True, help="Replace a model of your own of that name.")
def model(reference: str, name: str | None, force: bool) -> None:
    """Copy FILE.py to stages/models/own/; write conf/model/NAME.yaml with the arguments of FUNCTION.

    FUNCTION is any function that returns a Keras model; it is read, not run. Its keyword arguments become
    parameters, its file a dependency of train.
    """
    from stages.models.introspection import read_model, split_reference
    from stages.shell.cli.bring import place_model, renamed
    from stages.shell.cli.project import find_root
    from stages.shell.cli.text import shown

    root = find_root()
    file, function = split_reference(reference)
    own = renamed(read_model(f"{file.expanduser()}:{function}"), name)
    place_model(root, file.expanduser(), own, force=force)
    click.echo(f"Wrote stages/models/own/{own.name}.py and conf/model/{own.name}.yaml.")
    if own.supplied:
        click.echo(f"The pipeline fills in: {', '.join(own.supplied)}")
    parameters = [f"model.{each.name}={shown(each.default)}" for each in own.arguments]
    click.echo(f"Parameters: {' '.join(parameters) or 'none'}\nNext: upcurve run model={own.name}")
