"""What running one statement again would do: what it reads, what it changes, and whether that is all.

An abstract walk over the syntax tree. A value is *data* if only known calls have made it: then its methods change no more than
itself. A name of the session counts as what it is now, if no later cell has bound it. When in doubt, it is not safe.
"""

from __future__ import annotations

import ast
import builtins
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .known import Call, call_of, method_of_data


@dataclass(frozen=True)
class Effects:
    """reads, changes: names of the session, also those that functions it calls read and change. perhaps: names that it may leave
    as they were. why: the reason not to run it again, "" if there is none. steady: it gives the same bits on any machine.
    defines: only makes definitions, or imports."""

    reads: frozenset[str]
    changes: frozenset[str]
    perhaps: frozenset[str] = frozenset()
    why: str = ""
    steady: bool = True
    defines: bool = False


@dataclass(frozen=True)
class Known:
    """A module, or a function or class of a library."""

    value: Any


@dataclass(frozen=True)
class Code:
    """A function or class made in a cell: its syntax tree."""

    tree: ast.AST


DATA, UNKNOWN = "data", "unknown"
_CONSTANTS = (int, float, complex, str, bytes, type(None))
Kind = Known | Code | str
Scope = dict[str, Kind]


class Unsafe(Exception):
    """A statement does what can't be done again; the message is the reason."""


def of_statement(statement: ast.stmt, look_up: Callable[[str], Kind | None], kinds: Scope) -> Effects:
    """Effects of a statement at the top of a cell. ``kinds``: what earlier statements left; what this one binds is added."""
    walk = _Walk(look_up, kinds)
    why = ""
    try:
        walk.statement(statement)
    except Unsafe as unsafe:
        why = str(unsafe)
    except RecursionError:
        why = "it is nested too deep"
    defines = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))
    reads, changes, perhaps = map(frozenset, (walk.reads, walk.changes, walk.perhaps))
    return Effects(reads, changes, perhaps, why, walk.steady, defines and not why)


@dataclass
class _Walk:
    look_up: Callable[[str], Kind | None]
    kinds: Scope
    reads: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    steady: bool = True
    scopes: list[Scope] = field(default_factory=list)
    "Those of the functions that are being walked, the innermost last; none at the top of a cell."
    inside: int = 0
    "Depth of branches and loops: what they bind may not be bound."
    walked: set[int] = field(default_factory=set)

    # Names

    def kind_of(self, name: str) -> Kind:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        if name not in self.changes:
            self.reads.add(name)
        if name in self.kinds:
            return self.kinds[name]
        found = self.look_up(name)
        if found is not None:
            return found
        return Known(getattr(builtins, name)) if hasattr(builtins, name) else UNKNOWN

    def bind(self, name: str, kind: Kind) -> None:
        scope = self.scopes[-1] if self.scopes else self.kinds
        if self.inside and name in scope and scope[name] != kind:
            kind = UNKNOWN
        scope[name] = kind
        if not self.scopes:
            self.changes.add(name)
            if self.inside:
                self.perhaps.add(name)

    def changed(self, node: ast.AST) -> None:
        """Whatever an expression mentions may be changed through it."""
        for part in ast.walk(node):
            if not isinstance(part, ast.Name) or any(part.id in scope for scope in self.scopes):
                continue
            if (self.kinds.get(part.id) or self.look_up(part.id)) in (DATA, UNKNOWN):
                if part.id not in self.changes:
                    self.reads.add(part.id)
                self.changes.add(part.id)

    # Statements

    def statement(self, node: ast.stmt) -> None:
        handler = getattr(self, f"do_{type(node).__name__}", None)
        if handler is None:
            raise Unsafe(f"a {type(node).__name__.lower()} statement is not run again")
        handler(node)

    def block(self, *bodies: list[ast.stmt]) -> None:
        with self.within():
            for body in bodies:
                for statement in body:
                    self.statement(statement)

    @contextmanager
    def within(self) -> Iterator[None]:
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    def do_Expr(self, node: ast.Expr) -> None:
        self.value(node.value)

    def do_Pass(self, node: ast.stmt) -> None:
        return None

    do_Break = do_Continue = do_Nonlocal = do_Pass

    def do_Assign(self, node: ast.Assign) -> None:
        kind = self.value(node.value)
        for target in node.targets:
            self.target(target, kind, node.value)

    def do_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.target(node.target, self.value(node.value), node.value)

    def do_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            before = self.kind_of(node.target.id)
            self.must_be_data(before, node.target)
            self.changed(node.target)
        self.must_be_data(self.value(node.value), node.value)
        self.target(node.target, DATA, node.value)

    def do_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                if not self.scopes:
                    self.reads.add(target.id)
                    self.changes.add(target.id)
                    self.kinds[target.id] = UNKNOWN
            else:
                self.target(target, DATA, target)

    def do_If(self, node: ast.If) -> None:
        self.must_be_data(self.value(node.test), node.test)
        self.block(node.body, node.orelse)

    def do_For(self, node: ast.For) -> None:
        self.iterated(node.iter)
        with self.within():
            self.target(node.target, DATA, node.iter)
        for _ in range(2):  # what one turn leaves, the next one meets
            self.block(node.body)
        self.block(node.orelse)

    def do_While(self, node: ast.While) -> None:
        for _ in range(2):
            self.must_be_data(self.value(node.test), node.test)
            self.block(node.body)
        self.block(node.orelse)

    def do_Try(self, node: ast.Try) -> None:
        self.block(node.body)
        for handler in node.handlers:
            with self.within():
                if handler.type is not None:
                    self.value(handler.type)
                if handler.name:
                    self.bind(handler.name, DATA)
            self.block(handler.body)
        self.block(node.orelse, node.finalbody)

    def do_Raise(self, node: ast.Raise) -> None:
        for part in (node.exc, node.cause):
            if part is not None:
                self.value(part)

    def do_Assert(self, node: ast.Assert) -> None:
        self.must_be_data(self.value(node.test), node.test)

    def do_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.taken(node.value)

    def do_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            whole = alias.name if alias.asname else alias.name.split(".")[0]
            module = sys.modules.get(whole)
            self.bind(alias.asname or whole, UNKNOWN if module is None else Known(module))

    def do_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                raise Unsafe("it imports all names of a module")
            module = sys.modules.get(node.module or "")
            found = getattr(module, alias.name, None)
            self.bind(alias.asname or alias.name, UNKNOWN if found is None or node.level else Known(found))

    def do_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.decorator(decorator)
        for default in [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]:
            self.value(default)
        if node.decorator_list:  # what it becomes may call it at any time
            self.body_of(node)
        self.bind(node.name, DATA if node.decorator_list else Code(node))

    do_AsyncFunctionDef = do_FunctionDef

    def do_ClassDef(self, node: ast.ClassDef) -> None:
        for part in [*node.decorator_list, *node.bases]:
            self.decorator(part)
        if node.keywords:
            raise Unsafe(f"class {node.name} has a metaclass or arguments")
        with self.scope({}):
            for statement in node.body:
                self.statement(statement)
        self.bind(node.name, Code(node))

    def decorator(self, node: ast.expr) -> None:
        kind = self.value(node)
        if kind == UNKNOWN:
            raise Unsafe(f"it is not known what {_shown(node)} does")
        self.call_kind(kind, node, 1, frozenset())

    @contextmanager
    def scope(self, names: Scope) -> Iterator[None]:
        self.scopes.append(names)
        try:
            yield
        finally:
            self.scopes.pop()

    # Targets

    def target(self, node: ast.expr, kind: Kind, source: ast.expr) -> None:
        if isinstance(node, ast.Name):
            self.bind(node.id, kind)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for part in node.elts:
                self.target(part, DATA if kind == DATA else UNKNOWN, source)
        elif isinstance(node, ast.Starred):
            self.target(node.value, kind, source)
        else:
            assert isinstance(node, (ast.Attribute, ast.Subscript))
            if isinstance(self.value(node.value), (Known, Code)):
                raise Unsafe(f"it changes {_shown(node.value)}")
            self.must_be_data(self.value(node.value), node.value)
            if isinstance(kind, (Known, Code)):
                self.taken(source)
            if isinstance(node, ast.Subscript):
                self.must_be_data(self.value(node.slice), node.slice)
            self.changed(node.value)

    # Expressions

    def must_be_data(self, kind: Kind, node: ast.AST) -> None:
        if kind == UNKNOWN:
            raise Unsafe(f"it is not known what {_shown(node)} is")

    def taken(self, node: ast.expr) -> Kind:
        """The value of an expression that goes into data, from where anything may call it."""
        kind = self.value(node)
        self.must_be_data(kind, node)
        if isinstance(kind, Known) and isinstance(kind.value, types.ModuleType):
            raise Unsafe(f"it hands on the module {_shown(node)}")
        if isinstance(kind, (Known, Code)):
            self.call_kind(kind, node, 1, frozenset())
        return kind

    def iterated(self, node: ast.expr) -> None:
        """Iterating uses an iterator up."""
        self.must_be_data(self.value(node), node)
        if not isinstance(node, (ast.Constant, ast.List, ast.Tuple)):
            self.used_up(node)

    def used_up(self, node: ast.AST) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and not self.is_settled(part.id):
                self.changed(part)

    def is_settled(self, name: str) -> bool:
        """Whether a name's value is known to be no iterator."""
        settled = getattr(self.look_up, "settled", None)
        return bool(settled and settled(name))

    def value(self, node: ast.expr) -> Kind:
        handler = getattr(self, f"of_{type(node).__name__}", None)
        if handler is not None:
            kind: Kind = handler(node)
            return kind
        if isinstance(node, (ast.Await, ast.YieldFrom, ast.Yield)):
            if isinstance(node, ast.Await):
                raise Unsafe("it awaits")
            if node.value is not None:
                self.taken(node.value)
            return DATA
        if isinstance(node, ast.Set):
            self.steady = False  # the order of a set of strings differs from process to process
        for part in ast.iter_child_nodes(node):  # operators, displays, comparisons, subscripts, formatted strings
            if isinstance(part, ast.expr):
                self.taken(part)
        return DATA

    def of_Constant(self, node: ast.Constant) -> Kind:
        return DATA

    def of_Name(self, node: ast.Name) -> Kind:
        return self.kind_of(node.id)

    def of_NamedExpr(self, node: ast.NamedExpr) -> Kind:
        kind = self.value(node.value)
        self.target(node.target, kind, node.value)
        return kind

    def of_Attribute(self, node: ast.Attribute) -> Kind:
        kind = self.value(node.value)
        if isinstance(kind, Known):
            try:
                found = getattr(kind.value, node.attr)
            except AttributeError:
                raise Unsafe(f"{_shown(node)} is not there") from None
            if callable(found) or isinstance(found, types.ModuleType):
                return Known(found)
            if not isinstance(found, _CONSTANTS):
                raise Unsafe(f"{_shown(node)} belongs to the process")
            return DATA
        self.must_be_data(kind, node.value)
        if node.attr.startswith("__") and node.attr != "__name__":
            raise Unsafe(f"it looks into {_shown(node)}")
        return DATA

    def of_Lambda(self, node: ast.Lambda) -> Kind:
        self.body_of(node)
        return Code(node)

    def of_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Kind:
        self.steady = self.steady and not isinstance(node, ast.SetComp)
        with self.scope({}), self.within():
            for generator in node.generators:
                self.iterated(generator.iter)
                self.target(generator.target, DATA, generator.iter)
                for test in generator.ifs:
                    self.must_be_data(self.value(test), test)
            parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            for part in parts:
                if part is not None:
                    self.taken(part)
        return DATA

    of_SetComp = of_GeneratorExp = of_DictComp = of_ListComp

    def of_Call(self, node: ast.Call) -> Kind:
        keywords = frozenset(word.arg for word in node.keywords if word.arg)
        arguments = [*node.args, *(word.value for word in node.keywords)]
        for argument in arguments:
            inner = argument.value if isinstance(argument, ast.Starred) else argument
            self.taken(inner)
        if any(word.arg is None for word in node.keywords):
            keywords |= {"out"}
        given = len([a for a in node.args if not (isinstance(a, ast.Constant) and a.value is None)])
        seed = [w for w in node.keywords if w.arg in ("random_state", "seed")]
        keywords -= {w.arg for w in seed if isinstance(w.value, ast.Constant) and w.value.value is None and w.arg}
        if isinstance(node.func, ast.Attribute):
            call, result = self.method(node.func, given, keywords)
        else:
            call, result = self.call_kind(self.value(node.func), node.func, given, keywords)
        self.steady = self.steady and call.steady
        for argument in arguments:
            if call.changes:
                self.changed(argument)
            else:
                self.used_up(argument)
        return result

    def method(self, node: ast.Attribute, given: int, keywords: frozenset[str]) -> tuple[Call, Kind]:
        owner = self.value(node.value)
        if isinstance(owner, Known):
            return self.call_kind(self.of_Attribute(node), node, given, keywords)
        if owner == UNKNOWN:
            raise Unsafe(f"it is not known what {_shown(node)}() does")
        call = method_of_data(node.attr, keywords)
        if call.why:
            raise Unsafe(call.why)
        if call.changes:
            self.changed(node.value)
        else:
            self.used_up(node.value)
        return call, DATA

    def call_kind(self, kind: Kind, node: ast.AST, given: int, keywords: frozenset[str]) -> tuple[Call, Kind]:
        if isinstance(kind, Known):
            if isinstance(kind.value, types.ModuleType):
                return Call(), kind
            if not callable(kind.value):
                return Call(), DATA
            call = call_of(kind.value, given, keywords)
            if call.why:
                raise Unsafe(call.why)
            return call, DATA
        if isinstance(kind, Code):
            self.body_of(kind.tree)
            return Call(changes=True), DATA
        if kind == UNKNOWN:
            raise Unsafe(f"it is not known what {_shown(node)} does")
        return Call(changes=True), DATA

    def body_of(self, tree: ast.AST) -> None:
        """Walk what runs when a function or class of the session is called; once, for it may call itself."""
        if id(tree) in self.walked:
            return
        self.walked.add(id(tree))
        if isinstance(tree, ast.ClassDef):
            for statement in tree.body:
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    self.body_of(statement)
            for base in tree.bases:
                self.call_kind(self.value(base), base, 0, frozenset())
            return
        assert isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        arguments = tree.args
        names = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        body = [ast.Expr(tree.body)] if isinstance(tree, ast.Lambda) else tree.body
        local: Scope = {name.arg: DATA for name in names if name is not None}
        with self.scope(local), self.within():
            for statement in body:
                self.statement(statement)


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 40 else text[:37] + "…"
