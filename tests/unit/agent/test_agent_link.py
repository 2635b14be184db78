"""The agent's line to a kernel, where no kernel answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from jupyter_client.ioloop import AsyncIOLoopKernelManager
from sojourn_kernel.server.cells import CellLedger
from sojourn_kernel.server.link import KernelLink, NoAnswer


def test_who_waits_for_an_answer_when_the_line_is_closed_is_told_and_goes_on(tmp_path: Path) -> None:
    async def closed_while_waiting() -> None:
        kernel = AsyncIOLoopKernelManager(transport="ipc", connection_file=str(tmp_path / "kernel.json"))
        kernel.write_connection_file()
        link = KernelLink(kernel, CellLedger(lambda: 0.0))
        asking = asyncio.ensure_future(link.ask("status", 20.0))
        await asyncio.sleep(0)
        link.close()
        with pytest.raises(NoAnswer, match="closed"):
            await asking

    asyncio.run(closed_while_waiting())
