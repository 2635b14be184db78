"""The agent's REST API as the operator uses it: save now, is it restored, what was lost."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sojourn_kernel.protocol import API_CHECKPOINT, API_HEALTH, API_RESUME, API_STATUS

from .kinds import Json

MARGIN = 10.0  # seconds that an answer may come after the deadline it was asked to keep
PROBE = 3.0  # seconds for health and status


class AgentError(Exception):
    """The agent did not do what was asked; ``status`` is the HTTP status, 0 without an answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status

    @property
    def busy(self) -> bool:
        """It saves already, or is still restoring: ask again, this was no failure."""
        return self.status == 409


@dataclass(frozen=True)
class Endpoint:
    """Where an agent listens, and what opens it. ``url`` is the Jupyter server's base URL, with a slash at its end."""

    url: str
    token: str = ""


@dataclass(frozen=True)
class Saved:
    """A checkpoint of all kernels. ``told``: how many names are not in it; ``failed``: kernels not saved, and why."""

    ok: bool
    generation: int
    told: int
    failed: tuple[str, ...] = ()

    def sentence(self) -> str:
        if self.ok:
            return "all kernels are saved" + (f"; {self.told} names could not be kept" if self.told else "")
        return "not saved: " + "; ".join(self.failed or ("the agent gave no reason",))

    def to_json(self) -> Json:
        return {"ok": self.ok, "generation": self.generation, "told": self.told}


class Agent(Protocol):
    """What the reconcilers need of agents; tests have one in memory."""

    def checkpoint(self, at: Endpoint, deadline: float, reason: str, quiesce: bool = True) -> Saved:
        """Save all kernels within ``deadline`` seconds; raises AgentError."""

    def restored(self, at: Endpoint) -> bool:
        """Whether the session is back; False also while nobody answers."""

    def resume(self, at: Endpoint) -> None:
        """Let a session that was held still go on; raises AgentError."""

    def status(self, at: Endpoint) -> Json:
        """The agent's status document; raises AgentError."""


class HttpAgent:
    """:class:`Agent` over HTTP."""

    def checkpoint(self, at: Endpoint, deadline: float, reason: str, quiesce: bool = True) -> Saved:
        body = {"deadline": deadline, "reason": reason[:200] or "move", "quiesce": quiesce}
        return _saved(_call("POST", at, API_CHECKPOINT, body, deadline + MARGIN))

    def restored(self, at: Endpoint) -> bool:
        try:
            return _call("GET", Endpoint(at.url), API_HEALTH, None, PROBE).get("restored") is True
        except AgentError:
            return False

    def resume(self, at: Endpoint) -> None:
        _call("POST", at, API_RESUME, {}, PROBE)

    def status(self, at: Endpoint) -> Json:
        return _call("GET", at, API_STATUS, None, PROBE)


def _saved(body: Mapping[str, Any]) -> Saved:
    kernels = body.get("kernels")
    if not isinstance(body.get("ok"), bool) or not isinstance(kernels, list):
        raise AgentError("what answers there is not Sojourn's agent", 502)
    failed = tuple(
        f"kernel {kernel.get('id', '?')}: {kernel.get('error') or 'no reason given'}"
        for kernel in kernels
        if not kernel.get("ok")
    )
    if not body["ok"] and body.get("error"):
        failed = (str(body["error"]), *failed)
    told = sum(len(kernel.get("told") or []) for kernel in kernels)
    return Saved(body["ok"], int(body.get("generation") or 0), told, failed)


def _call(method: str, at: Endpoint, path: str, body: Json | None, timeout: float) -> Json:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if at.token:
        headers["Authorization"] = f"token {at.token}"
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(at.url + path, data, headers, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(request, timeout=timeout) as answer:
            found = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise AgentError(_refusal(error), error.code) from None
    except TimeoutError:
        raise AgentError(f"the agent did not answer within {timeout:g} s") from None
    except (OSError, ValueError) as error:
        raise AgentError(f"no agent answers at {at.url}: {error}") from None
    if not isinstance(found, dict):
        raise AgentError("what answers there is not Sojourn's agent", 502)
    return found


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token is not carried on to wherever a pod says; a login redirect means that it was not accepted."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _refusal(error: urllib.error.HTTPError) -> str:
    if error.code == 404:
        return "the pod's server has no Sojourn agent (is its image built with it?)"
    if error.code in (301, 302, 303, 307, 308, 401, 403):
        return f"the pod's server does not accept the operator's token ({error.code})"
    try:
        said = json.loads(error.read()).get("message", "")
    except (ValueError, AttributeError):
        said = ""
    return f"the agent answered {error.code}" + (f": {said}" if said else "")
