"""The distributions a packed model needs, pinned to the versions that made it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from typing import Final

from stages.examples.schema import Role, Schema

KNOWN: Final = {
    "PIL": ("pillow",),
    "ftfy": ("ftfy",),
    "keras": ("keras",),
    "numpy": ("numpy",),
    "pandas": ("pandas",),
    "pyarrow": ("pyarrow",),
    "pydantic": ("pydantic",),
    "scipy": ("scipy",),
    "sklearn": ("scikit-learn",),
    "skops": ("skops",),
    "tqdm": ("tqdm",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos"),
}
"""Distributions of a module; asked of the environment only for others, which takes a second."""
ONLY_FOR: Final[Mapping[str, Role]] = {"PIL": "image", "tqdm": "image", "ftfy": "text"}
"""Libraries that read the columns of one role, loaded by nothing else."""
BACKEND: Final = "tensorflow"
"""Keras computes with it, though nothing here imports it by name."""


def needed_libraries(libraries: Iterable[str], schema: Schema) -> list[str]:
    """Return `libraries` without those that read columns which `schema` does not have.

    Examples
    --------
    >>> from stages.examples.schema import Column
    >>> texts = Schema(dataset="d", task="binary", target="y", features=(Column(name="a", role="text"),))
    >>> needed_libraries(["PIL", "ftfy", "numpy"], texts)
    ['ftfy', 'numpy']
    """
    return [name for name in libraries if name not in ONLY_FOR or schema.keys(ONLY_FOR[name])]


def requirements(libraries: Iterable[str]) -> list[str]:
    """Return ``name==version`` of the distributions that hold the top-level modules `libraries`.

    Modules of Python itself are left out, and so are those that no distribution is known for.

    Examples
    --------
    >>> [each.partition("==")[0] for each in requirements(["json", "numpy", "sklearn"])]
    ['numpy', 'scikit-learn', 'tensorflow']
    """
    wanted = sorted({*libraries, BACKEND} - sys.stdlib_module_names)
    unknown = [name for name in wanted if name not in KNOWN]
    others = packages_distributions() if unknown else {}
    pinned = {pin for name in wanted if (pin := _pin(KNOWN.get(name) or others.get(name) or ()))}
    return sorted(pinned)


def _pin(distributions: Iterable[str]) -> str | None:
    for name in distributions:
        try:
            return f"{name}=={version(name)}"
        except PackageNotFoundError:
            continue
    return None
