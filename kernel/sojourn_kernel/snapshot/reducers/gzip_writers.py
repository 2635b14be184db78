"""Files of gzip that are being written: what their compressor holds back is taken out as it would be by a flush, and a new one goes on from there.

A stream of deflate may begin anew at any byte that a flush ends with, so what is read from the file is what was written.
"""

from __future__ import annotations

import io
import zlib
from typing import Any

from ..objects import contents
from ..process import settling

_LEVEL = 9  # that of a file which was opened without one


def being_written(value: Any) -> Any:
    """The reduction of an open file of gzip, over a file that is kept."""
    held_back = _through_the_buffer(value) + value.compress.copy().flush(zlib.Z_SYNC_FLUSH)
    state = {name: held for name, held in vars(value).items() if name not in ("compress", "_buffer")}
    return contents.bare_of, (type(value), io.BufferedIOBase), (state, held_back), None, None, fill_writer


def _through_the_buffer(value: Any) -> bytes:
    """Have the compressor get what waits for it, from Python 3.12 on; in a child what it then gives out goes into no file."""
    buffer = getattr(value, "_buffer", None)
    if buffer is None:
        return b""
    if settling.is_kernel():
        buffer.flush()
        value.fileobj.flush()
        return b""
    file, value.fileobj = value.fileobj, io.BytesIO()
    try:
        buffer.flush()
        return bytes(value.fileobj.getvalue())
    finally:
        value.fileobj = file


def fill_writer(made: Any, state: tuple[dict[str, Any], bytes]) -> None:
    import gzip

    own, held_back = state
    vars(made).update(own)
    made.compress = Continued(held_back)
    if hasattr(gzip, "_WriteBufferStream"):
        made._buffer = io.BufferedWriter(gzip._WriteBufferStream(made), buffer_size=made._buffer_size)


class Continued:
    """A compressor that goes on with a stream: what the one before had held back comes first."""

    def __init__(self, held_back: bytes, compressor: Any = None) -> None:
        self._held_back = held_back
        self._compressor = compressor or zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, 0)

    def compress(self, data: Any) -> bytes:
        return self._first() + self._compressor.compress(data)

    def flush(self, mode: int = zlib.Z_FINISH) -> bytes:
        return self._first() + self._compressor.flush(mode)  # type: ignore[no-any-return]

    def copy(self) -> Continued:
        return Continued(self._held_back, self._compressor.copy())

    def _first(self) -> bytes:
        held_back, self._held_back = self._held_back, b""
        return held_back
