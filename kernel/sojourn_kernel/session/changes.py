"""What cells did, noted behind their replies, and with it what may have changed since the last checkpoint."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..observe.background import something_runs
from ..observe.watch import Watch
from ..snapshot import ambient
from ..snapshot.frozen import Piece
from ..snapshot.names import changes_unnamed, is_output
from ..snapshot.process.interruption import held_back
from ..snapshot.unobserved import undisturbed
from ..told import Cause
from .saved import Progress

LOOK_AT_OUTPUTS = 0.02  # seconds in which a save looks at outputs that no code is known to have touched


class Changes:
    """The record of the cells that ran, and which roots they may have changed. baseline: of process state, when the kernel started."""

    def __init__(self, shell: Any, baseline: Any, log: Any) -> None:
        self.shell, self.baseline, self.log = shell, baseline, log
        self.watch, self.progress = Watch(shell), Progress()
        self._ended: list[Callable[[], None]] = []
        "What has yet to be noted of cells that have ended."
        self._noting = threading.RLock()
        self._beside: set[str] = set()
        "Names that cells could reach while something of the user's ran beside them: it may have been given any of them."

    def after_cell(self, source: str, number: int, seconds: float, ok: bool, mark: str = "") -> None:
        """Called when a cell has ended, however it ended. What it did is noted behind its reply, and before anything asks for it."""
        self.watch.ended()
        self.progress.changed, self.progress.looked = True, False
        self._ended.append(partial(self._note, source, number, seconds, ok, mark))
        beside_another = self.watch.executing or threading.current_thread() is not threading.main_thread()
        if beside_another:  # in a cell, or in a subshell: its reply is not the next thing to happen
            self.note_cells()

    @property
    def noted(self) -> bool:
        """Whether nothing has yet to be noted of cells that have ended."""
        return not self._ended

    def note_cells(self) -> None:
        """Note what the cells did that have ended: analysis of their code and of what they imported."""
        with held_back(), self._noting:
            if self._ended:
                self._note_ended()

    @undisturbed()
    def _note_ended(self) -> None:
        while self._ended:
            try:
                self._ended.pop(0)()
            except Exception as error:  # what it did is not known then
                self.log.error("sojourn: after a cell: %r", error, exc_info=True)
                self.mark(None)

    def _note(self, source: str, number: int, seconds: float, ok: bool, mark: str) -> None:
        ambient.note(self.shell, self.baseline, source)
        if ambient.modules_reach_namespace(self.baseline):
            self.watch.accesses.reaches_namespace()
        names = self.watch.after(source, number, seconds, ok, mark)
        if self._reached_all_beside(ok):
            names = None
        if something_runs():
            words = self.watch.accesses.words(source)
            self._beside |= names if names is not None else words.names if words is not None else set()
        self.mark(None if names is None or names & self._opaque() else names)

    def _reached_all_beside(self, ok: bool) -> bool:
        """Whether what ran with a cell, and is in none, may have touched anything: hooks in the user's modules, a debugger after an error."""
        if not ok and getattr(self.shell, "call_pdb", False):
            return True
        return self.watch.accesses.namespace_may_be_held and ambient.modules_run_with_cells(self.shell)

    def touched(self) -> None:
        """Code of the user's ran outside a cell (a widget's callback, a debugger's expression)."""
        self.note_cells()
        self.mark(self.watch.accesses.of_callbacks(self.shell.user_ns))

    def went_on(self) -> None:
        """Code of the user's may have run, by the way or with a checkpoint: the next one takes in what it can reach, and is not hastened."""
        self.note_cells()
        self.progress.goes_on = True
        self._add(self.watch.accesses.of_callbacks(self.shell.user_ns))

    def _opaque(self) -> set[str]:
        """Names of what the last checkpoint can't keep: what is changed by way of them can't be told (a writer over a buffer)."""
        frozen = self.progress.frozen
        causes = (Cause.LIVE_RESOURCE, Cause.UNPICKLABLE)
        return {told.name for told in frozen.told if told.cause in causes} if frozen is not None else set()

    def mark(self, names: set[str] | None) -> None:
        """These names may have changed; None is all."""
        self.progress.changed = True
        self._add(names)

    def _add(self, names: set[str] | None) -> None:
        progress = self.progress
        progress.looked = False
        progress.dirty = None if names is None or progress.dirty is None else progress.dirty | names

    def dirty_roots(self, roots: dict[str, Any], going: tuple[bool, set[str] | None]) -> set[str] | None:
        """going: what :meth:`goes_on` said. The dirty names as root keys, None for all: with them what changes without a name (process state, the last outputs)."""
        on, between = going
        if self.progress.dirty is None or between is None:
            return None
        known = self.progress.frozen.owner if self.progress.frozen else {}
        held = on or self.progress.goes_on or self.watch.accesses.outputs_may_be_held
        unnamed = {root for root in roots if root not in known or changes_unnamed(root) or (held and is_output(root))}
        return self.progress.dirty | unnamed | between | _soon_looked_at(roots, known)

    def goes_on(self) -> tuple[bool, set[str] | None]:
        """Whether threads, tasks or timers go on while no cell runs, and the names that they may change; None for all."""
        if not something_runs():
            self._beside = set()
            return False, set()
        names = self.watch.accesses.of_callbacks(self.shell.user_ns)
        return True, None if names is None else names | self._beside


def _soon_looked_at(roots: dict[str, Any], known: Mapping[str, Piece]) -> set[str]:
    """Outputs that are looked at in next to no time, the last first: a finalizer may have touched them."""
    found, left = set(), LOOK_AT_OUTPUTS
    for root in reversed(roots):
        if is_output(root) and root in known and (piece := known[root]).stream is not None and piece.seconds <= left:
            found.add(root)
            left -= piece.seconds
    return found
