"""Parquet files that pyarrow has open: opened again by what they are read from, a path, a file or a buffer.

A reader doesn't say its path. It is that of a file which the process has open or mapped, and which has the same metadata.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...told import Cause
from . import CannotKeep, reducer
from .files import FileGone

_PYARROW = "pyarrow.lib"
_MARK = b"PAR1"  # at both ends of such a file
_MAPPED = re.compile(r"^\S+ r\S+ \S+ \S+ \d+ +(/.*)$", re.MULTILINE)


@reducer("pyarrow._parquet:ParquetReader")
def reader(value: Any) -> Any:
    source = next((one for one in gc.get_referents(value) if _is_source(one)), None)
    if source is None or getattr(source, "closed", False):
        raise CannotKeep(Cause.LIVE_RESOURCE, "its Parquet file is closed")
    if type(source).__name__ == "BufferReader" and type(source).__module__ == _PYARROW:
        source = next(one for one in gc.get_referents(source) if _is_buffer(one))
    elif type(source).__module__ == _PYARROW and not _is_buffer(source):
        source = _path_of(value.metadata)
    return open_reader, (type(value), source, value.metadata, value.schema_arrow)


def _is_source(one: Any) -> bool:
    return _is_buffer(one) or (hasattr(one, "read") and hasattr(one, "seek"))


def _is_buffer(one: Any) -> bool:
    return type(one).__module__ == _PYARROW and type(one).__name__ in ("Buffer", "ResizableBuffer")


def _path_of(metadata: Any) -> str:
    from pyarrow import parquet

    found = set()
    for path in {*_open(), *_mapped()}:
        with contextlib.suppress(Exception):  # no file of Parquet, or one that is being written
            if _ends_like_parquet(path) and parquet.read_metadata(path).equals(metadata):
                found.add(os.path.realpath(path))
    if len(found) != 1:
        raise CannotKeep(Cause.LIVE_RESOURCE, "it can't be told which file it reads")
    return found.pop()


def _open() -> Iterator[str]:
    for number in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            yield str(number.readlink())


def _mapped() -> set[str]:
    with contextlib.suppress(OSError):
        return set(_MAPPED.findall(Path("/proc/self/maps").read_text()))
    return set()


def _ends_like_parquet(path: str) -> bool:
    if not Path(path).is_file():
        return False
    with Path(path).open("rb") as file:
        if file.read(len(_MARK)) != _MARK:
            return False
        file.seek(-len(_MARK), os.SEEK_END)
        return file.read() == _MARK


def open_reader(cls: type, source: Any, metadata: Any, schema: Any) -> Any:
    import pyarrow
    from pyarrow import parquet

    where = f"the Parquet file {source}" if isinstance(source, str) else "the Parquet file"
    as_dictionaries = [one.name for one in schema if pyarrow.types.is_dictionary(one.type)]
    for columns in (None, as_dictionaries):
        try:
            made = parquet.ParquetFile(source, read_dictionary=columns)
        except (OSError, pyarrow.ArrowInvalid) as error:
            raise FileGone(f"{where} can't be opened here: {error}") from None
        if not made.metadata.equals(metadata):
            raise FileGone(f"{where} is another here")
        if made.schema_arrow.equals(schema):
            return made.reader
    raise FileGone(f"{where} is read as other types here")
