"""Old checkpoints are removed behind the user's back: the store is asked in a thread, however long it takes to answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..snapshot.unobserved import is_disturbed, undisturbed, unobserved
from ..store import SessionStore, forget_packs
from ..store.retention import Due
from .checkpoint import blob_refs

if TYPE_CHECKING:
    from .keeper import SessionKeeper


class Pruning:
    """One at a time. What is to go is found first; then the next writers forget it; and then it is removed."""

    def __init__(self, keeper: SessionKeeper) -> None:
        self.keeper = keeper
        self._under_way = False

    def begin(self, call: Callable[[Callable[[], None]], Any]) -> None:
        """In the main thread, which goes on. call: runs a function there."""
        kept, warm, keeper = self.keeper.sending.kept, self.keeper.progress.warm, self.keeper
        if self._under_way or kept is None or warm is None or keeper.behind.child is not None:
            return
        self._under_way = True
        if is_disturbed():  # a thread would meet what cells have put in the place of what it needs
            with undisturbed(), unobserved():
                self._forgotten(kept, warm, self._found(kept, warm), lambda remove: remove())
            return

        def find() -> None:
            due = self._found(kept, warm)
            call(lambda: self._forgotten(kept, warm, due, _in_a_thread))

        _in_a_thread(find)

    def _found(self, kept: SessionStore, warm: bytes) -> Due | None:
        try:
            return kept.due(self.keeper.settings.keep, blob_refs, own=warm)
        except Exception as error:  # mostly a store that is away: another time
            self.keeper.log.warning("sojourn: cannot find old checkpoints: %s", error)
            return None

    def _forgotten(
        self, kept: SessionStore, warm: bytes, due: Due | None, then: Callable[[Callable[[], None]], None]
    ) -> None:
        """Where something was saved meanwhile it may name what was to go: then another time."""
        keeper = self.keeper
        if due is None or keeper.progress.warm is not warm or keeper.behind.child is not None:
            self._under_way = False
            return
        if due.packs:
            keeper.progress.warm = forget_packs(warm, frozenset(due.packs))

        def remove() -> None:
            try:
                kept.remove(due)
            except Exception as error:
                keeper.log.warning("sojourn: cannot remove old checkpoints: %s", error)
            finally:
                self._under_way = False

        then(remove)


def _in_a_thread(act: Callable[[], None]) -> None:
    threading.Thread(target=act, name="sojourn-prune", daemon=True).start()
