"""Open files: path, mode and position. Opening again never truncates, and a file that is not what it was is told."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from ...told import Cause
from .. import rebuild
from ..process import by_number, settling
from . import CannotKeep, KeptBut, gzip_writers, reducer, spent
from .layers import (
    BUFFERED,
    TEMPORARY_LIMIT,
    FileGone,
    buffered,
    layered,
    nothing_leads_to,
    open_numbered,
    over_an_object,
    position_of,
    unnamed,
    unnamed_content,
)
from .mapped_arrays import fill_memmap as fill_memmap  # where streams of before look for them
from .mapped_arrays import open_memmap as open_memmap
from .mapped_arrays import view_of_memmap as view_of_memmap

PLACE = (1 << 64) - 1  # of a text file's position; above it is the decoder's state


def open_text(
    path: str, mode: str, position: int, encoding: str, errors: str, newline: str | None, state: dict[str, Any]
) -> Any:
    file = open_binary(path, mode + "b", position & PLACE, -1)
    text = io.TextIOWrapper(
        file, encoding=encoding, errors=errors, newline=newline, line_buffering=state["line_buffering"]
    )
    if state["text_mode"] is not None:
        text.mode = state["text_mode"]  # type: ignore[misc]
    if file.tell() == position & PLACE:
        text.seek(position)
    file.raw.name = state["name"]
    return text


def open_named(path: str, mode: str, position: int, buffering: int, name: Any) -> Any:
    file = open_binary(path, mode, position, buffering)
    getattr(file, "raw", file).name = name
    return file


def open_binary(path: str, mode: str, position: int, buffering: int) -> Any:
    """Open as it was, without making or emptying it."""
    if mode.startswith(("w", "x")) and not Path(path).exists():
        raise FileGone(f"the file {path}, which was being written, is not here")
    try:
        file = open(path, mode, buffering, opener=as_it_is)  # noqa: SIM115
    except OSError as error:
        raise FileGone(f"the file {path} can't be opened here: {error.strerror}") from None
    end = file.seek(0, os.SEEK_END)
    if end < position and "a" not in mode:
        file.close()
        raise FileGone(f"the file {path} is shorter here than where the session was in it")
    file.seek(min(position, end))
    return file


def as_it_is(path: str, flags: int) -> int:
    """Opens a file for writing that is there: an opener, since ``w`` and ``x`` are part of what an open file is."""
    return os.open(path, flags & ~(os.O_CREAT | os.O_EXCL | os.O_TRUNC))


def closed_file(kind: str, name: Any, mode: str, encoding: str | None) -> Any:
    """A closed file: it can't be used, and says its name and mode."""
    how = mode if kind != "text" else mode.replace("U", "").replace("t", "")
    buffering = 0 if kind == "raw" else -1
    file: Any = open(os.devnull, how, buffering, encoding if kind == "text" else None, opener=as_it_is)  # noqa: SIM115
    (file.buffer.raw if kind == "text" else getattr(file, "raw", file)).name = name
    if kind == "text":
        file.mode = mode
    file.close()
    return file


@reducer("_io:BytesIO", "_io:StringIO")
def memory_file(value: Any) -> Any:
    if not value.closed:
        return NotImplemented
    return closed_memory, (type(value),), vars(value) or None, None, None, rebuild.set_state


def closed_memory(cls: type) -> Any:
    base: Any = io.BytesIO if issubclass(cls, io.BytesIO) else io.StringIO
    made = base.__new__(cls)
    base.__init__(made)
    base.close(made)
    return made


_EVERYWHERE = (
    os.devnull,
    "/dev/zero",
    "/dev/full",
    "/dev/urandom",
    "/dev/random",
)  # devices that have no place to be at


def _path_of(value: Any) -> str:
    name = value.name
    if not isinstance(name, (str, bytes, os.PathLike)):
        raise CannotKeep(Cause.LIVE_RESOURCE, "a pipe, socket or device can't be opened again elsewhere")
    path = by_number.path_of(value.fileno(), os.fsdecode(name))
    if not path or (not Path(path).is_file() and path not in _EVERYWHERE):
        shown = os.path.realpath(os.fsdecode(name))
        raise CannotKeep(
            Cause.FILE, f"its file {shown} is no regular file, or was removed or replaced while it was open"
        )
    return path


def _but_for_locks(file: Any, reduced: Any) -> Any:
    if settling.is_locked(file):
        raise KeptBut(
            reduced, "it is open where the session goes on, without the lock that was held on it: lock it again"
        )
    return reduced


def entry_of_directory(path: Any) -> Any:
    folder, name = os.path.split(path)
    try:
        with os.scandir(folder) as found:
            return next(one for one in found if one.name == name)
    except (OSError, StopIteration):
        raise FileGone(f"{path} is not here") from None


@reducer("posix:DirEntry")
def directory_entry(value: Any) -> Any:
    if not os.path.split(value.path)[0]:
        raise CannotKeep(Cause.LIVE_RESOURCE, "which directory it was found in is not known")
    return entry_of_directory, (value.path,)


@reducer("_io:TextIOWrapper")
def text_file(value: io.TextIOWrapper) -> Any:
    if type(value) is not io.TextIOWrapper:
        return NotImplemented
    if spent.is_detached(value):
        return spent.detached_text, (_how(value),), vars(value) or None
    if value.closed:
        return closed_file, ("text", _said(value, "name", None), _said(value, "mode", "r"), value.encoding)
    if value.writable():
        settling.flush(value)
    if type(value.buffer) not in BUFFERED or over_an_object(value.buffer) or isinstance(value.name, int):
        return (
            layered,
            (value.buffer, _how(value), position_of(value) if value.seekable() else None),
            vars(value) or None,
        )
    mode = value.mode
    path = _path_of(value)
    position = position_of(value)
    state = {"line_buffering": value.line_buffering, "text_mode": mode, "name": value.name}
    place = (path, mode.replace("t", ""), position, value.encoding, value.errors, _newline(value), state)
    return _but_for_locks(value, (open_text, place))


def _how(value: io.TextIOWrapper) -> dict[str, Any]:
    """What a stream of text was opened with."""
    how: dict[str, Any] = {"encoding": value.encoding, "errors": value.errors, "newline": _newline(value)}
    return how | {"line_buffering": value.line_buffering, "write_through": value.write_through}


def _said(value: Any, attribute: str, otherwise: Any) -> Any:
    """An attribute of a closed file; of a closed archive some raise from Python 3.13 on."""
    try:
        return getattr(value, attribute, otherwise)
    except ValueError:
        return otherwise


def _newline(value: io.TextIOWrapper) -> str | None:
    """The newline that the file was opened with; the collector is shown it, and no attribute is."""
    import gc

    return next((r for r in gc.get_referents(value) if isinstance(r, str) and r in ("", "\n", "\r", "\r\n")), None)


def _layered(buffer: Any, encoding: str, errors: str, position: int | None) -> Any:
    made = io.TextIOWrapper(buffer, encoding=encoding, errors=errors)
    if position is not None:
        made.seek(position)
    return made


@reducer("_io:BufferedReader", "_io:BufferedWriter", "_io:BufferedRandom")
def binary_file(value: Any) -> Any:
    if spent.is_detached(value):
        return spent.detached_buffer, (type(value),), vars(value) or None
    if value.closed:
        return closed_file, ("binary", getattr(value, "name", None), _said(value, "mode", "rb"), None)
    if value.writable():
        settling.flush(value)
    if over_an_object(value):
        return buffered, (type(value), value.raw, value.tell())
    content = unnamed_content(value)
    if content is not None:
        return unnamed, (content, value.mode, value.tell())
    if isinstance(value.name, int):
        return _but_for_locks(value, _numbered(value, value.raw))
    path = _path_of(value)
    mode = value.mode if "b" in value.mode else value.mode + "b"
    return _but_for_locks(value, (open_named, (path, mode, value.tell(), -1, value.name)))


def _numbered(value: Any, raw: Any) -> Any:
    path, flags, _ = by_number.described(value.fileno())
    if not path:
        raise CannotKeep(Cause.LIVE_RESOURCE, "a pipe, socket or device can't be opened again elsewhere")
    how = {"mode": raw.mode, "closefd": raw.closefd, "buffering": 0 if raw is value else -1}
    return open_numbered, (value.name, path, flags, value.tell(), how)


@reducer("_io:FileIO")
def raw_file(value: Any) -> Any:
    if value.closed:
        return closed_file, ("raw", getattr(value, "name", None), value.mode, None)
    if isinstance(value.name, int):
        return _but_for_locks(value, _numbered(value, value))
    return _but_for_locks(value, (open_named, (_path_of(value), value.mode, value.tell(), 0, value.name)))


def _compressed(kind: str) -> Any:
    import bz2
    import gzip
    import lzma

    return {"gzip": gzip.GzipFile, "bz2": bz2.BZ2File, "lzma": lzma.LZMAFile}[kind]


def closed_compressed(kind: str) -> Any:
    made = _compressed(kind)(os.devnull)
    made.close()
    return made


def open_compressed(kind: str, path: str, mode: str, position: int) -> Any:
    try:
        file = _compressed(kind)(path, mode)
    except OSError as error:
        raise FileGone(f"the file {path} can't be opened here: {error.strerror}") from None
    file.seek(position)
    return file


def over_bytes(kind: str, under: io.BytesIO, position: int) -> Any:
    under.seek(0)  # where it begins, and goes back to
    made = _compressed(kind)(fileobj=under) if kind == "gzip" else _compressed(kind)(under)
    made.seek(position)
    return made


@reducer("gzip:GzipFile", "bz2:BZ2File", "lzma:LZMAFile")
def compressed_file(value: Any) -> Any:
    kind = type(value).__module__
    if value.closed:
        own = {one: held for one, held in vars(value).items() if one in ("name", "mode")} if kind == "gzip" else None
        return closed_compressed, (kind,), own
    if not value.readable():
        if kind == "gzip" and type(value).__module__ == kind:
            return gzip_writers.being_written(value)
        raise CannotKeep(Cause.LIVE_RESOURCE, "a compressed file that is being written has state that can't be kept")
    under = getattr(value, "fileobj", None) or getattr(value, "_fp", None)
    if isinstance(under, io.BytesIO) and not under.closed:
        return over_bytes, (kind, under, value.tell())
    name = getattr(value, "name", None) or (getattr(value, "_fp", None) and value._fp.name)
    if not isinstance(name, str):
        raise CannotKeep(Cause.LIVE_RESOURCE, "a compressed stream over something else can't be opened again")
    own = {"name": name} if kind == "gzip" else None
    path = by_number.path_of(value.fileno(), name)
    if not path:
        raise nothing_leads_to(name)
    return open_compressed, (kind, path, "rb", value.tell()), own


def open_zip(path: str, mode: str) -> Any:
    import zipfile

    try:
        return zipfile.ZipFile(path, "r" if mode == "r" else "a")
    except OSError as error:
        raise FileGone(f"the archive {path} can't be opened here: {error.strerror}") from None


@reducer("zipfile:ZipFile")
def zip_file(value: Any) -> Any:
    without_path = not value.filename or isinstance(
        value.filename, int
    )  # the number of a temporary file that it was given
    if value.fp is None or without_path or value.mode != "r":  # all that it knows is in its attributes
        return rebuild.bare, (type(value),), dict(vars(value))
    own = {name: held for name, held in vars(value).items() if name not in _OF_THE_OPEN_ZIP}
    path = by_number.path_of_file(value.fp, value.filename)
    if not path:
        raise nothing_leads_to(value.filename)
    return open_zip, (path, value.mode), own, None, None, fill_zip


_OF_THE_OPEN_ZIP = ("fp", "filename", "_lock", "_fileRefCnt", "_filePassed")


def fill_zip(made: Any, own: dict[str, Any]) -> None:
    """What the archive's object knew: its entries as the same objects, unless the file is another now; its password."""
    listed = [[(one.filename, one.header_offset, one.CRC) for one in of] for of in (made.filelist, own["filelist"])]
    vars(made).update(own if listed[0] == listed[1] else {"pwd": own["pwd"]})


def make_temporary_directory(name: str, contents: dict[str, bytes], how: dict[str, Any] | None = None) -> Any:
    """A directory with its content, unless it was removed before; ``how``: options, folders, permissions, whether it is there."""
    import tempfile
    import weakref

    how = how or {"options": {}, "folders": [], "modes": {}, "there": True}
    made = tempfile.TemporaryDirectory()
    made.cleanup()
    made.name = name
    vars(made).update(how["options"])
    if not how["there"]:
        return made
    root = Path(name)
    for folder in (".", *how["folders"]):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for relative, data in contents.items():
        target = root / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        target.chmod(how["modes"].get(relative, target.stat().st_mode))
    options = {"ignore_errors": made._ignore_cleanup_errors}  # type: ignore[attr-defined]
    if "_delete" in how["options"]:
        options["delete"] = how["options"]["_delete"]
    made._finalizer = weakref.finalize(  # type: ignore[attr-defined]
        made,
        made._cleanup,
        name,
        warn_message=f"Implicitly cleaning up {made!r}",
        **options,  # type: ignore[attr-defined]
    )
    return made


@reducer("tempfile:TemporaryDirectory")
def temporary_directory(value: Any) -> Any:
    root = Path(value.name)
    inside = list(root.rglob("*"))
    files = {path.relative_to(root).as_posix(): path for path in inside if path.is_file()}
    if sum(path.stat().st_size for path in files.values()) > TEMPORARY_LIMIT:
        raise CannotKeep(Cause.FILE, f"the temporary directory {root} holds more than {TEMPORARY_LIMIT >> 20} MiB")
    how = {
        "options": {name: one for name, one in vars(value).items() if name in ("_ignore_cleanup_errors", "_delete")},
        "folders": [path.relative_to(root).as_posix() for path in inside if path.is_dir()],
        "modes": {name: path.stat().st_mode & 0o7777 for name, path in files.items()},
        "there": root.is_dir(),
    }
    return make_temporary_directory, (value.name, {name: path.read_bytes() for name, path in files.items()}, how)
