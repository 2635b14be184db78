"""The agent's REST API: handlers only. What they say is made in ``views`` and ``custody``."""

from __future__ import annotations

import hmac
import json
import math
from importlib import resources
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.identity import User
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from .. import protocol
from ..store import StoreError
from . import views
from .custody import Custody, NotNow

try:
    from jupyter_server.auth.decorator import allow_unauthenticated
except ImportError:  # before 2.13, handlers are open unless they ask

    def allow_unauthenticated(method: Any) -> Any:
        setattr(method, "__allow_unauthenticated", True)  # our own check, below, goes by it as well
        return method


MOST_SECONDS = 3600.0


class AgentHandler(APIHandler):
    """Lets in who Jupyter lets in, or who has the agent's own token. Asking is no sign of activity."""

    auth_resource = "sojourn"
    _track_activity = False

    @property
    def custody(self) -> Custody:
        custody: Custody = self.settings["sojourn_custody"]
        return custody

    def has_agent_token(self) -> bool:
        """Whether the request carries the content of the token file; compared in constant time."""
        path: Path | None = self.custody.settings.token_file
        scheme, _, given = self.request.headers.get("Authorization", "").partition(" ")
        if path is None or scheme.lower() not in ("bearer", "token"):
            return False
        try:
            expected = path.read_text().strip()
        except OSError as error:
            self.log.error("Sojourn: the agent's token file cannot be read: %s", error.strerror)
            return False
        return bool(expected) and hmac.compare_digest(expected.encode(), given.strip().encode())

    def check_xsrf_cookie(self) -> None:
        """A token is no cookie: no other site can make a browser send it."""
        if not self.has_agent_token():
            super().check_xsrf_cookie()

    async def prepare(self) -> None:
        if self.has_agent_token():
            # the site's own identity provider would ask the hub about a token that is none of its business
            self.current_user = self._jupyter_current_user = User(username="sojourn")
            return
        await super().prepare()
        method = getattr(self, (self.request.method or "").lower(), None)
        if getattr(method, "__allow_unauthenticated", False) or self.request.method == "OPTIONS":
            return
        if not self.current_user:
            raise HTTPError(403, "Log in, or send the agent's token.")
        action = "read" if self.request.method in ("GET", "HEAD") else "write"
        if not await ensure_async(self.authorizer.is_authorized(self, self.current_user, action, self.auth_resource)):
            raise HTTPError(403, f"You may not {action} this session.")

    def refuse(self, code: int, sentence: str) -> None:
        self.set_status(code)
        self.finish(json.dumps({"message": sentence}))


class StatusHandler(AgentHandler):
    async def get(self) -> None:
        self.finish(json.dumps(await views.status(self.custody), default=str))


class CheckpointHandler(AgentHandler):
    async def post(self) -> None:
        try:
            deadline, reason, quiesce = read_request(self.request.body, 0.5 * self.custody.settings.grace)
        except ValueError as error:
            return self.refuse(400, str(error))
        try:
            saved = await self.custody.checkpoint(deadline, reason, quiesce)
        except NotNow as error:
            self.set_header("Retry-After", "1")
            return self.refuse(409, str(error))
        self.finish(json.dumps(saved.to_json(), default=str))


class ResumeHandler(AgentHandler):
    async def post(self) -> None:
        try:
            await self.custody.resume()
        except NotNow as error:
            return self.refuse(409, str(error))
        self.finish(json.dumps({"ok": True, "state": self.custody.state}))


class ReportHandler(AgentHandler):
    async def get(self) -> None:
        self.finish(json.dumps(await views.report(self.custody), default=str))


class HistoryHandler(AgentHandler):
    async def get(self) -> None:
        try:
            found = await views.history(self.custody)
        except StoreError as error:
            return self.refuse(503, str(error))
        self.finish(json.dumps(found, default=str))


class HealthHandler(AgentHandler):
    @allow_unauthenticated
    async def get(self) -> None:
        self.finish(json.dumps(views.health(self.custody)))


class OpenAPIHandler(AgentHandler):
    async def get(self) -> None:
        self.finish(json.dumps(openapi(self.base_url)))


def read_request(body: bytes, default_deadline: float) -> tuple[float, str, bool]:
    """Deadline (s), reason and quiesce of a checkpoint request.

    Raises ValueError with a sentence for whoever sent it.
    """
    try:
        data = json.loads(body) if body.strip() else {}
    except ValueError:
        raise ValueError("The body is not JSON.") from None
    if not isinstance(data, dict):
        raise ValueError("The body must be a JSON object.")
    if unknown := sorted(set(data) - {"deadline", "reason", "quiesce"}):
        raise ValueError(f"Unknown field {unknown[0]!r}; known are deadline, reason and quiesce.")
    deadline = data.get("deadline", default_deadline)
    if isinstance(deadline, bool) or not isinstance(deadline, (int, float)) or not math.isfinite(deadline):
        raise ValueError("deadline must be a number of seconds.")
    if not 0 < deadline <= MOST_SECONDS:
        raise ValueError(f"deadline must be more than 0 and at most {MOST_SECONDS:g} seconds.")
    reason, quiesce = data.get("reason", "request"), data.get("quiesce", False)
    if not isinstance(reason, str) or not 0 < len(reason) <= 200:
        raise ValueError("reason must be a text of 1 to 200 characters.")
    if not isinstance(quiesce, bool):
        raise ValueError("quiesce must be true or false.")
    return float(deadline), reason, quiesce


def openapi(base_url: str) -> dict[str, Any]:
    """The API's OpenAPI description, for a server at ``base_url``."""
    text = resources.files(__package__).joinpath("openapi.json").read_text()
    document: dict[str, Any] = json.loads(text)
    document["servers"] = [{"url": base_url}]
    return document


HANDLERS = [
    (protocol.API_STATUS, StatusHandler),
    (protocol.API_CHECKPOINT, CheckpointHandler),
    (protocol.API_RESUME, ResumeHandler),
    (protocol.API_REPORT, ReportHandler),
    (protocol.API_HISTORY, HistoryHandler),
    (protocol.API_HEALTH, HealthHandler),
    (protocol.API_OPENAPI, OpenAPIHandler),
]
