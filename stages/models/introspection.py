"""Read a Keras model function from a file without running it, and write the YAML that makes it a choice.

``upcurve new model FILE.py:function`` copies the file to stages/models/own/ and writes the YAML made here.
Free of TensorFlow: the file is parsed, never imported.
"""

from __future__ import annotations

import ast
import difflib
import math
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from stages.models.defaults import constants, literal
from stages.models.sourcecheck import check_imports, check_no_training
from stages.models.supplied import ALWAYS, IF_REQUIRED, is_supplied

PACKAGE = "stages.models.own"
TARGET = "stages.models.adapter.build_own"
RESERVED = ("function", "_target_", "_partial_", "_convert_", "_recursive_", "_args_")
Definition = ast.FunctionDef | ast.ClassDef


class Argument(NamedTuple):
    """One keyword argument of the user's function: its default value, and what its line's comment says."""

    name: str
    default: Any
    comment: str


@dataclass(frozen=True)
class OwnModel:
    """What is known of a model function from its source.

    Attributes
    ----------
    name
        Name of the choice, from the file's name: ``model=<name>``.
    function
        Where `build_own` finds it once the file is in place: ``stages.models.own.<name>:<function>``.
    description
        First line of its docstring.
    arguments
        Keyword arguments of its own, the parameters of the YAML.
    supplied
        Arguments that the pipeline fills in.
    """

    name: str
    function: str
    description: str
    arguments: tuple[Argument, ...]
    supplied: tuple[str, ...]


def read_model(reference: str) -> OwnModel:
    """Return what ``FILE.py:function`` describes.

    Raises
    ------
    ValueError
        If there is no such file or function, it cannot be parsed, it imports what is not installed, or
        an argument cannot become a parameter. The message says how to mend it.
    """
    path, function = split_reference(reference)
    if not path.is_file():
        raise ValueError(f"there is no file {path}: give the path of your Python file, FILE.py:{function}.")
    try:
        with tokenize.open(path) as file:  # heeds the file's own encoding line
            source = file.read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not readable as Python source: {error}. Save it as UTF-8.") from error
    return describe(source, function, name=choice_name(path), folder=path.parent)


def split_reference(reference: str) -> tuple[Path, str]:
    """Return the file and the function of ``FILE.py:function``.

    Examples
    --------
    >>> split_reference("nets/my_net.py:build")[1]
    'build'
    """
    file, colon, function = reference.rpartition(":")
    if not colon or not function.isidentifier() or Path(file).suffix != ".py":
        raise ValueError(
            f"expected FILE.py:function, received {reference!r}: for example "
            "`upcurve new model my_model.py:build`, where build() returns a Keras model."
        )
    return Path(file), function


def choice_name(path: Path) -> str:
    """Return the name under which the model in `path` is chosen: the file's, in lower snake case.

    Examples
    --------
    >>> choice_name(Path("My-Net.py"))
    'my_net'
    """
    name = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path.stem)).strip("_").lower()
    name = re.sub(r"_+", "_", name)
    if not name.isidentifier() or not name.isascii():
        raise ValueError(
            f"{path.name} gives no name for a choice: rename the file to letters, digits and _, my_net.py."
        )
    return name


def describe(source: str, function: str, *, name: str, folder: Path | None = None) -> OwnModel:
    """Return what the Python `source` says of its top-level `function` (or class).

    Examples
    --------
    >>> source = '''def build(num_features, hidden=64):
    ...     "Two layers."
    ... '''
    >>> describe(source, "build", name="net")
    OwnModel(name='net', function='stages.models.own.net:build', description='Two layers.', \
arguments=(Argument(name='hidden', default=64, comment=''),), supplied=('num_features',))
    """
    tree = _parsed(source)
    check_imports(tree, folder=folder)
    check_no_training(tree)
    definition = _definition(tree, function)
    signature = _signature(definition)
    supplied, own = _sorted_out(signature, function)
    known = constants(tree)
    comments = source.splitlines()
    return OwnModel(
        name=name,
        function=f"{PACKAGE}.{name}:{function}",
        description=_first_line(definition),
        arguments=tuple(
            Argument(argument.arg, _value(argument.arg, default, known), _comment(argument, comments))
            for argument, default in own
        ),
        supplied=tuple(supplied),
    )


def model_yaml(model: OwnModel) -> str:
    """Return the text of ``conf/model/<name>.yaml`` for `model`.

    Examples
    --------
    >>> print(model_yaml(OwnModel("net", "stages.models.own.net:build", "Two layers.",
    ...     (Argument("hidden", 64, "width"),), ())), end="")
    # Two layers.
    _target_: stages.models.adapter.build_own
    _partial_: true
    function: stages.models.own.net:build
    hidden: 64  # width
    """
    head = [
        f"# {model.description or f'Your own model: {model.function}'}",
        f"_target_: {TARGET}",
        "_partial_: true",
        f"function: {model.function}",
    ]
    return "\n".join([*head, *(_yaml_line(argument) for argument in model.arguments)]) + "\n"


def _yaml_line(argument: Argument) -> str:
    line = f"{argument.name}: {yaml_value(argument.default)}"
    return f"{line}  # {argument.comment}" if argument.comment else line


def yaml_value(value: Any) -> str:
    """Return a plain Python value in YAML's flow style, read back as the same value.

    Examples
    --------
    >>> yaml_value([64, 1e-05, True, None, "relu"])
    '[64, 1.0e-05, true, null, "relu"]'
    """
    if isinstance(value, list | tuple):
        return f"[{', '.join(yaml_value(each) for each in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml_value(key)}: {yaml_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    if isinstance(value, float):
        return _yaml_float(value)
    return "null" if value is None else str(value).lower()


def _yaml_float(value: float) -> str:
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    text = repr(value)
    mantissa, exponent, power = text.partition("e")
    return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else text  # YAML wants the dot


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" in line {line}" if line else ""
        raise ValueError(f"the file has a syntax error{where}: {error}. Correct it and try again.") from error


def _definition(tree: ast.Module, function: str) -> Definition:
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


def _signature(definition: Definition) -> ast.arguments:
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


def _sorted_out(signature: ast.arguments, function: str) -> tuple[list[str], list[tuple[ast.arg, ast.expr]]]:
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


def _value(name: str, default: ast.expr, known: dict[str, Any]) -> Any:
    try:
        return literal(default, known)
    except ValueError as error:
        raise ValueError(
            f"the default of `{name}`, `{ast.unparse(default)}`, cannot be written as YAML: {error}. Use a "
            "number, a string, True or False, None, or a list or mapping of these, and make the rest "
            f"inside the function: `{name}=None`, then `if {name} is None: {name} = {ast.unparse(default)}`."
        ) from error


def _first_line(definition: Definition) -> str:
    text = (ast.get_docstring(definition) or "").strip()
    return text.splitlines()[0].strip() if text else ""


def _comment(argument: ast.arg, lines: Sequence[str]) -> str:
    """Return the comment behind an argument that stands on a line of its own."""
    line = lines[argument.lineno - 1]
    before, _, comment = line.partition("#")
    alone = before.strip().startswith(argument.arg) and before.count(",") <= 1
    return comment.strip() if alone else ""
