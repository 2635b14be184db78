"""Workloads: how a pod comes back, one module per kind, all with the names of :class:`base.Adapter`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..kinds import controller_of, name_of
from . import barepod, deployment, jupyterhub, statefulset
from .base import Adapter, CannotMove, Means, Standing, Workload

ADAPTERS: Mapping[str, Adapter] = {
    "JupyterHub": cast(Adapter, jupyterhub),  # before Pod: a hub's pods have no owner either
    "StatefulSet": cast(Adapter, statefulset),
    "Deployment": cast(Adapter, deployment),
    "Pod": cast(Adapter, barepod),
}


def identify(pod: Mapping[str, Any], means: Means) -> Workload:
    """The workload of a pod; raises CannotMove with the sentence for its user."""
    for adapter in ADAPTERS.values():
        if found := adapter.identify(pod, means):
            return found
    owner = controller_of(pod) or {}
    raise CannotMove(f"pod {name_of(pod)} belongs to a {owner.get('kind')}, which Sojourn cannot move")


__all__ = ["ADAPTERS", "Adapter", "CannotMove", "Means", "Standing", "Workload", "identify"]
