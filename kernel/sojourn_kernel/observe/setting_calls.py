"""Calls in a cell that look as if they change a setting of a library: ``xr.set_options(keep_attrs=True)``.

A library's settings are often out of reach: in C, in closures, in many places at once. What can be kept is the call that made
them. The cell is compiled with each such call handed to a recorder, which gets the call's text once it has returned; the call
itself runs where it stood, with the frames above it that it had.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from . import entering
from .cell_tree import walk
from .scopes import bound_by

RECORDER = "__sojourn_setting__"  # a builtin, since a cell may run in any namespace
DECORATED = "__sojourn_decorated__"
DECORATING, BEFORE_IT, AFTER_IT = "__sojourn_decorating__", "__sojourn_before_it__", "__sojourn_after_it__"
INSIDE = "__sojourn_inside__"
PROFILER = "Profile"  # what cProfile and profile call their classes
STORED = "__sojourn_stored__"
BEFORE = "__sojourn_before__"
WATCHED = "__sojourn_watched__"
IMPORTED = "__sojourn_imported__"
BUILTINS = (
    *(RECORDER, DECORATED, DECORATING, BEFORE_IT, AFTER_IT, INSIDE, STORED, BEFORE, WATCHED, IMPORTED),
    *entering.BUILTINS,
)
_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_VERB = re.compile(
    r"(?:set|reset|use|enable|disable|register|unregister|deregister|configure|config|install|uninstall|add|remove|append|extend|"
    r"insert|update|setdefault|clear|discard|pop|define|activate|deactivate|switch|allow|suppress|prefer|patch|init|initialize|autolog|"
    r"addaudithook|extension|output|option|options|theme|pandas|listen|subscribe|unsubscribe|turn|inject|addfont|textdomain|"
    r"bindtextdomain)(?:_|$|(?=[A-Z]))|(?:Set|Use|Enable|Disable|Register)(?=[A-Z])|(?:apply|setup|defaults)$|"
    r"(?!(?:get|is|has|of|to|load|read)_)[a-z]{2,4}_(?:set|enable|disable)_"  # omp_set_num_threads
)
_REGISTERS = re.compile(
    r"register|listen|subscribe|overload|callback$|component$|factory$|implements?$|hook|intrinsic$|formatter$|converter$"
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


@dataclass(frozen=True)
class Known:
    """What is known of names before a cell runs: of a library's things, of code that calls settings inside, and of profilers."""

    is_library: Callable[[str], bool] = lambda name: True
    own_name: Callable[[str], str] = lambda name: name
    sets_inside: Callable[[list[str]], bool] = lambda chain: False
    is_profiler: Callable[[str], bool] = lambda name: False


def instrument(tree: ast.Module, known: Known | None = None) -> ast.Module:
    """The same cell with its setting calls recorded. Functions and classes that it defines stay as they are: they may travel."""
    try:
        nodes = walk(tree)
        if entering.is_among(nodes):
            entering.instrument(tree)
        tree.body = _Cell(tree, nodes, known or Known()).block(tree.body, looped=False)
    except RecursionError:  # nested deeper than we look
        return tree
    return tree


class _Cell:
    """Goes through a cell's statements, but not into the functions and classes that it defines."""

    def __init__(self, tree: ast.Module, nodes: list[ast.AST], known: Known) -> None:
        self.known = known
        imports = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
        self.imported = set[str]().union(*map(bound_by, imports))
        self.aliases = {
            alias.asname: alias.name
            for node in imports
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.asname
        }
        self.profilers = {
            target.id
            for node in nodes
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
            for target in node.targets
            if isinstance(target, ast.Name) and _last_name(node.value.func) == PROFILER
        }
        called = (names_of(node.func) for node in nodes if isinstance(node, ast.Call))
        self.profiled = any(map(self.switches_a_profiler, called))
        "Whether the cell begins or ends a profile: only what reads like a setting is recorded there."
        self.all_of = any(one.name == "*" for node in imports for one in node.names)
        "Whether the cell takes names from a module that its code does not show: what is called is asked then."
        self.libraries: dict[str, bool] = {}
        self.inside: frozenset[str] = frozenset()
        for _ in range(3):  # functions that call functions that set something
            self.inside = self.inside.union(*(self.names_that_set(node) for node in tree.body))

    def block(self, statements: list[ast.stmt], looped: bool) -> list[ast.stmt]:
        """The statements, each beside what records it if it sets an attribute of what a library's function gives, or an item of a library's."""
        return [
            one
            for node in statements
            for one in (*_of_getter(node), self.statement(node, looped), *self.stored(node), *self.taken(node, looped))
        ]

    def stored(self, node: ast.stmt) -> list[ast.stmt]:
        """What records ``lib.registry[Key] = value``, where the key is no text or number, which would make it a place."""
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if not isinstance(target, ast.Subscript) or not names_of(target.slice):
            return []
        chain = names_of(target.value)
        if len(chain) < 2 or "(" in ast.unparse(target) or not self.is_library(chain[0]):
            return []
        owner, key = (ast.parse(ast.unparse(one), mode="eval").body for one in (target.value, target.slice))
        note = ast.Expr(ast.Call(ast.Name(STORED, ast.Load()), [ast.Constant(ast.unparse(owner)), owner, key], []))
        return [ast.fix_missing_locations(ast.copy_location(note, node))]

    def taken(self, node: ast.stmt, looped: bool) -> list[ast.stmt]:
        """What looks at what a statement takes of a module's by name: ``from lib import config``, ``config = lib.config``."""
        if isinstance(node, ast.ImportFrom):
            return _look(node) if node.module and not node.level and node.module != "__future__" else []
        if looped or not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Attribute):
            return []
        chain = names_of(node.value)
        return (
            _look(node) if len(chain) > 1 and "(" not in ast.unparse(node.value) and self.is_library(chain[0]) else []
        )

    def statement(self, node: ast.stmt, looped: bool) -> ast.stmt:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.decorators(node)
            return node
        if isinstance(node, (ast.Expr, ast.Assign)) and isinstance(node.value, ast.Call):
            chain = names_of(node.value.func)
            recorder = self.recorder(chain, isinstance(node, ast.Assign), looped)
            chain = chain or fluent_names(node)
            whole: ast.Call | None
            asked = not looped and chain and not self.profiled and (self.all_of or self.is_library(chain[0]))
            if recorder in ("", RECORDER) and asked:
                whole = _watched(node.value, named=recorder == RECORDER, kept=isinstance(node, ast.Assign))
            else:
                whole = _recorded(recorder, node.value) if recorder else None
            _Within(self).generic_visit(node.value)
            if whole is not None:
                node.value = whole
            return node
        looped = looped or isinstance(node, _LOOPS)
        _Within(self).expressions_of(node)
        for field in ("body", "orelse", "finalbody"):
            if isinstance(block := getattr(node, field, None), list):
                setattr(node, field, self.block(block, looped))
        for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
            part.body = self.block(part.body, looped)
        return node

    def decorators(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """``@xr.register_dataset_accessor("geo")``: the decorator is handed on, and what it decorated is told; others of libraries are watched."""
        found: list[ast.expr] = []
        for decorator in node.decorator_list:
            function = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = _last_name(function)
            defines = (
                name.startswith("define") and isinstance(function, ast.Attribute) and isinstance(node, ast.FunctionDef)
            )
            chain = names_of(function) or fluent_names(decorator)
            if defines or _REGISTERS.match(name):  # attrs.define makes classes
                found.append(_recorded(DECORATED, decorator))
            elif chain and self.is_library(chain[0]):
                around = [ast.copy_location(ast.Name(name, ast.Load()), decorator) for name in (AFTER_IT, BEFORE_IT)]
                found += [around[0], _recorded(DECORATING, decorator), around[1]]
            else:
                found.append(decorator)
        node.decorator_list = found

    def is_library(self, name: str) -> bool:
        """Asked once of each name: it goes through a library's modules."""
        if name not in self.libraries:
            self.libraries[name] = name in self.imported or self.known.is_library(name)
        return self.libraries[name]

    def recorder(self, chain: list[str], assigned: bool, looped: bool) -> str:
        """What a call is handed to; "" for a call that sets nothing. Calls in loops on what the user made cost nothing."""
        if not chain or (self.profiled and self.switches_a_profiler(chain)):
            return ""
        own = chain[-1] if len(chain) > 1 else self.aliases.get(chain[0]) or self.known.own_name(chain[0])
        doubtful = looped or (assigned and is_container_verb(chain[-1]))
        if is_verb(own) and (not doubtful or self.is_library(chain[0])):
            return RECORDER
        return INSIDE if chain[-1] in self.inside or self.known.sets_inside(chain) else ""

    def switches_a_profiler(self, chain: list[str]) -> bool:
        """Whether a call begins or ends a profile, in which what is done around it would stand among the session's calls."""
        if len(chain) != 2 or chain[1] not in ("enable", "disable"):
            return False
        return chain[0] in self.profilers or self.known.is_profiler(chain[0])

    def names_that_set(self, node: ast.AST) -> frozenset[str]:
        """Names of a definition, and of the methods in it, if calling them may set something."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            called = [names_of(one.func) for one in walk(node) if isinstance(one, ast.Call)]
            sets = any(self.recorder(chain, False, looped=is_container_verb(chain[-1])) for chain in called if chain)
            return frozenset({node.name}) if sets or any(map(getter_call, node.body)) else frozenset()
        if isinstance(node, ast.ClassDef):
            inside = frozenset[str]().union(*(self.names_that_set(one) for one in node.body))
            return inside | {node.name} if inside else inside
        return frozenset()


class _Within(ast.NodeTransformer):
    """Records calls that are parts of expressions: ``print(lib.set_option(3))``, ``[lib.register(x) for x in found]``."""

    def __init__(self, cell: _Cell) -> None:
        self.cell = cell

    def expressions_of(self, statement: ast.stmt) -> None:
        """Go through the expressions of a statement, but not through the statements in it, and not through what ``with`` enters."""
        for name, value in ast.iter_fields(statement):
            if isinstance(value, ast.expr):
                setattr(statement, name, self.visit(value))
            elif isinstance(value, list) and value and all(isinstance(one, ast.expr) for one in value):
                setattr(statement, name, [self.visit(one) for one in value])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        chain = names_of(node.func)
        recorder = "" if chain and is_container_verb(chain[-1]) else self.cell.recorder(chain, True, looped=True)
        whole = _recorded(recorder, node) if recorder else node
        self.generic_visit(node)
        return whole

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        return node

    def visit_Await(self, node: ast.Await) -> ast.expr:
        """What a function of the user's set that is waited for is known once it is done."""
        chain = names_of(node.value.func) if isinstance(node.value, ast.Call) else []
        sets = chain and self.cell.recorder(chain, True, looped=True) == INSIDE
        return _recorded(INSIDE, node) if sets else node


def fluent_names(node: ast.AST) -> list[str]:
    """``["schedule", "every", "minutes", "do"]`` of ``schedule.every(10).minutes.do(job)``, as a statement or an expression; empty for any other."""
    found: list[str] = []
    inner = node.value if isinstance(node, ast.Expr) else node
    while isinstance(inner, (ast.Attribute, ast.Call)):
        if isinstance(inner, ast.Attribute):
            found.insert(0, inner.attr)
        inner = inner.value if isinstance(inner, ast.Attribute) else inner.func
    return [inner.id, *found] if isinstance(inner, ast.Name) else []


def _of_getter(node: ast.stmt) -> list[ast.stmt]:
    call = getter_call(node)
    if call is None:
        return []
    note = ast.Expr(ast.Call(ast.Name(RECORDER, ast.Load()), [ast.Constant(ast.unparse(call)), ast.Constant(None)], []))
    return [ast.fix_missing_locations(ast.copy_location(note, node))]


def _look(node: ast.stmt) -> list[ast.stmt]:
    """What looks at what a statement takes before the next one changes it."""
    note = ast.Expr(ast.Call(ast.Name(IMPORTED, ast.Load()), [ast.Constant(ast.unparse(node))], []))
    return [ast.fix_missing_locations(ast.copy_location(note, node))]


def getter_call(node: ast.stmt) -> ast.Call | None:
    """``gmpy2.get_context().precision = 100``, as the call ``setattr(gmpy2.get_context(), 'precision', 100)``."""
    target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
    if (
        not isinstance(node, ast.Assign)
        or not isinstance(target, ast.Attribute)
        or not isinstance(target.value, ast.Call)
    ):
        return None
    chain = names_of(target.value.func)
    if not chain or not _GETTERS.search(chain[-1]):
        return None
    return ast.Call(ast.Name("setattr", ast.Load()), [target.value, ast.Constant(target.attr), node.value], [])


def _recorded(recorder: str, value: ast.expr) -> ast.Call:
    text = ast.Constant(ast.unparse(value))
    call = ast.Call(ast.Name(recorder, ast.Load()), [text, value], [])
    for node in (call, call.func, text):
        ast.copy_location(node, value)
    return call


def _watched(value: ast.Call, named: bool, kept: bool) -> ast.Call:
    """``WATCHED(text, BEFORE(text, named), the call, kept)``: the library is looked at before and after.

    named: whether the call's name says that it sets something. kept: whether its result is given a name.
    """
    before = ast.Call(ast.Name(BEFORE, ast.Load()), [ast.Constant(ast.unparse(value)), ast.Constant(named)], [])
    call = ast.Call(ast.Name(WATCHED, ast.Load()), [before.args[0], before, value, ast.Constant(kept)], [])
    for node in (call, call.func, before, before.func, *before.args, call.args[3]):
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
