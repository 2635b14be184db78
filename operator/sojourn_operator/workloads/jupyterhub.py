"""A JupyterHub user's pod (KubeSpawner): stopped and started through the Hub, which removes the route first and keeps
the user's choices, profile and volume.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn_kernel.protocol import ANNOTATION_SPAWNER

from ..actions import Outcome
from ..hubclient import HubError
from ..kinds import POD, annotations_of, labels_of, name_of, namespace_of
from ..progress import PodRef
from ..target import Target
from ..triggers.deletion import disrupted
from .base import CannotMove, Means, Standing, Workload, other_pod, refused

ASKS_STOP, ASKS_START, PATIENT = True, True, False

_USERNAME, _SERVERNAME = "hub.jupyter.org/username", "hub.jupyter.org/servername"
_ALREADY = 1.0  # seconds until a server that is on its way somewhere is asked again


def identify(pod: Mapping[str, Any], means: Means) -> Workload | None:
    annotations = annotations_of(pod)
    if _USERNAME not in annotations and labels_of(pod).get("component") != "singleuser-server":
        return None
    user = annotations.get(_USERNAME, "")
    if not user:
        raise CannotMove(f"pod {name_of(pod)} looks like a hub's, but has no annotation {_USERNAME}")
    if means.hub is None:
        raise CannotMove(
            f"pod {name_of(pod)} belongs to a JupyterHub, but the operator has no hub: set hub.apiUrl and a token"
        )
    if not means.hub.owns(namespace_of(pod)):
        raise CannotMove(f"pod {name_of(pod)} belongs to another hub than the one that the operator serves")
    server = annotations.get(_SERVERNAME, "")
    return Workload(
        "JupyterHub",
        namespace_of(pod),
        f"{user}/{server}",
        name_of(pod),
        user,
        server or "default",
        {"serverName": server},
    )


def returns(workload: Workload, pod: Mapping[str, Any], node_goes: bool, means: Means) -> bool:
    """Not when the Hub stops it: the user's own stop, or the culler's. Raises HubError while the Hub cannot say."""
    if disrupted(pod):
        return True
    server = _hub(means).server(workload.owner, _server(workload))
    return server.active and server.pending != "stop"


def avoids(workload: Workload, pod: Mapping[str, Any]) -> bool:
    """Sojourn's spawner reads the target from the pod that it stops; the stock one cannot."""
    return ANNOTATION_SPAWNER in annotations_of(pod)


def standing(workload: Workload, source_uid: str, means: Means) -> Standing:
    server = _hub(means).server(workload.owner, _server(workload))
    other = other_pod(means.cluster, POD, workload, source_uid)
    return Standing(other, server.pending == "stop", server.pending == "spawn", bool(other) and server.ready)


def stop(workload: Workload, source: PodRef, target: Target, means: Means) -> Outcome:
    try:
        _hub(means).stop(workload.owner, _server(workload))
    except HubError as error:
        return refused(error)
    return Outcome(True)


def start(workload: Workload, target: Target, means: Means) -> Outcome:
    try:
        _hub(means).start(workload.owner, _server(workload))
    except HubError as error:
        if error.status == 400:  # "already running" or "pending stop": what is seen next decides
            return Outcome(False, str(error), retry_after=_ALREADY)
        return refused(error)
    return Outcome(True)


def _server(workload: Workload) -> str:
    return workload.extra.get("serverName", "")


def _hub(means: Means) -> Any:
    if means.hub is None:
        raise HubError("the operator has no hub: set hub.apiUrl and a token", 0)
    return means.hub
