"""Context managers that a cell enters itself, and that stay entered: ``cm.__enter__()``, ``stack.enter_context(lib.option(3))``."""

from __future__ import annotations

import ast
from collections.abc import Iterable

ENTERING = "__sojourn_entering__"
ENTERED = "__sojourn_entered__"
BUILTINS = (ENTERING, ENTERED)
_ENTERS = ("__enter__", "enter_context")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def is_among(nodes: Iterable[ast.AST]) -> bool:
    """Whether code that has these nodes may enter something by itself."""
    return any(isinstance(node, ast.Attribute) and node.attr in _ENTERS for node in nodes)


def instrument(tree: ast.Module) -> None:
    """Hand what is entered to ``ENTERING`` on its way, and what entering gives to ``ENTERED``; not in functions and classes, which travel."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        for name, value in ast.iter_fields(node):
            several = value if isinstance(value, list) else [value]
            for number, one in enumerate(several):
                if not isinstance(one, ast.AST) or isinstance(one, _SCOPES):
                    continue
                todo.append(one)
                if isinstance(one, ast.Call) and _enters(one):
                    several[number] = _called(ENTERED, one)
            if several and not isinstance(value, list):
                setattr(node, name, several[0])


def _enters(node: ast.Call) -> bool:
    """Whether a node enters something; what it enters is handed on then."""
    if not isinstance(node.func, ast.Attribute) or node.keywords:
        return False
    if node.func.attr == "__enter__" and not node.args:
        node.func.value = _called(ENTERING, node.func.value)
        return True
    if node.func.attr == "enter_context" and len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        node.args[0] = _called(ENTERING, node.args[0])
        return True
    return False


def _called(name: str, value: ast.expr) -> ast.Call:
    call = ast.Call(ast.Name(name, ast.Load()), [value], [])
    return ast.fix_missing_locations(ast.copy_location(call, value))
