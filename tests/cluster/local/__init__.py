"""The local provider: a control plane on this machine, and nodes in namespaces of their own."""

from tests.cluster.local.provider import down, running, up

__all__ = ["down", "running", "up"]
