"""What a cell may have touched, found from its code and not from the objects: the cost does not grow with the namespace.

A name is accessed if the cell's code names it, directly or in a string (``df.query("x > @limit")``, ``%timeit f(x)``), or if
code that the cell can reach does: the functions and classes made in cells. A value that may hold any of those functions
(whatever is not plainly data) reaches what all of them mention. A cell whose reach can't be told from its code (``exec``,
``globals()``, magics that run other code) has accessed everything: ``None``.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .words import ANYTHING, Words, words_in, words_of

_SCALARS = frozenset({int, float, complex, bool, str, bytes, bytearray, type(None), range, slice, type(...), type(NotImplemented)})  # fmt: skip
_DATA = frozenset({("numpy", "ndarray"), ("datetime", "datetime"), ("datetime", "date"), ("datetime", "timedelta"),
                   ("decimal", "Decimal"), ("fractions", "Fraction"), ("pathlib", "PosixPath"), ("uuid", "UUID")})  # fmt: skip
_FRAMES = frozenset({"DataFrame", "Series", "Index", "RangeIndex", "DatetimeIndex", "MultiIndex", "Timestamp", "Timedelta"})  # fmt: skip
_LIBRARIES = ("site-packages", "dist-packages", "/lib/python")
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


class Accesses:
    """Finds what cells access; remembers what each code object mentions, and what all functions made so far do."""

    def __init__(self) -> None:
        self._mentioned: dict[types.CodeType, frozenset[str]] = {}
        self._inner: set[str] = set()
        self._unseen = False
        self._words: tuple[str, Words] | None = None

    def words(self, source: str) -> Words | None:
        """Words of a transformed cell; None if it is not Python."""
        if self._words is None or self._words[0] != source:
            try:
                self._words = (source, words_of(source))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return None
        return self._words[1]

    def ran(self, sources: Iterable[str]) -> None:
        """These cells have run, here or in an earlier kernel: functions they made may be anywhere from now on."""
        for source in sources:
            words = self.words(source)
            if words is not None:
                self._inner |= words.inner
                self._unseen |= words.unseen

    def of_cell(self, source: str, namespace: Mapping[str, Any]) -> set[str] | None:
        """Names of the namespace, and names the cell makes, that it may read or write; None for all."""
        words = self.words(source)
        if words is None:
            return set()  # it does not run either
        if words.everything:
            return None
        try:
            return self._closure(words.names, words.inner, namespace)
        except Exception:  # an odd object defeats the analysis: anything may be reached, and no cell pays for it
            return None

    def of_callbacks(self, namespace: Mapping[str, Any]) -> set[str] | None:
        """What code that runs between cells may touch: all that functions made in cells mention; None for all."""
        return None if self._unseen else self._closure(set(self._inner), set(), namespace)

    def _closure(self, start: set[str], inner: set[str], namespace: Mapping[str, Any]) -> set[str] | None:
        found: set[str] = set()
        queue, opened = list(start), False
        while queue:
            name = queue.pop()
            if name in found:
                continue
            found.add(name)
            if name in ANYTHING:
                return None
            if name not in namespace:
                continue
            more, opaque = self._mentions(namespace[name])
            queue.extend(more - found)
            if opaque and not opened:
                if self._unseen:
                    return None
                opened = True
                queue.extend((self._inner | inner) - found)
        return found

    def _mentions(self, value: Any) -> tuple[frozenset[str], bool]:
        """Names that running code of this value may touch, and whether it may hold functions that are not named."""
        if type(value) is types.FunctionType:
            return self._of_function(value), bool(value.__closure__ or value.__defaults__ or value.__kwdefaults__)
        return frozenset(), not is_data(value, 2)

    def _of_function(self, function: types.FunctionType) -> frozenset[str]:
        code = function.__code__
        found = self._mentioned.get(code)
        if found is None:
            found = self._mentioned[code] = frozenset(code_names(code))
        return found


def is_data(value: Any, depth: int) -> bool:
    """Whether a value holds no function that a cell made. By exact type; looks at few items, so it costs microseconds."""
    cls = type(value)
    if cls in _SCALARS:
        return True
    if cls is types.ModuleType:
        path = getattr(value, "__file__", None) or "/lib/python"
        return any(part in path for part in _LIBRARIES)
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
