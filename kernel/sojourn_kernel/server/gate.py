"""The gate: requests for kernels, sessions and terminals wait while their ids are not the session's own.

JupyterLab drops a notebook's kernel for good on an empty list, a 403 or a 404; it only waits on what it gets no answer
to. So while the gate is shut nothing is answered: a request is held, then sent to itself again. All else stays open,
so that the hub and the probes see a live server.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import Application, RequestHandler

HOLD_SECONDS = 20.0  # well below the idle timeout (60 s) of common load balancers; a browser follows 20 redirects
MOST_HELD = 256  # more at once are turned away, so that a flood cannot fill the memory


class Gate(Matcher):
    """A routing rule that matches what must wait, and only while it is shut."""

    def __init__(self, base_url: str) -> None:
        prefix = re.escape(base_url.rstrip("/"))
        self._held_paths = re.compile(rf"{prefix}/api/(?:kernels|sessions|terminals)(?:/|$)")
        self._open = asyncio.Event()
        self.held = 0

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    def open(self) -> None:
        self._open.set()

    def shut(self) -> None:
        self._open.clear()

    def install(self, application: Application) -> None:
        """Put the gate before every other rule of the server; must happen before the socket listens."""
        application.default_router.rules.insert(0, Rule(self, Held, {"gate": self}))

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        if self.is_open or not self._held_paths.match(request.path):
            return None
        return {}

    async def opened(self, timeout: float) -> None:
        """Return when the gate opens, or after ``timeout`` seconds."""
        self.held += 1
        try:
            await asyncio.wait_for(self._open.wait(), timeout)
        except asyncio.TimeoutError:
            pass
        finally:
            self.held -= 1


def again(uri: str) -> str:
    """A relative reference from ``uri`` to itself: right behind any proxy prefix, and never to another host.

    >>> again("/user/ada/api/kernels?1")
    './kernels?1'
    """
    path, mark, query = uri.partition("?")
    return f"./{path.rpartition('/')[2]}{mark}{query}"


class Held(RequestHandler):
    """Answers what the gate holds: nobody's data, so no authentication; that comes when the request comes again."""

    def initialize(self, gate: Gate) -> None:
        self.gate = gate
        self._gone: asyncio.Future[None] | None = None

    def check_xsrf_cookie(self) -> None:
        """The repeated request is checked."""

    def compute_etag(self) -> None:
        """No answer of the gate may be cached."""

    def on_connection_close(self) -> None:
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    async def prepare(self) -> None:
        self.set_header("Cache-Control", "no-store")
        upgrade = self.request.headers.get("Upgrade", "").lower() == "websocket"
        if upgrade or self.gate.held >= MOST_HELD:
            self.set_status(503)
            self.set_header("Retry-After", "1")
            self.set_header("Content-Type", "application/json")
            self.finish({"message": "The session is being moved or restored; try again.", "reason": "sojourn"})
            return
        self._gone = asyncio.get_running_loop().create_future()
        opened = asyncio.ensure_future(self.gate.opened(HOLD_SECONDS))
        await asyncio.wait({opened, self._gone}, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        if self._gone.done():
            return
        self._gone.cancel()
        self.set_status(307)
        self.set_header("Location", again(self.request.uri or "/"))
        self.finish()
