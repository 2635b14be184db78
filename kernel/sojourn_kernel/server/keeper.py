"""The roster's place in the store: read, taken over, and written by whoever owns the session, with compare-and-swap."""

from __future__ import annotations

import asyncio
import base64
import os
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

from ..protocol import ENV_SESSION
from ..store import Corrupt, HeadMoved, Store, StoreError
from ..store.seal import Sealer
from .roster import Owner, Roster, RosterInvalid, read_roster

T = TypeVar("T")

PURPOSE = "roster"
CLAIMS = 5  # tries to take a session over from an owner that still writes


class Superseded(Exception):
    """Another server owns the session now; this one writes no more. The message names it."""


class OwnedHere(Exception):
    """The session's owner is alive on this machine: a second server beside it must not take its kernels."""


async def off_loop(call: Callable[..., T], *args: Any) -> T:
    """Run a blocking call in a daemon thread: unlike an executor's, it cannot keep a stopping server from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(setter: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            setter(value)

    def work() -> None:
        try:
            outcome: tuple[Callable[[Any], None], Any] = (future.set_result, call(*args))
        except Exception as error:
            outcome = (future.set_exception, error)
        try:
            loop.call_soon_threadsafe(settle, *outcome)
        except RuntimeError:  # the loop has ended: nobody waits
            pass

    threading.Thread(target=work, name="sojourn-store", daemon=True).start()
    return await future


def this_server(host: str) -> Owner:
    """Who this process is, unlike any other that ever had its pid. host: name of its pod or machine."""
    return Owner(
        server=uuid.uuid4().hex,
        host=host,
        pid=os.getpid(),
        boot=_boot_id(),
        started=_start_time(os.getpid()),
    )


def is_alive_here(owner: Owner, me: Owner) -> bool:
    """Whether an owner is another process that still runs beside this one: same host, same boot, same process start."""
    if (owner.host, owner.boot) != (me.host, me.boot) or owner.pid == me.pid:
        return False
    started = _start_time(owner.pid)
    return started != 0 and started == owner.started


def _boot_id() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.is_file() else ""


def _start_time(pid: int) -> int:
    """Clock ticks from boot to the start of a process; 0 where there is no such process, or no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    fields = stat.rpartition(")")[2].split()
    return 0 if fields[0] == "Z" else int(fields[19])


def seal(sealer: Sealer, roster: bytes) -> bytes:
    """A roster as it is stored: sealed, since the cells kept in it will be run; encrypted if the store's chunks are."""
    text = base64.b64encode(sealer.encrypt(roster, PURPOSE)).decode() if sealer.encrypts else roster.decode()
    return sealer.seal({PURPOSE: text})


def unseal(sealer: Sealer, data: bytes) -> bytes:
    """The inverse of :func:`seal`. Raises Forged, FormatTooNew, and RosterInvalid for what is damaged."""
    try:
        text = str(sealer.open(data)[PURPOSE])
        return sealer.decrypt(base64.b64decode(text), PURPOSE) if sealer.encrypts else text.encode()
    except (Corrupt, KeyError, ValueError) as error:
        raise RosterInvalid("The session's document is damaged.") from error


class Keeper:
    """Reads and writes one session's roster. Writes are one after the other; only the owner's succeed."""

    def __init__(self, store: Store, session: str, owner: Owner) -> None:
        self.owner = owner
        self.session = session
        self._store = store
        self._name = f"agents/{session}"
        self._sealer = Sealer(f"{session}/server", store.key, store.encrypt)
        self._tag: str | None = None
        self._lock = asyncio.Lock()
        self._superseded: str | None = None

    @property
    def superseded(self) -> str | None:
        """A sentence, once another server has taken the session over."""
        return self._superseded

    async def read(self) -> Roster | None:
        """The stored roster, or None; remembers the tag for the next write.

        Raises StoreError, Forged among them for one that this session's key did not seal, and RosterInvalid.
        """
        found = await off_loop(self._store.get_document, self._name)
        if found is None:
            self._tag = None
            return None
        data, self._tag = found
        return read_roster(unseal(self._sealer, data))

    async def claim(self) -> tuple[Roster, Roster | None]:
        """Take the session over: (the roster as this server's, the one it followed, or None for a new session).

        Raises StoreError, RosterInvalid, and OwnedHere if its owner is alive on this very machine. A former owner
        elsewhere that still writes makes it try again, on what was written.
        """
        for _ in range(CLAIMS):
            found = await self.read()
            if found and not found.saved and is_alive_here(found.owner, self.owner):
                raise OwnedHere(
                    f"Another server on this machine (pid {found.owner.pid}) keeps the session {self.session!r}. "
                    f"This one leaves it alone; to keep its kernels too, start it with {ENV_SESSION} set to another id."
                )
            mine = found.taken_over(self.owner) if found else Roster(self.session, 1, self.owner)
            try:
                async with self._lock:
                    await self._put(self._stamped(mine))
            except HeadMoved:
                continue
            return mine, found
        raise StoreError(f"The session {self.session!r} could not be taken over: others keep writing its document.")

    async def start_anew(self) -> Roster:
        """Begin the session without its roster, which cannot be read; that is kept under another name."""
        found = await off_loop(self._store.get_document, self._name)
        if found is not None:
            data, self._tag = found
            aside = f"{self._name}.unreadable"
            old = await off_loop(self._store.get_document, aside)
            await off_loop(lambda: self._store.put_document(aside, data, expect=old[1] if old else None))
        return await self.write(Roster(self.session, 1, self.owner))

    async def write(self, roster: Roster) -> Roster:
        """Store the roster as this server's.

        Raises Superseded if another server has taken the session over, StoreError if the store does not take it.
        """
        async with self._lock:
            if self._superseded:
                raise Superseded(self._superseded)
            stamped = self._stamped(roster)
            try:
                await self._put(stamped)
            except HeadMoved:
                await self._check_still_mine()
                await self._put(stamped)
            return stamped

    def _stamped(self, roster: Roster) -> Roster:
        return replace(roster, owner=self.owner, written=datetime.now(timezone.utc).isoformat())

    async def _put(self, roster: Roster) -> None:
        data, expected = seal(self._sealer, roster.to_bytes()), self._tag
        tag = await off_loop(lambda: self._store.put_document(self._name, data, expect=expected))
        if tag is None:
            raise HeadMoved("another server wrote the session's document")
        self._tag = tag

    async def _check_still_mine(self) -> None:
        """After a lost swap: fine if the document is this server's (a write whose answer was lost), else it is over."""
        try:
            found = await self.read()
        except RosterInvalid as error:
            raise StoreError(str(error)) from error  # not this server's to repair while it runs
        if found is None or found.owner.server == self.owner.server:
            return
        self._superseded = (
            f"Another server ({found.owner.host}, pid {found.owner.pid}) has taken over the session "
            f"{self.session!r}; this one keeps its kernels no longer."
        )
        raise Superseded(self._superseded)
