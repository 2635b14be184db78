"""Bringing a session back: its kernels and Jupyter sessions under their old ids, before anybody can ask for them."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async

from .kernels import KernelGone, Kernels
from .link import NoAnswer
from .roster import JupyterSession, Kernel, Roster

ANSWER = 60.0  # seconds for a restored kernel to show that it is alive
AT_ONCE = 4  # kernels started at the same time: their interpreters' start-up competes for the pod's few cores


@dataclass(frozen=True)
class Comeback:
    """How one kernel came back. reason: a sentence, where not everything did."""

    kernel: Kernel
    started: bool
    reason: str | None = None


async def bring_back(
    roster: Roster, kernels: Kernels, session_manager: Any, log: logging.Logger
) -> tuple[Comeback, ...]:
    """Start the roster's kernels and register its Jupyter sessions, all under their old ids.

    State is loaded by the kernels themselves, afterwards. A kernel that cannot start keeps no other from coming back.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(kernel: Kernel) -> Comeback:
        async with turns:
            return await _start(kernel, _session_of(kernel, roster), kernels, session_manager, log)

    comebacks = tuple(await asyncio.gather(*(one(kernel) for kernel in roster.kernels)))
    started = {comeback.kernel.id for comeback in comebacks if comeback.started}
    for session in roster.sessions:
        if session.kernel_id in started:
            await _register(session, session_manager)
    return comebacks


def _session_of(kernel: Kernel, roster: Roster) -> JupyterSession | None:
    return next((session for session in roster.sessions if session.kernel_id == kernel.id), None)


async def _start(
    kernel: Kernel, session: JupyterSession | None, kernels: Kernels, session_manager: Any, log: logging.Logger
) -> Comeback:
    arguments: dict[str, Any] = {"kernel_id": kernel.id, "kernel_name": kernel.name}
    try:
        if kernel.cwd and Path(kernel.cwd).is_dir():
            arguments["cwd"] = kernel.cwd
        if session is not None:
            arguments["env"] = session_manager.get_kernel_env(session.path, session.name)
            if "cwd" not in arguments:
                path = await ensure_async(session_manager.contents_manager.get_kernel_path(path=session.path))
                arguments["path"] = path
        if kernel.id not in kernels.manager:
            await kernels.manager.start_kernel(**arguments)
    except Exception as error:
        log.error("Sojourn: kernel %s (%s) did not start.", kernel.id, kernel.name, exc_info=True)
        return Comeback(kernel, False, f"The kernel {kernel.name!r} could not be started here: {error}")
    kernels.ledger(kernel.id).arrived = kernel.cells
    if kernels.keeps(kernel.id):
        kernels.mark_restored(kernel.id)
        return Comeback(kernel, True)
    reason = (
        f"Kernel {kernel.name!r} does not keep its state (only Sojourn kernels do): it was started afresh when the "
        "session came back, and its variables are gone. Run the cells again."
    )
    kernels.mark_restored(kernel.id, f"Sojourn: {reason}")
    return Comeback(kernel, True, reason)


async def see_alive(comebacks: tuple[Comeback, ...], kernels: Kernels) -> tuple[Comeback, ...]:
    """Return when every Sojourn kernel that was started has answered, or has had as long as that can take.

    The comebacks say then what a kernel missed: cells that ran after its last checkpoint.
    """

    async def one(comeback: Comeback) -> Comeback:
        kernel = comeback.kernel
        if not comeback.started or not kernels.keeps(kernel.id):
            return comeback
        status = await first_status(kernel.id, kernels)
        if status is None:
            return replace(comeback, reason=f"The kernel was started, and did not answer within {ANSWER:g} s.")
        reason = missed(kernel.count, status.get("execution_count"), "the server ended")
        if reason is not None:
            kernels.mark_restored(kernel.id, f"Sojourn: {reason}")
        return replace(comeback, reason=reason)

    return tuple(await asyncio.gather(*(one(comeback) for comeback in comebacks)))


async def first_status(kernel_id: str, kernels: Kernels) -> dict[str, Any] | None:
    """What a kernel that was just started says of itself, once it answers; None if it does not within ``ANSWER`` s."""
    ends = time.monotonic() + ANSWER
    while time.monotonic() < ends and kernel_id in kernels.manager:
        try:
            return await kernels.link(kernel_id).ask("status", 2.0)
        except (NoAnswer, KernelGone):
            await asyncio.sleep(0.05)
    return None


def missed(last_begun: int | None, last_restored: Any, before: str) -> str | None:
    """A sentence, if cells began after the one that the restored state ends with; execution counts.

    before: what ended the kernel's process.

    >>> missed(5, 5, "the server ended") is None
    True
    """
    if last_begun is None or not isinstance(last_restored, int) or last_begun <= last_restored:
        return None
    first = last_restored + 1
    cells = f"Cell [{first}]" if first == last_begun else f"Cells [{first}] to [{last_begun}]"
    return (
        f"{cells} ran after the last checkpoint, before {before}: what was done there is not in this kernel. "
        "Run it again."
    )


async def _register(session: JupyterSession, session_manager: Any) -> None:
    """Create a Jupyter session under a chosen id.

    It goes through ``create_session``, since subclasses (server-side documents) do their own book-keeping there.
    """
    rows = await session_manager.list_sessions()
    if any(row["id"] == session.id for row in rows):
        return
    had = session_manager.__dict__.get("new_session_id")
    session_manager.new_session_id = lambda: session.id
    try:
        await session_manager.create_session(
            path=session.path, name=session.name, type=session.type, kernel_id=session.kernel_id
        )
    finally:
        if had is None:
            del session_manager.new_session_id
        else:
            session_manager.new_session_id = had
