"""JupyterHub's side of a move: the spawner class, and requests that wait instead of failing while a session moves.

One file with no import of ours, so that it can be mounted into any hub image or pasted into ``hub.extraConfig``; the
chart ships it as a ConfigMap. For JupyterHub 5 and 6 with KubeSpawner 7. In the hub's configuration::

    from sojourn_spawner import SojournSpawner, install
    c.JupyterHub.spawner_class = SojournSpawner
    install()

With ``c.SojournSpawner.key_file`` each pod gets a key of its user's own, derived from the one that only the Hub knows.

What it changes: the browser's login to the server outlives a stop (``will_resume``; tokens that would leak by that are
removed); while the operator moves a session, requests that reach the Hub are held for seconds and then sent to the same
address again, so an open tab reconnects by itself; and the next pod goes where the operator wants it, once.
Without it everything works too, with one reload of the page.
"""

from __future__ import annotations

import asyncio
import hmac
import inspect
import json
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jupyterhub.utils
import kubespawner.spawner
from jupyterhub.handlers.base import BaseHandler, PrefixRedirectHandler, UserUrlHandler
from jupyterhub.utils import url_path_join
from kubespawner import KubeSpawner
from traitlets import Unicode

# The same names as in sojourn_kernel.protocol; a test compares them.
MOVING = "sojourn.dev/moving"
TARGET = "sojourn.dev/target"
SPAWNER = "sojourn.dev/spawner"
ENV_KEY = "SOJOURN_KEY"
USER_KEY = b"sojourn/user/"
VERSION = "1"

SHORTEST_KEY = 16  # bytes
HOLD_SECONDS = 20.0  # one request; well below what load balancers and proxies cut off at
MOVE_SECONDS = 600.0  # longest that a server that is down counts as moving
HELD_PER_SERVER = 32  # requests held at once for one server; a browser has six connections
LOOK_SECONDS = 0.05
LONGEST_WAIT = 0.3  # between two looks of the Hub and KubeSpawner at a pod; theirs grows to 5 s

# (user, server) -> time until which it counts as moving. Lost when the Hub restarts: then a tab needs a reload.
_moving_until: dict[tuple[str, str], float] = {}
_held: Counter[tuple[str, str]] = Counter()

PAGE = """<!doctype html><meta charset="utf-8"><title>Your session is moving</title>
<body style="font: 18px sans-serif; text-align: center; margin-top: 20vh">
<p>Your session is moving to another machine.<p>It goes on here in a few seconds; there is nothing to do."""


class NoKey(Exception):
    """A user's key can't be derived; the server does not start, for it could not read its own checkpoints."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.jupyterhub_message = f"Sojourn: {problem}. The hub's administrator can mend that."


class SojournSpawner(KubeSpawner):
    """KubeSpawner whose servers can move: see the module."""

    key_file = Unicode(
        "",
        config=True,
        help="File in the Hub's pod (a mounted Secret) with the key from which each user's own is derived. Users' pods "
        "get theirs in SOJOURN_KEY, as they get their API token, and can neither read nor forge others' checkpoints.",
    )

    will_resume = True  # keeps the OAuth client, and with it the browser's login
    next_target: dict[str, Any] | None = None  # where the next pod shall run, from the pod that was stopped

    # -- moving ---------------------------------------------------------------------------------------------------

    @property
    def moving(self) -> bool:
        """The operator is moving this server: its live pod says so, or did when it was last seen."""
        key = (self.user.name, self.name)
        pod = self._seen_pod()
        if MOVING in _annotations(pod):
            _moving_until[key] = time.monotonic() + MOVE_SECONDS
            return True
        if self.ready or _moving_until.get(key, 0.0) < time.monotonic():
            _moving_until.pop(key, None)
            return False
        return True

    def _seen_pod(self) -> dict[str, Any] | None:
        reflector = self.pod_reflector
        return reflector.pods.get(f"{self.namespace}/{self.pod_name}") if reflector else None

    async def stop(self, now: bool = False) -> None:
        """Remember from the pod, before it is gone, that it is moving and where to."""
        if self.moving:
            self.next_target = _read_target(self._seen_pod())
        await super().stop(now)

    # -- the user's key ---------------------------------------------------------------------------------------------

    def get_env(self) -> dict[str, Any]:
        env: dict[str, Any] = super().get_env()
        if self.key_file:
            env[ENV_KEY] = user_key(_root_key(self.key_file), self.user.name)
        return env

    # -- the next pod ---------------------------------------------------------------------------------------------

    async def get_pod_manifest(self) -> Any:
        """The user's own pod, with the operator's wishes for this one start in it."""
        pod = await super().get_pod_manifest()
        annotations = dict(pod.metadata.annotations or {})
        annotations[SPAWNER] = VERSION
        pod.metadata.annotations = annotations
        target, self.next_target = self.next_target, None
        if target:
            self.log.info("Sojourn: %s goes on with %s", self._log_name, target)
            place(pod, target)
        return pod

    def get_state(self) -> dict[str, Any]:
        state = super().get_state()
        if self.next_target:
            state["sojourn_target"] = self.next_target
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        self.next_target = state.get("sojourn_target")

    # -- tokens ---------------------------------------------------------------------------------------------------

    async def run_post_stop_hook(self) -> Any:
        """Each start makes a token for the server, and ``will_resume`` keeps the old ones: they are removed here.

        By their note, for KubeSpawner does not remember the token over a restart of the Hub.
        """
        note = "Server at " + url_path_join(self.user.base_url, self.name, "/")
        for token in list(self.user.orm_user.api_tokens):
            if token.client_id == "jupyterhub" and token.note == note:
                self.db.delete(token)
        self.db.commit()
        result = super().run_post_stop_hook()
        return await result if inspect.isawaitable(result) else result


def user_key(root: bytes, user: str) -> str:
    """A user's key: HMAC-SHA256 as key derivation (NIST SP 800-108, one block), in hex."""
    return hmac.digest(root, USER_KEY + user.encode(), "sha256").hex()


def _root_key(path: str) -> bytes:
    """Read anew for each start: a rotated Secret takes effect. Raises NoKey."""
    try:
        key = Path(path).read_bytes().strip()
    except OSError as error:
        raise NoKey(f"the key file {path} can't be read: {error.strerror}") from None
    if len(key) < SHORTEST_KEY:
        raise NoKey(f"the key in {path} is shorter than {SHORTEST_KEY} bytes")
    return key


def place(pod: Any, target: dict[str, Any]) -> None:
    """Put node, node selector and resources into a pod of the Kubernetes client's model, in place."""
    from kubernetes_asyncio import client

    spec = pod.spec
    if selector := target.get("nodeSelector"):
        spec.node_selector = {**(spec.node_selector or {}), **selector}
    notebook = next((c for c in spec.containers if c.name == "notebook"), spec.containers[0])
    if resources := target.get("resources"):
        notebook.resources = notebook.resources or client.V1ResourceRequirements()
        for section in ("requests", "limits"):
            if amounts := resources.get(section):
                setattr(notebook.resources, section, {**(getattr(notebook.resources, section) or {}), **amounts})
    node, avoid = target.get("node"), target.get("avoid")
    if not node and not avoid:
        return
    spec.affinity = spec.affinity or client.V1Affinity()
    affinity = spec.affinity.node_affinity = spec.affinity.node_affinity or client.V1NodeAffinity()
    match = client.V1NodeSelectorRequirement(
        key="metadata.name", operator="In" if node else "NotIn", values=[str(node or avoid)]
    )
    if node:
        required = affinity.required_during_scheduling_ignored_during_execution or client.V1NodeSelector(
            node_selector_terms=[client.V1NodeSelectorTerm()]
        )
        for term in required.node_selector_terms:  # terms are alternatives: the node must hold in each
            term.match_fields = [*(term.match_fields or []), match]
        affinity.required_during_scheduling_ignored_during_execution = required
    else:
        wish = client.V1PreferredSchedulingTerm(weight=100, preference=client.V1NodeSelectorTerm(match_fields=[match]))
        preferred = affinity.preferred_during_scheduling_ignored_during_execution or []
        affinity.preferred_during_scheduling_ignored_during_execution = [*preferred, wish]


def _annotations(pod: dict[str, Any] | None) -> dict[str, str]:
    return ((pod or {}).get("metadata") or {}).get("annotations") or {}


def _read_target(pod: dict[str, Any] | None) -> dict[str, Any] | None:
    try:
        target = json.loads(_annotations(pod).get(TARGET, "null"))
    except ValueError:
        return None
    return target if isinstance(target, dict) else None


# -- holding requests ---------------------------------------------------------------------------------------------


def server_of(handler: BaseHandler) -> tuple[Any, str] | None:
    """The user and the server's name that a request under /user/ (or /hub/user/) is meant for."""
    prefix = re.escape(handler.app.base_url)
    found = re.match(rf"^{prefix}(?:hub/)?user/([^/]+)(?:/([^/]*))?", handler.request.path)
    user = handler.find_user(unquote(found[1])) if found else None
    if found is None or user is None:
        return None
    name = unquote(found[2] or "")
    return user, name if name in user.orm_user.orm_spawners else ""


def is_moving(handler: BaseHandler) -> bool:
    """Asked anew each time: the Hub replaces the spawner's object after a stop, and the old one looks ready too soon."""
    found = server_of(handler)
    return bool(found and getattr(found[0].spawners[found[1]], "moving", False))


async def hold(handler: BaseHandler) -> bool:
    """Answer a request for a server that is moving; False if it is not, and the request shall take its course."""
    if not is_moving(handler):
        return False
    request = handler.request
    if request.headers.get("Upgrade", "").lower() == "websocket":
        handler.set_status(503)
        handler.finish()
        return True
    # Held requests were addressed to the server; the Hub sees them under its own prefix after its redirect.
    target = request.uri.replace(handler.hub.base_url, handler.app.base_url, 1)
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        handler.set_header("Content-Type", "text/html; charset=utf-8")
        handler.set_header("Cache-Control", "no-store")
        handler.set_header("Refresh", f"1; url={target}")
        handler.finish(PAGE)
        return True
    user, name = server_of(handler) or (None, "")
    key = (user.name if user else "", name)
    if _held[key] >= HELD_PER_SERVER:
        handler.set_status(503)
        handler.set_header("Retry-After", "1")
        handler.finish()
        return True
    _held[key] += 1
    try:
        ends = time.monotonic() + HOLD_SECONDS
        while is_moving(handler) and time.monotonic() < ends and not _gone(handler):
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        _held[key] -= 1
        if not _held[key]:
            del _held[key]
    # To the same address: to the server if it is back, else to be held again. 307 keeps method and body.
    handler.set_status(307)
    handler.set_header("Location", target)
    handler.set_header("Cache-Control", "no-store")
    handler.finish()
    return True


def _gone(handler: BaseHandler) -> bool:
    stream = getattr(handler.request.connection, "stream", None)
    return bool(stream and stream.closed())


def holding(prepare: Callable[[Any], Any]) -> Callable[[Any], Awaitable[None]]:
    """A handler's ``prepare`` that holds first: before the Hub looks at cookies and XSRF tokens, which may be stale."""

    async def prepare_or_hold(self: Any) -> None:
        if await hold(self):
            return
        result = prepare(self)
        if inspect.isawaitable(result):
            await result

    prepare_or_hold.sojourn = True  # type: ignore[attr-defined]
    return prepare_or_hold


def impatient(wait: Callable[..., Any]) -> Callable[..., Any]:
    """The Hub's wait loop with its pauses capped: at 5 s they are most of the time that a move takes."""

    def wait_often(*args: Any, **kwargs: Any) -> Any:
        kwargs["max_wait"] = min(kwargs.get("max_wait", LONGEST_WAIT), LONGEST_WAIT)
        return wait(*args, **kwargs)

    wait_often.sojourn = True  # type: ignore[attr-defined]
    return wait_often


def install() -> None:
    """Hold requests and look often, in this Hub process. Harmless when called twice."""
    for handler in (UserUrlHandler, PrefixRedirectHandler):
        if not getattr(handler.prepare, "sojourn", False):
            handler.prepare = holding(handler.prepare)
    for module in (jupyterhub.utils, kubespawner.spawner):
        if not getattr(module.exponential_backoff, "sojourn", False):
            module.exponential_backoff = impatient(module.exponential_backoff)
