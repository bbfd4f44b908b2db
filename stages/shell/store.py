"""Where each stage's files lie and in what format: the only door between a stage and the disk.

``data/<stage>/`` is written by that stage alone, beside its place first and renamed into it when the
stage has finished, so that a killed stage never leaves half a result behind.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from psutil import pid_exists
from pydantic import BaseModel

from stages.examples import tables
from stages.examples.arrays import Array, Picked, Values, dense_parts, with_sparse, write_picked
from stages.examples.encoded import Encoded

if TYPE_CHECKING:
    import pandas as pd

    from stages.shell.tracking.live import Silent, Tracker

Model = TypeVar("Model", bound=BaseModel)

ROOT = Path(__file__).resolve().parents[2]
"""The checkout this code lies in: the repository, or a temporary copy of it made by ``dvc exp run``."""

PART_FIELDS = ("target", "position", "weight")


def real_root() -> Path:
    """Return the repository itself, also from a temporary copy (where DVC says so)."""
    return Path(os.environ.get("DVC_ROOT", ROOT))


class Store:
    """The files of one run of one stage.

    Parameters
    ----------
    stage
        Name of the stage that is running.
    folder
        Where its output is to appear, ``data/<stage>``.
    data
        Where the other stages' outputs are read from.
    """

    def __init__(self, stage: str, folder: Path, data: Path = ROOT / "data", scope: str = "") -> None:
        self.stage = stage
        self.folder = folder
        self.data = data
        self.scope = scope
        self.output = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")

    def begin(self) -> None:
        """Make the empty temporary output folder; clear away what killed runs left behind."""
        for left in self.folder.parent.glob(f".{self.folder.name}.*.tmp"):
            if not pid_exists(int(left.name.split(".")[-2])):
                shutil.rmtree(left, ignore_errors=True)
        shutil.rmtree(self.output, ignore_errors=True)
        self.output.mkdir(parents=True)

    def finish(self) -> None:
        """Rename the temporary folder into its place."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.output.rename(self.folder)

    def abandon(self) -> None:
        """Remove the temporary folder."""
        shutil.rmtree(self.output, ignore_errors=True)

    def path(self, stage: str, name: str) -> Path:
        """Return the path of `name` among the outputs of `stage`.

        Raises
        ------
        FileNotFoundError
            Where that stage has not run yet.
        """
        path = self.data / stage / name
        if not path.exists():
            raise FileNotFoundError(
                f"{self.stage} reads data/{stage}/{name}, which is not there: stage {stage} has not run yet, "
                "or its output was removed. Run `dvc repro`, which makes it."
            )
        return path

    def raw(self, dataset: str) -> Path:
        """Return the folder of the raw files of `dataset`."""
        return self.data / "raw" / dataset

    # --- tables, documents, arrays -----------------------------------------------------------------

    def read_table(
        self, stage: str, name: str, columns: list[str] | None = None, *, blobs: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Return a Parquet table, or only its `columns`; of the columns `blobs`, the bytes stay on disk."""
        import pandas as pd

        path = self.path(stage, name)
        if not blobs:
            return pd.read_parquet(path, columns=columns)
        return tables.read_with_blobs(path, columns, blobs=blobs, folder=self.output)

    def column_names(self, stage: str, name: str) -> list[str]:
        """Return the names of the columns of a Parquet table, nothing else of it read."""
        return tables.names_of_columns(self.path(stage, name))

    def stream_column(
        self, stage: str, name: str, column: str, *, rows: int = tables.STREAMED_ROWS
    ) -> Iterator[list[Any]]:
        """Return the cells of one column of a Parquet table, some rows at a time: pictures may be many."""
        return tables.stream_cells(self.path(stage, name), column, rows=rows)

    def write_table(self, name: str, frame: pd.DataFrame, *, group_rows: int | None = None) -> None:
        """Write `frame` as Parquet, `group_rows` rows at a time where given; its index is dropped.

        In groups, cells that hold whole files are in memory once, not twice more.
        """
        if group_rows is None:
            frame.to_parquet(self._new(name), index=False, compression="zstd")
        else:
            tables.write_in_groups(self._new(name), frame, rows=group_rows)

    def write_csv(self, name: str, frame: pd.DataFrame) -> None:
        """Write `frame` as CSV; its index is dropped."""
        frame.to_csv(self._new(name), index=False, lineterminator="\n")

    def write_text(self, name: str, text: str) -> None:
        """Write `text` as UTF-8."""
        self._new(name).write_text(text, encoding="utf-8")

    def read_json(self, stage: str, name: str) -> dict[str, Any]:
        """Return a JSON document."""
        document: dict[str, Any] = json.loads(self.path(stage, name).read_text(encoding="utf-8"))
        return document

    def write_json(self, name: str, document: Mapping[str, Any]) -> None:
        """Write `document` as JSON, keys in the order given."""
        self.write_text(name, json.dumps(document, indent=1, ensure_ascii=False, default=_plain) + "\n")

    def read_model(self, stage: str, name: str, model: type[Model]) -> Model:
        """Return a JSON document as an instance of the pydantic `model`."""
        return model.model_validate_json(self.path(stage, name).read_text(encoding="utf-8"))

    def write_model(self, name: str, model: BaseModel) -> None:
        """Write a pydantic model as JSON."""
        self.write_text(name, model.model_dump_json(indent=1) + "\n")

    def read_array(self, stage: str, name: str) -> Array:
        """Return a ``.npy`` array, memory-mapped and read-only."""
        array: Array = np.load(self.path(stage, name), mmap_mode="r", allow_pickle=False)
        return array

    def write_array(self, name: str, array: Values) -> None:
        """Write `array` as ``.npy``; one of picked rows a chunk at a time."""
        if isinstance(array, Picked):
            write_picked(self._new(name), array)
        else:
            np.save(self._new(name), np.ascontiguousarray(array), allow_pickle=False)

    # --- encoded examples and fitted objects -------------------------------------------------------

    def read_encoded(self, stage: str, part: str) -> Encoded:
        """Return the encoded examples of `part`, memory-mapped."""
        folder = self.path(stage, part)
        arrays = {
            str(file.relative_to(folder).with_suffix("")): np.load(file, mmap_mode="r", allow_pickle=False)
            for file in sorted(folder.rglob("*.npy"))
        }
        inputs = {key.removeprefix("inputs/"): value for key, value in arrays.items() if "/" in key}
        return Encoded(with_sparse(inputs), arrays["target"], arrays["position"], arrays.get("weight"))

    def write_encoded(self, part: str, encoded: Encoded) -> None:
        """Write the encoded examples of `part`, one ``.npy`` an array, four for a sparse one."""
        for name, array in encoded.inputs.items():
            for suffix, values in dense_parts(array).items():
                self.write_array(f"{part}/inputs/{name}{suffix}.npy", values)
        for field in PART_FIELDS:
            array = getattr(encoded, field)
            if array is not None:
                self.write_array(f"{part}/{field}.npy", array)

    def read_estimator(self, stage: str, name: str, *, trusted: Iterable[str]) -> Any:
        """Return a fitted estimator written by skops; only types named in `trusted` are loaded."""
        from stages.transformers import archive

        return archive.load(self.path(stage, name), trusted=list(trusted))

    def write_estimator(self, name: str, estimator: Any) -> None:
        """Write a fitted estimator with skops, byte for byte the same for equal state."""
        from stages.transformers import archive

        archive.dump(estimator, self._new(name))

    # --- what is no output ---------------------------------------------------------------------------

    @cached_property
    def scratch(self) -> Path:
        """Undeclared folder for resuming, keyed by all that the stage depends on."""
        folder = real_root() / "scratch" / "resume" / self.stage / self._fingerprint()
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @cached_property
    def tracker(self) -> Tracker | Silent:
        """What sends the metrics of each epoch to MLflow; never fails the stage."""
        from importlib import import_module

        live: Any = import_module("stages.shell.tracking.live")
        tracker: Tracker | Silent = live.open_tracker() if self.folder.parent == self.data else live.Silent()
        return tracker

    def _fingerprint(self) -> str:
        """Return a digest of the configuration, the inputs, the code and the Keras of this run."""
        digest = hashlib.blake2b(f"{self.scope} keras {version('keras')}".encode(), digest_size=16)
        inputs = [self.data / stage for stage in ("encode", "resample", "augment")]
        for folder in [*inputs, ROOT / "stages"]:
            for file in sorted(folder.rglob("*.*")):
                inside = file.relative_to(folder)
                if file.is_file() and inside.parts[0] != "shell" and "__pycache__" not in inside.parts:
                    digest.update(f"{folder.name}/{inside.as_posix()}".encode())
                    with file.open("rb") as content:
                        digest.update(hashlib.file_digest(content, "blake2b").digest())
        return digest.hexdigest()

    def _new(self, name: str) -> Path:
        path = self.output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _plain(value: Any) -> Any:
    """Return the plain Python value of a numpy scalar or array."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
