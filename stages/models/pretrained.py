"""Weights of a network read from a file."""

from __future__ import annotations

import hashlib
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from stages.examples.encoded import Array

IMAGENET = ("imagenet", "none")
"""Words in place of a file's path."""
SUFFIXES = (".weights.h5", ".h5", ".keras")


def load_weights(network: Any, path: str, *, sha256: str | None = None) -> None:
    """Set the weights of `network` to those of the file at `path`.

    Parameters
    ----------
    path
        A file of weights alone (``.weights.h5``, or ``.h5`` of an older Keras), or a whole model
        (``.keras``) with the same layers.
    sha256
        Checksum the file must have; None for any.

    Raises
    ------
    ValueError
        If the file is not there, is another, or does not fit the network.
    """
    file = Path(path).expanduser()
    _check_file(file, sha256)
    before = network.get_weights()
    try:
        _read(network, file)
    except (ValueError, TypeError, KeyError, OSError, zipfile.BadZipFile) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise ValueError(_misfit(path, reason or type(error).__name__)) from error
    unread = _unread(before, network)
    if unread:
        raise ValueError(_misfit(path, f"{len(unread)} of {len(before)} are not in it ({unread[0]}, ...)"))


def _read(network: Any, file: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is not in the file is found afterwards
        if file.suffix == ".keras":
            network.set_weights(keras.saving.load_model(file, compile=False).get_weights())
        else:
            network.load_weights(file)


def _unread(before: Sequence[Array], network: Any) -> list[str]:
    """Return the paths of the random weights that are still as they were: Keras leaves out what it misses."""
    pairs = zip(before, network.weights, strict=True)
    return [each.path for old, each in pairs if np.ptp(old) > 0 and np.array_equal(old, each.numpy())]


def _misfit(path: str, reason: str) -> str:
    return (
        f"the weights in model.weights={path} do not fit the network: {reason}. Expected is a file of the "
        "same network without its top: look at model.name and model.arguments (alpha), or take "
        "model.weights=imagenet."
    )


def _check_file(file: Path, sha256: str | None) -> None:
    if not file.is_file():
        raise ValueError(
            f"model.weights={file} is no file. Expected is imagenet, none, or the path of a file that ends "
            f"in {', '.join(SUFFIXES)}; a relative path starts at the project's root."
        )
    if not file.name.endswith(SUFFIXES):
        raise ValueError(f"model.weights={file}: expected a file that ends in {', '.join(SUFFIXES)}.")
    if sha256 is None:
        return
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != sha256.lower():
        raise ValueError(
            f"model.weights={file} has the SHA-256 {found}, expected {sha256} (model.weights_sha256): it is "
            "another file, or was cut off. Fetch it again, or correct the checksum."
        )
