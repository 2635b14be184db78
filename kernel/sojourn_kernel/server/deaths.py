"""A kernel whose process ended by itself, most often for want of memory: its cells are answered, its losses told.

Jupyter starts such a kernel again within seconds, and it restores its last checkpoint; but nobody answers the cells
that were sent to the process before, nobody says which cells are not in what was restored, and a cell that is sent too
early loses what the next process says of it, since a tab's line to iopub is not there yet.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from functools import partial
from typing import Any

from .connection import is_open, send_parked, tell_lost
from .kernels import KernelGone, Kernels
from .link import NoAnswer
from .restoring import first_status, missed

JOIN = 5.0  # seconds for the tabs' lines to hear the next process
JOIN_POLL = 0.1
ARRIVAL = 1.0  # seconds until what was sent to a dead process has reached the next one, if it does


class Deaths:
    """Watches the kernels of one server. Their restarter calls back before it starts a kernel again."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self._attending: dict[str, asyncio.Task[None]] = {}
        kernels.on_new = self.watch

    def watch(self, kernel_id: str) -> None:
        """Be called when this kernel's process ends by itself, and when it is given up."""
        manager = self._kernels.manager
        manager.add_restart_callback(kernel_id, partial(self._died, kernel_id))
        manager.add_restart_callback(kernel_id, partial(self._given_up, kernel_id), "dead")

    def close(self) -> None:
        for task in self._attending.values():
            task.cancel()

    def _died(self, kernel_id: str) -> None:
        ledger = self._kernels.ledger(kernel_id)
        count, process, ports = ledger.count, ledger.kernel_session, self._ports(kernel_id)
        ledger.died()
        self._tell(kernel_id)
        if self._kernels.keeps(kernel_id):
            if (before := self._attending.get(kernel_id)) is not None:
                before.cancel()  # it died again before it was seen back
            self._kernels.hold(kernel_id)
            self._attending[kernel_id] = asyncio.ensure_future(self._see_back(kernel_id, count, process, ports))

    def _given_up(self, kernel_id: str) -> None:
        ledger = self._kernels.ledger(kernel_id)
        ledger.died()
        ledger.unreached({})
        self._kernels.release(kernel_id)
        self._tell(kernel_id)

    async def _see_back(self, kernel_id: str, count: int | None, process: str | None, ports: tuple[int, ...]) -> None:
        """Once the next process answers: what it lacks is told, and so are cells that never reached it.

        One that died young comes back on other ports, which Jupyter does not tell the tabs' connections: they are cut
        off, so that they come back by themselves and find it.
        """
        try:
            status = await first_status(kernel_id, self._kernels)
            if status is None:  # slow as it is, what it is asked need not wait here
                self._let_through(kernel_id)
                status = await self._status(kernel_id)
            if self._ports(kernel_id) != ports:
                self._kernels.ledger(kernel_id).doubt()
                self._kernels.drop_tabs(kernel_id)
            if reason := missed(count, status.get("execution_count"), "the kernel died"):
                self._kernels.mark_restored(kernel_id, f"Sojourn: {reason}")
            await self._join(kernel_id, process)
            self._let_through(kernel_id)
            await asyncio.sleep(ARRIVAL)
            while (status := await self._status(kernel_id)).get("cell_running"):
                await asyncio.sleep(ARRIVAL)
        except KernelGone:
            self._let_through(kernel_id)
            return
        if "cells" in status:
            self._kernels.ledger(kernel_id).unreached(status["cells"])
            self._tell(kernel_id)

    async def _status(self, kernel_id: str) -> dict[str, Any]:
        """What a kernel says of itself, however long it takes: who gave up would leave cells without an answer.

        Raises KernelGone.
        """
        while True:
            self._kernels.get(kernel_id)
            if (status := await first_status(kernel_id, self._kernels)) is not None:
                return status

    async def _join(self, kernel_id: str, before: str | None) -> None:
        """Wait until every tab's line hears the next process. Raises KernelGone."""
        ends = time.monotonic() + JOIN
        while time.monotonic() < ends:
            with suppress(NoAnswer):  # a kernel that answers says so on iopub, too
                await self._kernels.link(kernel_id).ask("status", 2.0)
            await asyncio.sleep(JOIN_POLL)
            if all(tab.sojourn_hears not in (None, before) for tab in self._tabs(kernel_id)):
                return

    def _let_through(self, kernel_id: str) -> None:
        """What was kept back goes to the kernel."""
        self._kernels.release(kernel_id)
        if not self._kernels.parking:
            for tab in self._tabs(kernel_id):
                send_parked(tab, self._kernels)

    def _ports(self, kernel_id: str) -> tuple[int, ...]:
        return tuple(self._kernels.get(kernel_id).ports)

    def _tell(self, kernel_id: str) -> None:
        for tab in self._tabs(kernel_id):
            tell_lost(tab, self._kernels)

    def _tabs(self, kernel_id: str) -> list[Any]:
        return [one for one in self._kernels.connections() if one.kernel_id == kernel_id and is_open(one)]
