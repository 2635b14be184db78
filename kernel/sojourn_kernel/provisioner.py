"""Starts kernels with the session id that the agent gave the server, and lets them end in peace."""

from __future__ import annotations

import os
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from . import protocol


class SojournProvisioner(LocalProvisioner):
    """A local kernel process, told which session it belongs to."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        kwargs = await super().pre_launch(**kwargs)
        session = os.environ.get(protocol.ENV_AGENT_SESSION)
        if session:
            kwargs["env"] = {
                **(kwargs.get("env") or os.environ),
                protocol.ENV_SESSION: protocol.kernel_session(session, str(self.kernel_id)),
            }
        return kwargs

    def get_shutdown_wait_time(self, recommended: float = 5.0) -> float:
        """Seconds: a save at shutdown may take what the pod's grace allows."""
        try:
            grace = float(os.environ.get(protocol.ENV_GRACE, protocol.DEFAULT_GRACE))
        except ValueError:
            grace = protocol.DEFAULT_GRACE
        return max(recommended, grace * 2)
