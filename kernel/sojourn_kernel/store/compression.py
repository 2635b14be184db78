"""Whether and how strongly to compress, decided by trying a sample: CPU time against time on the link, now and at restore."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import zstandard

SMALLEST = 512  # bytes: nothing to gain below
SAMPLE = 24 << 10  # bytes tried
LEVELS = (-5, 1)
MIN_RATIO = 1.1
STORAGE = 300e6  # bytes a second that the fastest link counts as: what is stored is also kept and read again


class Compressor:
    """Compresses for a link of so many bytes a second. Safe for threads."""

    def __init__(self, link: float) -> None:
        self.link = min(link, STORAGE)
        self._local = threading.local()

    def level_for(self, blocks: Sequence[bytes | memoryview]) -> int | None:
        """The level that serves neighbouring blocks best, or None to leave them as they are.

        By the CPU time of this thread: what else runs on the machine must not make a block incompressible.
        """
        sizes = sum(map(len, blocks))
        if sizes < SMALLEST:
            return None
        sample = _sample(blocks)
        best, cheapest = None, 2 / self.link
        for level in LEVELS:
            compressor = self._compressor(level)
            begin = time.thread_time()
            ratio = len(sample) / len(compressor.compress(sample))
            cpu = (time.thread_time() - begin) / len(sample)
            wire = 1 / (ratio * self.link)
            if ratio < MIN_RATIO:
                continue
            if (cost := max(cpu, wire) + wire) < cheapest:
                best, cheapest = level, cost
        return best

    def compress(self, data: bytes | memoryview, level: int) -> bytes:
        """A zstd frame."""
        return self._compressor(level).compress(data)

    def _compressor(self, level: int) -> zstandard.ZstdCompressor:
        mine: dict[Any, zstandard.ZstdCompressor] = self._local.__dict__  # one is not for several threads at once
        if level not in mine:
            mine[level] = zstandard.ZstdCompressor(level=level, write_checksum=False)
            mine[level].compress(bytes(SAMPLE))  # the first call takes its memory, which no trial should pay
        return mine[level]


def _sample(blocks: Sequence[bytes | memoryview]) -> bytes:
    """Bytes from the middle of up to three blocks: the ends of a buffer are often not like the rest."""
    chosen = [blocks[0], blocks[len(blocks) // 2], blocks[-1]] if len(blocks) > 2 else blocks[:1]
    share = SAMPLE // len(chosen)
    return b"".join(bytes(b[max(0, (len(b) - share) // 2) :][:share]) for b in chosen)
