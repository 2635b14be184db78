"""A queue of things to look at: each key once, never two looks at one key at a time, failures after a growing pause."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds after a look that raised


@dataclass(frozen=True, order=True)
class Key:
    """Something to look at: the plural of its kind, its namespace and name."""

    plural: str
    namespace: str
    name: str


@dataclass
class WorkQueue:
    """Made and used in one event loop; ``add`` from other threads goes through ``loop.call_soon_threadsafe``.

    ``look`` returns the seconds until the next look at the key, or None.
    """

    look: Callable[[Key], Awaitable[float | None]]
    workers: int
    failed: Callable[[Key], None] = lambda key: None
    _due: dict[Key, float] = field(default_factory=dict)
    _heap: list[tuple[float, int, Key]] = field(default_factory=list)
    _busy: set[Key] = field(default_factory=set)
    _failures: dict[Key, int] = field(default_factory=dict)
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, key: Key, after: float = 0.0) -> None:
        """Look at a key in so many seconds, or sooner if it is due sooner."""
        when = asyncio.get_running_loop().time() + after
        if self._due.get(key, float("inf")) <= when:
            return
        self._due[key] = when
        heapq.heappush(self._heap, (when, next(self._order), key))
        self._changed.set()

    async def run(self) -> None:
        """Work until cancelled."""
        workers = [asyncio.create_task(self._work()) for _ in range(self.workers)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            key = await self._next()
            self._busy.add(key)
            try:
                after = await self.look(key)
                self._failures.pop(key, None)
            except Exception:
                failures = self._failures[key] = self._failures.get(key, 0) + 1
                after = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1))
                log.exception("%s %s/%s: looking again in %g s", key.plural, key.namespace, key.name, after)
                self.failed(key)
            finally:
                self._busy.discard(key)
                self._changed.set()
            if after is not None and after != float("inf"):
                self.add(key, after)

    async def _next(self) -> Key:
        while True:
            now = asyncio.get_running_loop().time()
            held: list[tuple[float, int, Key]] = []
            found = None
            while self._heap and self._heap[0][0] <= now:
                entry = heapq.heappop(self._heap)
                when, _, key = entry
                if self._due.get(key) != when:
                    continue  # superseded by a sooner one
                if key in self._busy:
                    held.append(entry)
                    continue
                found = key
                break
            for entry in held:
                heapq.heappush(self._heap, entry)
            if found:
                del self._due[found]
                return found
            # Held keys wake us when their worker ends; the rest by the clock.
            soonest = min((when for when, _, key in self._heap if key not in self._busy), default=None)
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), None if soonest is None else max(0.0, soonest - now))
            except asyncio.TimeoutError:
                pass
