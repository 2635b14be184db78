"""Calls of libraries that only seed streams which every checkpoint holds (``transformers.set_seed(42)``): nothing of theirs is to be made again.

Judged by the source of the function that is called; where that leads to anything else, it is not.
"""

from __future__ import annotations

import ast
import re
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

from ...observe.setting_calls import names_of
from .inside_functions import tree_of

_KEPT = frozenset({"random", "numpy", "torch"})
_SEEDS = re.compile(r"seed|rng|random|determinis", re.IGNORECASE)
_CHANGES = (ast.Global, ast.Nonlocal, ast.Delete)
_DEEPEST = 4  # functions that call one another


def only_seeds(function: Any, call: ast.expr) -> bool:
    """Whether all that a call does is to seed streams that are kept. It is given the seed and nothing else."""
    alone = isinstance(call, ast.Call) and len(call.args) + len(call.keywords) == 1
    return alone and not _on_a_device() and _seeds(function, _DEEPEST)


def _on_a_device() -> bool:
    """Whether torch has a stream on a device, which is not kept."""
    torch = sys.modules.get("torch")
    return torch is not None and bool(torch.cuda.is_available())


def _seeds(function: Any, deep: int) -> bool:
    code = tree_of(function.__code__) if isinstance(function, types.FunctionType) else None
    if not isinstance(code, ast.FunctionDef) or deep == 0:
        return False
    imports: dict[str, str] = {}
    seeded = False
    for node in _nodes(code.body, _left_out(code.args)):
        if isinstance(node, _CHANGES) or (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)):
            return False
        if isinstance(node, ast.Import):
            imports |= {one.asname or one.name.partition(".")[0]: one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = function.__module__ if node.level else node.module or ""
            imports |= {one.asname or one.name: home for one in node.names}
        elif isinstance(node, ast.Call):
            chain = names_of(node.func)
            named = chain or [one.attr for one in ast.walk(node.func) if isinstance(one, ast.Attribute)]
            if not any(map(_SEEDS.search, named)):
                continue
            local = chain and chain[0] in function.__code__.co_varnames and chain[0] not in imports
            if not chain or local or not _is_of_a_kept_stream(chain, imports, function.__globals__, deep):
                return False
            seeded = True
    return seeded


def _is_of_a_kept_stream(chain: list[str], imports: Mapping[str, str], names: Mapping[str, Any], deep: int) -> bool:
    """Whether such a call seeds a stream that is kept, or can't be reached: its module is not loaded."""
    if chain[0] in imports:
        top = imports[chain[0]].partition(".")[0]
        return top in _KEPT or top not in sys.modules
    found = names.get(chain[0])
    if isinstance(found, types.ModuleType) and found.__name__.partition(".")[0] in _KEPT:
        return True
    for step in chain[1:]:
        found = vars(found).get(step) if isinstance(found, types.ModuleType) else None
    if isinstance(found, types.FunctionType):
        return _seeds(found, deep - 1)
    home = getattr(found, "__module__", None)
    return (found is None and chain[0] not in names) or (isinstance(home, str) and home.partition(".")[0] in _KEPT)


def _left_out(arguments: ast.arguments) -> frozenset[str]:
    """Parameters that a call which does not give them leaves false."""
    last = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    pairs = [
        *zip(last, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return frozenset(one.arg for one, value in pairs if isinstance(value, ast.Constant) and not value.value)


def _nodes(body: list[ast.stmt], left_out: frozenset[str]) -> Iterator[ast.AST]:
    """What runs of a function's statements, without what waits for a parameter that is left out."""
    todo: list[ast.AST] = list(reversed(body))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id in left_out:
            todo += reversed(node.orelse)
            continue
        yield node
        todo += reversed(list(ast.iter_child_nodes(node)))
