"""Which functions of the user's, made in cells or in a module, set something of a library's when they are called, and what a call of one set."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import sys
import types
from collections import ChainMap
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

from ...observe.accesses import code_names
from ...observe.cell_tree import walk
from ...observe.inner_calls import Function, inner_calls
from ...observe.setting_calls import getter_call, is_container_verb, is_verb, names_of
from ..libraries import patches, whose
from ..looking.classes import inherited
from ..objects.definitions import is_definition
from .call_rules import parsed, start_of

_DEPTH = 4


def sets(chain: list[str], namespace: Mapping[str, Any], depth: int = _DEPTH) -> bool:
    """Whether what a chain of names stands for is the user's, and may set something when it is called."""
    function, _ = _function_of(chain, namespace)
    if function is None:
        return False
    names = _names(function.__code__)
    if any(is_verb(name) and not is_container_verb(name) for name in names):
        return True
    scope = _scope(function, namespace)
    return depth > 0 and any(sets([name], scope, depth - 1) for name in function.__code__.co_names)


def _scope(function: types.FunctionType, namespace: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where a function's names are looked up: a module's own are its own, what the caller's arguments name is the caller's."""
    own = function.__globals__
    return namespace if own is namespace or own is vars(sys.modules["__main__"]) else ChainMap(own, namespace)  # type: ignore[arg-type]


def _is_users(value: Any) -> bool:
    """Whether a function or class is the user's: made in a cell, or by a module of theirs."""
    home = sys.modules.get(getattr(value, "__module__", None) or "")
    return is_definition(value) or (isinstance(home, types.ModuleType) and whose.is_users(home))


@functools.lru_cache(maxsize=2048)
def _names(code: types.CodeType) -> frozenset[str]:
    return frozenset(code_names(code))


def _function_of(chain: list[str], namespace: Mapping[str, Any]) -> tuple[types.FunctionType | None, bool]:
    """The user's function that a call runs, and whether it is given the object first. Runs no code of the object's."""
    root = namespace.get(chain[0])
    if len(chain) == 2 and isinstance(root, types.ModuleType):
        root, chain = vars(root).get(chain[1]), chain[:1]
    if len(chain) == 1:
        found, is_method = _called(root)
    elif len(chain) == 2 and root is not None:
        owner = root if isinstance(root, type) else type(root)
        held = inherited(owner, chain[1])
        is_method = not isinstance(held, staticmethod) and (owner is not root or isinstance(held, classmethod))
        found = getattr(held, "__func__", held)
    else:
        return None, False
    if not isinstance(found, types.FunctionType) or not _is_users(found):
        return None, False
    found = inspect.unwrap(found)  # of a library's decorated function, no name leads to what is inside
    good = isinstance(found, types.FunctionType) and _is_users(found)
    return (found, is_method) if good else (None, False)


def _called(value: Any) -> tuple[Any, bool]:
    if isinstance(value, types.FunctionType):
        return value, False
    if isinstance(value, types.MethodType):
        return value.__func__, True
    if isinstance(value, type):
        makers = [
            vars(cls)[name] for cls in value.__mro__ for name in ("__init__", "__post_init__") if name in vars(cls)
        ]
        return next((one for one in makers if isinstance(one, types.FunctionType) and _is_users(one)), None), True
    call = inherited(type(value), "__call__")
    return call, True


@functools.lru_cache(maxsize=512)
def tree_of(code: types.CodeType) -> Function | None:
    """A function's own source, taken apart; None where that is not there."""
    try:
        # Not inspect.getsource, which goes through all modules first: some 50 ms, while a cell runs.
        lines = inspect.getblock(linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :])
        tree = ast.parse(dedent("".join(lines))).body[0]
    except (OSError, SyntaxError, ValueError, IndexError):
        return None
    return tree if isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


@functools.lru_cache(maxsize=2048)
def _roots(code: types.CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """First names of the setting calls in a function, and names of what else it calls."""
    tree = tree_of(code)
    if tree is None:
        return frozenset(), frozenset()
    chains = [names_of(node.func) for node in walk(tree) if isinstance(node, ast.Call)]
    got = [names_of(call.args[0].func) for node in tree.body if (call := getter_call(node))]  # type: ignore[attr-defined]
    setting = {chain[0] for chain in chains if chain and is_verb(chain[-1]) and not is_container_verb(chain[-1])}
    return frozenset(setting | {chain[0] for chain in got if chain}), frozenset(c[0] for c in chains if len(c) == 1)


def _may_set(
    function: types.FunctionType, names: frozenset[str], namespace: Mapping[str, Any], depth: int = _DEPTH
) -> bool:
    """Whether a call can be about a library at all: cheap, since a loop may make many. names: those in the call."""
    namespace = _scope(function, namespace)
    roots, called = _roots(function.__code__)
    local = set(function.__code__.co_varnames)
    for root in roots:
        if root in local:
            bound = function.__code__.co_varnames.index(root) >= function.__code__.co_argcount  # by an import, perhaps
            if bound or any(isinstance(namespace.get(name), types.ModuleType) for name in names):
                return True
        elif start_of(root, namespace.get(root)) is not None:
            return True
    inner = (_function_of([name], namespace)[0] for name in called) if depth else ()
    return any(one is not None and _may_set(one, names, namespace, depth - 1) for one in inner)


def note(text: str, namespace: Mapping[str, Any], keep: Callable[..., object]) -> bool:
    """Hand on what a call of the user's function set: ``keep(text, names, None, why it can't be made again)``.

    Gives back whether it may have set something.
    """
    call, chain, names = parsed(text)
    function, is_method = _function_of(chain, namespace)
    if not isinstance(call, ast.Call) or function is None or not _may_set(function, names, namespace):
        return False
    imports: dict[str, Any] = {}
    scope = _scope(function, namespace)
    own = function.__globals__

    def own_tree(function: types.FunctionType | None) -> Function | None:
        tree = tree_of(function.__code__) if function is not None else None
        if tree is not None:
            imports.update(patches.imports(walk(tree)))
        return tree

    tree = own_tree(function)
    if tree is None:
        return False

    def lookup(chain: list[str]) -> Function | None:
        return own_tree(_function_of(chain, scope)[0])

    for inner in inner_calls(tree, call, is_method, lookup, awaited=text.startswith("await ")):
        means_two = scope is not namespace and any(
            name in own and namespace.get(name, own[name]) is not own[name] for name in names - {chain[0]}
        )
        certain = inner.certain and not means_two
        why = "" if certain else f"it was called by {function.__name__}, and what with can't be told"
        keep(inner.text, ChainMap(imports, scope), None, why)  # type: ignore[arg-type]
    return True
