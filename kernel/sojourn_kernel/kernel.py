"""The elastic kernel: ipykernel with hooks. What is saved and restored, and how, is the keeper's business (session.py)."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import signal
import threading
from collections import OrderedDict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from traitlets import Type

from . import asked, comm_messages, readying
from .alarm import Alarm
from .answers import answer
from .attempts import Attempts
from .cut_short import seconds_for_a_save
from .in_loop import call_in
from .progress import WORTH_SHOWING, LoadingDisplay
from .restored import RestoreReport
from .saved import Saved
from .session import MARGIN, SessionKeeper
from .settings import Settings, from_environment
from .shell import SojournShell
from .snapshot.fork import CALLED_OFF
from .snapshot.unobserved import undisturbed
from .stopping import MOVED, Stopping
from .system import elapsed
from .unfinished import Kept, how_it_ended, recorded
from .waiting import WaitingForStore

RETRY = 2.0  # seconds after which loading behind the user's back is tried again
LOAD_PAUSE = 0.01  # seconds between two pieces loaded behind the user's back
REPLY = 0.005  # seconds in which a cell's reply gets out: another thread sends it, and needs Python's lock
GET_READY = 0.5  # seconds after the start until what saves need is imported, if no cell runs then
AUDIT = 5.0  # seconds without a cell after a background checkpoint until all objects are looked at, once
SHARE = 0.2  # of the time that looking again and again may take, while threads or timers of the user's run on and no cell does
RUN_AGAIN_AFTER = 2.0  # seconds that front ends have to connect before a cell is run again, which may take long
CELLS_TOLD = 100  # the cells that began last, of which the agent is told


class SojournKernel(IPythonKernel):
    """A drop-in for IPythonKernel that keeps its session."""

    implementation = "sojourn"
    shell_class = Type(SojournShell)
    keeper: SessionKeeper

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shell.enable_tip = False  # its tips are drawn from the user's random stream
        self.settings: Settings = from_environment(_kernel_id(self))
        self.keeper = SessionKeeper(self.shell, self.settings, self.log)
        self.control_handlers["sojourn_request"] = self.sojourn_request
        comm_messages.load_first(self)
        self.stopping = Stopping(self)
        self.attempts = Attempts()
        self._started = threading.Event()
        self.quiesced = False
        self._announced = False
        self._running_again = False
        "Whether a cell that the move cut short is still to be run; others wait for it."
        self._kept = Kept()
        self._main = threading.get_ident()
        self._cells: OrderedDict[str, str] = OrderedDict()

    # Start

    def start(self) -> None:
        super().start()
        self._alarm = Alarm(self.io_loop, self._due)
        from .magics import SojournMagics

        self.shell.register_magics(SojournMagics(self.shell, self))
        self.keeper = SessionKeeper(self.shell, self.settings, self.log)
        try:
            self.keeper.restore()
        except Exception as error:
            self.log.error("sojourn: restore: %r", error, exc_info=True)
            self.keeper.note = f"restoring failed ({error!r}); nothing is saved, so that the checkpoint stays"
            self.keeper.owner = False
        self.shell.keeper = self.keeper
        self.stopping.listen()
        self.restored()
        self.io_loop.call_later(GET_READY, self._get_ready, readying.at_the_start())
        if self.keeper.away:
            WaitingForStore(self).begin()
        gc.collect()  # of what the start made, so that no cell of the user's waits for it
        self._started.set()

    def restored(self) -> None:
        """Begin what follows when the keeper has found its session: loading behind, and running a cut-short cell again."""
        self.log.warning("%s", self.report().headline())
        if self.keeper.loading is not None:
            self.io_loop.call_later(LOAD_PAUSE, self._load_more)
        if self.keeper.to_run is not None:
            self._running_again = True
            self.io_loop.call_later(RUN_AGAIN_AFTER, self._run_again)

    @property
    def banner(self) -> str:
        return f"{super().banner}{self.report().headline()}\n"

    def report(self) -> RestoreReport:
        return asked.report(self.keeper)

    def _get_ready(self, steps: Iterator[str]) -> None:
        """One step; what was asked for meanwhile goes before the next."""
        try:
            with undisturbed():
                begun = next(steps, None)
            if begun is not None:
                self.io_loop.call_later(LOAD_PAUSE, self._get_ready, steps)
        except Exception as error:  # the save meets the same, and says so
            self.log.warning("sojourn: getting ready for a save: %r", error)

    def _load_more(self) -> None:
        loading = self.keeper.loading
        try:
            if self.keeper.executing:
                self.io_loop.call_later(0.1, self._load_more)
            elif loading is not None and loading.load_some():
                self.io_loop.call_later(LOAD_PAUSE, self._load_more)
        except Exception as error:
            self.log.warning("sojourn: loading behind: %r", error)
            self.io_loop.call_later(RETRY, self._load_more)

    def changed_outside(self) -> None:
        """A widget's callback, or an expression that a front end asked for, may have changed anything: save that too."""
        self.keeper.changes.touched()
        if self.settings.background and not self._alarm.is_set:
            self._alarm.set(self.settings.idle)

    def signalled(self, numbers: set[int]) -> None:
        """Handlers of signals have run. One of SIGCHLD hears of the children that save as well: it asks for no checkpoint at once."""
        if numbers != {signal.SIGCHLD}:
            self.changed_outside()
            return
        self.keeper.changes.went_on()
        if self.settings.background and not self._alarm.is_set:
            self._alarm.set(AUDIT)

    # Cells

    async def do_execute(  # type: ignore[override]
        self, code: str, silent: bool, store_history: bool = True, user_expressions: Any = None,
        allow_stdin: bool = False, *, cell_meta: Any = None, cell_id: Any = None,
    ) -> Any:  # fmt: skip
        if self.quiesced or self._running_again:
            await self._wait_for_its_turn()
        request = self._note_begun()
        if store_history and not silent:
            self._announce()
        try:
            return await self._execute(code, silent, store_history, user_expressions, allow_stdin, cell_meta, cell_id)
        finally:
            self._cells[request] = "finished"
            self._cell_ended()

    async def _wait_for_its_turn(self) -> None:
        """An interrupt has nothing to end meanwhile: it would end the loop, and so the kernel."""
        before = _interrupts_are(signal.SIG_IGN)
        try:
            while (self.quiesced or self._running_again) and not self.stopping.begun.is_set():
                await asyncio.sleep(0.05)
        finally:
            _interrupts_are(before)

    async def _execute(
        self, code: str, silent: bool = False, store_history: bool = True, user_expressions: Any = None,
        allow_stdin: bool = False, cell_meta: Any = None, cell_id: Any = None,
    ) -> dict[str, Any]:  # fmt: skip
        self.keeper.cell_task = asyncio.current_task()
        self.shell.cell_meta = cell_meta
        self.keeper.adopt_context()
        if user_expressions:
            self._ensure_words(" ".join(map(str, user_expressions.values())))
        return await super().do_execute(
            code, silent, store_history, user_expressions, allow_stdin, cell_meta=cell_meta, cell_id=cell_id
        )

    async def _run_again(self) -> None:
        """Run the cell that was cut short by the move; what it shows is kept for the next cell."""
        cell, begin = self.keeper.to_run, elapsed()
        try:
            if cell is None or self.stopping.begun.is_set():
                return
            before = _interrupts_are(signal.default_int_handler)  # the hooks of ipykernel are for one cell at a time
            try:
                with recorded(self.shell, self._kept):
                    reply = await self._execute(cell.source, cell_meta={"tags": list(cell.tags)})
            finally:
                _interrupts_are(before)
            self.keeper.ran_again = how_it_ended(cell, begin, reply)
        except (Exception, KeyboardInterrupt) as error:
            self.log.error("sojourn: running a cell again: %r", error, exc_info=True)
        finally:
            self._running_again = False
            self._cell_ended()

    def _note_begun(self) -> str:
        """The id of the request whose cell begins."""
        request = str(self.get_parent("shell").get("header", {}).get("msg_id", ""))
        self._cells[request] = "running"
        while len(self._cells) > CELLS_TOLD:
            self._cells.popitem(last=False)
        return request

    def cells_begun(self) -> dict[str, str]:
        """The cells that began last, by the id of their request: ``running`` or ``finished``."""
        return dict(self._cells)

    def _announce(self) -> None:
        """Say once, with the first cell, that the session was restored; past ``%%capture``, which is for the cell's own."""
        news, self.keeper.news = self.keeper.news, ""
        if not self._announced:
            self._announced = True
            report = self.report()
            news = report.headline() if report.checkpoint or report.note else news
        if news:
            # Not a stream: what the cell itself prints stays just that.
            self._show(news if news.startswith("Sojourn: ") else f"Sojourn: {news}.")
        while self._kept.shown:
            self.send_response(self.iopub_socket, *self._kept.shown.popleft())

    def _show(self, text: str) -> None:
        loading = self.keeper.loading
        if loading is not None and loading.bytes_left > WORTH_SHOWING:
            display = LoadingDisplay(partial(self.send_response, self.iopub_socket), text, loading)
            display.begin()
            loading.thaw.after_piece = display.update
        else:
            content = {"data": {"text/plain": text}, "metadata": {}, "transient": {}}
            self.send_response(self.iopub_socket, "display_data", content)

    def _cell_ended(self) -> None:
        self.keeper.context = contextvars.copy_context()
        if self.stopping.begun.is_set():
            self.io_loop.add_callback(self.stopping.end)
        else:
            self.io_loop.add_callback(self._alarm.set, REPLY)

    def _due(self) -> None:
        """What waits for the replies to be out is done first; a background checkpoint once nothing has run for a while."""
        if not self.keeper.changes.noted:
            self.keeper.changes.note_cells()
            self._get_ready(readying.after_a_cell(self.shell.user_ns))
            if self.settings.background:
                self._alarm.set(self.settings.idle)
        elif self.settings.background:
            self._save_behind()

    def _save_behind(self) -> None:
        if self.keeper.executing or self.stopping.begun.is_set():
            return
        if self.keeper.behind.child is not None:
            self.keeper.behind.call_off_audit()
            self._alarm.set(self.settings.idle)
            return
        try:
            begun = self.keeper.save_behind("idle", self.io_loop.add_callback, self._saved_behind)
            if not begun and not self.keeper.loaded:
                self._alarm.set(self.settings.idle)
        except Exception as error:
            # No room for a child, or a cell has put something else in place of what a fork needs: the kernel saves by itself.
            self.log.error("sojourn: background checkpoint: %r; saving in the kernel", error, exc_info=True)
            self._saved_behind(self.save_safely("idle", None))

    def _saved_behind(self, saved: Saved) -> None:
        self.keeper.news = self.attempts.ended(saved) or self.keeper.news
        if saved.ok:
            self.log.info("sojourn: saved %s (%d bytes, %.2f s)", saved.checkpoint, saved.bytes, saved.seconds)
            if not self.stopping.begun.is_set():
                self.keeper.pruning.begin(self.io_loop.add_callback)
        elif saved.error != CALLED_OFF:
            self.log.warning("sojourn: background checkpoint: %s", saved.error)
        if self._alarm.is_set or self.stopping.begun.is_set():
            return
        if not self.keeper.progress.changed and saved.ok:
            progress = self.keeper.progress
            seconds = progress.frozen.seconds_to_look if progress.changing and progress.frozen else 0.0
            self._alarm.set(max(AUDIT, seconds / SHARE))
        elif self.keeper.progress.changed and self.keeper.owner and not self.keeper.executing:
            pause = self.settings.idle if saved.ok else self.attempts.pause
            self._alarm.set(pause)

    def do_complete(self, code: str, cursor_pos: int) -> Any:
        self._ensure_words(code)
        self.keeper.changes.went_on()  # an object may be asked for its names, and compute any attribute
        return super().do_complete(code, cursor_pos)

    def do_inspect(self, code: str, cursor_pos: int, detail_level: int = 0, omit_sections: Any = ()) -> Any:
        self._ensure_words(code)
        self.keeper.changes.went_on()  # an object may be asked how it looks
        return super().do_inspect(code, cursor_pos, detail_level, omit_sections)

    def _ensure_words(self, code: str) -> None:
        import re

        try:
            self.keeper.ensure(set(re.findall(r"[^\W\d]\w*", code)))
        except Exception as error:
            self.log.warning("sojourn: loading for a completion: %r", error)

    # Stopping

    def interrupt_cell(self, why: str, move: bool = True) -> None:
        """Interrupt the running cell. move: the session goes on elsewhere at once, and what is marked so is run again there."""
        self.keeper.under_way.cut_short(why, move)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # type: ignore[arg-type]

    def save_safely(self, reason: str, deadline: float | None) -> Saved:
        try:
            return self.keeper.save_now(reason, deadline)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # of an object that is asked how it is kept, or of a hook of the user's
            self.log.error("sojourn: checkpoint: %r", error, exc_info=True)
            return Saved(False, error=f"{type(error).__name__}: {error}")

    async def do_shutdown(self, restart: bool) -> Any:  # type: ignore[override]
        if self.settings.on_shutdown and not self.stopping.begun.is_set():
            saved = await self.checkpoint(
                "restart" if restart else "shutdown", max(1.0, self.settings.grace - MARGIN), quiesce=True
            )
            if not saved.ok:
                self.log.error("sojourn: not saved at shutdown: %s", saved.error)
        return super().do_shutdown(restart)

    # Requests on the control channel

    async def sojourn_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Answer the agent. Runs in the control thread, so it is answered while a cell runs."""
        content = parent["content"]
        while not self._started.is_set():  # before that there is nothing true to say
            await asyncio.sleep(0.02)
        try:
            reply = await answer(self, str(content.get("op")), content)
        except Exception as error:
            self.log.error("sojourn: request: %r", error, exc_info=True)
            reply = {"status": "error", "error": f"{type(error).__name__}: {error}"}
        self.session.send(stream, "sojourn_reply", reply, parent, ident=ident)

    async def checkpoint(self, reason: str, deadline: float, quiesce: bool) -> Saved:
        """A checkpoint in the main thread, at the end of a running cell; with quiesce the cell is interrupted in time."""
        begin = elapsed()
        if quiesce:
            self.quiesced = True
        interrupt_at = begin + deadline - seconds_for_a_save(self.keeper, deadline)
        user_asked = reason in ("restart", "shutdown")
        while self.keeper.executing:
            now = elapsed()
            if now - begin > deadline:
                return Saved(False, error=f"a cell is still running after {deadline:.0f} s")
            if quiesce and now > interrupt_at:
                self.interrupt_cell("the kernel was shut down" if user_asked else MOVED, move=not user_asked)
                interrupt_at = now + deadline
            await asyncio.sleep(0.02)
        left = max(0.5, deadline - (elapsed() - begin))
        saved = await asyncio.wrap_future(call_in(self.io_loop, partial(self.save_safely, reason, left)))
        if quiesce and not saved.ok:
            self.quiesced = False
        return saved


def _interrupts_are(handler: Any) -> Any:
    """Handle interrupts so from here on; how they were before. Cells of a subshell, in another thread, hear of none."""
    return signal.signal(signal.SIGINT, handler) if threading.current_thread() is threading.main_thread() else None


def _kernel_id(kernel: Any) -> str:
    """The id in the connection file's name, ``kernel-<id>.json``."""
    path = getattr(getattr(kernel, "parent", None), "connection_file", "") or ""
    return Path(path).stem.removeprefix("kernel-")
