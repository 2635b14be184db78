"""Setting calls inside functions that cells made: ``def wide(w): xr.set_options(display_width=w)``, called as ``wide(66)``.

Function bodies are not rewritten, since functions travel. What a call of one set is worked out from its source: with the caller's
arguments in place of the parameters, where it is certain that the line ran and with what.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .setting_calls import getter_call, is_verb, names_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
_DEPTH = 4
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LEAVES = (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True)
class Inner:
    """A setting call that a function makes. text: as a cell would have written it, if ``certain``; else as it stands."""

    text: str
    certain: bool


def inner_calls(
    function: Function,
    call: ast.Call,
    is_method: bool,
    lookup: Callable[[list[str]], Function | None] = lambda chain: None,
    depth: int = _DEPTH,
    awaited: bool = False,
) -> Iterator[Inner]:
    """The setting calls of one call of a function, in order; those of the functions that it calls (``lookup``) among them.

    awaited: whether an asynchronous function has been waited for, so that all of it ran.
    """
    given = _arguments(function, call, is_method)
    local = _locals(function) - given.keys() | {name for name, value in given.items() if value is None}
    replace = _Replace({name: value for name, value in given.items() if value is not None})
    runs = awaited or isinstance(function, ast.FunctionDef)
    sure = runs and not any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in _own(function))
    for statement in function.body:
        value = getattr(statement, "value", None)
        plain = isinstance(statement, (ast.Expr, ast.Assign, ast.Return)) and isinstance(value, ast.Call)
        made = getter_call(statement)
        if made is not None:
            yield _inner(made, sure, local, replace)
        for one in _calls(statement):
            chain = names_of(one.func)
            if not chain:
                continue
            exact = sure and plain and one is value
            if is_verb(chain[-1]):
                yield _inner(one, exact, local, replace)
            elif depth and (deeper := lookup(chain)) is not None:
                for inner in inner_calls(deeper, one, False, lookup, depth - 1):
                    yield _again(inner, exact, local, replace)
        sure = sure and not any(isinstance(node, _LEAVES) for node in _own(statement))


def _arguments(function: Function, call: ast.Call, is_method: bool) -> dict[str, ast.expr | None]:
    """Parameter → what the caller wrote for it; None where that can't be told from the text."""
    spec = function.args
    positional = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
    others = [arg.arg for arg in (*spec.kwonlyargs, spec.vararg, spec.kwarg) if arg is not None]
    given: dict[str, ast.expr | None] = dict.fromkeys([*positional, *others])
    if any(isinstance(arg, ast.Starred) for arg in call.args) or any(one.arg is None for one in call.keywords):
        return given
    defaults = dict(zip(positional[len(positional) - len(spec.defaults) :], spec.defaults, strict=False))
    defaults |= {
        arg.arg: default for arg, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default is not None
    }
    given |= {name: default for name, default in defaults.items() if isinstance(default, ast.Constant)}
    given |= dict(zip(positional[is_method:], call.args, strict=False))
    given |= {one.arg: one.value for one in call.keywords if one.arg in given and one.arg is not None}
    return given | dict.fromkeys(_stored(function))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """A node's descendants, without those of functions and classes defined in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _SCOPES):
            yield child
            yield from _own(child)


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """Calls whose effect lasts: what ``with`` enters it leaves again."""
    if isinstance(statement, _SCOPES):
        return
    entered = {id(item.context_expr) for node in (statement, *_own(statement)) for item in getattr(node, "items", [])}
    yield from (node for node in _own(statement) if isinstance(node, ast.Call) and id(node) not in entered)


def _stored(function: Function) -> set[str]:
    return {n.id for n in _own(function) if isinstance(n, ast.Name) and isinstance(n.ctx, (ast.Store, ast.Del))}


def _locals(function: Function) -> set[str]:
    """Names that mean something else outside the function, its imports excepted."""
    shared = {name for n in _own(function) if isinstance(n, ast.Global) for name in n.names}
    defined = {n.name for n in ast.iter_child_nodes(function) if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    return (_stored(function) | defined) - shared


class _Replace(ast.NodeTransformer):
    """Puts the caller's arguments in place of the parameters."""

    def __init__(self, given: dict[str, ast.expr]) -> None:
        self.given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.given.get(node.id, node)


def _inner(call: ast.Call, sure: bool, local: set[str], replace: _Replace) -> Inner:
    text = ast.unparse(call)
    named = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    if not sure or named & local:
        return Inner(text, certain=False)
    return Inner(ast.unparse(replace.visit(ast.parse(text, mode="eval").body)), certain=True)


def _again(inner: Inner, sure: bool, local: set[str], replace: _Replace) -> Inner:
    """What a function called by the function set, in terms of the function's own caller."""
    if not inner.certain:
        return inner
    call = ast.parse(inner.text, mode="eval").body
    return _inner(call, sure, local, replace) if isinstance(call, ast.Call) else inner
