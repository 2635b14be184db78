"""Whether an object can be kept whole: it is pickled to nowhere, and nothing in it may have to be told."""

from __future__ import annotations

from typing import Any

from .looking.classes import forget_slots
from .objects.definitions import Definitions
from .once import once
from .pickler import PiecePickler
from .process.interruption import Interruption

MOST = 1_000_000  # objects that are met in vain in all trials of one save


class _TooMuch(Exception):
    """The save has no more time for trials."""


class _Tried:
    """What the trials of one save have found out. It holds the objects, so that their ids stay theirs."""

    def __init__(self) -> None:
        self.whole: dict[int, Any] = {}
        self.not_whole: dict[int, Any] = {}
        self.left = MOST


class _Nowhere:
    def write(self, data: Any) -> int:
        return len(data)


class _Trying(PiecePickler):
    """What libraries keep back of the objects inside stays out of it: that has a trial of its own."""

    def __init__(self, main: dict[str, Any], live: dict[int, str], most: int) -> None:
        super().__init__(_Nowhere(), main, live, Definitions({}), lambda _: None)
        self.met: list[Any] = []
        self._most = most

    def persistent_id(self, value: Any) -> None:
        self.met.append(value)
        if len(self.met) > self._most:
            raise _TooMuch


def can_be_kept_whole(value: Any, main: dict[str, Any], live: dict[int, str]) -> bool:
    """Whether nothing in an object would be told; asked again in the same save, of it or of what is in it, it is known."""
    tried = once("trials", _Tried)
    if id(value) not in tried.whole and id(value) not in tried.not_whole:
        trying = _Trying(main, live, tried.left)
        try:
            trying.dump(value)
            tried.whole.update((id(one), one) for one in trying.met)
        except Interruption:
            raise
        except BaseException:  # whatever a library's object raises
            tried.not_whole[id(value)] = value
            tried.left -= len(trying.met)
        finally:
            forget_slots(trying.without_slotnames)
            trying.let_go()
    return id(value) in tried.whole
