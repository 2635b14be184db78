"""Temporary files with names: the file goes away with its node, so its content travels along."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from ...told import Cause
from ..process import settling
from . import CannotKeep, reducer
from .files import as_it_is

LIMIT = 64 << 20  # bytes of a temporary file that a checkpoint keeps


_SWITCHES = ("delete", "close_called", "delete_on_close", "cleanup_called")


@reducer("tempfile:_TemporaryFileWrapper")
def named_file(value: Any) -> Any:
    path = Path(value.name)
    switches = {name: is_on for name, is_on in vars(value._closer).items() if name in _SWITCHES}
    delete = getattr(value, "delete", value._closer.delete)  # Python before 3.12 has it in both
    if value.closed:
        # What was left under its name is there to be opened by that name
        content = path.read_bytes() if path.is_file() and path.stat().st_size <= LIMIT else None
        return make_closed_file, (value.file, str(value.name), delete, switches, content)
    if value.file.writable():
        settling.flush(value.file)
    if not path.is_file() or path.stat().st_size > LIMIT:
        raise CannotKeep(Cause.FILE, f"the temporary file {path} is gone, or larger than {LIMIT >> 20} MiB")
    text = isinstance(value.file, io.TextIOBase)
    how = {"encoding": value.file.encoding, "errors": value.file.errors} if text else {}
    state = (str(path), path.read_bytes(), value.file.mode, value.tell(), delete, how, switches)
    return make_named_file, state


def make_named_file(
    path: str,
    content: bytes,
    mode: str,
    position: int,
    delete: bool,
    how: dict[str, Any],
    switches: dict[str, bool] | None = None,
) -> Any:
    file = Path(path)
    if not file.parent.is_dir():
        file = Path(tempfile.gettempdir()) / file.name
    if not file.exists():
        file.touch(0o600)
        file.write_bytes(content)
    opened = open(file, mode, opener=as_it_is, **how)  # noqa: SIM115
    if "a" not in mode:
        opened.seek(position)
    return _wrapped(opened, str(file), delete, switches or {})


def make_closed_file(file: Any, name: str, delete: bool, switches: dict[str, bool], content: bytes | None) -> Any:
    path = Path(name)
    if content is not None and path.parent.is_dir() and not path.exists():
        path.touch(0o600)
        path.write_bytes(content)
    return _wrapped(file, name, delete, switches)


def _wrapped(file: Any, name: str, delete: bool, switches: dict[str, bool]) -> Any:
    made = tempfile._TemporaryFileWrapper(file, name, delete)  # type: ignore[attr-defined]
    vars(made._closer).update(switches)
    return made
