"""The server's kernels as the agent sees them: lines to them, their unanswered cells, and which ones came back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from .cells import CellLedger
from .link import KernelLink, keeps_state


class KernelGone(Exception):
    """The kernel is not running, or not reachable on its channels."""


class Kernels:
    """A view of a MappingKernelManager.

    ``parking``: whether what tabs send is kept back, since the session moves. ``on_new`` is called with the id of each
    kernel when the first line to it is opened.
    """

    def __init__(self, manager: Any, log: logging.Logger) -> None:
        self.manager = manager
        self.parking = False
        self.on_new: Callable[[str], None] = lambda kernel_id: None
        self._log = log
        self._ledgers: dict[str, CellLedger] = {}
        self._starting_again: set[str] = set()
        self._links: dict[str, KernelLink] = {}
        self._came_back: set[str] = set()
        self._notices: dict[str, str] = {}

    def ids(self) -> list[str]:
        return list(self.manager.list_kernel_ids())

    def parks(self, kernel_id: str) -> bool:
        """Whether what tabs send to this kernel is kept back: the session moves, or its process died a moment ago."""
        return self.parking or kernel_id in self._starting_again

    def hold(self, kernel_id: str) -> None:
        """Keep back what is sent to this kernel until :meth:`release`."""
        self._starting_again.add(kernel_id)

    def release(self, kernel_id: str) -> None:
        self._starting_again.discard(kernel_id)

    def get(self, kernel_id: str) -> Any:
        """The kernel manager of one kernel. Raises KernelGone."""
        if kernel_id not in self.manager:
            raise KernelGone("The kernel is not running any more.")
        return self.manager.get_kernel(kernel_id)

    def keeps(self, kernel_id: str) -> bool:
        return kernel_id in self.manager and keeps_state(self.manager.get_kernel(kernel_id))

    def ledger(self, kernel_id: str) -> CellLedger:
        return self._ledgers.setdefault(kernel_id, CellLedger(time.monotonic))

    def link(self, kernel_id: str) -> KernelLink:
        """The line to a kernel, opened at first use and again after a restart on other ports. Raises KernelGone."""
        kernel = self.get(kernel_id)
        link = self._links.get(kernel_id)
        if link is not None and link.ports == tuple(kernel.ports):
            return link
        if not all(kernel.ports):
            raise KernelGone("The kernel is still starting.")
        if link is not None:
            link.close()
        else:
            self.on_new(kernel_id)
        self._links[kernel_id] = KernelLink(kernel, self.ledger(kernel_id))
        return self._links[kernel_id]

    def follow(self) -> None:
        """Open lines to kernels that came, and drop what belongs to kernels that went."""
        here = set(self.ids())
        for kernel_id in here:
            try:
                self.link(kernel_id)
            except KernelGone:
                continue
        for kernel_id in set(self._links) - here:
            self._links.pop(kernel_id).close()
        for gone in set(self._ledgers) - here:
            del self._ledgers[gone]
        self._came_back &= here
        self._starting_again &= here

    def close(self) -> None:
        for link in self._links.values():
            link.close()
        self._links.clear()

    def mark_restored(self, kernel_id: str, notice: str | None = None) -> None:
        """The kernel came back under its old id; ``notice`` is shown with the first cell that runs in it."""
        self._came_back.add(kernel_id)
        if notice:
            self._notices[kernel_id] = notice

    def came_back(self, kernel_id: str) -> bool:
        return kernel_id in self._came_back

    def take_notice(self, kernel_id: str) -> str | None:
        return self._notices.pop(kernel_id, None)

    def connections(self) -> list[Any]:
        """Open websocket connections of tabs to this server's kernels."""
        from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

        return [
            connection
            for connection in list(ZMQChannelsWebsocketConnection._open_sockets)
            if connection.multi_kernel_manager is self.manager
        ]

    def drop_tabs(self, kernel_id: str | None = None) -> int:
        """Break the tabs' connections the way a lost network does: a close in good order would end their retries."""
        dropped = 0
        for connection in self.connections():
            if kernel_id not in (None, connection.kernel_id):
                continue
            if (websocket := connection.websocket_handler.ws_connection) is not None:
                websocket._abort()
                dropped += 1
        return dropped

    async def kill(self, kernel_id: str) -> None:
        """End a kernel whose state is saved, without its exit handlers: the session is not over, it only leaves."""
        if kernel_id in self.manager:
            await self.manager.shutdown_kernel(kernel_id, now=True)
