"""Custody of one session by one server: taking it over, keeping its roster true, checkpoint, quiesce, stop.

States: ``restoring`` → ``ready`` ⇄ ``saving`` → ``saved`` → ``stopping``. In ``saved`` (quiesced) nothing runs until a
resume or the end.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..store import StoreError
from .census import Absent, take_census
from .gate import Gate
from .keeper import Keeper, Superseded
from .kernels import KernelGone, Kernels
from .link import NoAnswer
from .restoring import Comeback, bring_back, see_alive
from .roster import Kernel, Roster
from .saving import KernelSaved, SessionSaved, save_kernels
from .settings import Settings
from .takeover import take_over

TICK = 1.0  # seconds between looks at what changed; kernels that come and go are noticed at once
CELL_AGE = 0.25  # seconds that a cell runs before the roster names it: quick ones cost no write
QUIESCE_LEASE = 120.0  # seconds after which a quiesce that nobody followed up ends by itself
SETTLE = 0.15  # seconds for a saved kernel's last output to reach its tabs before they are cut off
AFTER_FAILURE = 5.0  # seconds until the roster is tried again
ROSTER_TIME = 2.0  # seconds of a stop that are kept for writing the roster


class NotNow(Exception):
    """The request makes sense, but not in the present state; the message says why."""


class Custody:
    """One server's custody of its session. ``notice`` is a sentence for the admin where it is not whole."""

    def __init__(
        self, settings: Settings, kernels: Kernels, session_manager: Any, gate: Gate, log: logging.Logger
    ) -> None:
        self.settings = settings
        self.kernels = kernels
        self.gate = gate
        self.state = "restoring"
        self.restored = False
        self.notice: str | None = None
        self.comebacks: tuple[Comeback, ...] = ()
        self.roster: Roster | None = None
        self.store: Any = None
        self.session_manager = session_manager
        self._log = log
        self._keeper: Keeper | None = None
        self._absent = Absent()
        self._stored: dict[str, Any] | None = None
        self._saving: asyncio.Task[SessionSaved] | None = None
        self._lease: asyncio.TimerHandle | None = None
        self._resuming: asyncio.Future[None] | None = None
        self._changed = asyncio.Event()
        self.on_resume: Callable[[], None] = lambda: None

    # -- taking over -------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Restore the session, open the gate, then keep the roster true until cancelled."""
        taken = await take_over(self.settings, self._say, self._wait_no_longer)
        if taken is not None:
            self.notice = taken.notice
            self.store, self._keeper, self.roster = taken.store, taken.keeper, taken.roster
            await self._bring_back(taken.before)
        self.state = "ready"
        self.gate.open()
        await asyncio.gather(self._see_alive(), self._keep_on())

    async def _see_alive(self) -> None:
        """Call the session restored once every kernel that came back has answered."""
        self.comebacks = await see_alive(self.comebacks, self.kernels)
        self.restored = True
        self._log.info("Sojourn: session %s restored: %d kernels.", self.settings.session, len(self.comebacks))

    async def _keep_on(self) -> None:
        while True:
            await self._keep()
            try:
                await asyncio.wait_for(self._changed.wait(), TICK)
            except asyncio.TimeoutError:
                pass
            self._changed.clear()

    def _wait_no_longer(self) -> None:
        """The store cannot be reached: users get their server, and their kernels when it can be."""
        self.state = "ready"
        self.gate.open()

    def look(self) -> None:
        """Something may have changed: look now instead of at the next tick."""
        self._changed.set()

    async def _bring_back(self, before: Roster | None) -> None:
        if before is None:
            return
        self._stored = None
        live = {model["path"] for model in await self.session_manager.list_sessions()}
        taken = {session.kernel_id for session in before.sessions if session.path in live}
        wanted = replace(
            before,
            kernels=tuple(kernel for kernel in before.kernels if kernel.id not in taken),
            sessions=tuple(session for session in before.sessions if session.kernel_id not in taken),
        )
        self.comebacks = await bring_back(wanted, self.kernels, self.session_manager, self._log)
        for comeback in self.comebacks:
            if not comeback.started:
                self._absent.add(comeback.kernel, before.sessions, comeback.reason or "")

    # -- keeping the roster ------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        if self.state != "ready":
            return
        self.kernels.follow()
        if self.roster is None or self._keeper is None or self._keeper.superseded:
            return
        try:
            await self._write(saved=False, older=CELL_AGE)
        except Superseded as error:
            self._say(str(error))
        except StoreError as error:
            self._log.warning("Sojourn: the list of the session's kernels could not be stored: %s", error)
            await asyncio.sleep(AFTER_FAILURE)
        except Exception:  # a look that fails must not end the looking
            self._log.exception("Sojourn: the session's kernels could not be listed.")
            await asyncio.sleep(AFTER_FAILURE)

    async def _write(self, saved: bool, older: float = 0.0) -> None:
        """Write the roster if it changed. Raises StoreError, Superseded."""
        assert self.roster is not None and self._keeper is not None
        roster = await take_census(self.roster, self.kernels, self.session_manager, self._absent, older)
        roster = replace(roster, saved=saved)
        if roster.content() == self._stored:
            return
        self.roster = roster
        await self._keeper.write(roster)
        self._stored = roster.content()

    # -- checkpoint, quiesce, resume ---------------------------------------------------------------------------------

    async def checkpoint(self, deadline: float, reason: str, quiesce: bool) -> SessionSaved:
        """Save every kernel and the roster within ``deadline`` seconds.

        With ``quiesce``, a good checkpoint leaves the session still: the gate shut, the tabs cut off (they come back by
        themselves), what they sent kept for later. Raises NotNow.
        """
        if self._saving is not None and not self._saving.done():
            raise NotNow("A checkpoint is running already; ask again when it is done.")
        if self._keeper is not None and self._keeper.superseded:
            raise NotNow(self._keeper.superseded)
        if self.roster is None:
            raise NotNow(self.notice or "The session is still being restored; ask again when it is ready.")
        if self.state not in ("ready", "saved"):
            raise NotNow(f"The session is {self.state}; ask again when it is ready.")
        self._saving = asyncio.ensure_future(self._checkpoint(deadline, reason, quiesce))
        return await asyncio.shield(self._saving)

    async def _checkpoint(self, deadline: float, reason: str, quiesce: bool) -> SessionSaved:
        begun = time.monotonic()
        before, stopping = self.state, self.state == "stopping"
        was_quiet = before == "saved"
        self.state = "stopping" if stopping else "saving"
        self.kernels.parking = quiesce or stopping or was_quiet
        quiet = quiesce or was_quiet
        reserve = min(ROSTER_TIME, 0.2 * deadline)
        saved = await save_kernels(self.kernels, deadline - reserve, reason, quiet)
        error = await self._after(saved, quiet, max(0.1, deadline - (time.monotonic() - begun)))
        assert self.roster is not None
        ok = error is None and all(kernel.ok for kernel in saved)
        outcome = SessionSaved(ok, self.roster.generation, saved, time.monotonic() - begun, error)
        if self.state == "stopping":  # the stop signal may have come meanwhile
            return outcome
        if quiet and ok:
            self._quiet()
        else:
            await self._resume()
        return outcome

    async def _after(self, saved: tuple[KernelSaved, ...], quiet: bool, timeout: float) -> str | None:
        """Note what was saved in the roster and write it. Returns a sentence if that failed."""
        assert self.roster is not None
        results = {kernel.id: kernel for kernel in saved}
        if quiet:
            await asyncio.sleep(min(SETTLE, timeout / 4))
            for kernel in saved:
                if kernel.ok and kernel.keeps and kernel.cells is not None:
                    self.kernels.ledger(kernel.id).park_unstarted(kernel.cells)
        try:
            self.roster = await take_census(self.roster, self.kernels, self.session_manager, self._absent)
            kept = tuple(_noted(kernel, results.get(kernel.id)) for kernel in self.roster.kernels)
            self.roster = replace(self.roster, kernels=kept)
            await asyncio.wait_for(self._write(saved=quiet), timeout)
        except asyncio.TimeoutError:
            return "The list of the session's kernels could not be stored in time."
        except (StoreError, Superseded) as error:
            return f"The list of the session's kernels could not be stored: {error}"
        return None

    def _quiet(self) -> None:
        self.state = "saved"
        self.gate.shut()
        self.kernels.drop_tabs()
        if self._lease is not None:
            self._lease.cancel()
        self._lease = asyncio.get_running_loop().call_later(QUIESCE_LEASE, self._lease_over)

    def _lease_over(self) -> None:
        if self.state == "saved":
            self._log.warning("Sojourn: no stop followed the checkpoint within %g s; going on.", QUIESCE_LEASE)
            self._resuming = asyncio.ensure_future(self._resume())

    async def resume(self) -> None:
        """End a quiesce. Raises NotNow while a checkpoint runs or the server stops."""
        if self.state not in ("ready", "saved"):
            raise NotNow(f"The session is {self.state}; there is nothing to resume now.")
        await self._resume()

    async def _resume(self) -> None:
        if self._lease is not None:
            self._lease.cancel()
            self._lease = None
        was_parking, self.kernels.parking = self.kernels.parking, False
        if was_parking:
            await asyncio.gather(*(self._wake(kernel_id) for kernel_id in self.kernels.ids()))
        if self.state != "stopping":
            self.state = "ready"
            self.gate.open()
            self.on_resume()
            self.look()

    async def _wake(self, kernel_id: str) -> None:
        if not self.kernels.keeps(kernel_id):
            return
        try:
            await self.kernels.link(kernel_id).ask("resume", 5.0)
        except (NoAnswer, KernelGone) as error:
            self._log.warning("Sojourn: kernel %s did not take up its work again: %s", kernel_id, error)

    # -- stop --------------------------------------------------------------------------------------------------------

    async def stop(self, budget: float) -> None:
        """Save what is not saved yet, stay until the route is gone, and end the saved kernels.

        ``budget``: seconds in which that must be done; the caller sees to it.
        """
        begun = time.monotonic()
        was, self.state = self.state, "stopping"
        self.gate.shut()
        if self._lease is not None:
            self._lease.cancel()
        if self.roster is None or (self._keeper is not None and self._keeper.superseded) or was == "restoring":
            return  # nothing was taken over: what the store holds stands
        outcome: SessionSaved | None = None
        if self._saving is not None and not self._saving.done():
            outcome = await asyncio.shield(self._saving)
        elif self._saving is not None and was == "saved":
            outcome = self._saving.result()
        linger = 0.0 if was == "saved" else self.settings.linger
        if outcome is None or not outcome.ok or not self.roster.saved:
            left = budget - (time.monotonic() - begun)
            outcome = await self._checkpoint(max(0.5, left - 1.0), "stop", True)
        for kernel in outcome.kernels:
            if not kernel.ok:
                self._log.error("Sojourn: kernel %s was not saved: %s", kernel.id, kernel.error)
        if outcome.error:
            self._log.error("Sojourn: %s", outcome.error)
        self.kernels.drop_tabs()
        saved = [kernel.id for kernel in outcome.kernels if kernel.ok and kernel.keeps]
        await asyncio.gather(
            asyncio.sleep(max(0.0, linger - (time.monotonic() - begun))),
            *(self.kernels.kill(kernel_id) for kernel_id in saved),
            return_exceptions=True,
        )

    def give_up(self, sentence: str) -> None:
        """Keep nothing from here on, and write nothing: what the store holds stands for the next server."""
        self.roster = None
        self.state = "ready"
        self._say(sentence)
        self.gate.open()

    def _say(self, sentence: str) -> None:
        self.notice = sentence
        self._log.error("Sojourn: %s", sentence)


def _noted(kernel: Kernel, saved: KernelSaved | None) -> Kernel:
    if saved is None:
        return kernel
    if saved.ok:
        return replace(kernel, checkpoint=saved.checkpoint or kernel.checkpoint, error=None)
    return replace(kernel, error=saved.error)
