"""What a notebook's cell tagged `parameters` declares, and whether what it was given fits that.

Used before a report's runs start (`build.plan`) and by the notebook itself (`check`), so that plain
papermill and an edit by hand are as safe as `make report`.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from analysis.errors import UserError

TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
_INJECTED = "# Parameters"  # how the cell begins that papermill adds
_EXAMPLES = {str: '"text"', int: "1", float: "0.5", bool: "True or False"}


class ParameterError(UserError):
    """A parameter that is not declared, or of another type; one line that says what to write."""


def declared(source: str) -> dict[str, type]:
    """The parameters that a cell's source declares, with their types.

    A type is the annotation (str, int, float, bool) or, without one, that of the value. Raises
    ParameterError for a line that declares none.
    """
    found: dict[str, type] = {}
    for statement in _statements(source):
        kind = _kind(statement)
        if kind is None:
            line = ast.unparse(statement)
            raise ParameterError(f"`{line}`: write `name: type = value`, with the type {', '.join(TYPES)}")
        found[_target(statement)] = kind
    return found


def values(source: str) -> dict[str, Any]:
    """The values that a cell's source gives to the names it declares, where they are written out."""
    found = {}
    for statement in _statements(source):
        with suppress(ValueError):
            found[_target(statement)] = ast.literal_eval(getattr(statement, "value", None) or "")
    return found


def check(shell: Any = None) -> None:
    """Refuse, in a running notebook, parameters that it does not declare or that have another type.

    `shell` is IPython's (found where not given) or a namespace that holds its history `In`: the cell
    of declarations, papermill's cell that begins with `# Parameters`, and the values as they are now.
    Raises ParameterError; does nothing outside IPython.
    """
    if shell is None:
        from IPython import get_ipython

        shell = get_ipython()
    now: Mapping[str, Any] = shell if isinstance(shell, Mapping) else getattr(shell, "user_ns", {})
    history = [str(cell) for cell in now.get("In", ())]
    declarations = [found for found in map(_declaration, history) if found]
    if not declarations:
        return
    # The last time that the cell ran; a later cell that annotates something else is not it.
    known = [found for found in declarations if found.keys() & declarations[0].keys()][-1]
    injected = next((cell for cell in reversed(history) if cell.startswith(_INJECTED)), "")
    require({name: now.get(name) for name in map(_target, _statements(injected)) if name}, known)
    require({name: now[name] for name in known if name in now}, known)


def require(given: Mapping[str, Any], known: Mapping[str, type]) -> None:
    """Raise ParameterError for the first given value that is not declared or not of its type."""
    for name, value in given.items():
        if name not in known:
            raise ParameterError(f"parameter {name!r} is not declared{nearest(name, known)}")
        kind = known[name]
        if type(value) is not kind and not (kind is float and type(value) is int):
            raise ParameterError(
                f"parameter {name!r}: found {value!r} ({type(value).__name__}), expected {kind.__name__};"
                f" write {name} = {_EXAMPLES[kind]}" + (f" (papermill: -r {name} …)" if kind is str else "")
            )


def typed(name: str, text: str, known: Mapping[str, type]) -> Any:
    """A value as it was typed in a file, in the declared type: `no` and `1e3` stay text for a str.

    Raises ParameterError where the name is not declared or the text is no such value.
    """
    if name not in known:
        raise ParameterError(f"parameter {name!r} is not declared{nearest(name, known)}")
    kind = known[name]
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise ParameterError(f"parameter {name!r}: found {text!r}, expected true or false")
        return text.lower() == "true"
    try:
        return kind(text)
    except ValueError:
        raise ParameterError(f"parameter {name!r}: found {text!r}, expected {kind.__name__}") from None


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'region'?` where a known name is alike, and which there are otherwise."""
    alike = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {alike[0]!r}?" if alike else f"; there are {', '.join(known) or 'none'}"


def _declaration(cell: str) -> dict[str, type]:
    """What a cell of the history declares, where it does nothing else and annotates at least one."""
    statements = [] if cell.startswith(_INJECTED) else _statements(cell)
    annotated = any(isinstance(statement, ast.AnnAssign) for statement in statements)
    kinds = {_target(statement): _kind(statement) for statement in statements}
    return {name: kind for name, kind in kinds.items() if kind} if annotated and all(kinds.values()) else {}


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:  # a magic, or a cell that failed
        return []


def _target(statement: ast.stmt) -> str:
    if isinstance(statement, ast.AnnAssign):
        return getattr(statement.target, "id", "")
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return getattr(statement.targets[0], "id", "")
    return ""


def _kind(statement: ast.stmt) -> type | None:
    """The type that a statement declares for a name; None where it declares none."""
    if not _target(statement):
        return None
    if isinstance(statement, ast.AnnAssign):
        return TYPES.get(getattr(statement.annotation, "id", "")) if statement.value else None
    value = getattr(statement, "value", None)
    return TYPES.get(type(value.value).__name__) if isinstance(value, ast.Constant) else None
