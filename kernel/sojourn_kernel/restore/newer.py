"""Objects of the standard library that another version of Python made, and estimators that another one of scikit-learn did: they get what
their constructors give here, and did not there.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from textwrap import dedent
from typing import Any

from ..snapshot.looking.attributes import attributes_of
from ..snapshot.looking.classes import module_of

_DELETES = re.compile(r"^\s+del (.*)", re.MULTILINE)


def of_python(cls: type) -> bool:
    """Whether a class is the standard library's."""
    return module_of(cls).partition(".")[0] in sys.stdlib_module_names


def has_parameters(cls: type) -> bool:
    """Whether the objects of a class have what its constructor takes under the same names, as scikit-learn's estimators do."""
    return hasattr(cls, "_get_param_names")


def complete(objects: Iterable[Any], is_known: Callable[[type], bool] = of_python) -> None:
    """Give those of these objects that are of classes which are known, or of classes made from them, the attributes that they lack."""
    bases: dict[type, list[type]] = {}
    for one in objects:
        cls = type(one)
        if cls not in bases:
            bases[cls] = [base for base in type.__dict__["__mro__"].__get__(cls) if is_known(base) and _given(base)]
        if bases[cls] and (own := attributes_of(one)):
            for name, value, names in (given for base in bases[cls] for given in _given(base)):
                if name not in own and inspect.getattr_static(cls, name, _given) is _given:
                    with contextlib.suppress(Exception):  # as it would be without
                        object.__setattr__(one, name, eval(value, names))


@functools.cache
def _given(cls: type) -> tuple[tuple[str, Any, dict[str, Any]], ...]:
    """Attributes that a class's own constructor gives whatever it is called with, and what with by default: code and its names."""
    start = vars(cls).get("__init__")
    try:
        (function,) = ast.parse(dedent(inspect.getsource(start))).body  # type: ignore[arg-type]
        parameters = inspect.signature(start).parameters.values()  # type: ignore[arg-type]
    except (OSError, TypeError, ValueError, SyntaxError):  # none, or not in Python
        return ()
    defaults = {one.name: one.default for one in parameters}
    names = {**start.__globals__, **_imported(function.body), **defaults}  # type: ignore[union-attr,attr-defined]
    unknown = {name for name, default in defaults.items() if default is inspect.Parameter.empty}
    unknown |= {one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    deleted = {name for line in _DELETES.findall(inspect.getsource(cls)) for name in re.findall(r"self\.(\w+)", line)}
    return tuple(
        (name, compile(ast.Expression(value), "<default>", "eval"), names)
        for name, value in _assigned(function.body)  # type: ignore[attr-defined]
        if name not in deleted
        and _is_plain(value)
        and unknown.isdisjoint(one.id for one in ast.walk(value) if isinstance(one, ast.Name))
    )


def _imported(statements: list[ast.stmt]) -> dict[str, Any]:
    """Modules that a function imports itself."""
    aliases = [alias for one in statements if isinstance(one, ast.Import) for alias in one.names]
    return {alias.asname or alias.name: importlib.import_module(alias.name) for alias in aliases}


def _assigned(statements: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """``self.name = value`` among them."""
    for one in statements:
        if isinstance(one, ast.Assign):
            for target in one.targets:
                if (
                    isinstance(target, ast.Attribute)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == "self"
                ):
                    yield target.attr, one.value


def _is_plain(value: ast.expr) -> bool:
    """Whether an expression makes something small and new, or is a constant or a name."""
    if isinstance(value, ast.Call):
        return not value.args and not value.keywords and isinstance(value.func, (ast.Name, ast.Attribute))
    return isinstance(value, (ast.Constant, ast.Name)) or (
        isinstance(value, (ast.List, ast.Dict)) and not any(ast.iter_child_nodes(value))
    )
