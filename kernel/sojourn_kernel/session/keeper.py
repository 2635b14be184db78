"""The checkpoint loop of one kernel: what to save, when, and the restore at its start.

Everything here runs in the kernel's main thread, but for the wait for a forked child. It knows the shell and no messages.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
import time
import types
from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from ..late_imports import import_late
from ..observe.watch import Watch
from ..recipe import Recipe, first_ways
from ..restore.blame import blame_of
from ..restore.recompile import recompile
from ..restore.thaw import Thaw
from ..settings import Settings
from ..snapshot import ambient
from ..snapshot.ambient.generated_sources import SOURCES, put_sources
from ..snapshot.names import HISTORY, history_of, name_baseline, user_roots
from ..snapshot.objects.definitions import is_definition
from ..snapshot.process import lifted
from ..snapshot.process.fork import Child, Outcome
from ..snapshot.process.lessons import Lessons
from ..snapshot.process.settling import Settling
from ..snapshot.process.watchdog import watched
from ..snapshot.reducers.tokens import note_cells_context
from ..snapshot.unobserved import undisturbed
from ..store import Emptied, HeadMoved, StoreError
from ..told import Cause, Told
from .behind import Behind
from .changes import Changes
from .checkpoint import Body
from .cut_short import save_as_it_was
from .loading import Loading, remember_sources
from .opening import Opened, open_session
from .pruning import Pruning
from .saved import Progress, Saved, saved_of
from .sending import Sending
from .to_save import what_to_save, what_to_save_soon, what_to_save_unloaded
from .unfinished import CellUnderWay, RunningCell, Unfinished

if TYPE_CHECKING:  # what saves alone need is imported with the first of them: a start does not wait for it
    from .writing import Job, Written

# Seconds that looking at every object may take: in a save that is waited for, in a background checkpoint, and in an audit.
LOOK, LOOK_BEHIND, LOOK_LONG = 0.25, 0.1, 20.0
MARGIN = 3.0  # seconds of the grace that are left for the rest of the shutdown


class SessionKeeper:
    """Keeps one kernel's session: observes cells, saves, restores."""

    def __init__(self, shell: Any, settings: Settings, log: Any) -> None:
        self.shell, self.settings, self.log = shell, settings, log
        self.names = name_baseline(shell)
        lifted.note()
        self.changes, self.lessons = Changes(shell, ambient.baseline(shell), log), Lessons()
        self.sending = Sending(settings, log)
        self.loading: Loading | None = None
        self.body: Body | None = None
        self.behind, self.settling, self.pruning = Behind(), Settling(), Pruning(self)
        self.owner = True
        self.unreachable = ""
        self.away = False
        "Whether the store was away at the start and is still looked for."
        self.entries: list[Told] = []
        self.restored: tuple[str, float] | None = None
        self.note = ""
        self.expendable: set[str] = set()
        self.under_way = CellUnderWay()
        self.to_run: Unfinished | None = None
        "The cell of the checkpoint that was restored that is to be run again here."
        self.ran_again = ""
        self.news = ""
        "What the user is to be told with the next cell."
        self.context: contextvars.Context | None = None
        "The context variables (numpy's settings, decimal's, the user's) as the last cell left them."
        self.cell_task: asyncio.Task[Any] | None = None

    @property
    def progress(self) -> Progress:
        """What the last checkpoint holds, and what may have changed since."""
        return self.changes.progress

    @property
    def watch(self) -> Watch:
        """The record of the cells that ran."""
        return self.changes.watch

    # Restoring

    def restore(self) -> None:
        """Find the session's last checkpoint and make it ready to load; early state (paths, environment) is put back now."""
        self.take(open_session(self.settings.store, self.settings.session))

    def take(self, opened: Opened) -> None:
        """Go on with what a store holds."""
        kept = self.sending.kept = opened.kept
        self.unreachable, self.note, self.away = opened.problem, opened.note, opened.away
        if kept is None:
            return
        self.progress.warm = opened.warm
        if opened.last is None:
            return
        self.entries += opened.told
        manifest, body = opened.last
        lineage = self.watch.lineage = body.lineage
        self.body = body
        remember_sources(self.shell, lineage)
        self.entries += body.interrupted()
        self.expendable |= body.expendable()
        self.sending.link = float(manifest.meta.get("link", 0))
        self.to_run = self.under_way.awaited = Unfinished.from_facts(body.kernel)
        self.watch.accesses.ran(cell.source for cell in lineage.cells)
        if body.namespace_is_held():
            self.watch.accesses.reaches_namespace()
        self.restored = (manifest.id, manifest.created)
        other_python = tuple(body.kernel.get("python", ())[:2]) != sys.version_info[:2]
        dirty = None if other_python else set[str]()  # what is stored is of that version, and is stored anew
        self.changes.progress = Progress(
            body.frozen, opened.warm, dirty=dirty, changed=False, cells=len(lineage.cells), looked=True
        )
        self.progress.recipes = first_ways(body.recipes)

        def again(recipe: Recipe, given: Any) -> dict[str, Any]:
            from .deciding import make_again

            with ambient.held(self.shell):
                return make_again(recipe, body.lineage, self.shell.user_ns, given)

        def compile_again(hint: str) -> types.CodeType:
            return recompile(body.lineage.cells, hint, sources_are_here)

        def sources_are_here() -> None:
            for state in thaw.load([ambient.PREFIX + SOURCES]).values():
                put_sources(self.shell, state)

        names = self.shell.user_ns
        blame = blame_of(self.settings.session, self.settings.store)
        thaw = Thaw(body.frozen, kept, names, compile_again, lineage.cell_of, body.recipes, again, other_python, blame)
        self.loading = Loading(self.shell, thaw, self.watch.accesses, self.progress.anchors, self._in_context)
        self.loading.begin(self.settings.install)

    def ensure(self, names: set[str] | None) -> None:
        """Load what code can reach before it runs; None is everything."""
        if self.loading is not None:
            self.loading.ensure(names)

    def ensure_comms(self) -> None:
        """Load the comms that are open."""
        if self.loading is not None:
            self.loading.ensure_comms()

    @property
    def loaded(self) -> bool:
        """Whether all that is restored is in the namespace."""
        return self.loading is None or self.loading.done

    def not_dying(self) -> None:
        """The process ends in peace: what it loads is not to blame."""
        if self.loading is not None:
            self.loading.thaw.blame.end()

    def adopt_context(self) -> None:
        """Put restored context variables into the context that cells run in."""
        if self.loading is not None:
            self.loading.adopt_context(self.cell_task)

    def _in_context(self, act: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call with the context variables that cells see; in a cell, those are here already."""
        if self.context is None or self.executing:
            return act(*arguments, **named)
        return self.context.copy().run(act, *arguments, **named)

    # Observing

    @property
    def executing(self) -> bool:
        """Whether a cell runs, in the main shell or in a subshell."""
        return self.changes.watch.executing

    def before_reading(self, raw: str) -> None:
        """Called with what the user typed, before IPython makes Python of it."""
        if self.loading is not None:
            self.loading.ensure_to_read(raw)

    def before_cell(self, source: str, raw: str = "", number: int = 0, mark: str = "", metadata: Any = None) -> None:
        """Called with a cell's transformed source, and with what the user typed, before it runs."""
        self.changes.note_cells()
        self.changes.watch.starts()
        under_way = self.behind.child is not None and not self.behind.auditing
        saved = not self.progress.changed and (under_way or self.progress.frozen is not None)
        cell = RunningCell(raw, number, mark, saved, metadata if isinstance(metadata, dict) else {})
        self.under_way.begins(cell)
        try:
            if self.loading is not None:
                self.loading.ensure_for(source)
            self.adopt_context()
            note_cells_context()
            self.changes.watch.before(source)
        except Exception:
            raise
        except BaseException:  # an interrupt: the cell never runs
            self.changes.watch.ended()
            raise

    # Saving

    def roots(self) -> dict[str, Any]:
        """All that is there to be saved, by key."""
        roots = user_roots(self.shell, self.names)
        roots.update(self._in_context(ambient.gather, self.shell, self.changes.baseline))
        roots[HISTORY] = history_of(self.shell, roots, self.names)
        return roots

    @undisturbed()
    def save_now(self, reason: str, deadline: float | None = None) -> Saved:
        """Save in this process, in the foreground. ``deadline``: seconds that are left."""
        begin = time.monotonic()
        until = begin + deadline if deadline is not None else None
        frozen = self.progress.frozen
        known = {root: piece.seconds for root, piece in frozen.owner.items()} if until and frozen else {}
        with watched(until, known) as watchdog:
            try:
                return self._save_now(reason, begin, until, watchdog.note)
            finally:
                self.lessons.stood_still(watchdog.still, self.shell.user_ns)

    def _save_now(self, reason: str, begin: float, until: float | None, note: Callable[[str], None]) -> Saved:
        deadline = None if until is None else until - begin
        self.changes.note_cells()
        if not self.may_save():
            return Saved(False, error=self.note or "another kernel has this session now")
        again = self.under_way.to_run is not None and self.under_way.to_run.saved_before
        changed = self.progress.dirty if self.progress.changed and not again else set()
        self.behind.make_way(changed, None if deadline is None else max(0.0, deadline * 0.6))
        look, last = self._may_look(LOOK), self.last() if self.progress.settled else None
        if last is not None and (self.progress.looked or not look or not self.loaded):
            return Saved(True, last[0], last[1], 0, time.monotonic() - begin, tuple(self.told()))
        if self.under_way.to_run is not None and self.under_way.to_run.saved_before:
            return save_as_it_was(self, reason)
        try:
            taken = what_to_save(self) if deadline is None else what_to_save_soon(self)
            look = look and not taken.unloaded
            job = self.job(taken.roots, taken.dirty, reason, until, look, not self.progress.changed)
            written = job.write(self.sending.writer(self.progress.warm, in_child=False), note, waited_for=True)
        except Emptied as error:
            self.failed(error)
            return self._save_now(reason, begin, until, note)
        except StoreError as error:
            return Saved(False, seconds=time.monotonic() - begin, error=self.failed(error))
        self._committed(written, _anchors_among(taken.roots), len(self.watch.lineage.cells))
        self.progress.changed, self.progress.looked = False, look
        self.progress.goes_on, self.progress.dirty = taken.goes_on
        return saved_of(written, begin)

    def last(self) -> tuple[str, float] | None:
        """Id and time of the session's last checkpoint."""
        last = self.progress.last
        return (last.id, last.created) if last is not None else self.restored

    def _may_look(self, seconds: float) -> bool:
        """Whether looking at every object takes no longer: what analysis of the code has missed is found then."""
        frozen = self.progress.frozen
        return frozen is None or frozen.seconds_to_look <= seconds

    @undisturbed()
    def save_behind(
        self, reason: str, call: Callable[[Callable[[], None]], Any], then: Callable[[Saved], None]
    ) -> bool:
        """Save in a forked child. ``call`` runs a function in the main thread; ``then`` is called there at the end.

        When no cell ran, an audit: all objects are looked at, for what analysis of the code has missed, or what runs on has changed.
        False where there is nothing to save, or too much is still to be loaded.
        Raises OSError where the system has no room for a child, and whatever stands in a fork's way in this session.
        """
        self.changes.note_cells()
        auditing = not self.progress.changed
        if self.behind.child is not None or not self.may_save() or (auditing and not self.loaded):
            return False
        begin, look = time.monotonic(), self._may_look(LOOK_LONG if auditing else LOOK_BEHIND)
        if self.progress.settled and (self.progress.looked or not look):
            return False
        to_save = what_to_save_unloaded(self)
        if to_save is None:
            return False
        roots, dirty, look = to_save.roots, to_save.dirty, look and not to_save.unloaded
        taken = self.progress.goes_on, self.progress.dirty
        self.progress.goes_on, self.progress.dirty = to_save.goes_on
        anchors, cells = _anchors_among(roots), len(self.watch.lineage.cells)
        try:
            todo = roots if look or dirty is None else dirty & roots.keys()
            if self.lessons.must_stay(roots, todo, self.progress.frozen):
                self.progress.goes_on, self.progress.dirty = taken
                if auditing:
                    return False
                then(self.save_now(reason))
                return True
            self.sending.launch_uploader()
            job = self.job(roots, dirty, reason, None, look, auditing)
            self.settling.settle()
            sending, warm = self.sending, self.progress.warm
            child = Child(
                lambda report: job.write(sending.writer(warm, in_child=True), report, waited_for=False), behind=True
            )
        except Exception:
            self.progress.goes_on, self.progress.dirty = taken
            raise

        def finished(outcome: Outcome) -> None:
            if outcome.result is None:
                self.progress.looked = False
                self.progress.goes_on |= taken[0]
                if not auditing or taken[1] != set():
                    self.changes.mark(taken[1])
                if not auditing:
                    self.under_way.not_saved_before()
            if outcome.result is not None:
                self._committed(outcome.result, anchors, cells)
                then(saved_of(outcome.result, begin))
                return
            self.lessons.learn(outcome, self.shell.user_ns)
            error = self.failed(outcome.error) if isinstance(outcome.error, StoreError) else outcome.problem
            then(Saved(False, error=error, seconds=time.monotonic() - begin))

        self.progress.looked = look  # what runs meanwhile takes it back
        self.behind.begin(child, auditing, call, finished, lambda: self.executing)
        if self.behind.child is not None:  # and not before it is known: whoever asks meanwhile never sees all done
            self.progress.changed = False
        return True

    def job(
        self,
        roots: dict[str, Any],
        dirty: set[str] | None,
        reason: str = "",
        until: float | None = None,
        look: bool = False,
        settled: bool = False,
    ) -> Job:
        import_late("session.writing")
        from .writing import Job

        settings, progress, watch = self.settings, self.progress, self.watch
        return Job(
            roots, dirty, reason, until, self.shell.user_ns, self.shell.execution_count, watch.lineage, watch.accesses, progress.frozen,
            progress.anchors, progress.recipes, progress.last, self.sending.rates(progress.last), frozenset(self.expendable),
            settings.replay, self.lessons.lethal(self._told, roots), frozenset(self.lessons.survived), self.under_way.facts(), self._in_context, self.log, look,
            self.lessons.rehearse and not self.executing and not lifted.any_aside(), settled,
        )  # fmt: skip

    def _told(self, root: str, cause: Cause, reason: str) -> Told:
        return Told(root, cause, reason, "", *self.watch.lineage.cell_of(root))

    def _committed(self, written: Written, anchors: MutableMapping[str, Any], cells: int) -> None:
        progress = self.progress
        progress.frozen, progress.warm, progress.last = written.frozen, written.done.warm, written.done
        progress.anchors, progress.cells = anchors, cells
        progress.recipes = first_ways(written.recipes)
        self.lessons.survived |= written.survived
        self.lessons.crashed(written.crashed, self.shell.user_ns)

    def may_save(self) -> bool:
        return self.owner and not self.unreachable

    def failed(self, error: StoreError) -> str:
        if isinstance(error, HeadMoved):
            self.owner = False
            self.note = self.news = f"{error}. Nothing is saved from here on"
        if isinstance(error, Emptied):
            self.news = f"{error}; what is here is saved anew"
            self.changes.progress = Progress(warm=self.sending.begin_anew())
        self.log.error("sojourn: not saved: %s", error)
        return str(error)

    def told(self) -> list[Told]:
        """What the last checkpoint does not hold, and no recipe makes again."""
        frozen = self.progress.frozen
        if frozen is None:
            return []
        again = {root for roots in self.progress.recipes for root in roots}
        return [told for told in frozen.told if told.name not in again]


def _anchors_among(roots: dict[str, Any]) -> WeakValueDictionary[str, Any]:
    """The functions and classes among roots, which are the session's to drop."""
    return WeakValueDictionary({root: value for root, value in roots.items() if is_definition(value)})
