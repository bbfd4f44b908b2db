"""Put a user's data set or model where the pipeline finds it: all of it or nothing."""

from __future__ import annotations

import filecmp
import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from stages.shell.page import replace_file

if TYPE_CHECKING:
    from stages.models.introspection import OwnModel

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
ENDINGS = (
    ".gz",
    ".xz",
    ".bz2",
    ".zip",
    ".csv",
    ".tsv",
    ".txt",
    ".parquet",
    ".feather",
    ".jsonl",
    ".json",
    ".xlsx",
    ".xls",
    ".npz",
    ".tgz",
    ".tar.gz",
    ".tar.xz",
    ".tar.bz2",
)


class DataSet(NamedTuple):
    """A data set to be put in place."""

    name: str
    folder: Path
    """Temporary, beside the place of its files and holding them all; it is moved there."""
    text: str
    """Of its YAML."""


def fetch(addresses: Sequence[str]) -> dict[str, bytes]:
    """Return the content of each file by its name.

    Parameters
    ----------
    addresses
        Paths, or anything that fsspec opens; a pattern with ``*`` stands for every file it matches.

    Raises
    ------
    ValueError
        Where one cannot be read, is a folder, or two have the same name.
    """
    contents: dict[str, bytes] = {}
    for address in addresses:
        for name, content in _read(address):
            if name in contents:
                raise ValueError(
                    f"Two of the files are called {name}; rename one, since both go into one folder."
                )
            contents[name] = content
    return contents


def _read(address: str) -> list[tuple[str, bytes]]:
    import fsspec

    try:
        files, path = fsspec.core.url_to_fs(address)
        paths = sorted(files.glob(path)) if "*" in path else [path]
        if not paths or any(files.isdir(each) for each in paths):
            what = "is a folder: name its files, e.g. FOLDER/*.csv" if paths else "matches no file"
            raise ValueError(f"{address} {what}.")
        return [(PurePosixPath(each).name, files.cat_file(each)) for each in paths]
    except ValueError as error:
        raise ValueError(f"{address} cannot be read: {error}") from error
    except ImportError as error:
        raise ValueError(
            f"{address} cannot be read: {error}. The packages for s3, gs and az come with the "
            'extra `remote`: pip install -e ".[remote]"'
        ) from error
    except Exception as error:  # every file system has errors of its own
        said = " ".join(str(error).split()) or type(error).__name__
        there = "there is no such file" if isinstance(error, FileNotFoundError) else said
        raise ValueError(f"{address} cannot be read: {there}.") from error


def choose_name(given: str | None, file: str) -> str:
    """Return the name of the data set: as given, else the file's in lower snake case.

    Examples
    --------
    >>> choose_name(None, "Customer Churn (2024).csv.gz")
    'customer_churn_2024'
    """
    if given is None:
        stem = file
        while stem.lower().endswith(ENDINGS):
            stem = stem.rpartition(".")[0]
        given = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
        if not given:
            raise ValueError(
                f"{file} gives no name for a data set: give one with --name, e.g. --name customers."
            )
    if not NAME.match(given):
        raise ValueError(
            f"`{given}` is no name for a data set: use letters, digits, _ and -, e.g. --name customers."
        )
    return given


def place(root: Path, data: DataSet, *, force: bool) -> None:
    """Write data/raw/<name>/ and conf/dataset/<name>.yaml.

    Raises
    ------
    ValueError
        Where one of them is there already and `force` is not given, or the proposed YAML is not valid.
    """
    folder = root / "data" / "raw" / data.name
    file = root / "conf" / "dataset" / f"{data.name}.yaml"
    _check(data)
    there = [str(each.relative_to(root)) for each in (folder, file) if each.exists()]
    held = _equal(folder, data.folder)
    if held and not file.exists():
        there = []  # brought there by hand or by `dvc import-url`: only the YAML is missing
    if there and not force:
        raise _there_already(there)
    if not held:
        if folder.exists():
            shutil.rmtree(folder)
        data.folder.rename(folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, data.text)


def _check(data: DataSet) -> None:
    from stages.settings.dataset import DatasetSettings

    DatasetSettings.model_validate_json(json.dumps(yaml.safe_load(data.text)))


def _equal(one: Path, other: Path) -> bool:
    """Return whether two folders hold the same files."""
    if not one.is_dir():
        return False
    names = {file.name for file in one.iterdir()}
    if names != {file.name for file in other.iterdir()}:
        return False
    return all(filecmp.cmp(one / name, other / name, shallow=False) for name in names)


def _there_already(there: Sequence[str]) -> ValueError:
    verb = "is" if len(there) == 1 else "are"
    return ValueError(
        f"{' and '.join(there)} {verb} there already; nothing was written. Choose another name with "
        "--name, or replace it with --force."
    )


# --- models ----------------------------------------------------------------------------------------------


def renamed(model: OwnModel, name: str | None) -> OwnModel:
    """Return `model` under another name, or as it is where none is given."""
    if name is None:
        return model
    if not name.isidentifier() or not name.isascii():
        raise ValueError(f"`{name}` is no name for a model: use letters, digits and _, e.g. --name my_net.")
    module, _, function = model.function.partition(":")
    return replace(model, name=name, function=f"{module.rpartition('.')[0]}.{name}:{function}")


def place_model(root: Path, source: Path, model: OwnModel, *, force: bool) -> None:
    """Copy `source` to stages/models/own/ and write conf/model/<name>.yaml.

    Raises
    ------
    ValueError
        Where there is a model of that name; with `force`, only where it is not the user's own.
    """
    from stages.models.introspection import TARGET, model_yaml
    from stages.shell.groups import read_choice

    file = root / "conf" / "model" / f"{model.name}.yaml"
    copy = root / "stages" / "models" / "own" / f"{model.name}.py"
    in_place = copy.exists() and copy.samefile(source)
    held: dict[str, Any] = read_choice(root / "conf", "model", model.name)
    if file.exists() and held.get("_target_") != TARGET:
        raise ValueError(f"model={model.name} comes with the pipeline: give yours another name with --name.")
    there = [
        str(each.relative_to(root))
        for each in (copy, file)
        if each.exists() and not (in_place and each == copy)
    ]
    if there and not force:
        raise _there_already(there)
    if not in_place:
        copy.parent.mkdir(parents=True, exist_ok=True)
        temporary = copy.with_name(f".{copy.name}.{os.getpid()}")
        shutil.copyfile(source, temporary)
        temporary.replace(copy)
    replace_file(file, model_yaml(model))
