"""Pickle streams without frames, so that a change early in a stream moves what follows and alters none of it.

The C pickler groups opcodes into frames of 64 KiB (PEP 3154), whose headers fall on other places as soon as one byte is inserted before them;
chunks cut by content would never be the same again. A pickle without frames is as valid; it is read through a buffer instead.
"""

from __future__ import annotations

import io
from typing import Any

_PROTO, _FRAME = b"\x80", b"\x95"
_FRAME_HEADER = 9  # bytes: the opcode and a length of 8 bytes
_LEAST_FRAME = 4  # bytes below which the pickler gives a frame no header
READ_AHEAD = 64 << 10  # bytes


class Stream(io.BytesIO):
    """A pickle as it is written."""

    def restart(self) -> None:
        """Empty, for another attempt."""
        self.seek(0)
        self.truncate()


class Unframed(Stream):
    """What a C pickler writes, less the headers of frames.

    The pickler writes whole frames, each in one call; a large bytes or str object comes in a call of its own, after the frame and
    the opcode that announce it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._announced = False
        "Whether the next call brings the content of a large object."

    def write(self, data: Any) -> int:
        if self._announced:
            self._announced = False
            return super().write(data)
        view = memoryview(data)
        start = 2 if data[:1] == _PROTO else 0
        if data[start : start + 1] == _FRAME:
            end = start + _FRAME_HEADER
            length = int.from_bytes(view[start + 1 : end], "little")
            self._announced = len(view) > end + length
            super().write(view[:start])
            super().write(view[end:])
        else:
            self._announced = len(view) - start >= _LEAST_FRAME
            super().write(view)
        return len(view)

    def restart(self) -> None:
        self._announced = False
        super().restart()


def reading(stream: Any) -> io.BufferedReader:
    """A stream as an unpickler reads it quickly, with frames or without."""
    return io.BufferedReader(io.BytesIO(stream), READ_AHEAD)  # type: ignore[arg-type]
