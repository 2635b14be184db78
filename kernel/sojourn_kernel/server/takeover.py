"""Taking a session over from the server that had it before, however long the store takes to answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..store import Store, StoreError, StoreUnavailable, open_store
from .keeper import Keeper, OwnedHere, off_loop, this_server
from .roster import Roster, RosterInvalid
from .settings import Settings

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0  # seconds between tries


@dataclass(frozen=True)
class Taken:
    """A session that is this server's now. before: what it consisted of, if anything. notice: what is not well."""

    store: Store
    keeper: Keeper
    roster: Roster
    before: Roster | None
    notice: str | None = None


async def take_over(settings: Settings, say: Callable[[str], None], give_way: Callable[[], None]) -> Taken | None:
    """Take the session over; None if it is not this server's to keep, after ``say`` was told why.

    An unreachable store is tried for ever. ``give_way`` is called once, when the patience is over, so that users need
    not wait any longer; nothing is ever written over a session that has not been read.
    """
    patience_ends = time.monotonic() + settings.restore_patience
    pause = FIRST_PAUSE
    waiting = True
    while True:
        try:
            store = await off_loop(open_store, settings.store)
            keeper = Keeper(store, settings.session, this_server(settings.pod))
            return await _claim(store, keeper, say)
        except StoreUnavailable as error:
            if waiting and time.monotonic() > patience_ends:
                waiting = False
                say(f"The store cannot be reached: {error} Kernels come back as soon as it can be.")
                give_way()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        except OwnedHere as error:
            say(str(error))
            return None
        except StoreError as error:
            say(f"This session is not kept: {error}")
            return None


async def _claim(store: Store, keeper: Keeper, say: Callable[[str], None]) -> Taken:
    try:
        roster, before = await keeper.claim()
    except RosterInvalid as error:
        notice = f"{error} It was set aside; the session starts without its kernels."
        say(notice)
        return Taken(store, keeper, await keeper.start_anew(), None, notice)
    return Taken(store, keeper, roster, before)
