"""What a save takes: all roots and those that may have changed. What of a restored checkpoint is not loaded yet may stay as it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .late_imports import import_late

if TYPE_CHECKING:
    from .loading import Loading
    from .session import SessionKeeper


@dataclass(frozen=True)
class ToSave:
    """dirty: roots that may have changed; None means all. goes_on: whether code of the user's runs on beside the save, and the names
    that it may change. unloaded: roots that stay as they are stored."""

    roots: dict[str, Any]
    dirty: set[str] | None
    goes_on: tuple[bool, set[str] | None]
    unloaded: frozenset[str] = frozenset()


def what_to_save(keeper: SessionKeeper) -> ToSave:
    """With all loaded."""
    keeper.ensure(None)
    roots, going = keeper.roots(), keeper.changes.goes_on()
    return ToSave(roots, keeper.changes.dirty_roots(roots, going[1]), going)


def what_to_save_soon(keeper: SessionKeeper) -> ToSave:
    """With as little loaded as can be. Raises StoreUnavailable."""
    loading = keeper.loading
    if loading is None or loading.done:
        return what_to_save(keeper)
    loading.ensure_state()
    stay = frozenset(loading.may_stay)
    while stay:
        loading.ensure(loading.pending - stay)
        stay &= loading.pending
        found = _with_unloaded(keeper, loading, stay)
        if (left := stay & found.unloaded & _carried(keeper, found)) == stay:
            return found
        stay = left
    return what_to_save(keeper)


def what_to_save_unloaded(keeper: SessionKeeper) -> ToSave | None:
    """With nothing loaded for it; None where that can't be."""
    loading = keeper.loading
    if loading is None or loading.done:
        return what_to_save(keeper)
    stay = frozenset(loading.may_stay)
    if not stay or not loading.state_is_back or not stay >= loading.pending:
        return None
    found = _with_unloaded(keeper, loading, stay)
    return found if stay == found.unloaded and stay <= _carried(keeper, found) else None


def _with_unloaded(keeper: SessionKeeper, loading: Loading, stay: frozenset[str]) -> ToSave:
    roots, going = keeper.roots(), keeper.changes.goes_on()
    stay -= roots.keys()
    roots = loading.with_unloaded(roots, stay)
    dirty = keeper.changes.dirty_roots(roots, going[1])
    return ToSave(roots, None if dirty is None else dirty - stay, going, stay)


def _carried(keeper: SessionKeeper, found: ToSave) -> frozenset[str]:
    """Roots that the next checkpoint will hold as the last one does, unseen."""
    import_late("writing")
    from .snapshot.freeze import pieces_carried

    pieces = pieces_carried(keeper.progress.frozen, found.roots, found.dirty, keeper.progress.anchors)
    return frozenset(root for piece in pieces for root in piece.roots)
