"""Cutting bytes into chunks: aligned blocks of buffers, whose length rarely changes; pickles where their content says so."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

from fastcdc import fastcdc

BLOCK = 256 << 10  # bytes of a buffer's blocks
STREAM = 512 << 10  # bytes from which on a pickle is cut by its content
SMALLEST, USUAL, LARGEST = 16 << 10, 64 << 10, 256 << 10  # bytes of its chunks


def flat(data: Any) -> memoryview:
    """The bytes of anything contiguous, not copied. Raises BufferError for what is not."""
    return data if isinstance(data, memoryview) and data.format == "B" and data.ndim == 1 and data.contiguous else (
        pickle.PickleBuffer(data).raw()
    )  # fmt: skip


def cut(view: memoryview, kind: str) -> Iterator[memoryview]:
    """The chunks of a blob of kind ``buffer`` or ``stream``, in order."""
    if kind == "stream" and len(view) > STREAM:
        return (view[c.offset : c.offset + c.length] for c in fastcdc(view, SMALLEST, USUAL, LARGEST))
    if kind not in ("stream", "buffer"):
        raise ValueError(f"a blob is a buffer or a stream, not a {kind!r}")
    return (view[start : start + BLOCK] for start in range(0, len(view), BLOCK))
