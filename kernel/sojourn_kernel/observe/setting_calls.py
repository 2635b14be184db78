"""Calls in a cell that look as if they change a setting of a library: ``xr.set_options(keep_attrs=True)``.

A library's settings are often out of reach: in C, in closures, in many places at once. What can be kept is the call that made
them. The cell is compiled with each such call handed to a recorder, which gets the call's text once it has returned; the call
itself runs where it stood, with the frames above it that it had.
"""

from __future__ import annotations

import ast
import re

RECORDER = "__sojourn_setting__"  # a builtin, since a cell may run in any namespace
DECORATED = "__sojourn_decorated__"
_VERB = re.compile(
    r"(?:set|reset|use|enable|disable|register|unregister|deregister|configure|config|install|uninstall|add|remove|append|extend|"
    r"insert|update|setdefault|clear|discard|pop|define|activate|deactivate|switch|allow|suppress|prefer|patch|init|autolog|"
    r"extension|output|option|options|theme|pandas)(?:_|$|(?=[A-Z]))"
)
_CONTAINER = {"append", "extend", "insert", "update", "setdefault", "clear", "discard", "pop", "remove", "add"}
_RUN_TOGETHER = re.compile(r"set[a-z]{4,}$")  # setlocale, setrlimit, setfirstweekday
_GETTERS = re.compile(r"get(?:_|$)|instance$|^cur|current|default")


def is_verb(name: str) -> bool:
    """Whether a function's name says that it changes a setting."""
    return _VERB.match(name) is not None or name.endswith("seed") or _RUN_TOGETHER.match(name) is not None


def is_container_verb(name: str) -> bool:
    """Whether it is a method of lists, dicts and sets, and only of them."""
    return name in _CONTAINER


def instrument(tree: ast.Module) -> ast.Module:
    """The same cell with its setting calls recorded. Functions and classes that it defines stay as they are: they may travel."""
    try:
        tree.body = _block(tree.body)
    except RecursionError:  # nested deeper than we look
        return tree
    return tree


def _block(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements, each after what records it if it sets an attribute of what a library's function gives."""
    return [one for node in statements for one in (*_of_getter(node), _statement(node))]


def _of_getter(node: ast.stmt) -> list[ast.stmt]:
    """``gmpy2.get_context().precision = 100``, as the call ``setattr(gmpy2.get_context(), 'precision', 100)``."""
    target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Call):
        return []
    chain = names_of(target.value.func)
    if not chain or not _GETTERS.search(chain[-1]):
        return []
    text = f"setattr({ast.unparse(target.value)}, {target.attr!r}, {ast.unparse(node.value)})"  # type: ignore[attr-defined]
    note = ast.Expr(ast.Call(ast.Name(RECORDER, ast.Load()), [ast.Constant(text), ast.Constant(None)], []))
    return [ast.fix_missing_locations(ast.copy_location(note, node))]


def _statement(node: ast.stmt) -> ast.stmt:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        _decorators(node)
        return node
    if isinstance(node, (ast.Expr, ast.Assign)) and isinstance(node.value, ast.Call):
        name = _last_name(node.value.func)
        if name and is_verb(name) and not (isinstance(node, ast.Assign) and is_container_verb(name)):
            node.value = _recorded(RECORDER, node.value)
        return node
    for field in ("body", "orelse", "finalbody"):
        if isinstance(block := getattr(node, field, None), list):
            setattr(node, field, _block(block))
    for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
        part.body = _block(part.body)
    return node


def _decorators(node: ast.FunctionDef | ast.ClassDef) -> None:
    """``@xr.register_dataset_accessor("geo")``: the decorator is handed on, and what it decorated is told."""
    for number, decorator in enumerate(node.decorator_list):
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = _last_name(function)
        if name and name.startswith("register"):
            node.decorator_list[number] = _recorded(DECORATED, decorator)


def _recorded(recorder: str, value: ast.expr) -> ast.Call:
    text = ast.Constant(ast.unparse(value))
    call = ast.Call(ast.Name(recorder, ast.Load()), [text, value], [])
    for node in (call, call.func, text):
        ast.copy_location(node, value)
    return call


def _last_name(function: ast.expr) -> str:
    """The last name of a chain that begins with a name; "" for any other expression."""
    chain = names_of(function)
    return chain[-1] if chain else ""


def names_of(function: ast.expr) -> list[str]:
    """``["a", "b", "c"]`` of ``a.b.c`` or ``a.get_b().c``; empty for any other expression."""
    if isinstance(function, ast.Name):
        return [function.id]
    if not isinstance(function, ast.Attribute):
        return []
    inner = function.value
    if isinstance(inner, ast.Call):
        chain = names_of(inner.func)
        return [*chain, function.attr] if chain and _GETTERS.search(chain[-1]) else []
    chain = names_of(inner)
    return [*chain, function.attr] if chain else []
