"""A save or a load in the kernel's own main thread, watched: an object that stands still there, or takes all the time of a save, costs itself and not
the session.

Forked children are watched from outside (``fork``). Here a signal ends what the main thread waits for: the handler raises.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from ...system import contents_of, sleep
from ..frozen import PLANNING, STORING
from .interruption import Interruption, held_back, let_in, standing_by
from .lateness import pickled_by

STILL = 4.0  # seconds at one root without CPU time after which it counts as hung
SHARE = 0.5  # of the time that is left which one root may take, if it was not known to take longer
LEAST = 2.0  # seconds that it has, as long as there are some
_TICK = 0.25
_MOVES = 0.01  # seconds of CPU time
_WORKS = 0.2 * _TICK  # the same, of the whole process between two looks


class StoodStill(Interruption):
    """Pickling or loading a root stood still."""


class TookTooLong(Interruption):
    """Pickling a root took more than its share of the time that is left."""


class Watchdog:
    """until: ``time.monotonic()`` at which all must be stored. known: seconds that roots took before. seconds: at one root without CPU time
    after which it counts as hung. still: roots that stood still."""

    def __init__(
        self, until: float | None = None, known: Mapping[str, float] | None = None, seconds: float = STILL
    ) -> None:
        self.known, self.seconds = known or {}, seconds
        self._pickled_by = pickled_by(until)
        self.still: list[str] = []
        self._place: tuple[str, float, float] | None = None
        "The root, when it was begun, and when it has to be done."

    def note(self, root: str) -> None:
        """Called with each root that is begun, and with what follows them."""
        if root in ("", PLANNING, STORING):
            self._place = None
            return
        now = time.monotonic()
        left = max(0.0, self._pickled_by - now)
        share = max(min(LEAST, left), SHARE * left, 2 * self.known.get(root, 0.0))
        self._place = (root, now, now + share)

    def look_until(self, ended: threading.Event) -> None:
        """In another thread. Looks are counted, not seconds: where nothing gets on, a processor or Python's lock is short, this thread does not either."""
        place, cpu, looks, others = None, 0.0, 0, 0.0
        while not ended.wait(0):
            sleep(_TICK)
            here, (used, gets_on) = self._place, _cpu()
            others, before = time.process_time(), others
            gets_on = gets_on or others - before > _WORKS  # a library's own threads, which the main one waits for
            if here is None or here is not place or gets_on or used - cpu > _MOVES:
                place, cpu, looks = here, used, 0
            looks += 1
            still = looks * _TICK > self.seconds
            if here is not None and (still or time.monotonic() > here[2]):
                self._end(here, StoodStill() if still else TookTooLong())
                looks = 0

    def _end(self, place: tuple[str, float, float], verdict: Interruption) -> None:
        def raise_there() -> None:
            if self._place is place:
                if isinstance(verdict, StoodStill):
                    self.still.append(place[0])
                raise verdict

        if standing_by(raise_there):
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # type: ignore[arg-type]


@contextmanager
def watched(until: float | None, known: Mapping[str, float]) -> Iterator[Watchdog]:
    """While inside, whatever is noted is watched, if this is the main thread; a user's interrupt ends it."""
    dog = Watchdog(until, known)
    if threading.current_thread() is not threading.main_thread():
        yield dog
        return
    with held_back(always=True), let_in(), watched_by(dog):
        yield dog


@contextmanager
def watched_by(dog: Watchdog) -> Iterator[None]:
    """While inside, whatever is noted is watched, if this is the main thread; it can be ended where interrupts are let in."""
    ended = threading.Event()
    if threading.current_thread() is threading.main_thread():
        with suppress(RuntimeError):  # no room for one more thread: then it is not watched
            threading.Thread(target=dog.look_until, args=(ended,), name="sojourn-watchdog", daemon=True).start()
    try:
        yield
    finally:
        dog.note(STORING)
        ended.set()


def _cpu() -> tuple[float, bool]:
    """Seconds of CPU time of the main thread, and of the one that it may have left deep nesting to; and whether one of them waits for a
    processor or a disk."""
    used, gets_on = 0.0, False
    for thread in threading.enumerate():
        if thread is threading.main_thread() or thread.name == "sojourn-freeze":
            with suppress(OSError, TypeError, IndexError):  # it has just ended
                used += time.clock_gettime(time.pthread_getcpuclockid(thread.ident))  # type: ignore[arg-type]
                fields = contents_of(f"/proc/self/task/{thread.native_id}/stat").rpartition(b")")[2].split()
                gets_on = gets_on or fields[0] in (b"R", b"D")
    return used, gets_on
