"""The distributions a packed model needs, pinned to the versions that made it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from typing import Final

KNOWN: Final = {
    "keras": ("keras",),
    "numpy": ("numpy",),
    "pandas": ("pandas",),
    "pyarrow": ("pyarrow",),
    "pydantic": ("pydantic",),
    "scipy": ("scipy",),
    "sklearn": ("scikit-learn",),
    "skops": ("skops",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos"),
}
"""Distributions of a module; asked of the environment only for others, which takes a second."""
BACKEND: Final = "tensorflow"
"""Keras computes with it, though nothing here imports it by name."""


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
