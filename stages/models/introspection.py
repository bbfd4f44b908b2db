"""Read a Keras model function from a file without running it.

``upcurve new model FILE.py:function`` copies the file to stages/models/own/ and writes the YAML that
`stages.models.choicefile.model_yaml` makes of what is read here.
Free of TensorFlow: the file is parsed, never imported.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stages.models.choicefile import TARGET, Argument, OwnModel, model_yaml
from stages.models.defaults import constants, literal
from stages.models.signature import Definition, arguments_of, find_definition, sorted_out
from stages.models.sourcecheck import check_imports, check_no_training

__all__ = [
    "TARGET",
    "Argument",
    "OwnModel",
    "choice_name",
    "describe",
    "model_yaml",
    "read_model",
    "split_reference",
]

PACKAGE = "stages.models.own"


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
    definition = find_definition(tree, function)
    signature = arguments_of(definition)
    supplied, own = sorted_out(signature, function)
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


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" in line {line}" if line else ""
        raise ValueError(f"the file has a syntax error{where}: {error}. Correct it and try again.") from error


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
