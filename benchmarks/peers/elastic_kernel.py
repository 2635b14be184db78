"""elastic-kernel 0.2.3: saves on a request over the control channel, restores when its kernel starts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty

from tests.fidelity.kernel import Kernel, KernelFailed
from tests.fidelity.systems import Place

from .disk import bytes_in
from .environments import python_of

REQUIREMENT = "elastic-kernel==0.2.3"
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@dataclass(frozen=True)
class ElasticKernelPeer:
    """ElasticNotebook's method as a kernel."""

    name: str = "elastic-kernel"
    limit: float = 1800.0  # seconds that one save may take

    def save_running(self, kernel: Kernel, place: Place) -> None:
        self.save(kernel, place)

    def start(self, place: Place, again: bool) -> Kernel:
        folder = place.folder / ("second" if again else "first")
        folder.mkdir()
        notebook = place.folder / "elastic" / "nb.ipynb"
        notebook.parent.mkdir(exist_ok=True)
        if not notebook.exists():
            notebook.write_text(NOTEBOOK)
        argv = [python_of(self.name, REQUIREMENT), "-m", "elastic_kernel.kernel", "-f", "{connection_file}"]
        return Kernel(folder, place.cwd, argv=argv, env={**place.env, "JPY_SESSION_NAME": str(notebook)})

    def save(self, kernel: Kernel, place: Place) -> None:
        kernel.client.control_channel.send(kernel.client.session.msg("elastic_checkpoint_request", {}))
        end = time.monotonic() + self.limit
        while time.monotonic() < end:
            try:
                reply = kernel.client.get_control_msg(timeout=0.5)
            except Empty:
                continue
            if reply["msg_type"] == "elastic_checkpoint_reply":
                if not reply["content"].get("ok"):
                    raise KernelFailed(f"elastic_checkpoint_request: {reply['content']}")
                return
        raise KernelFailed(f"no elastic_checkpoint_reply within {self.limit:.0f} s")

    def restore(self, kernel: Kernel, place: Place, cells: Sequence[str]) -> None:
        """Nothing to do: the kernel restores by itself when it starts."""

    def told(self, kernel: Kernel) -> list[str]:
        return []

    def size(self, place: Place) -> int:
        return sum(
            path.stat().st_size for path in (place.folder / "elastic").rglob("checkpoint*") if path.is_file()
        ) or (bytes_in(place.folder / "elastic"))
