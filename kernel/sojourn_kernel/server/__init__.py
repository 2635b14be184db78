"""The agent: the Jupyter Server extension that keeps a notebook server's session over the life of its pods."""

from __future__ import annotations


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """What Jupyter Server asks an extension for; the import waits until a server loads it."""
    from .agent import Agent

    return [{"module": "sojourn_kernel.server", "app": Agent}]
