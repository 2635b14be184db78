"""What a cell's source mentions, and what the functions made in it mention: the AST and the strings in it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

WORD = re.compile(r"[^\W\d]\w*")
LONGEST_STRING = 100_000  # characters of a string that are looked at
# Reach that code alone can't tell: they hand out the namespace, or run code that is made elsewhere.
ANYTHING = frozenset(
    {"exec", "eval", "globals", "locals", "vars", "compile", "setattr", "delattr", "__main__", "run_cell", "push", "reset", "user_ns",
     "user_global_ns", "get_ipython", "ip", "__import__", "_getframe", "currentframe", "f_globals", "f_locals", "__globals__", "__dict__",
     "gc", "inspect", "reload", "ctypes", "In", "Out"}
)  # fmt: skip
# Of these, those that are also ordinary words: in a string they mean nothing.
_ORDINARY = frozenset({"In", "Out", "ip", "push", "reset", "compile", "inspect", "gc", "reload", "vars"})
# Magics that touch no more than the names in their own text.
QUIET_MAGICS = frozenset(
    {"time", "timeit", "matplotlib", "pwd", "precision", "config", "pip", "conda", "ls", "who", "sojourn", "cd", "env"}
)
# Of these, the code that runs is unseen even later: functions that it makes are not in any cell.
_UNSEEN = frozenset({"exec", "eval", "compile", "__import__", "reload", "ctypes", "run_line_magic", "run_cell"})


@dataclass
class Words:
    """names: all that the source mentions. stored: names that it binds. inner: what functions and classes made in it mention.
    everything: its reach can't be told from its text. unseen: it may make functions whose text is in no cell."""

    names: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    inner: set[str] = field(default_factory=set)
    everything: bool = False
    unseen: bool = False


def words_of(source: str) -> Words:
    """Words of a transformed cell. Raises SyntaxError, ValueError or RecursionError for what isn't Python."""
    words = Words()
    _walk(ast.parse(source), words, False)
    words.everything = words.everything or bool(words.names & ANYTHING)
    words.unseen = words.unseen or bool(words.names & _UNSEEN)
    return words


def words_in(text: str) -> set[str]:
    """Words of a string that may be code (``df.query``, ``%timeit``): any of them may be a name."""
    return set(WORD.findall(text[:LONGEST_STRING])) - _ORDINARY


def _walk(top: ast.AST, words: Words, inside: bool) -> None:
    stack = [(top, inside)]
    while stack:
        node, inner = stack.pop()
        if _quiet_magic(node):
            assert isinstance(node, ast.Call)
            stack += [(argument, inner) for argument in node.args]
            continue
        found, stored = _mentioned(node, words)
        words.names |= found
        words.stored |= stored
        if inner:
            words.inner |= found
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp)):
            inner = True
        stack += [(child, inner) for child in ast.iter_child_nodes(node)]


def _mentioned(node: ast.AST, words: Words) -> tuple[set[str], set[str]]:
    """Names that this node alone mentions, and those of them that it binds."""
    if isinstance(node, ast.Name):
        return {node.id}, set() if isinstance(node.ctx, ast.Load) else {node.id}
    if isinstance(node, ast.Attribute):
        return {node.attr}, set()
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        text = node.value if isinstance(node.value, str) else node.value.decode("utf-8", "ignore")
        return words_in(text), set()
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}, {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        bound = {alias.asname or alias.name.split(".")[0] for alias in node.names}
        if "*" in bound:
            words.everything = True
        return bound, bound
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        return {node.name}, {node.name}
    if isinstance(node, ast.MatchMapping) and node.rest:
        return {node.rest}, {node.rest}
    return set(), set()


def _quiet_magic(node: ast.AST) -> bool:
    """``get_ipython().run_line_magic('time', …)`` and the like, with a magic that is known to stay within its own text."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("run_line_magic", "run_cell_magic")
        and isinstance(node.func.value, ast.Call)
        and isinstance(node.func.value.func, ast.Name)
        and node.func.value.func.id == "get_ipython"
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value in QUIET_MAGICS
    )
