"""A session's store as a kernel finds it when it starts: its last good checkpoint, none, or a sentence why not."""

from __future__ import annotations

from dataclasses import dataclass

from .checkpoint import Body
from .store import Manifest, NotFound, SessionStore, StoreError, StoreUnavailable, open_store
from .told import Cause, Told


@dataclass(frozen=True)
class Opened:
    """kept: the store's part for the session, where its URL made sense. last: what to restore. told: of checkpoints passed over.

    problem: why nothing may be saved; note: the same with what to do about it. away: whether the store may be there later.
    """

    kept: SessionStore | None = None
    last: tuple[Manifest, Body] | None = None
    told: tuple[Told, ...] = ()
    problem: str = ""
    note: str = ""
    away: bool = False


def open_session(url: str, session: str) -> Opened:
    """Never raises StoreError: a kernel starts whatever becomes of its store."""
    kept: SessionStore | None = None
    try:
        kept = open_store(url).session(session)
        manifest, passed = kept.load_last_good()
        body = Body.from_bytes(manifest.body)
    except NotFound:
        return Opened(kept)
    except StoreUnavailable as error:
        note = (
            f"the store can't be reached ({error}), so nothing was restored and nothing is saved; it is looked for again, and "
            "the session comes back once it is there, if no cell has run until then"
        )
        return Opened(kept, problem=str(error), note=note, away=True)
    except StoreError as error:
        note = f"the checkpoints of this session can't be used ({error}); nothing is saved over them until you say %sojourn fresh"
        return Opened(kept, problem=str(error), note=note)
    told = [
        Told(
            "@session",
            Cause.STALE,
            f"checkpoint {entry.id} can't be used ({entry.problem}); an earlier one was restored.",
        )
        for entry in passed
    ]
    return Opened(kept, (manifest, body), tuple(told))
