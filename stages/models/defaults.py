"""The value of a default argument, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any


def literal(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """Return the plain value that `node` writes: numbers, strings, booleans, None, lists, mappings of these.

    A tuple becomes a list; a name is looked up in `known`.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> literal(ast.parse("(64, WIDTH)", mode="eval").body, {"WIDTH": 32})
    [64, 32]
    """
    if isinstance(node, ast.Name):
        if node.id not in known:
            raise ValueError(f"`{node.id}` is not a constant of the file")
        return known[node.id]
    if isinstance(node, ast.List | ast.Tuple):
        return [literal(each, known) for each in node.elts]
    if isinstance(node, ast.Dict):
        return _mapping(node, known)
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError) as error:
        raise ValueError(f"it is {_kind(node)}") from error
    return _plain(value)


def constants(tree: ast.Module) -> dict[str, Any]:
    """Return the plain values that `tree` assigns at its top level, once each.

    Examples
    --------
    >>> constants(ast.parse("WIDTH = 64; loss = make(); WIDTHS = [WIDTH, 32]"))
    {'WIDTH': 64, 'WIDTHS': [64, 32]}
    """
    known: dict[str, Any] = {}
    for node in tree.body:
        target, value = _assignment(node)
        if target is None or value is None:
            continue
        try:
            known[target] = literal(value, known)
        except ValueError:
            known.pop(target, None)  # assigned again with something that cannot be read
    return known


def _assignment(node: ast.stmt) -> tuple[str | None, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.value
    return None, None


def _mapping(node: ast.Dict, known: Mapping[str, Any]) -> dict[str, Any]:
    keys = [None if key is None else literal(key, known) for key in node.keys]
    if not all(isinstance(key, str) for key in keys):
        raise ValueError("the keys of a mapping must be strings")
    return dict(zip(map(str, keys), (literal(value, known) for value in node.values), strict=True))


def _plain(value: Any) -> Any:
    if value is not None and not isinstance(value, bool | int | float | str):
        raise ValueError(f"it is of type {type(value).__name__}")
    if isinstance(value, str) and "${" in value:
        raise ValueError("it holds ${, which the configuration would take for a reference")
    return value


def _kind(node: ast.expr) -> str:
    kinds = {ast.Call: "a call", ast.Lambda: "a lambda", ast.BinOp: "a calculation"}
    return kinds.get(type(node), "no plain value")
