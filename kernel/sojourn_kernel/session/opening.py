"""A session's store as a kernel finds it when it starts: its last good checkpoint, none, or a sentence why not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from ..store import BadStoreURL, Manifest, NotFound, SessionStore, StoreError, StoreUnavailable, open_store
from ..system import now_ns
from ..told import Cause, Told
from .checkpoint import Body, blob_refs


@dataclass(frozen=True)
class Opened:
    """kept: the store's part for the session, where its URL made sense. last: what to restore. warm: for the first writer. told: of
    checkpoints passed over.

    problem: why nothing may be saved; note: the same with what to do about it. away: whether the store may be there later.
    """

    kept: SessionStore | None = None
    last: tuple[Manifest, Body] | None = None
    warm: bytes | None = None
    told: tuple[Told, ...] = ()
    problem: str = ""
    note: str = ""
    away: bool = False


def open_session(url: str, session: str) -> Opened:
    """Never raises StoreError: a kernel starts whatever becomes of its store."""
    kept: SessionStore | None = None
    read = now_ns()
    try:
        kept = open_store(url).session(session)
        manifest, passed = kept.load_last_good()
        body = Body.from_bytes(manifest.body)
        warm = kept.warm(manifest, blob_refs)
    except NotFound:
        return Opened(kept) if kept is None else Opened(kept, warm=kept.anew(read), note=_of_earlier_ones(kept))
    except StoreUnavailable as error:
        note = (
            f"the store can't be reached ({error}), so nothing was restored and nothing is saved; it is looked for again, and "
            "the session comes back once it is there, if no cell has run until then"
        )
        return Opened(kept, problem=str(error), note=note, away=True)
    except BadStoreURL as error:
        note = f"SOJOURN_STORE names no store ({error}); nothing is saved until that is mended and the kernel restarted"
        return Opened(kept, problem=str(error), note=note)
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
    return Opened(kept, (manifest, body), warm, tuple(told))


def _of_earlier_ones(kept: SessionStore) -> str:
    """A sentence, where there are checkpoints and none is the session's: it was begun anew, or its head is gone."""
    with suppress(StoreError):
        if kept.has_history():
            return "checkpoints from before are in its history (%sojourn history)"
    return ""
