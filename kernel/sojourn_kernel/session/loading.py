"""A restored checkpoint on its way into the namespace: what a cell can reach first, the rest behind the user's back."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import re
import threading
import types
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from functools import cached_property
from typing import Any

from ..observe.accesses import Accesses
from ..observe.lineage import Lineage
from ..observe.words import words_in
from ..restore.fetching import in_batches
from ..restore.packages import install_again
from ..restore.steady import steady
from ..restore.thaw import Thaw
from ..snapshot import ambient
from ..snapshot.ambient.generated_sources import remember_source
from ..snapshot.ambient.libraries import handlers_held, rcparams_held
from ..snapshot.frozen import DEFINITIONS, Piece
from ..snapshot.looking.classes import module_of
from ..snapshot.names import HISTORY
from ..snapshot.objects.definitions import is_definition
from ..snapshot.placing import Placing
from ..snapshot.process.confinement import unseen
from ..snapshot.process.interruption import held_back, let_in
from ..snapshot.process.watchdog import Watchdog, watched_by
from ..snapshot.unobserved import is_disturbed, undisturbed
from ..store import StoreError
from ..told import Told
from .asked_of_main import Answering

# Restored state that holds no code of the user's: cells may run before the rest is loaded.
_INERT = {DEFINITIONS, HISTORY, *(ambient.PREFIX + name for name in (
    "calls", "counters", "recursionlimit", "int_max_str_digits", "switchinterval", "gc.enabled", "gc.threshold", "umask", "socket.timeout", "decimal",
    "locale", "csv.dialects", "csv.limit", "tempdir", "argv", "dont_write_bytecode", "mimetypes", "timezone", "warnings.filters",
    "ipython.aliases", "ipython.last_error", "ipython.settings", "ipython.matplotlib", "numpy.settings", "scipy.special.errors", "pandas.options", "matplotlib.rcParams", "polars.config", "mpmath.contexts", "environment",
    "named files", "matplotlib.figures", "faulthandler", "faulthandler.calls", "main thread", "fileinput", "bdb", "dlopenflags", "warnoptions",
    "tracemalloc", "running", "descriptors", "contextvars", "ipython.magics", "sklearn.config", "typing.overloads", "added attributes", "environ", "cwd",
    "sys.path", "sys.path.start", "comms", "widgets", "subshells", "ipython.outputs", "generated sources", "ipython.config", "ipython.meta", "ipython.futures", "contextvars.libraries",
    "jax.trees", "pyro.parameters", "random", "numpy.random", "torch.random"))}  # fmt: skip
# Libraries that look for variables in the frames of whoever calls them, by names in a text that may come from anywhere (a file of SQL).
_BY_TEXT = frozenset({"duckdb", "_duckdb", "numexpr", "pandasql"})
# Seconds at one value without CPU time after which loading it counts as hung (some look for a server of theirs), and the same of all that follow.
STILL, STILL_AGAIN = 15.0, 3.0
FEW_TEXTS = 100  # texts of a container in which a cell may find names
_FIRST_WORDS = re.compile(r"^[^\w\n]{0,16}([^\W\d]\w*)", re.MULTILINE)
PACKAGES = f"{ambient.PREFIX}environment"
_CODE = ("function", "type", "ABCMeta", "EnumType", "EnumMeta", "_lru_cache_wrapper")


class Loading:
    """Puts one checkpoint back, a piece at a time.

    anchors: told of each function and class that comes by name. in_context: calls with the context variables of cells.
    """

    def __init__(
        self,
        shell: Any,
        thaw: Thaw,
        accesses: Accesses,
        anchors: MutableMapping[str, Any],
        in_context: Callable[..., Any],
    ) -> None:
        self.shell, self.thaw, self.accesses, self.anchors, self.in_context = shell, thaw, accesses, anchors, in_context
        self.placing = Placing(shell)
        self.done = False
        "Whether all is there, and the names in the order they had."
        self.entries: list[Told] = []
        self._late: dict[str, Any] = {}
        self.state_is_back = False
        "Whether process state is as it was, all of it."
        self._adopted: dict[contextvars.ContextVar[Any], Any] = {}
        self._lock = threading.RLock()
        self._acting = False
        "Whether what is loaded is being made, which may run code of the user's."
        self._answering = Answering(shell.user_ns, self._asked_for)
        self._fetching: tuple[list[Piece], threading.Thread] | None = None
        "What of which the bytes are being read behind the user's back, and the thread that reads them."
        self._watchdog = Watchdog(seconds=STILL)
        thaw.at = self._at
        self._smallest_first: list[Piece] = []
        "What was left when last asked, without what has been loaded since."

    def begin(self, install: bool = False) -> None:
        """Put back what must be there before anything else: paths, the environment, the history; packages, with ``install``."""
        if install:
            self._put(described := self._load([PACKAGES]))
            self.entries += install_again(described[PACKAGES]) if PACKAGES in described else []
        loaded: dict[str, Any] = {}
        # What is loaded for one is imported, and made as it is, by what the ones before have put back.
        for phase in (ambient.FIRST, ambient.SETTINGS, ambient.EARLY):
            state = self._load(ambient.keys(phase))
            self.entries += self._adopting(ambient.apply, self.shell, phase, state)
            loaded |= state
        loaded |= self._load([HISTORY])
        if isinstance(history := loaded.pop(HISTORY, None), dict):
            self.placing.history(history)
        self._put(loaded)  # variables that share something with such state have come with it
        self._answering.begin()

    def _asked_for(self, name: str) -> bool:
        if self.done or self._acting or name not in self.pending:
            return False
        self.ensure({name})
        return True

    @property
    def told(self) -> list[Told]:
        return [*self.entries, *self.thaw.told]

    @property
    def pending(self) -> set[str]:
        return self.thaw.pending

    @property
    def bytes_left(self) -> int:
        """Of what is stored and not loaded yet."""
        return 0 if self.done else self.thaw.bytes_left

    def without_ours(self, roots: dict[str, Any]) -> None:
        """Leave what stands in the namespace until all is loaded: it is nothing of the session's."""
        self._answering.leave(roots)

    def ensure(self, names: set[str] | None) -> None:
        """Load these names and what shares objects with them; None is everything."""
        if self.done:
            return
        with held_back(always=True), self._lock:  # what is loaded is put into place, whatever interrupts
            wanted = self.thaw.pending if names is None else self._pending_of(names)
            self._await_fetch(wanted)
            with steady(self.state_is_back):
                self._put(self._load(wanted))
            if not self.thaw.pending:
                self._finish()

    def ensure_to_read(self, raw: str) -> None:
        """Load what decides how IPython reads a cell: its transformers and settings, and names that stand before magics and aliases."""
        self.ensure_state()
        if not self.done:
            self.ensure(set(_FIRST_WORDS.findall(raw)))

    def ensure_state(self) -> None:
        """Load process state and functions; all, if code of the user's runs around any cell."""
        if self.done:
            return
        self.ensure(self.thaw.pending & self._before_cells)
        if self.done:
            return
        if self._runs_code:
            self.ensure(None)  # callbacks, hooks, handlers: their code runs around any cell
            return
        self._put_late()

    @cached_property
    def _before_cells(self) -> frozenset[str]:
        """Roots that are process state, functions or classes."""
        frozen = self.thaw.frozen
        state = {root for root in frozen.owner if root.startswith("@")}
        return frozenset(state.union(*map(_code_in, frozen.pieces)))

    @cached_property
    def _runs_code(self) -> bool:
        """Whether code of the user's runs around any cell."""
        return any(root.startswith("@") and root not in _INERT for root in self.thaw.frozen.owner)

    def ensure_comms(self) -> None:
        """Load what front ends ask for when they connect: which comms are open."""
        if not self.done and ambient.COMMS in self.thaw.frozen.owner:
            self.ensure_state()

    def ensure_for(self, source: str) -> None:
        """Load what a cell can reach: process state and functions first, then what their code names, until no more is named."""
        self.ensure_state()
        while not self.done:
            names = self.accesses.of_cell(source, self.shell.user_ns)
            if names is None or any(name in _BY_TEXT or self._home_of(name) in _BY_TEXT for name in names):
                self.ensure(None)
                return
            if self.thaw.recipes:
                names = names | self.thaw.with_inputs(self._may_change(source, names))
            names = names | {word for name in names for word in _words_held(self.shell.user_ns.get(name))}
            if not self._pending_of(names):
                return
            self.ensure(names)

    def _home_of(self, name: str) -> str:
        """The library that a name stands for, or for an object of which."""
        value = self.shell.user_ns.get(name)
        home = value.__name__ if type(value) is types.ModuleType else module_of(type(value))
        return home.partition(".")[0]

    def _may_change(self, source: str, names: set[str]) -> set[str]:
        """Of the names that a cell can reach those that may not be what they were after it: modules and definitions only if it binds them."""
        words, live = self.accesses.words(source), self.shell.user_ns
        bound = words.stored if words is not None else names
        return {
            name
            for name in names
            if name in bound or not (isinstance(live.get(name), types.ModuleType) or is_definition(live.get(name)))
        }

    def _pending_of(self, names: set[str]) -> set[str]:
        along = self.placing.along(names)
        return {root for root in self.thaw.pending if root in names or root in along or _base_name(root) in names}

    def load_some(self) -> bool:
        """Go on with some small pieces, or one that is not; False when all is there. Bytes are read in a thread: a cell that needs others goes first."""
        if self.done:
            return False
        with held_back(always=True), self._lock:
            if not self.thaw.pending:
                self._finish()
                return False
            if self._fetching is None or not any(map(self.thaw.is_left, self._fetching[0])):
                pieces = self._smallest()
                if self.thaw.is_made_again(pieces[0].roots[0]):  # under the settings that it was made under
                    self.ensure_state()
                if not self.thaw.is_left(pieces[0]):
                    return True
                if is_disturbed():  # a thread would need what cells put in the way of the one that they run in
                    self._load_these(pieces)
                else:
                    self._fetch(pieces)
            elif not self._fetching[1].is_alive():
                pieces, self._fetching = self._fetching[0], None
                self._load_these(pieces)
        return True

    def _smallest(self) -> list[Piece]:
        """The smallest pieces left, as many as are loaded in a moment; what is made again stands alone."""
        for known in (self._smallest_first, sorted(self.thaw.frozen.pieces, key=lambda piece: piece.size)):
            self._smallest_first = list(filter(self.thaw.is_left, known))
            if self._smallest_first:
                break
        found = next(in_batches(self._smallest_first))
        again = [number for number, piece in enumerate(found) if self.thaw.is_made_again(piece.roots[0])]
        return found[: max(1, again[0])] if again else found

    def _load_these(self, pieces: list[Piece]) -> None:
        with steady(self.state_is_back):
            self._put(self._load([piece.roots[0] for piece in pieces]))

    def _fetch(self, pieces: list[Piece]) -> None:
        def read() -> None:
            with contextlib.suppress(StoreError):  # loading it in the main thread meets the same, and says so
                self.thaw.fetch(pieces)

        thread = threading.Thread(target=read, name="sojourn-fetch", daemon=True)
        self._fetching = (pieces, thread)
        thread.start()

    def _await_fetch(self, wanted: set[str]) -> None:
        """What is being read already is not read twice."""
        if self._fetching is not None and any(not wanted.isdisjoint(piece.roots) for piece in self._fetching[0]):
            with let_in():
                self._fetching[1].join()

    def adopt_context(self, cell_task: asyncio.Task[Any] | None) -> None:
        """Put restored context variables into the context that cells run in; they go on only in the cells' own task."""
        for var, value in self._adopted.items():
            var.set(value)
        if cell_task is not None and asyncio.current_task() is cell_task:
            self._adopted = {}

    def _at(self, root: str) -> None:
        """What comes after something that stood still gets less time for it: a server that is away has many clients."""
        if self._watchdog.still:
            self._watchdog.seconds = STILL_AGAIN
        self._watchdog.note(root)

    def _put(self, values: dict[str, Any]) -> None:
        for root, value in values.items():
            if root.startswith("@"):
                self._late[root] = value
            else:
                self.placing.value(root, value)
            if is_definition(value):
                self.anchors[root] = value

    def _finish(self) -> None:
        """All pieces are loaded: put the names into the order they had, and late state back."""
        if self.done:
            return
        self.done = True
        self.thaw.blame.end()
        self._answering.end()
        self.placing.order(self.thaw.frozen.order)  # before code of the user's runs again, which may look for any
        self._put_late()
        again = self._adopting(self.thaw.again)
        self._put({root: value for root, value in again.items() if self.placing.has_lost(root)})

    def _put_late(self) -> None:
        """Process state that goes back after the variables, or with the first cell if that is earlier."""
        if self.state_is_back:
            return
        self.state_is_back = True
        late, self._late = self._late, {}  # who holds its objects from here on is the session's business
        self.entries += self._adopting(ambient.apply, self.shell, ambient.LATE, late)

    def _load(self, roots: Iterable[str]) -> dict[str, Any]:
        # What libraries show as they are imported was seen the first time.
        with undisturbed(), unseen(), rcparams_held(), handlers_held(), watched_by(self._watchdog):
            return self._adopting(self.thaw.load, roots)  # type: ignore[no-any-return]

    def _adopting(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """Call, and note what that does to context variables: cells have a context of their own, which may not be this one."""

        def observed() -> Any:
            for var, value in self._adopted.items():
                var.set(value)
            before = dict(contextvars.copy_context().items())
            outer, self._acting = self._acting, True
            try:
                # As cells run: libraries that are imported ask for get_ipython by its name.
                with self.shell.builtin_trap:
                    result = act(*arguments)
            finally:
                self._acting = outer
            after = contextvars.copy_context().items()
            self._adopted |= {var: value for var, value in after if before.get(var, self) is not value}
            return result

        return contextvars.copy_context().run(self.in_context, observed)


def remember_sources(shell: Any, lineage: Lineage) -> None:
    """Let inspect and tracebacks find the source of functions from cells that ran in another process, and the cell's number."""
    for cell in lineage.cells:
        if cell.file:
            shell.compile._filename_map[cell.file] = cell.number
            remember_source(cell.file, cell.source)


def _words_held(value: Any) -> set[str]:
    """Words of the text that a value is or holds: a query that names tables by their variables."""
    held: Sequence[Any] = (value,) if type(value) is str else value[:FEW_TEXTS] if type(value) in (list, tuple) else ()
    if type(value) is dict and len(value) <= FEW_TEXTS:
        held = list(value.values())
    return set[str]().union(*(words_in(text) for text in held if type(text) is str))


def _base_name(root: str) -> str:
    """The variable that a root belongs to: ``Out`` of ``Out[3]``."""
    return root.split("[")[0].split(".")[0]


def _code_in(piece: Piece) -> set[str]:
    """Roots that are functions or classes, as their checkpoint says: pickle looks for these by their names. A metaclass may have any name."""
    if DEFINITIONS in piece.roots:
        return set(piece.roots)
    of_kind = {root for root, kind in zip(piece.roots, piece.types, strict=False) if kind in _CODE}
    return of_kind.union(set(piece.roots).intersection(piece.definitions))
