"""The systems that are measured, each behind one shape (:class:`tests.fidelity.systems.System` plus ``size``)."""

from __future__ import annotations

from tests.fidelity.systems import System

from .dill_session import DillPeer
from .elastic_kernel import ElasticKernelPeer
from .kishu import KishuPeer
from .plain import PlainPeer, RerunPeer
from .sojourn import SojournPeer

PEERS: dict[str, System] = {
    peer.name: peer for peer in (SojournPeer(), PlainPeer(), DillPeer(), ElasticKernelPeer(), KishuPeer(), RerunPeer())
}

__all__ = ["PEERS"]
