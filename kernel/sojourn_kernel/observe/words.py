"""What a cell's source mentions, and what may run later of what it defines: the AST, the strings in it, and the text of magics."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from . import magics, scopes
from .cell_tree import children, tree_of

WORD = re.compile(r"[^\W\d]\w*")
LONGEST_STRING = 100_000  # characters of a string that are looked at
# Built-in functions that hand out the namespace, or run code that is made elsewhere. As attributes these are other things.
BUILTINS = frozenset({"exec", "eval", "globals", "locals", "vars", "compile", "__import__"})
# Words that lead to the namespace, to any object, or to memory by its address, whatever stands before them.
REACHING = frozenset(
    {"__main__", "run_cell", "user_ns", "user_global_ns", "get_ipython", "_getframe", "currentframe", "f_globals", "f_locals", "f_builtins",
     "__globals__", "getclosurevars", "getmodule", "get_objects", "get_referrers", "get_referents", "testmod", "reload", "ctypes", "cffi",
     "breakpoint", "set_trace", "post_mortem"}
)  # fmt: skip
# Reach that code alone can't tell.
ANYTHING = BUILTINS | REACHING | {"In", "Out", "_oh"}
_RUNS_TEXT = ("exec", "eval")
# What is asked of the namespace on the spot; anything else may keep it.
_ASKED = frozenset({"get", "items", "keys", "values", "update", "pop", "setdefault", "copy", "clear", "popitem"})
_LOOKS_ONLY = frozenset({"len", "list", "sorted", "dir", "id", "print", "type", "isinstance", "set", "tuple"})
_LATER = (ast.Yield, ast.YieldFrom)


@dataclass
class Words:
    """What a source mentions: names of the namespace, and not those that functions have of their own.

    names: all of it, attributes among them. stored: what it binds. loose: names that may hand a function on, so that it is called later by whoever has it.
    bodies: by name of a plain function, what its body mentions. later: what code mentions that may run at any time: of classes,
    lambdas, decorated and nested functions, generators. passed: names whose value may have been given to something that keeps it.
    everything: its reach can't be told from its text. unseen: it may make functions whose text is in no cell. handed: something
    may have kept the namespace itself.
    """

    names: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    bodies: dict[str, set[str]] = field(default_factory=dict)
    later: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    everything: bool = False
    unseen: bool = False
    handed: bool = False


def words_of(source: str) -> Words | None:
    """Words of a transformed cell; None for what isn't Python."""
    tree, words = tree_of(source), Words()
    if tree is None:
        return None
    _walk(tree, words, (words.names,))
    words.everything = words.everything or bool(words.names & ANYTHING)
    return words


def words_in(text: str) -> set[str]:
    """Words of a string that may be code (``df.query``) or name something: any of them may be a name."""
    return set(WORD.findall(text[:LONGEST_STRING])) - BUILTINS - {"In", "Out", "reload"}


Sinks = tuple[set[str], ...]  # where what a node mentions goes


def _walk(top: ast.AST, words: Words, sinks: Sinks) -> None:
    stack: list[tuple[ast.AST, ast.AST | None, Sinks, frozenset[str]]] = [(top, None, sinks, frozenset())]
    while stack:
        node, parent, into, own = stack.pop()  # own: names of functions around it
        if _is_main_guard(node):
            continue
        if (magic := magics.of(node)) is not None:
            assert isinstance(node, ast.Call)
            words.names |= magic.reaches
            words.unseen |= magic.unseen
            for text in magic.code:
                _walk_text(text, words, into)
            stack += [(argument, node, into, own) for argument in node.args if not isinstance(argument, ast.Constant)]
            continue
        found = set() if _is_own_scope(node, parent, into) else _mentioned(node)
        for sink in into:
            sink |= found if isinstance(node, ast.Constant) else found - own
        if isinstance(node, ast.Attribute) and node.attr not in BUILTINS:
            words.names.add(node.attr)  # of the cell alone: what runs later has attributes by the thousand
        _note(node, parent, words, into, own)
        within, inside = _within(node, words, into), scopes.inside(node, own)
        for child in children(node):
            beside = child in getattr(node, "decorator_list", ()) or isinstance(child, ast.arguments)
            names = own if scopes.is_outside(node, child) else inside
            stack.append((child, node, into if beside else within, names))


def _walk_text(text: str, words: Words, into: Sinks) -> None:
    """Code in a magic's text or in a constant that ``exec`` runs; what isn't Python is taken word by word."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = set(WORD.findall(text))
        for sink in into:
            sink |= found
        words.loose |= found
        if found & {"def", "class", "lambda"}:
            words.later |= found
        return
    _walk(tree, words, into)


def _note(node: ast.AST, parent: ast.AST | None, words: Words, into: Sinks, own: frozenset[str]) -> None:
    """What a node says of the cell as a whole."""
    words.stored |= scopes.bound_by(node) - own
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in own:
        if not (isinstance(parent, ast.Call) and parent.func is node):
            words.loose.add(node.id)
            if not isinstance(parent, (ast.Subscript, ast.Attribute, ast.Compare, ast.For, ast.Expr)):
                words.passed.add(node.id)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        words.loose |= _mentioned(node)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        words.everything |= any(alias.name == "*" for alias in node.names)
    words.everything |= _lists_or_finds(node)
    if _hands_out(node, parent, len(into) == 1):
        words.handed = True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _RUNS_TEXT:
        text = node.args[0] if node.args else None
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            _walk_text(text.value, words, into)
        else:
            words.unseen = True
    elif isinstance(node, ast.Attribute) and node.attr in ("run_cell", "run_line_magic", "run_cell_magic"):
        words.unseen = True


def _within(node: ast.AST, words: Words, into: Sinks) -> Sinks:
    """Where what the parts of a node mention goes."""
    if isinstance(node, ast.FunctionDef) and len(into) == 1 and not node.decorator_list and not _runs_later(node):
        return (words.names, words.bodies.setdefault(node.name, set()))
    if isinstance(node, (*scopes.FUNCTIONS, ast.ClassDef, ast.Lambda, ast.GeneratorExp)):
        return (words.names, words.later)
    return into


def _runs_later(function: ast.FunctionDef) -> bool:
    """Whether calling it only makes a generator."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, _LATER):
            return True
        if not isinstance(node, (*scopes.FUNCTIONS, ast.Lambda, ast.ClassDef)):
            stack += children(node)
    return False


def _mentioned(node: ast.AST) -> set[str]:
    """Names that this node alone mentions."""
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Attribute):
        if node.attr in REACHING:
            return {node.attr}
        of_builtins = isinstance(node.value, ast.Name) and node.value.id in ("builtins", "__builtins__")
        return {node.attr} if node.attr in BUILTINS and of_builtins else set()
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        return words_in(node.value if isinstance(node.value, str) else node.value.decode("utf-8", "ignore"))
    if isinstance(node, (ast.Import, ast.ImportFrom)) and _imports_reach(node):
        return scopes.bound_by(node) | {part for alias in node.names for part in alias.name.split(".")}
    found = scopes.bound_by(node)
    return found - BUILTINS if isinstance(node, (*scopes.FUNCTIONS, ast.ClassDef)) else found


def _imports_reach(node: ast.Import | ast.ImportFrom) -> bool:
    module = getattr(node, "module", None)
    return any(alias.name.split(".")[0] in ANYTHING for alias in node.names) and module not in ("numpy", "pandas", "re")


def _lists_or_finds(node: ast.AST) -> bool:
    """``dir()``, and ``sys.modules[__name__]``: the namespace by a way that no word shows."""
    if isinstance(node, ast.Subscript):
        return _is_modules(node.value) and not isinstance(node.slice, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr in _ASKED:
        return _is_modules(node.func.value) and not (node.args and isinstance(node.args[0], ast.Constant))
    return isinstance(node.func, ast.Name) and node.func.id == "dir" and not node.args


def _is_modules(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "modules"


def _is_main_guard(node: ast.AST) -> bool:
    """``__name__ == "__main__"`` says nothing of the module."""
    return (
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Name)
        and node.left.id == "__name__"
        and all(isinstance(one, ast.Constant) for one in node.comparators)
    )


def _is_own_scope(node: ast.AST, parent: ast.AST | None, into: Sinks) -> bool:
    """``locals()`` in a function, ``vars(x)``: not the namespace."""
    if not isinstance(node, ast.Name) or node.id not in ("locals", "vars"):
        return False
    return len(into) > 1 or (isinstance(parent, ast.Call) and parent.func is node and bool(parent.args))


_GIVE_BUILTIN = frozenset({"globals", "locals", "vars"})
_GIVE = frozenset({"user_ns", "user_global_ns", "f_globals", "f_locals", "__globals__"})
_GIVE_CALL = frozenset({"get_ipython", "currentframe", "_getframe", "getmodule"})


def _hands_out(node: ast.AST, parent: ast.AST | None, top: bool) -> bool:
    """Whether an expression gives the namespace, or what leads to it, to more than a name or what is asked of it on the spot."""
    if isinstance(node, ast.Constant):
        return node.value == "__main__" and not isinstance(parent, ast.Compare)
    called = ""
    if isinstance(node, ast.Call):
        called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        own = called in _GIVE_BUILTIN and isinstance(node.func, ast.Name) and not node.args
        gives = called in _GIVE_CALL or (own and (top or called == "globals"))
    else:
        gives = isinstance(node, ast.Attribute) and node.attr in _GIVE
    if not gives or isinstance(parent, (ast.Compare, ast.For, ast.Expr, ast.comprehension)):
        return False
    if isinstance(parent, ast.Subscript):
        return parent.value is not node
    if isinstance(parent, ast.Attribute):
        return called not in _GIVE_CALL and parent.attr not in _ASKED
    if isinstance(parent, ast.Call):
        return getattr(parent.func, "id", "") not in _LOOKS_ONLY
    if isinstance(parent, ast.Assign) and top:
        return not all(isinstance(target, ast.Name) for target in parent.targets)
    return True
