"""A restored checkpoint on its way into the namespace: what a cell can reach first, the rest behind the user's back."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import re
import threading
import types
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import Any

from .asked_of_main import Answering
from .observe.accesses import Accesses
from .observe.lineage import Lineage
from .observe.words import words_in
from .restore.packages import install_again
from .restore.steady import steady
from .restore.thaw import Thaw
from .snapshot import ambient
from .snapshot.ambient.confinement import unseen
from .snapshot.ambient.generated_sources import remember_source
from .snapshot.ambient.libraries import rcparams_held
from .snapshot.classes import module_of
from .snapshot.definitions import is_definition
from .snapshot.frozen import DEFINITIONS, Piece
from .snapshot.interruption import held_back, let_in
from .snapshot.names import HISTORY
from .snapshot.placing import Placing
from .snapshot.unobserved import is_disturbed, undisturbed
from .store import StoreError
from .told import Told

# Restored state that holds no code of the user's: cells may run before the rest is loaded.
_INERT = {DEFINITIONS, HISTORY, *(ambient.PREFIX + name for name in (
    "calls", "counters", "recursionlimit", "int_max_str_digits", "switchinterval", "gc.enabled", "gc.threshold", "umask", "socket.timeout", "decimal",
    "locale", "csv.dialects", "csv.limit", "tempdir", "argv", "dont_write_bytecode", "mimetypes", "timezone", "warnings.filters",
    "ipython.aliases", "ipython.last_error", "ipython.settings", "ipython.matplotlib", "numpy.settings", "scipy.special.errors", "pandas.options", "matplotlib.rcParams", "polars.config", "mpmath.contexts", "environment",
    "named files", "matplotlib.figures", "faulthandler", "faulthandler.calls", "main thread", "fileinput", "bdb", "dlopenflags", "warnoptions",
    "tracemalloc", "running", "descriptors", "contextvars", "ipython.magics", "sklearn.config", "typing.overloads", "added attributes", "environ", "cwd",
    "sys.path", "sys.path.start", "comms", "widgets", "subshells", "ipython.outputs", "generated sources", "ipython.config", "ipython.meta", "ipython.futures", "contextvars.libraries",
    "jax.trees", "random", "numpy.random", "torch.random"))}  # fmt: skip
# Libraries that look for variables in the frames of whoever calls them, by names in a text that may come from anywhere (a file of SQL).
_BY_TEXT = frozenset({"duckdb", "_duckdb", "numexpr", "pandasql"})
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
        self._fetching: tuple[str, threading.Thread] | None = None
        "The root whose bytes are being read behind the user's back, and the thread that reads them."

    def begin(self, install: bool = False) -> None:
        """Put back what must be there before anything else: paths, the environment, the history; packages, with ``install``."""
        if install:
            self._put(described := self._load([PACKAGES]))
            self.entries += install_again(described[PACKAGES]) if PACKAGES in described else []
        early = self._load(ambient.keys(ambient.EARLY))
        self.entries += self._adopting(ambient.apply, self.shell, ambient.EARLY, early)
        loaded = early | self._load([HISTORY])
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
        with held_back(), self._lock:  # what is loaded is put into place, whatever interrupts
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
        pending, owner = self.thaw.pending, self.thaw.frozen.owner
        self.ensure({root for root in pending if root.startswith("@") or _is_code(owner[root], root)})
        if self.done:
            return
        if any(root.startswith("@") and root not in _INERT for root in owner):
            self.ensure(None)  # callbacks, hooks, handlers: their code runs around any cell
            return
        self._put_late()

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
        """Go on with one more piece; False when all is there. Its bytes are read in a thread: a cell that needs others goes first."""
        if self.done:
            return False
        with held_back(), self._lock:
            pending = self.thaw.pending
            if not pending:
                self._finish()
                return False
            if self._fetching is None or self._fetching[0] not in pending:
                smallest = min(pending, key=lambda root: self.thaw.frozen.owner[root].size)
                if self.thaw.is_made_again(smallest):  # under the settings that it was made under
                    self.ensure_state()
                if smallest not in self.thaw.pending:
                    return True
                if is_disturbed():  # a thread would need what cells put in the way of the one that they run in
                    with steady(self.state_is_back):
                        self._put(self._load([smallest]))
                else:
                    self._fetch(smallest)
            elif not self._fetching[1].is_alive():
                root, self._fetching = self._fetching[0], None
                with steady(self.state_is_back):
                    self._put(self._load([root]))
        return True

    def _fetch(self, root: str) -> None:
        def read() -> None:
            with contextlib.suppress(StoreError):  # loading it in the main thread meets the same, and says so
                self.thaw.fetch(root)

        thread = threading.Thread(target=read, name="sojourn-fetch", daemon=True)
        self._fetching = (root, thread)
        thread.start()

    def _await_fetch(self, wanted: set[str]) -> None:
        """What is being read already is not read twice."""
        if self._fetching is not None and wanted.intersection(self.thaw.frozen.owner[self._fetching[0]].roots):
            with let_in():
                self._fetching[1].join()

    def adopt_context(self, cell_task: asyncio.Task[Any] | None) -> None:
        """Put restored context variables into the context that cells run in; they go on only in the cells' own task."""
        for var, value in self._adopted.items():
            var.set(value)
        if cell_task is not None and asyncio.current_task() is cell_task:
            self._adopted = {}

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
        with undisturbed(), unseen(), rcparams_held():
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


def _is_code(piece: Piece, root: str) -> bool:
    """Whether a root is a function or a class, as its checkpoint says: pickle looks for these by their names. A metaclass may have any name."""
    if root in piece.definitions or DEFINITIONS in piece.roots:
        return True
    return root in piece.roots and piece.types[piece.roots.index(root)] in _CODE
