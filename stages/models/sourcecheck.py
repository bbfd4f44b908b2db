"""Whether a user's file can be imported by the pipeline: what it imports, what it does when imported."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

KERAS_2 = ("tf_keras",)
DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)


def check_imports(tree: ast.Module, *, folder: Path | None = None) -> None:
    """Raise ValueError if the file imports what is not there.

    Parameters
    ----------
    folder
        Where the file lies, to tell a module beside it from one that is not installed.
    """
    for name, line in imported(tree):
        if name in KERAS_2:
            raise ValueError(
                f"line {line} imports {name}, the old Keras 2: use `import keras` or "
                "`from tensorflow import keras`."
            )
        if name == ".":
            raise ValueError(
                f"line {line} has a relative import, and the file is copied alone: {_beside('the module')}"
            )
        if importlib.util.find_spec(name) is None:
            raise ValueError(_absent(name, line, folder))


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the top-level package and the line of every import not guarded by ``try``; ``.`` if relative.

    Examples
    --------
    >>> list(imported(ast.parse("import keras.layers")))
    [('keras', 1)]
    """
    guarded = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.Try) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield ("." if node.level else (node.module or "").partition(".")[0]), node.lineno


def check_no_training(tree: ast.Module) -> None:
    """Raise ValueError if importing the file would train a model."""
    for statement in tree.body:
        if isinstance(statement, DEFINITIONS) or _is_main_guard(statement):
            continue
        line = next((node.lineno for node in ast.walk(statement) if _is_fit(node)), None)
        if line is not None:
            raise ValueError(
                f"line {line} calls fit() as soon as the file is imported: move it into a function, or under "
                '`if __name__ == "__main__":`.'
            )


def _is_fit(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fit"


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test)


def _absent(name: str, line: int, folder: Path | None) -> str:
    beside = folder is not None and any((folder / each).exists() for each in (f"{name}.py", name))
    if beside:
        return (
            f"line {line} imports `{name}`, which lies beside the file and would stay behind: {_beside(name)}"
        )
    return f"line {line} imports `{name}`, which is not installed here: install it, or remove the import."


def _beside(name: str) -> str:
    return f"put {name} into stages/models/own/ too and import it from there, or put all in one file."
