"""What a cell may have touched, found from its code and not from the objects: the cost does not grow with the namespace.

A name is accessed if the cell's code names it, directly or in a string (``df.query("x > @limit")``, ``%timeit f(x)``), or if
functions made in cells that it names do. What else of the session's code may run in any cell (classes, lambdas, whatever was
ever handed on: a library may call it, or the collector, a signal, a trace) has touched what it mentions, with every cell. A cell
whose reach can't be told from its code (``exec``, ``globals()``, magics that run other code) has accessed everything: ``None``.
"""

from __future__ import annotations

import dis
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .words import ANYTHING, BUILTINS, Words, words_in, words_of

_SCALARS = frozenset({int, float, complex, bool, str, bytes, bytearray, type(None), range, slice, type(...), type(NotImplemented)})  # fmt: skip
_DATA = frozenset({("numpy", "ndarray"), ("datetime", "datetime"), ("datetime", "date"), ("datetime", "timedelta"),
                   ("decimal", "Decimal"), ("fractions", "Fraction"), ("pathlib", "PosixPath"), ("uuid", "UUID")})  # fmt: skip
_FRAMES = frozenset({"DataFrame", "Series", "Index", "RangeIndex", "DatetimeIndex", "MultiIndex", "Timestamp", "Timedelta"})  # fmt: skip
LIBRARIES = ("site-packages", "dist-packages", "/lib/python")  # in the path of a file that no user edits
_FEW = 200  # items of a container that are looked at one by one


def code_names(code: types.CodeType) -> Iterator[str]:
    """Names and words that a code object and those nested in it mention."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from code_names(constant)
        elif isinstance(constant, str):
            yield from words_in(constant)
        elif isinstance(constant, (tuple, frozenset)):
            for item in constant:
                if isinstance(item, str):
                    yield item


def reach_of(code: types.CodeType) -> Iterator[str]:
    """Names that a function of the session may touch: of attributes only those that lead to the namespace."""
    of_globals = globals_of(code)
    for name in code_names(code):
        if name in of_globals or name not in BUILTINS:
            yield name
        if name == "modules" and not _BY_NAME.isdisjoint(code.co_names):
            yield "globals"


# What a function looks its own module up by, in ``sys.modules``.
_BY_NAME = frozenset({"__name__", "__module__"})


def annotated(function: types.FunctionType) -> Iterator[str]:
    """Names in annotations that are text: whoever asks for the types behind them looks them up in the namespace."""
    if (annotate := getattr(function, "__annotate__", None)) is not None:  # from Python 3.14 on, they are code
        yield from code_names(annotate.__code__)
        return
    for text in function.__annotations__.values():
        if type(text) is str:
            yield from words_in(text)


def globals_of(code: types.CodeType) -> frozenset[str]:
    """Names that a code object, and those nested in it, use as globals; ``model.eval()`` is not ``eval()``."""
    found, more = set(), 0
    raw = code.co_code
    for place in range(0, len(raw), 2):
        operation, argument = raw[place], raw[place + 1] | more << 8
        more = argument if operation == dis.EXTENDED_ARG else 0
        if operation in _OF_GLOBALS:
            found.add(code.co_names[argument >> _OF_GLOBALS[operation]])
    inner = (globals_of(one) for one in code.co_consts if isinstance(one, types.CodeType))
    return frozenset(found).union(*inner) - {"locals", "vars"}


# Operations on globals, with how far the number of the name is shifted in their argument.
_OF_GLOBALS = {
    number: int(name == "LOAD_GLOBAL" and sys.version_info >= (3, 11))
    for name, number in dis.opmap.items()
    if number in dis.hasname and ("GLOBAL" in name or name in ("LOAD_NAME", "STORE_NAME"))
}


class Accesses:
    """Finds what cells access; remembers what code of the session may run at any time, whoever has it."""

    def __init__(self) -> None:
        self._mentioned: dict[types.CodeType, frozenset[str]] = {}
        self._bodies: dict[str, set[str]] = {}
        self._loose: set[str] = set()
        self._later: set[str] = set()
        self._unseen = False
        self._handed = False
        self._asked_for_all = False
        self._words: tuple[str, Words] | None = None

    def words(self, source: str) -> Words | None:
        """Words of a transformed cell; None if it is not Python."""
        if self._words is None or self._words[0] != source:
            words = words_of(source)
            if words is None:
                return None
            self._words = (source, words)
        return self._words[1]

    def ran(self, sources: Iterable[str]) -> None:
        """These cells have run, here or in an earlier kernel: functions they made may be anywhere from now on."""
        for source in sources:
            words = self.words(source)
            if words is None:
                continue
            self._later |= words.later
            self._unseen |= words.unseen
            self._handed |= words.handed
            self._loose |= words.loose
            self._asked_for_all |= not words.names.isdisjoint(ANYTHING)
            for name, body in words.bodies.items():
                self._bodies.setdefault(name, set()).update(body)
        for name in self._loose & self._bodies.keys():
            self._later |= self._bodies.pop(name) | {name}

    def reaches_namespace(self) -> None:
        """Code that is in no cell (a module of the user's) may touch the namespace from now on."""
        self._handed = True

    @property
    def namespace_may_be_held(self) -> bool:
        """Whether code that no cell shows, or something that cells made, may have the namespace."""
        return self._unseen or self._handed

    @property
    def outputs_may_be_held(self) -> bool:
        """Whether something else than the shell may have ``Out``, and so any output, by code that names none of them."""
        return self._asked_for_all or self.namespace_may_be_held

    def of_cell(self, source: str, namespace: Mapping[str, Any]) -> set[str] | None:
        """Names of the namespace, and names the cell makes, that it may read or write; None for all."""
        words = self.words(source)
        if words is None:
            return set()  # it does not run either
        if words.everything:
            return None
        try:
            return self._closure(words.names | self._later, namespace, words.passed)
        except Exception:  # an odd object defeats the analysis: anything may be reached, and no cell pays for it
            return None

    def of_callbacks(self, namespace: Mapping[str, Any]) -> set[str] | None:
        """What code that runs between cells may touch; None for all."""
        if self.namespace_may_be_held:
            return None
        try:
            return self._closure(set(self._later), namespace, set())
        except Exception:
            return None

    def _closure(self, start: set[str], namespace: Mapping[str, Any], passed: set[str]) -> set[str] | None:
        found: set[str] = set()
        queue, everything = list(start), False
        while queue:
            name = queue.pop()
            if name in found:
                continue
            found.add(name)
            everything = everything or name in ANYTHING
            if name not in namespace:
                continue
            value = namespace[name]
            if leads_to(value, namespace):
                self._handed |= name in passed
                everything = True
            elif type(value) is types.FunctionType and value.__globals__ is namespace:
                queue.extend(self._of_function(value) - found)
            elif self.namespace_may_be_held and may_call(value):
                everything = True
        return None if everything else found

    def _of_function(self, function: types.FunctionType) -> frozenset[str]:
        code = function.__code__
        found = self._mentioned.get(code)
        if found is None:
            found = self._mentioned[code] = frozenset(reach_of(code)).union(annotated(function))
        return found


def leads_to(value: Any, namespace: Mapping[str, Any]) -> bool:
    """Whether a value gives the namespace, any object, or memory by its address to whoever has it."""
    cls = type(value)
    if cls in _SCALARS:
        return False
    if value is namespace or cls is types.FrameType:
        return True
    if cls is types.ModuleType:
        return vars(value) is namespace or value.__name__ in _LEADING_MODULES | _RUN_TEXT
    if cls in (types.BuiltinFunctionType, types.FunctionType):
        home = (value.__module__ or "").split(".")[0]
        return home in _RUN_TEXT or (value.__name__ in ANYTHING and home in _LEADING_HOMES)
    return (cls.__module__ or "").split(".")[0] in _LEADING_CLASSES | _RUN_TEXT or any(
        one.__name__ == "InteractiveShell" for one in cls.__mro__
    )


_LEADING_MODULES = frozenset({"ctypes", "cffi", "numpy.ctypeslib"})
_LEADING_CLASSES = frozenset({"ctypes", "_ctypes", "_cffi_backend"})
# What runs text in the session's own module, as its users expect.
_RUN_TEXT = frozenset({"cProfile", "profile", "trace", "pdb", "bdb", "line_profiler"})
_LEADING_HOMES = frozenset({"builtins", "IPython", "inspect", "sys", "gc", "importlib"})


def may_call(value: Any) -> bool:
    """Whether code that no cell shows may run by way of a value: all but plain data, and Python's own functions and classes."""
    cls = type(value)
    if cls is types.ModuleType:
        return value.__name__ not in sys.builtin_module_names
    if cls in (types.BuiltinFunctionType, type):
        return (value.__module__ or "__main__") != "builtins"
    return not is_data(value, 2)


def is_data(value: Any, depth: int) -> bool:
    """Whether a value holds no function that a cell made. By exact type; looks at few items, so it costs microseconds."""
    cls = type(value)
    if cls in _SCALARS:
        return True
    if cls is types.ModuleType:
        path = getattr(value, "__file__", None) or "/lib/python"
        return any(part in path for part in LIBRARIES)
    if cls in (types.BuiltinFunctionType, types.FunctionType, type):
        return cls is not types.FunctionType and getattr(value, "__module__", "__main__") not in ("__main__", None)
    module = str(cls.__module__).split(".", 1)[0]  # None for some made at run time (sympy)
    if (module, cls.__name__) in _DATA:
        return not getattr(getattr(value, "dtype", None), "hasobject", False)
    if module == "numpy" and hasattr(value, "dtype"):
        return not value.dtype.hasobject
    if module == "pandas" and cls.__name__ in _FRAMES:
        return _frame_is_data(value)
    if cls in (list, tuple, set, frozenset):
        return depth > 0 and len(value) <= _FEW and all(is_data(item, depth - 1) for item in list(value))
    if cls is dict:
        return (
            depth > 0
            and len(value) <= _FEW
            and all(is_data(key, 0) and is_data(item, depth - 1) for key, item in list(value.items()))
        )
    return False


def _frame_is_data(value: Any) -> bool:
    try:
        dtypes = value.dtypes
    except AttributeError:
        return True
    many = dtypes if hasattr(dtypes, "__iter__") and not isinstance(dtypes, str) else [dtypes]
    return all(getattr(dtype, "kind", "O") != "O" or str(dtype) in ("str", "string", "category") for dtype in many)
