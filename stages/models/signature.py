"""The arguments of a function in a parsed file, and who gives them a value."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Sequence

from stages.models.supplied import ALWAYS, IF_REQUIRED, is_supplied

RESERVED = ("function", "_target_", "_partial_", "_convert_", "_recursive_", "_args_")
Definition = ast.FunctionDef | ast.ClassDef


def find_definition(tree: ast.Module, function: str) -> Definition:
    """Return the top-level function or class called `function`; raise ValueError if there is none."""
    there = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    if function in there:
        return there[function]
    if any(isinstance(node, ast.AsyncFunctionDef) and node.name == function for node in tree.body):
        raise ValueError(f"`{function}` is an async function: write it as a plain `def {function}(...)`.")
    near = difflib.get_close_matches(function, there, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    raise ValueError(
        f"the file defines no function `{function}` at its top level.{hint} It defines: "
        f"{', '.join(there) or 'nothing'}."
    )


def arguments_of(definition: Definition) -> ast.arguments:
    """Return the arguments of a function, or of a class's ``__init__`` without ``self``."""
    if isinstance(definition, ast.FunctionDef):
        return definition.args
    methods = (node for node in definition.body if isinstance(node, ast.FunctionDef))
    init = next((node.args for node in methods if node.name == "__init__"), None)
    if init is None:
        return ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    first = "posonlyargs" if init.posonlyargs else "args"
    fields = {name: getattr(init, name) for name in init._fields}
    return ast.arguments(**{**fields, first: fields[first][1:]})


def sorted_out(signature: ast.arguments, function: str) -> tuple[list[str], list[tuple[ast.arg, ast.expr]]]:
    """Return the names the pipeline fills in, and the arguments with a default of the user's own."""
    if signature.vararg is not None:
        raise ValueError(
            f"`{function}` takes *{signature.vararg.arg}, which no parameter can name: write its arguments "
            "out, each with a default."
        )
    supplied: list[str] = []
    own: list[tuple[ast.arg, ast.expr]] = []
    for argument, default in _pairs(signature):
        if is_supplied(argument.arg, required=default is None):
            supplied.append(argument.arg)
        elif default is None:
            raise ValueError(_nobodys(argument.arg, function))
        elif not argument.arg.startswith("_") and argument.arg not in RESERVED:
            own.append((argument, default))
        else:
            raise ValueError(f"`{argument.arg}` of `{function}` is a name the pipeline needs: rename it.")
    return supplied, own


def _pairs(signature: ast.arguments) -> list[tuple[ast.arg, ast.expr | None]]:
    positional: Sequence[ast.arg] = [*signature.posonlyargs, *signature.args]
    none: list[ast.expr | None] = [None] * (len(positional) - len(signature.defaults))
    return [
        *zip(positional, [*none, *signature.defaults], strict=True),
        *zip(signature.kwonlyargs, signature.kw_defaults, strict=True),
    ]


def _nobodys(name: str, function: str) -> str:
    known = (*ALWAYS, *IF_REQUIRED)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" (did you mean `{near[0]}`?)" if near else ""
    return (
        f"the argument `{name}` of `{function}` has no default, and the pipeline does not know it{hint}: "
        f"give it a default, {name}=..., or use one of the names it fills in: {', '.join(known)}."
    )
