"""What running one statement again would do: what it reads, what it changes, and whether that is all.

An abstract walk over the syntax tree. A value is *data* if only known calls have made it: then its methods change no more than
itself. A name of the session counts as what it is now, if no later cell has bound it. When in doubt, it is not safe.
"""

from __future__ import annotations

import ast
import sys
import types
from dataclasses import dataclass

from ..observe.scopes import parameters
from .expressions import Expressions
from .kinds import DATA, UNKNOWN, Code, Kind, Known, LookUp, Scope, Unsafe, shown
from .known import is_exact
from .made import hears_of_subclasses


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


def of_statement(statement: ast.stmt, look_up: LookUp, kinds: Scope) -> Effects:
    """Effects of a statement at the top of a cell. ``kinds``: what earlier statements left; what this one binds is added."""
    walk = _Statements(look_up, kinds)
    why = ""
    try:
        walk.statement(statement)
    except Unsafe as unsafe:
        why = str(unsafe)
    except RecursionError:
        why = "it is nested too deep"
    except Exception as error:  # an object of the user's that answers no question
        why = f"what it does can't be told ({type(error).__name__})"
    defines = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))
    reads, changes, perhaps = map(frozenset, (walk.reads, walk.changes, walk.perhaps))
    return Effects(reads, changes, perhaps, why, walk.steady, defines and not why)


class _Statements(Expressions):
    """Walks one statement, and the functions and classes of the session that it calls."""

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

    def do_Expr(self, node: ast.Expr) -> None:
        self.value(node.value)

    def do_Pass(self, node: ast.stmt) -> None:
        return None

    do_Break = do_Continue = do_Pass

    def do_Nonlocal(self, node: ast.Nonlocal) -> None:
        if any(isinstance(scope, _Closure) and not scope.keys().isdisjoint(node.names) for scope in self.scopes):
            raise Unsafe(f"it changes {', '.join(node.names)} in a function that is not made again")

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
        self.steady = self.steady and is_exact(node.op, node.value)
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
        kind = self.iterated(node.iter)
        with self.within():
            self.target(node.target, kind, node.iter)
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
            self.body_of(Code(node))
        self.bind(node.name, DATA if node.decorator_list else Code(node))

    do_AsyncFunctionDef = do_FunctionDef

    def do_ClassDef(self, node: ast.ClassDef) -> None:
        for part in [*node.decorator_list, *node.bases]:
            self.decorator(part)
            kind = self.value(part)
            if isinstance(kind, Code) and isinstance(kind.value, type) and hears_of_subclasses(kind.value):
                raise Unsafe(f"class {node.name} may be noted by {shown(part)}")
        if node.keywords:
            raise Unsafe(f"class {node.name} has a metaclass or arguments")
        with self.scope({}):
            for statement in node.body:
                self.statement(statement)
        self.bind(node.name, Code(node))

    def decorator(self, node: ast.expr) -> None:
        self.call_kind(self.value(node), node, 1, frozenset())

    def body_of(self, code: Code) -> None:
        """Walk what runs when a function or class of the session is called; once, for it may call itself."""
        key = id(code.tree if code.value is None else code.value)
        if key in self.walked:
            return
        self.walked.add(key)
        if code.value is None:
            self._body_of_tree(code.tree)
            return
        scopes, self.scopes = self.scopes, []  # its names are not those of whoever calls it
        try:
            if isinstance(code.value, type):
                self._body_of_class(code.value)
            else:
                self._body_of_function(code.value, code.tree)
        finally:
            self.scopes = scopes

    def _body_of_tree(self, tree: ast.AST | None) -> None:
        if isinstance(tree, ast.ClassDef):
            for statement in tree.body:
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    self.body_of(Code(statement))
            for base in tree.bases:
                self.call_kind(self.value(base), base, 0, frozenset())
            return
        assert isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        self._run(tree, {})

    def _body_of_function(self, function: types.FunctionType, tree: ast.AST | None, given: Scope | None = None) -> None:
        """A function as it is now. given: what parameters are, where that is known."""
        made, outer = self.look_up.made, self.scopes
        around = _Closure(made.closure_of(function))
        self.scopes = [around]
        try:
            if tree is None:
                if not self.look_up.made.only_computes(function):
                    raise Unsafe(f"it is not known what {function.__module__}.{function.__qualname__}() does")
                for name, kind in around.items():  # a library's wrapper around the session's code
                    if kind == UNKNOWN or isinstance(kind, Code):
                        self.call_kind(kind, ast.Name(name), 0, frozenset())
                return
            assert isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            self._run(tree, {**made.defaults_of(function), **(given or {})})
        finally:
            self.scopes = outer

    def _run(self, tree: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, known: Scope) -> None:
        body = [ast.Expr(tree.body)] if isinstance(tree, ast.Lambda) else tree.body
        local: Scope = dict.fromkeys(parameters(tree.args), DATA) | known
        with self.scope(local), self.within():
            for statement in body:
                self.statement(statement)

    def _body_of_class(self, cls: type) -> None:
        """A class as it is now: all of its methods, and those that it inherits."""
        made = self.look_up.made
        for base in cls.__mro__[:-1]:
            kind = made.kind_of(base)
            if not isinstance(kind, Code):
                self.call_kind(kind, ast.Name(base.__name__), 0, frozenset())
                continue
            for name, part in made.parts_of(base):
                if isinstance(part, type):
                    self.body_of(Code(None, part))
                    continue
                tree = made.tree_of(part)
                if tree is None and not made.of_library(part):
                    raise Unsafe(f"the code of {base.__name__}.{name} is not known")
                if id(part) not in self.walked:
                    self.walked.add(id(part))
                    own = isinstance(vars(base).get(name), classmethod) or name in ("__new__", "__class_getitem__")
                    first = part.__code__.co_varnames[:1] if own and part.__code__.co_argcount else ()
                    self._body_of_function(part, tree, dict.fromkeys(first, Code(None, cls)))
            for name, factory in made.factories_of(base):
                self.call_kind(made.kind_of(factory), ast.Name(name), 0, frozenset())


class _Closure(dict[str, Kind]):
    """The names that a function has from those around it: what they are lasts."""
