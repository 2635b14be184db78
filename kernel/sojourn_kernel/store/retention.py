"""Retention: the last checkpoints stay, and every pack that one of them names; what nobody names goes.

Two kinds of packs may go. Those that this very kernel wrote or restored, while it owns the session's head: whoever else would
use them loses the swap of the head. All others (of crashed writers, or when a person prunes from outside) are condemned
first, which later writers see, and removed once no writer that has not seen it can still be at work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from .backend import Backend
from .errors import Corrupt, Forged, NotFound
from .publishing import Head, Sweep
from .seal import Sealer
from .warm import Warm

ORPHAN_AGE = 6 * 3600.0  # seconds from condemned to removed; more than a writer may take (writer.LONGEST)


@dataclass(frozen=True)
class Pruned:
    """What a prune removed: packs (a writer's warm state must forget them) and bytes."""

    packs: frozenset[str]
    freed: int


def kept_ids(ids: list[str], keep: int, head: str | None) -> set[str]:
    """The checkpoints that stay, of all in order of time: the last ones, and the head's."""
    return {id for id in ids if id == head} | set(ids[-max(1, keep) :])


@dataclass(frozen=True)
class Due:
    """What a prune will remove: checkpoints' ids, and packs that none of those which stay names, with their sizes."""

    checkpoints: tuple[str, ...]
    packs: dict[str, int]


def look(backend: Backend, prefix: str, sealer: Sealer, *, keep: int, packs_of: Callable[[str], frozenset[str]],
         own: bytes | None, orphan_age: float) -> Due:  # fmt: skip
    """All but the last ``keep`` checkpoints, and packs. If a kept one can't be read, no pack goes at all.

    packs_of: the packs that a checkpoint names. own: warm state of the caller's last commit.
    """
    found = backend.get_tagged(f"{prefix}/head")
    head = Head.open(sealer, found[0]).id if found else None
    ids = [entry.key.rpartition("/")[2] for entry in backend.walk(f"{prefix}/manifests/")]
    kept = kept_ids(ids, keep, head)
    old = tuple(id for id in ids if id not in kept)
    stored = {entry.key.rpartition("/")[2]: entry.size for entry in backend.walk(f"{prefix}/packs/")}
    try:
        live = frozenset().union(*map(packs_of, kept))
    except (Corrupt, Forged, NotFound):
        return Due(old, {})
    unnamed = stored.keys() - live
    mine = _mine(own, found[1] if found else None) & unnamed
    gone = mine | _condemn(backend, prefix, sealer, unnamed - mine, orphan_age)
    return Due(old, {pack: stored[pack] for pack in sorted(gone)})


def remove(backend: Backend, prefix: str, due: Due, orphan_age: float) -> Pruned:
    """Checkpoints go before the packs that they name."""
    backend.delete([f"{prefix}/manifests/{id}" for id in due.checkpoints])
    backend.delete([f"{prefix}/packs/{pack}" for pack in due.packs])
    backend.tidy(orphan_age)
    return Pruned(frozenset(due.packs), sum(due.packs.values()))


def _mine(own: bytes | None, tag: str | None) -> set[str]:
    """Packs that only this kernel can still mean to use: none, if it does not own the head."""
    warm = Warm.unpack(own) if own else None
    return {pack.hex() for pack in warm.packs()} if warm and tag is not None and warm.tag == tag else set()


def _condemn(backend: Backend, prefix: str, sealer: Sealer, unnamed: set[str], age: float) -> set[str]:
    """Note packs that nobody names; those that were noted long enough ago, and are still unnamed, are due."""
    key = f"{prefix}/sweep"
    found = backend.get_tagged(key)
    try:
        sweep = Sweep.open(sealer, found[0]) if found else Sweep()
    except (Corrupt, Forged):  # begin anew: whoever has not seen the new generation has time to
        sweep = Sweep(int(time.time()))
    now, before = time.time(), sweep.condemned or {}
    due = {pack for pack in unnamed if now - before.get(pack, now) >= age}
    condemned = {pack: before.get(pack, now) for pack in sorted(unnamed - due)}
    if condemned == before and not due:
        return due
    sealed = Sweep(sweep.generation + bool(unnamed - before.keys()), condemned).seal(sealer)
    won = backend.swap(key, sealed, found[1] if found else None)
    return due if won else set()  # else another prune is at work
