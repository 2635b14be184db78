"""The walk over expressions: what they are, what they read and change, and what they call."""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .kinds import CONSTANTS, DATA, HELD, UNKNOWN, Code, Kind, Known, LookUp, Scope, Unsafe, shown
from .known import SEEDS, Call, call_of, is_exact, method_of_data


@dataclass
class Expressions:
    """Walks the expressions of one statement.

    reads, changes, perhaps, steady: what was found; see :class:`~.effects.Effects`.
    """

    look_up: LookUp
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
        if not self.scopes and isinstance(kind, Code):  # definitions are taken as they are now
            del scope[name]
        if not self.scopes:
            self.changes.add(name)
            if self.inside:
                self.perhaps.add(name)

    def changed(self, node: ast.AST) -> None:
        """Whatever an expression mentions may be changed through it."""
        self.not_held(node)
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                self._changed_name(part.id)

    def _changed_name(self, name: str) -> None:
        scope = next((scope for scope in reversed(self.scopes) if name in scope), None)
        if scope is not None:
            if scope[name] == HELD:
                raise Unsafe(f"it may change what {name} is in a function that is not made again")
            return
        if (self.kinds.get(name) or self.look_up(name)) in (DATA, UNKNOWN):
            if name not in self.changes:
                self.reads.add(name)
            self.changes.add(name)

    def not_held(self, node: ast.AST) -> None:
        """What is changed must not be part of a class or function of the session: those are not made again."""
        top = node
        while not isinstance(node, ast.Name):
            if isinstance(node, ast.Attribute) and self.look_up.made.attribute(node.attr) is not None:
                raise Unsafe(f"it may change {shown(node)}, which a class holds")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                node = node.func
            elif isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.NamedExpr)):
                node = node.value
            else:
                return
        kind = self.kind_of(node.id)
        if node is not top and isinstance(kind, Code) and not isinstance(kind.value, type):
            raise Unsafe(f"it may change {node.id}")

    @contextmanager
    def within(self) -> Iterator[None]:
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    @contextmanager
    def scope(self, names: Scope) -> Iterator[None]:
        self.scopes.append(names)
        try:
            yield
        finally:
            self.scopes.pop()

    def body_of(self, code: Code) -> None:
        """Walk what runs when a function or class of the session is called."""
        raise NotImplementedError

    # Targets

    def target(self, node: ast.expr, kind: Kind, source: ast.expr) -> None:
        if isinstance(node, ast.Name):
            self.bind(node.id, kind)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for part in node.elts:
                self.target(part, kind if kind in (DATA, HELD) else UNKNOWN, source)
        elif isinstance(node, ast.Starred):
            self.target(node.value, kind, source)
        else:
            assert isinstance(node, (ast.Attribute, ast.Subscript))
            owner = self.value(node.value)
            if isinstance(owner, (Known, Code)):
                raise Unsafe(f"it changes {shown(node.value)}")
            self.must_be_data(owner, node.value)
            its_own = not isinstance(node, ast.Attribute) or (
                node.attr != "__class__" and self.look_up.made.attribute(node.attr) != UNKNOWN
            )
            if owner == HELD or not its_own:
                raise Unsafe(f"it may change what {shown(node)} is to others")
            if isinstance(kind, (Known, Code)):
                self.taken(source)
            if isinstance(node, ast.Subscript):
                self.must_be_data(self.value(node.slice), node.slice)
            self.changed(node.value)

    # Expressions

    def must_be_data(self, kind: Kind, node: ast.AST) -> None:
        if kind == UNKNOWN:
            raise Unsafe(f"it is not known what {shown(node)} is")

    def taken(self, node: ast.expr) -> Kind:
        """The value of an expression that goes into data, from where anything may call it."""
        kind = self.value(node)
        self.must_be_data(kind, node)
        if isinstance(kind, Known) and isinstance(kind.value, types.ModuleType):
            raise Unsafe(f"it hands on the module {shown(node)}")
        if isinstance(kind, (Known, Code)):
            self.call_kind(kind, node, 1, frozenset())
        return kind

    def iterated(self, node: ast.expr) -> Kind:
        """Iterating uses an iterator up. The kind of the items."""
        kind = self.value(node)
        self.must_be_data(kind, node)
        if not isinstance(node, (ast.Constant, ast.List, ast.Tuple)):
            self.used_up(node)
        return HELD if kind == HELD else DATA

    def used_up(self, node: ast.AST) -> None:
        """What is held is no iterator: see ``made``."""
        for part in ast.walk(node):
            if (
                isinstance(part, ast.Name)
                and self.kind_of(part.id) in (DATA, UNKNOWN)
                and not self.look_up.settled(part.id)
            ):
                self._changed_name(part.id)

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
        if isinstance(node, ast.BinOp):
            self.steady = self.steady and is_exact(node.op, node.right)
        kinds = [self.taken(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        through = isinstance(node, (ast.Subscript, ast.BoolOp, ast.IfExp, ast.Starred))
        return HELD if through and HELD in kinds else DATA  # of operators, displays, comparisons, formatted strings

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
                raise Unsafe(f"{shown(node)} is not there") from None
            if isinstance(found, (types.FunctionType, type)):  # a cell may have put one there
                return self.look_up.made.kind_of(found)
            if callable(found) or isinstance(found, types.ModuleType):
                return Known(found)
            if not isinstance(found, CONSTANTS):
                raise Unsafe(f"{shown(node)} belongs to the process")
            return DATA
        self.must_be_data(kind, node.value)
        if node.attr.startswith("__") and node.attr.endswith("__") and node.attr not in ("__name__", "__class__"):
            raise Unsafe(f"it looks into {shown(node)}")
        if isinstance(kind, Code) and kind.value is not None:
            self.body_of(kind)
        held = self.look_up.made.attribute(node.attr)
        if held == UNKNOWN:
            raise Unsafe(f"it is not known what {shown(node)} is")
        return HELD if HELD in (kind, held) or node.attr == "__class__" else DATA

    def of_Lambda(self, node: ast.Lambda) -> Kind:
        self.body_of(Code(node))
        return Code(node)

    def of_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Kind:
        self.steady = self.steady and not isinstance(node, ast.SetComp)
        with self.scope({}), self.within():
            for generator in node.generators:
                self.target(generator.target, self.iterated(generator.iter), generator.iter)
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
        seed = [w for w in node.keywords if w.arg in SEEDS]
        keywords -= {w.arg for w in seed if isinstance(w.value, ast.Constant) and w.value.value is None and w.arg}
        if any(isinstance(one, ast.Constant) and one.value in ("now", "today") for one in arguments):
            raise Unsafe(f"{shown(node.func)} may be given the time")
        if isinstance(node.func, ast.Attribute):
            call, result = self.method(node.func, given, keywords)
        else:
            kind = self.value(node.func)
            call, result = self.call_kind(kind, node.func, given, keywords)
            if kind == Known(type) and given == 1:
                result = HELD  # the class of something, which is not made again
        self.steady = self.steady and call.steady
        for argument in arguments:
            if call.changes:
                self.changed(argument)
            else:
                self.used_up(argument)
        return result

    def called(self, node: ast.AST, kind: Kind) -> None:
        """What is called may change itself: a function its closure, an object what it has; not a class that was asked for."""
        if kind == HELD and not isinstance(node, ast.Call) and getattr(node, "attr", "") != "__class__":
            raise Unsafe(f"it may change {shown(node)}")
        if kind == DATA:
            self.changed(node)

    def method(self, node: ast.Attribute, given: int, keywords: frozenset[str]) -> tuple[Call, Kind]:
        owner = self.value(node.value)
        if isinstance(owner, Known):
            return self.call_kind(self.of_Attribute(node), node, given, keywords)
        if owner == UNKNOWN:
            raise Unsafe(f"it is not known what {shown(node)}() does")
        call = method_of_data(node.attr, keywords, given)
        if call.why:
            raise Unsafe(call.why)
        if self.look_up.made.attribute(node.attr) == UNKNOWN:
            raise Unsafe(f"it is not known what {shown(node)}() does")
        if isinstance(owner, Code) and owner.value is not None:
            self.body_of(owner)  # with all of its methods
            if call.changes and not isinstance(owner.value, type):
                raise Unsafe(f"it may change {shown(node.value)}")
        elif call.changes:
            self.changed(node.value)
        else:
            self.used_up(node.value)
        return call, HELD if owner == HELD else DATA

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
            self.body_of(kind)
            return Call(changes=True), DATA
        if kind == UNKNOWN:
            raise Unsafe(f"it is not known what {shown(node)} does")
        self.called(node, kind)
        return Call(changes=True), DATA
