"""What a save takes: all roots and those that may have changed. What of a restored checkpoint is not loaded yet may stay as it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..late_imports import import_late
from ..snapshot import ambient
from ..snapshot.names import HISTORY
from ..snapshot.unloaded import Unloaded

if TYPE_CHECKING:
    from ..snapshot.frozen import Piece
    from .keeper import SessionKeeper
    from .loading import Loading

LARGE = 1 << 20  # bytes: what is smaller is loaded before a save, not left where it is
DESCRIPTORS = f"{ambient.PREFIX}descriptors"
_DATA = frozenset({  # nothing of the process looks at names of these
    "ndarray", "DataFrame", "Series", "Table", "Tensor", "csr_matrix", "csc_matrix", "csr_array", "csc_array",
    "list", "dict", "tuple", "set", "frozenset", "str", "bytes", "bytearray",
})  # fmt: skip


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
    return ToSave(roots, keeper.changes.dirty_roots(roots, going), going)


def what_to_save_soon(keeper: SessionKeeper) -> ToSave:
    """With as little loaded as can be. Raises StoreUnavailable."""
    loading = keeper.loading
    if loading is None or loading.done:
        return what_to_save(keeper)
    loading.ensure_state()
    stay = _may_stay(loading)
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
    stay = _may_stay(loading)
    if not stay or not loading.state_is_back or not stay >= loading.pending:
        return None
    found = _with_unloaded(keeper, loading, stay)
    return found if stay == found.unloaded and stay <= _carried(keeper, found) else None


def _with_unloaded(keeper: SessionKeeper, loading: Loading, stay: frozenset[str]) -> ToSave:
    roots, going = keeper.roots(), keeper.changes.goes_on()
    stay -= roots.keys()
    loading.without_ours(roots)
    roots |= {root: Unloaded() for root in stay}
    roots[HISTORY]["hidden"] += sorted(loading.placing.to_hide & stay)
    roots = {root: roots[root] for root in (*loading.thaw.frozen.order, *roots) if root in roots}  # as they will stand
    dirty = keeper.changes.dirty_roots(roots, going)
    return ToSave(roots, None if dirty is None else dirty - stay, going, stay)


def _may_stay(loading: Loading) -> frozenset[str]:
    """Roots not loaded yet that a save may leave where they are stored: large data, whole, that stands for nothing else as well."""
    frozen, pending = loading.thaw.frozen, loading.thaw.pending
    if DESCRIPTORS in frozen.owner:  # any number in any container may be one
        return frozenset()
    pieces = [piece for piece in frozen.pieces if pending.issuperset(piece.roots) and _is_plain(loading, piece)]
    return frozenset(root for piece in pieces for root in piece.roots)


def _is_plain(loading: Loading, piece: Piece) -> bool:
    if piece.stream is None or piece.told or piece.size < LARGE or loading.thaw.is_made_again(piece.roots[0]):
        return False
    if not _DATA.issuperset(piece.types):
        return False
    return not any(root.startswith("@") or loading.placing.stands_elsewhere(root) for root in piece.roots)


def _carried(keeper: SessionKeeper, found: ToSave) -> frozenset[str]:
    """Roots that the next checkpoint will hold as the last one does, unseen."""
    import_late("session.writing")
    from ..snapshot.freeze import pieces_carried

    pieces = pieces_carried(keeper.progress.frozen, found.roots, found.dirty, keeper.progress.anchors)
    return frozenset(root for piece in pieces for root in piece.roots)
