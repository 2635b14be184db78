"""Temporary files with names: the file goes away with its node, so its content travels along."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from ...told import Cause
from .. import settling
from . import CannotKeep, reducer
from .files import as_it_is

LIMIT = 64 << 20  # bytes of a temporary file that a checkpoint keeps


@reducer("tempfile:_TemporaryFileWrapper")
def named_file(value: Any) -> Any:
    if value.closed:
        raise CannotKeep(Cause.FILE, "a closed temporary file is gone")
    if value.file.writable():
        settling.flush(value.file)
    path = Path(value.name)
    if not path.is_file() or path.stat().st_size > LIMIT:
        raise CannotKeep(Cause.FILE, f"the temporary file {path} is gone, or larger than {LIMIT >> 20} MiB")
    text = isinstance(value.file, io.TextIOBase)
    how = {"encoding": value.file.encoding, "errors": value.file.errors} if text else {}
    state = (str(path), path.read_bytes(), value.file.mode, value.tell(), getattr(value, "delete", True), how)
    return make_named_file, state


def make_named_file(path: str, content: bytes, mode: str, position: int, delete: bool, how: dict[str, Any]) -> Any:
    file = Path(path)
    if not file.parent.is_dir():
        file = Path(tempfile.gettempdir()) / file.name
    if not file.exists():
        file.touch(0o600)
        file.write_bytes(content)
    opened = open(file, mode, opener=as_it_is, **how)  # noqa: SIM115
    if "a" not in mode:
        opened.seek(position)
    return tempfile._TemporaryFileWrapper(opened, str(file), delete)  # type: ignore[attr-defined]
