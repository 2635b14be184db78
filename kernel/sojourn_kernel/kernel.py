"""The elastic kernel: ipykernel with hooks. What is saved and restored, and how, is the keeper's business (session/), and when, the schedule's."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import signal
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from traitlets import Type

from . import comm_messages
from .answers import answer
from .in_loop import call_in
from .observe.marks import problem_with_marks
from .schedule import Schedule
from .session import asked
from .session.cut_short import leave_unsaved, seconds_for_a_save
from .session.keeper import MARGIN, SessionKeeper
from .session.progress import WORTH_SHOWING, LoadingDisplay
from .session.restored import RestoreReport
from .session.saved import Saved
from .session.unfinished import Kept, how_it_ended, recorded
from .session.waiting import WaitingForStore
from .settings import Settings, from_environment
from .shell import SojournShell
from .snapshot.ambient.subshells import make_when_asked
from .stopping import MOVED, Stopping
from .system import elapsed

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
        self.schedule = Schedule(self)
        self._started = threading.Event()
        self.quiesced = False
        self._announced = False
        self._running_again = False
        "Whether a cell that the move cut short is still to be run; others wait for it."
        self._kept = Kept()
        self._cells: OrderedDict[str, str] = OrderedDict()

    # Start

    def start(self) -> None:
        super().start()
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
        self.schedule.begin()
        if self.keeper.away:
            WaitingForStore(self).begin()
        gc.collect()  # of what the start made, so that no cell of the user's waits for it
        self._started.set()

    def restored(self) -> None:
        """Begin what follows when the keeper has found its session: loading behind, and running a cut-short cell again."""
        self.log.warning("%s", self.report().headline())
        if self.keeper.restored is not None:
            make_when_asked(self.shell)
        if self.keeper.loading is not None:
            self.schedule.load()
        if self.keeper.to_run is not None:
            self._running_again = True
            self.io_loop.call_later(RUN_AGAIN_AFTER, self._run_again)

    @property
    def banner(self) -> str:
        return f"{super().banner}{self.report().headline()}\n"

    def report(self) -> RestoreReport:
        return asked.report(self.keeper)

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
            if problem := problem_with_marks(code, cell_meta):
                self._show(f"Sojourn: {problem}.")
            self.schedule.cell_begins(code, cell_meta)
        try:
            return await self._execute(code, silent, store_history, user_expressions, allow_stdin, cell_meta, cell_id)
        finally:
            self._cells[request] = "finished"
            self.stopping.listen_on()
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
            self.io_loop.add_callback(self.schedule.cell_ended)

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
        await self._save_before_the_end("restart" if restart else "shutdown")
        return super().do_shutdown(restart)

    async def leave(self, end: Callable[[], object]) -> None:
        """The user has asked for the kernel's end in a cell (``quit()``). end: what ends it."""
        await self._save_before_the_end("shutdown")
        end()

    async def _save_before_the_end(self, reason: str) -> None:
        if self.settings.on_shutdown and not self.stopping.begun.is_set():
            saved = await self.checkpoint(reason, max(1.0, self.settings.grace - MARGIN), quiesce=True)
            if not saved.ok:
                self.log.error("sojourn: not saved at shutdown: %s", saved.error)
                leave_unsaved(self.keeper, reason, saved.error)
        self.keeper.not_dying()

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
