"""Saves around a cell that a move cuts short: the time they need, and the state from before the cell."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from ..late_imports import import_late
from ..observe.lineage import Lineage
from ..snapshot.unobserved import undisturbed
from ..store import StoreError
from .saved import Saved, saved_of

if TYPE_CHECKING:
    from .keeper import SessionKeeper


@undisturbed()
def save_as_it_was(keeper: SessionKeeper, reason: str) -> Saved:
    """The last checkpoint again, with what became of the cell that runs now, or ran last: the state from before it.

    Also from another thread than the main one, where a cell keeps that for itself.
    """
    begin, frozen = time.monotonic(), keeper.progress.frozen
    if frozen is None or not keeper.may_save():
        return Saved(False, error=keeper.note or "there is no checkpoint from before the cell")
    import_late("session.writing")
    from .writing import Written

    cells = keeper.watch.lineage.cells[: keeper.progress.cells]
    cell = keeper.under_way.cell
    if cell is not None and cells and cells[-1].number == cell.number:
        cells = cells[:-1]
    lineage = Lineage(list(cells))
    recipes = list(keeper.progress.recipes.values())
    try:
        job = replace(keeper.job({}, set(), reason), lineage=lineage)
        done = keeper.sending.writer(keeper.progress.warm, in_child=False).commit(*job.body(frozen, recipes))
    except StoreError as error:
        return Saved(False, seconds=time.monotonic() - begin, error=keeper.failed(error))
    keeper.progress.warm, keeper.progress.last = done.warm, done
    return saved_of(Written(frozen, done, recipes), begin)


def leave_behind(keeper: SessionKeeper, reason: str) -> Saved:
    """The running cell can't be interrupted: let the next kernel know, from the checkpoint that there is. In another thread."""
    keeper.behind.ended_within(1.0)
    keeper.behind.settle()
    keeper.under_way.left_behind()
    return save_as_it_was(keeper, reason)


def leave_unsaved(keeper: SessionKeeper, reason: str, error: str) -> None:
    """The last save has failed: let the next kernel know, from the checkpoint that there is, where the store takes at least that."""
    if keeper.may_save() and keeper.progress.changed and (last := keeper.last()) is not None:
        keeper.under_way.not_saved(last[1], error)
        save_as_it_was(keeper, reason)


def seconds_for_a_save(keeper: SessionKeeper, left: float) -> float:
    """How long before the end of ``left`` seconds a running cell has to end: from what may have changed, and the link."""
    frozen, dirty = keeper.progress.frozen, keeper.progress.dirty
    names = keeper.watch.running_names
    changed = None if dirty is None or names is None else dirty | names
    pieces = [p for p in (frozen.pieces if frozen else ()) if changed is None or changed.intersection(p.roots)]
    rates = keeper.sending.rates(keeper.progress.last)
    seconds = sum(piece.seconds + piece.size / rates.upload for piece in pieces)
    return min(0.6 * left, max(1.0, 0.15 * left, 2 * seconds))
