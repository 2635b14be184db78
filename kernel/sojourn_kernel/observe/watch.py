"""The watch over the cells that run: what each bound and may have touched, and so what a save has to look at again."""

from __future__ import annotations

import linecache
import re
import threading
from typing import Any

from .accesses import Accesses
from .lineage import CellExecution, Lineage

FEW_NAMES = 2_000  # names that are compared one by one around a cell; with more, only those that the cell mentions
_INPUT = re.compile(r"_i+|_i\d+")  # the shell's own names for what was typed


class Watch:
    """Records cell executions. What a cell pays does not grow with the values in the namespace."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.accesses, self.lineage = Accesses(), Lineage()
        self._before: dict[str, int] = {}
        self._reached: dict[str, set[str] | None] = {}
        "By source of the cells that run: what they could reach when they began."
        self._running = 0
        self.running_names: set[str] | None = set()
        "What the cell that runs, or the last that did, can reach by its code; None is everything."
        self._lock = threading.Lock()

    @property
    def executing(self) -> bool:
        """Whether a cell runs, in the main shell or in a subshell."""
        return self._running > 0

    def starts(self) -> None:
        with self._lock:
            self._running += 1

    def ended(self) -> None:
        with self._lock:
            self._running = max(0, self._running - 1)

    def before(self, source: str) -> None:
        """Remember what the names are bound to."""
        namespace = self.shell.user_ns
        names = self.running_names = self._reached[source] = self.accesses.of_cell(source, namespace)
        if names is None or len(namespace) < FEW_NAMES:
            self._before = {name: id(value) for name, value in namespace.items()}
        else:
            self._before = {name: id(namespace[name]) for name in names if name in namespace}

    def after(self, source: str, number: int, seconds: float, ok: bool, mark: str) -> set[str] | None:
        """Record a cell that has ended; the names that it may have changed, None for all."""
        namespace = self.shell.user_ns
        self.accesses.ran([source])
        names = self._reach(source)
        words = self.accesses.words(source)
        looked = namespace if names is None or len(namespace) < FEW_NAMES else names & namespace.keys()
        stored = words.stored if words is not None and ok else set()
        bound = tuple(
            name
            for name in looked
            if type(name) is str
            and _INPUT.fullmatch(name) is None
            and (self._before.get(name) != id(namespace[name]) or name in stored)
        )
        if names is not None:
            names |= set(bound)
        touched = None if names is None else tuple(sorted(names))
        self.lineage.add(
            CellExecution(number, source, seconds, ok, touched, bound, mark, self._file_of(source, number))
        )
        return names

    def _reach(self, source: str) -> set[str] | None:
        """What a cell that has ended could reach, by what its names were when it began (``f(); f = None``) and what they are now."""
        first, now = self._reached.pop(source, set()), self.accesses.of_cell(source, self.shell.user_ns)
        return None if first is None or now is None else first | now

    def _file_of(self, source: str, number: int) -> str:
        """The file name that the shell compiled a cell under."""
        name = self.shell.compile.get_code_name(source, source, number)
        names = [name, *list(self.shell.compile._filename_map)[-3:]]
        for name in names:
            if name in linecache.cache and "".join(linecache.cache[name][2]).strip() == source.strip():  # type: ignore[misc]
                return name
        return ""
