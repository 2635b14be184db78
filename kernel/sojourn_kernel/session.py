"""The checkpoint loop of one kernel: what to save, when, and the restore at its start.

Everything here runs in the kernel's main thread, but for the wait for a forked child. It knows the shell and no messages.
"""

from __future__ import annotations

import asyncio
import contextvars
import linecache
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from .checkpoint import Body, blob_refs, kernel_facts
from .observe.accesses import Accesses
from .observe.lineage import CellExecution, Lineage
from .plan.forecast import Plan, forecast
from .restore.steady import steady
from .restore.thaw import Thaw
from .restored import RestoreReport
from .settings import Settings
from .snapshot import ambient
from .snapshot.definitions import is_definition
from .snapshot.fork import Child, Outcome
from .snapshot.freeze import freeze
from .snapshot.frozen import DEFINITIONS, Frozen, Piece
from .snapshot.memory import free_memory
from .snapshot.names import HISTORY, history_of, name_baseline, put_history, put_value, user_roots
from .store import (
    CheckpointWriter,
    Committed,
    HeadMoved,
    NotFound,
    SessionStore,
    StoreError,
    StoreUnavailable,
    Uploader,
    forget_packs,
    open_store,
)
from .told import Cause, Told

FEW_NAMES = 2_000  # names that are compared one by one around a cell; with more, only those that the cell mentions
MARGIN = 3.0  # seconds of the grace that are left for the rest of the shutdown
# Threads that the kernel itself keeps; any other may be at work on the user's variables.
_KERNEL_THREADS = ("MainThread", "IOPub", "Control", "Heartbeat", "IPythonHistorySavingThread", "sojourn-", "Shell channel", "shell_channel",
                   "subshell-", "pydevd", "tqdm")  # fmt: skip
_KERNEL_CODE = ("/ipykernel/", "/tornado/", "/zmq/", "/jupyter_client/", "/sojourn_kernel/", "/asyncio/", "/IPython/")
COPIES = 2  # times its size that a value may take in memory while a child pickles it
CHILD_BYTES = 256 << 20  # bytes: what a child needs in any case
# Restored state that holds no code of the user's: cells may run before the rest is loaded.
_INERT = {DEFINITIONS, HISTORY, *(ambient.PREFIX + name for name in (
    "recursionlimit", "int_max_str_digits", "switchinterval", "gc.enabled", "gc.threshold", "umask", "socket.timeout", "decimal",
    "locale", "csv.dialects", "csv.limit", "tempdir", "argv", "dont_write_bytecode", "mimetypes", "timezone", "warnings.filters",
    "ipython.aliases", "ipython.settings", "ipython.matplotlib", "numpy.settings", "pandas.options", "matplotlib.rcParams",
    "polars.config", "sklearn.config", "environ", "cwd", "sys.path", "random", "numpy.random", "torch.random"))}  # fmt: skip


@dataclass(frozen=True)
class Saved:
    """How a save ended."""

    ok: bool
    checkpoint: str | None = None
    created: float = 0.0
    bytes: int = 0
    seconds: float = 0.0
    told: tuple[Told, ...] = ()
    error: str = ""


@dataclass
class Progress:
    """What the last committed checkpoint holds, and what may have changed since."""

    frozen: Frozen | None = None
    warm: bytes | None = None
    anchors: dict[str, Any] = field(default_factory=dict)
    dirty: set[str] | None = None
    "Roots that may have changed; None means all."
    changed: bool = True
    "Whether anything ran since."
    last: Committed | None = None


class SessionKeeper:
    """Keeps one kernel's session: observes cells, saves, restores."""

    def __init__(self, shell: Any, settings: Settings, log: Any) -> None:
        self.shell, self.settings, self.log = shell, settings, log
        self.names, self.ambient = name_baseline(shell), ambient.baseline(shell)
        self.accesses, self.lineage, self.progress = Accesses(), Lineage(), Progress()
        self.kept: SessionStore | None = None
        self.uploader: Uploader | None = None
        self.thaw: Thaw | None = None
        self.body: Body | None = None
        self.child: Child | None = None
        self.child_done = threading.Event()
        self.child_done.set()
        self.owner = True
        self.unreachable = ""
        self.entries: list[Told] = []
        self.restored: tuple[str, float] | None = None
        self.note = ""
        self.recomputed: tuple[str, ...] = ()
        self.expendable: set[str] = set()
        self.interrupted: list[Told] = []
        self._before: dict[str, int] = {}
        self._late_done = self._early_state_is_back = False
        self._loading = threading.RLock()
        self._running = 0
        self.unsafe: set[str] = set()
        "Types of values that a forked child has hung on: saved in the kernel itself from then on."
        self.deaths: dict[str, int] = {}
        "Roots at which a child was killed from outside or crashed, and how often."
        self.news = ""
        "What the user is to be told with the next cell."
        self.context: contextvars.Context | None = None
        "The context variables (numpy's settings, decimal's, the user's) as the last cell left them."
        self._adopted: dict[contextvars.ContextVar[Any], Any] = {}
        self.cell_task: Any = None

    # Restoring

    def restore(self) -> None:
        """Find the session's last checkpoint and make it ready to load; early state (paths, environment) is put back now."""
        try:
            self.kept = open_store(self.settings.store).session(self.settings.session)
            self.uploader = Uploader(self.settings.store, self.settings.session)
            self.progress.warm = self.kept.anew()
            manifest, passed = self.kept.load_last_good()
            body = Body.from_bytes(manifest.body)
        except NotFound:
            return
        except StoreUnavailable as error:
            self.unreachable = str(error)
            self.note = f"the store can't be reached ({error}), so nothing was restored and nothing is saved; start the kernel again when it can, or say %sojourn fresh"
            return
        except StoreError as error:
            self.unreachable = str(error)
            self.note = f"the checkpoints of this session can't be used ({error}); nothing is saved over them until you say %sojourn fresh"
            return
        for entry in passed:
            self.entries.append(
                Told(
                    "@session",
                    Cause.STALE,
                    f"checkpoint {entry.id} can't be used ({entry.problem}); an earlier one was restored.",
                )
            )
        self.lineage, self.body = body.lineage, body
        remember_sources(body.lineage)
        self.entries += body.interrupted()
        self.accesses.ran(cell.source for cell in body.lineage.cells)
        self.restored = (manifest.id, manifest.created)
        self.thaw = Thaw(body.frozen, self.kept, self.shell.user_ns, self._compile_again, body.lineage.cell_of)
        self.progress = Progress(body.frozen, self.kept.warm(manifest, blob_refs), {}, set(), False)
        early = self.thaw.load(ambient.keys(ambient.EARLY))
        self.entries += ambient.apply(self.shell, ambient.EARLY, early)
        history = self.thaw.load([HISTORY]).get(HISTORY)
        if isinstance(history, dict):
            put_history(self.shell, history)

    def ensure(self, names: set[str] | None) -> None:
        """Load what a cell can reach before it runs; None is everything."""
        if self.thaw is None:
            return
        with self._loading:
            pending = self.thaw.pending
            wanted = pending if names is None else {root for root in pending if root in names or _base(root) in names}
            with steady(self._early_state_is_back):
                self._put(self.thaw.load(wanted))
            if not self.thaw.pending:
                self._finish_loading()

    def _ensure_for(self, source: str) -> None:
        """Load what a cell can reach: process state and functions first, then what their code names, until no more is named."""
        assert self.thaw is not None
        pending, owner = self.thaw.pending, self.thaw.frozen.owner
        first = {root for root in pending if root.startswith("@") or _is_code(owner[root], root)}
        self.ensure(first or set())
        if self.thaw is None or self._late_done:
            return
        if any(root.startswith("@") and root not in _INERT for root in owner):
            self.ensure(None)  # callbacks, hooks, handlers: their code runs around any cell
            return
        self._put_late()
        while not self._late_done:
            names = self.accesses.of_cell(source, self.shell.user_ns)
            if names is None:
                self.ensure(None)
            elif any(root in names or _base(root) in names for root in self.thaw.pending):
                self.ensure(names)
            else:
                return

    def load_some(self) -> bool:
        """Load one more piece behind the user's back; False when all is there."""
        if self.thaw is None:
            return False
        pending = self.thaw.pending
        if pending:
            smallest = min(pending, key=lambda root: self.thaw.frozen.owner[root].size)  # type: ignore[union-attr]
            with self._loading, steady(self._early_state_is_back):
                self._put(self.thaw.load([smallest]))
            return True
        self._finish_loading()
        return False

    def _put(self, values: dict[str, Any]) -> None:
        for root, value in values.items():
            if root.startswith("@"):
                self._late[root] = value
            else:
                put_value(self.shell, root, value)
            if is_definition(value):
                self.progress.anchors[root] = value

    @property
    def _late(self) -> dict[str, Any]:
        return self.__dict__.setdefault("_late_values", {})

    def _finish_loading(self) -> None:
        """All pieces are loaded: put late state back, and the names into the order they had."""
        if self._late_done or self.thaw is None:
            return
        self._late_done = True
        self._put_late()
        self.entries += self.thaw.told
        namespace = self.shell.user_ns
        for name in self.thaw.frozen.order:
            if name in namespace and not name.startswith(("@", "_")):
                namespace[name] = namespace.pop(name)

    def _put_late(self) -> None:
        """Process state that goes back after the variables, or with the first cell if that is earlier."""
        if self._early_state_is_back:
            return
        self._early_state_is_back = True
        before, context = dict(contextvars.copy_context().items()), contextvars.copy_context()
        self.entries += context.run(ambient.apply, self.shell, ambient.LATE, self._late)
        self._adopted = {var: value for var, value in context.items() if before.get(var, self) is not value}

    def adopt_context(self) -> None:
        """Put restored context variables into the context that cells run in; they go on only in the cells' own task."""
        for var, value in self._adopted.items():
            var.set(value)
        if self.cell_task is not None and asyncio.current_task() is self.cell_task:
            self._adopted = {}

    def _in_context(self, act: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call with the context variables that cells see; in a cell, those are here already."""
        if self.context is None or self.executing:
            return act(*arguments, **named)
        return self.context.copy().run(act, *arguments, **named)

    def _compile_again(self, hint: str) -> Any:
        raise LookupError(
            f"it was made by another Python version: run the cell that defines it again ({hint.rsplit(':', 1)[-1]})"
        )

    # Observing

    @property
    def executing(self) -> bool:
        """Whether a cell runs, in the main shell or in a subshell."""
        return self._running > 0

    def before_cell(self, source: str) -> None:
        """Called with a cell's transformed source, before it runs."""
        with self._loading:
            self._running += 1
        if self.thaw is not None and not self._late_done:
            self._ensure_for(source)
        self.adopt_context()
        namespace = self.shell.user_ns
        names = self.accesses.of_cell(source, namespace)
        if names is None or len(namespace) < FEW_NAMES:
            self._before = {name: id(value) for name, value in namespace.items()}
        else:
            self._before = {name: id(namespace[name]) for name in names if name in namespace}

    def after_cell(self, source: str, number: int, seconds: float, ok: bool, mark: str = "") -> None:
        """Called when a cell has ended, however it ended."""
        with self._loading:
            self._running = max(0, self._running - 1)
        namespace = self.shell.user_ns
        ambient.note(self.shell, self.ambient, source)
        self.accesses.ran([source])
        names = self.accesses.of_cell(source, namespace)
        before, words = self._before, self.accesses.words(source)
        looked = namespace if names is None or len(namespace) < FEW_NAMES else names & namespace.keys()
        stored = words.stored if words is not None and ok else set()
        bound = tuple(
            name
            for name in looked
            if not name.startswith("_i") and (before.get(name) != id(namespace[name]) or name in stored)
        )
        if names is not None:
            names |= set(bound)
        self.lineage.add(
            CellExecution(
                number,
                source,
                seconds,
                ok,
                None if names is None else tuple(sorted(names)),
                bound,
                mark,
                self._file_of(source, number),
            )
        )
        progress = self.progress
        progress.changed = True
        if names is None:
            progress.dirty = None
        elif progress.dirty is not None:
            progress.dirty |= names

    def _file_of(self, source: str, number: int) -> str:
        """The file name that the shell compiled a cell under."""
        name = self.shell.compile.get_code_name(source, source, number)
        names = [name, *list(self.shell.compile._filename_map)[-3:]]
        for name in names:
            if name in linecache.cache and "".join(linecache.cache[name][2]).strip() == source.strip():  # type: ignore[misc]
                return name
        return ""

    # Saving

    def _roots(self) -> dict[str, Any]:
        roots = user_roots(self.shell, self.names)
        roots.update(self._in_context(ambient.gather, self.shell, self.ambient))
        roots[HISTORY] = history_of(self.shell)
        return roots

    def _in_order_of_need(self, roots: dict[str, Any], until: float | None) -> dict[str, Any]:
        """With a deadline: process state and small known things first, what the user marked expendable last."""
        if until is None:
            return roots
        known = self.progress.frozen.owner if self.progress.frozen else {}

        def need(root: str) -> tuple[bool, bool, int]:
            return root in self.expendable, not root.startswith("@"), known[root].size if root in known else 0

        return {root: roots[root] for root in sorted(roots, key=need)}

    def _dirty_roots(self, roots: dict[str, Any]) -> set[str] | None:
        """The dirty names as root keys: outputs go with what the cells touched, process state always."""
        if self.progress.dirty is None:
            return None
        known = self.progress.frozen.owner if self.progress.frozen else {}
        always = {root for root in roots if root.startswith(("@", "_")) or root not in known}
        outputs = {root for root in roots if root.startswith("Out[")}
        dirty = self.progress.dirty | always | outputs
        if self._something_runs():
            between = self.accesses.of_callbacks(self.shell.user_ns)
            return None if between is None else dirty | between
        return dirty

    def _something_runs(self) -> bool:
        """Whether the user's threads or tasks may change things between cells."""
        if any(
            not thread.name.startswith(_KERNEL_THREADS) and "_watch_pipe_fd" not in thread.name
            for thread in threading.enumerate()
        ):
            return True
        try:
            tasks = asyncio.all_tasks()
        except RuntimeError:  # no loop here: a subshell's thread, or a test
            return False
        return any(not _is_kernels(task) for task in tasks)

    def touched(self) -> None:
        """Code of the user's ran outside a cell (a widget's callback, a debugger's expression)."""
        names = self.accesses.of_callbacks(self.shell.user_ns)
        progress = self.progress
        progress.changed = True
        progress.dirty = None if names is None or progress.dirty is None else progress.dirty | names

    def save_now(self, reason: str, deadline: float | None = None) -> Saved:
        """Save in this process, in the foreground. ``deadline``: seconds that are left."""
        begin = time.monotonic()
        until = begin + deadline if deadline is not None else None
        if not self._may_save():
            return Saved(False, error=self.note or "another kernel has this session now")
        self.child_done.wait(None if deadline is None else max(0.0, deadline * 0.6))
        if self.child is not None and not self.child_done.is_set():
            self.child.kill()
            self.child_done.wait(10)
        self.settle()  # a child that failed has saved nothing: what it had taken is dirty again
        self.ensure(None)
        last = self.progress.last
        if not self.progress.changed and (last is not None or self.restored is not None):
            id, created = (last.id, last.created) if last is not None else self.restored  # type: ignore[misc]
            return Saved(True, id, created, 0, time.monotonic() - begin, tuple(self.told()))
        roots = self._roots()
        try:
            frozen, done = self._write(roots, self._dirty_roots(roots), reason, until, None)
        except StoreError as error:
            return Saved(False, seconds=time.monotonic() - begin, error=self._failed(error))
        self._committed(frozen, done, roots)
        self.progress.changed, self.progress.dirty = False, set()
        return Saved(True, done.id, done.created, done.uploaded_bytes, time.monotonic() - begin, tuple(frozen.told))

    def save_behind(
        self, reason: str, call: Callable[[Callable[[], None]], Any], then: Callable[[Saved], None]
    ) -> bool:
        """Save in a forked child. ``call`` runs a function in the main thread; ``then`` is called there at the end."""
        if self.child is not None or not self.progress.changed or not self._may_save() or not self._loaded():
            return False
        begin = time.monotonic()
        roots = self._roots()
        dirty = self._dirty_roots(roots)
        taken, self.progress.dirty, self.progress.changed = self.progress.dirty, set(), False
        anchors = {k: v for k, v in roots.items() if is_definition(v)}
        try:
            if self._must_stay(roots, dirty):
                self.progress.changed, self.progress.dirty = True, taken
                then(self.save_now(reason))
                return True
            self._launch_uploader()
            child = Child(lambda report: self._write(roots, dirty, reason, None, report))
        except OSError as error:
            self.progress.changed, self.progress.dirty = True, taken
            self.log.warning("sojourn: cannot fork for a background checkpoint: %s", error)
            return False
        self.child = child
        self.child_done.clear()

        def finished(outcome: Outcome) -> None:
            self.child = None
            if outcome.result is not None:
                frozen, done = outcome.result
                self._committed(frozen, done, anchors)
                then(
                    Saved(
                        True, done.id, done.created, done.uploaded_bytes, time.monotonic() - begin, tuple(frozen.told)
                    )
                )
                return
            self._learn_from(outcome)
            self.progress.changed = True
            self.progress.dirty = None if taken is None or self.progress.dirty is None else taken | self.progress.dirty
            error = self._failed(outcome.error) if isinstance(outcome.error, StoreError) else outcome.problem
            then(Saved(False, error=error, seconds=time.monotonic() - begin))

        def wait() -> None:
            outcome = child.wait()
            self._outcome = (outcome, finished)
            self.child_done.set()
            call(self.settle)

        threading.Thread(target=wait, name="sojourn-wait", daemon=True).start()
        return True

    def _learn_from(self, outcome: Outcome) -> None:
        """What a child hung on is saved in the kernel from now on; what killed two of them is not touched again, but told."""
        root = outcome.hung_on
        if not root:
            return
        if outcome.died:
            self.deaths[root] = self.deaths.get(root, 0) + 1
        elif root in self.shell.user_ns:
            self.unsafe.add(_type_name(self.shell.user_ns[root]))

    def _lethal(self) -> dict[str, Told]:
        reason = "the process that tried to save it was killed, twice; it was not tried again."
        return {
            root: Told(root, Cause.UNPICKLABLE, reason, "", *self.lineage.cell_of(root))
            for root, times in self.deaths.items()
            if times > 1
        }

    def _must_stay(self, roots: dict[str, Any], dirty: set[str] | None) -> bool:
        """Whether these roots are saved in the kernel itself: a child hung on their like, or memory is too short for a child."""
        todo = roots if dirty is None else dirty & roots.keys()
        if self.unsafe and any(_type_name(roots[root]) in self.unsafe for root in todo):
            return True
        known = self.progress.frozen.owner if self.progress.frozen else {}
        largest = max((known[root].size for root in todo if root in known), default=0)
        room = free_memory()
        return room is not None and room < COPIES * largest + CHILD_BYTES

    def settle(self) -> None:
        """Take in what a finished child has reported; in the main thread, once."""
        pending, self._outcome = self._outcome, None
        if pending:
            outcome, finished = pending
            finished(outcome)

    _outcome: tuple[Outcome, Callable[[Outcome], None]] | None = None

    def _write(
        self,
        roots: dict[str, Any],
        dirty: set[str] | None,
        reason: str,
        until: float | None,
        report: Callable[[str], None] | None,
    ) -> tuple[Frozen, Committed]:
        """Freeze and commit; in this process or in a child of it."""
        writer = self._writer(in_child=report is not None)
        frozen = self._in_context(
            freeze,
            self._in_order_of_need(roots, until),
            writer,
            main=self.shell.user_ns,
            dirty=dirty,
            previous=self.progress.frozen,
            anchors=self.progress.anchors,
            deadline=until,
            skip=self._lethal(),
            progress=report,
            cell_of=self.lineage.cell_of,
        )
        frozen = replace(frozen, order=tuple(roots))
        facts = {**kernel_facts(), "interrupted": [told.to_json() for told in self.interrupted]}
        body = Body(frozen, self.lineage, facts)
        size = sum(piece.size for piece in frozen.pieces)
        meta = {
            "reason": reason,
            "execution_count": self.shell.execution_count,
            "bytes": size,
            "told": len(frozen.told),
            "names": len(roots),
        }
        return frozen, writer.commit(body.to_bytes(), meta)

    def _writer(self, in_child: bool) -> CheckpointWriter:
        """A writer of the next checkpoint: through the uploader where it runs, else with connections of this process's own."""
        warm, uploader = self.progress.warm, self.uploader
        if uploader is not None and uploader.pid is not None:
            return uploader.writer(warm)
        if self.kept is not None and not in_child:
            return self.kept.writer(warm)
        return open_store(self.settings.store).session(self.settings.session).writer(warm)

    def _launch_uploader(self) -> None:
        """Before a fork: the child hands its packs to a process that holds the connections. A directory needs none."""
        if self.uploader is None or self.settings.store.startswith("file:"):
            return
        try:
            self.uploader.launch()
        except StoreError as error:
            self.log.warning("sojourn: %s", error)

    def _committed(self, frozen: Frozen, done: Committed, values: dict[str, Any]) -> None:
        anchors = {k: v for k, v in values.items() if is_definition(v)}
        self.progress.frozen, self.progress.warm, self.progress.anchors, self.progress.last = (
            frozen,
            done.warm,
            anchors,
            done,
        )

    def prune(self) -> None:
        """Remove checkpoints beyond those to keep; only while nothing is being saved."""
        if self.kept is None or self.child is not None or self.progress.warm is None:
            return
        try:
            pruned = self.kept.prune(self.settings.keep, blob_refs, own=self.progress.warm)
            if pruned.packs:
                self.progress.warm = forget_packs(self.progress.warm, pruned.packs)
        except StoreError as error:
            self.log.warning("sojourn: cannot remove old checkpoints: %s", error)

    def _loaded(self) -> bool:
        return self.thaw is None or self._late_done

    def _may_save(self) -> bool:
        return self.owner and not self.unreachable

    def _failed(self, error: StoreError) -> str:
        if isinstance(error, HeadMoved):
            self.owner = False
            self.note = self.news = f"{error}. Nothing is saved from here on"
        self.log.error("sojourn: not saved: %s", error)
        return str(error)

    def told(self) -> list[Told]:
        return self.progress.frozen.told if self.progress.frozen else []

    def fresh(self) -> None:
        """An empty namespace, now and for the next kernel; the checkpoints stay in the history."""
        if self.kept is not None:
            self.kept.clear_head()
        self.shell.reset(new_session=True)
        self.thaw, self.body, self.restored, self.entries, self.note = None, None, None, [], "as you asked"
        self.lineage, self.unreachable, self.owner = Lineage(), "", True
        self.progress = Progress(warm=self.kept.anew() if self.kept is not None else None)

    def plan(self) -> Plan:
        """What a save would do now."""
        roots = self._roots()
        shown = [root for root in roots if not root.startswith(("@", "_"))]
        return forecast(shown, self._dirty_roots(roots), self.progress.frozen, frozenset(self.expendable))

    def go_back(self, id: str) -> str:
        """Make an older checkpoint the session's: the next start restores it. Returns what to tell the user. Raises StoreError."""
        if self.kept is None:
            raise StoreUnavailable(self.note or "there is no store")
        self.kept.set_head(id)
        self.owner, self.progress.changed = False, False
        self.note = f"checkpoint {id} is restored when the kernel is restarted; nothing is saved over it until then"
        return f"Sojourn: {self.note}. Restart the kernel now."

    def report(self) -> RestoreReport:
        id, created = self.restored or (None, None)
        pending = self.thaw.pending if self.thaw else set()
        entries = [*self.entries, *([] if self._late_done or self.thaw is None else self.thaw.told)]
        lost = {entry.name for entry in entries if not entry.path}
        order = self.body.frozen.order if self.body else ()
        kept = tuple(name for name in order if not name.startswith(("@", "_", "Out[")) and name not in lost)
        return RestoreReport(
            self.settings.session,
            self.settings.store,
            id,
            created,
            kept,
            self.recomputed,
            tuple(entries),
            len(pending),
            self.note,
        )


def remember_sources(lineage: Lineage) -> None:
    """Let inspect and tracebacks find the source of functions from cells that ran in another process."""
    for cell in lineage.cells:
        if cell.file:
            linecache.cache[cell.file] = (len(cell.source), None, cell.source.splitlines(keepends=True), cell.file)


def _is_code(piece: Piece, root: str) -> bool:
    """Whether a root is a function or a class, as its checkpoint says."""
    return root in piece.roots and piece.types[piece.roots.index(root)] in (
        "function",
        "type",
        "ABCMeta",
        "EnumType",
        "EnumMeta",
    )


def _is_kernels(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and any(part in code.co_filename for part in _KERNEL_CODE)


def _type_name(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _base(root: str) -> str:
    return root.split("[")[0].split(".")[0]


__all__ = ["DEFINITIONS", "Saved", "SessionKeeper", "sys"]
