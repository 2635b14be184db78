"""The Jupyter Server extension: wiring only."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool

from .. import protocol
from .api import HANDLERS
from .connection import send_parked, watched
from .custody import Custody
from .deaths import Deaths
from .gate import Gate
from .kernels import Kernels
from .settings import read_settings

KERNEL_EVENTS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"
OUR_MESSAGES = ("sojourn_request", "sojourn_reply")


class Agent(ExtensionApp):
    """Keeps this server's session: brings it back at start, saves it at stop and on request."""

    name = "sojourn"
    enabled = Bool(True, help="Whether this server's session is kept.").tag(config=True)

    custody: Custody | None = None
    _task: asyncio.Task[None] | None = None
    _deaths: Deaths

    def initialize_settings(self) -> None:
        server: Any = self.serverapp
        manager = server.kernel_manager
        connection = server.web_app.settings.get("kernel_websocket_connection_class")
        if not self.enabled:
            return
        if not hasattr(manager, "cwd_for_path") or server.gateway_config.gateway_enabled:
            self.log.error("Sojourn: kernels run behind a gateway; this session is not kept here.")
            return
        settings = read_settings()
        for problem in settings.problems:
            self.log.warning("Sojourn: %s", problem)
        os.environ[protocol.ENV_AGENT_SESSION] = settings.session  # the kernels' provisioner reads it
        # saving must not look like work: neither to idle cullers nor in JupyterLab's status line
        if hasattr(manager, "untracked_message_types"):  # before 2.15, everything a kernel says counts as activity
            manager.untracked_message_types = [
                *manager.untracked_message_types,
                *(kind for kind in OUR_MESSAGES if kind not in manager.untracked_message_types),
            ]
        kernels = Kernels(manager, self.log)
        self._deaths = Deaths(kernels)
        gate = Gate(server.base_url)
        self.custody = Custody(settings, kernels, server.session_manager, gate, self.log)
        self.custody.on_resume = self._deliver
        self.settings["sojourn_custody"] = self.custody
        if connection is not None and hasattr(connection, "handle_incoming_message"):
            self.settings["kernel_websocket_connection_class"] = watched(connection, kernels)
        server.event_logger.add_listener(schema_id=KERNEL_EVENTS, listener=self._on_kernel_event)

    def initialize_handlers(self) -> None:
        if self.custody is not None:
            self.handlers.extend(HANDLERS)

    def initialize(self) -> None:
        super().initialize()
        if self.custody is not None:
            self.custody.gate.install(self.serverapp.web_app)  # here, since the socket does not listen yet
            self.serverapp.io_loop.add_callback(self._begin)

    def _begin(self) -> None:
        """First thing in the running loop. Jupyter's own hook for that is newer (2.15) than the servers we work with."""
        assert self.custody is not None
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            # without a terminal, the server would end on SIGINT with no word to its extensions; local hubs send it
            signal.signal(signal.SIGINT, self.serverapp._signal_stop)
        self._task = asyncio.ensure_future(self._run(self.custody))

    async def _run(self, custody: Custody) -> None:
        try:
            await custody.run()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a fault of ours must not lock users out of their server
            self.log.exception("Sojourn: the session is not kept.")
            custody.give_up(f"The session is not kept, because of a fault: {error!r}")

    async def stop_extension(self) -> None:
        """Save the session within the grace. Jupyter awaits this after the stop signal, with the kernels alive."""
        custody = self.custody
        if custody is None:
            return
        if self._task is not None:
            self._task.cancel()
        self._deaths.close()
        budget = custody.settings.stop_budget
        try:
            await asyncio.wait_for(custody.stop(budget), budget)
        except asyncio.TimeoutError:
            self.log.error("Sojourn: the session was not saved within %.3g s; its last checkpoint stands.", budget)
        except Exception:
            self.log.exception("Sojourn: the session was not saved; its last checkpoint stands.")
        finally:
            custody.kernels.close()

    def _deliver(self) -> None:
        """A move was called off: what tabs sent meanwhile goes to their kernels now."""
        assert self.custody is not None
        for connection in self.custody.kernels.connections():
            if connection.channels:
                send_parked(connection, self.custody.kernels)

    async def _on_kernel_event(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        if self.custody is not None:
            self.custody.look()
