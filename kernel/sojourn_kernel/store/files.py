"""The file backend: a directory. Writes go to a temporary file, are synced, then renamed; swaps hold a lock on a file."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..system import urandom
from .backend import Bytes, Stored, tag_of
from .errors import Full, NotFound, StoreUnavailable
from .keys import is_key

TEMPORARY = "tmp"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
MODE = 0o600  # a session's state is its owner's alone


class FileBackend:
    """Objects as files below ``root``, which is made if need be, for its owner only."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            if not root.is_dir():
                root.parent.mkdir(parents=True, exist_ok=True)
                root.mkdir(mode=0o700, exist_ok=True)
            (root / TEMPORARY).mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreUnavailable(f"cannot create the store in {root}: {error.strerror}") from error

    def get(self, key: str) -> bytes:
        with self._reading(key):
            return self._path(key).read_bytes()

    def get_tagged(self, key: str) -> tuple[bytes, str] | None:
        try:
            data = self.get(key)
        except NotFound:
            return None
        return data, tag_of(data)

    def get_range(self, key: str, start: int, length: int) -> Bytes:
        with self._reading(key), self._path(key).open("rb", buffering=0) as file:
            data = bytearray(max(0, min(length, os.fstat(file.fileno()).st_size - start)))
            return data[: _pread(file.fileno(), start, memoryview(data))]

    def read_into(self, key: str, start: int, view: memoryview) -> int:
        with self._reading(key), self._path(key).open("rb", buffering=0) as file:
            return _pread(file.fileno(), start, view)

    def put(self, key: str, data: Bytes) -> None:
        path, temporary = self._path(key), self.root / TEMPORARY / f"{os.getpid()}-{urandom(8).hex()}"
        try:
            try:
                _write(temporary, data)
                self._rename(temporary, path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        except OSError as error:
            kind = Full if error.errno in _NO_ROOM else StoreUnavailable
            raise kind(f"cannot write to the store in {self.root}: {error.strerror}") from error

    def swap(self, key: str, data: bytes, expect: str | None) -> str | None:
        with self._locked():
            found = self.get_tagged(key)
            if (found[1] if found else None) != expect:
                return found[1] if found and found[0] == data else None
            self.put(key, data)
            return tag_of(data)

    def walk(self, prefix: str) -> Iterator[Stored]:
        folder = self.root / prefix.rpartition("/")[0]
        yield from sorted(entry for entry in self._walk(folder) if entry.key.startswith(prefix))

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            try:
                self._path(key).unlink(missing_ok=True)
            except NotADirectoryError:
                pass
            except OSError as error:
                raise StoreUnavailable(f"cannot remove {key} from the store: {error.strerror}") from error

    def tidy(self, age: float) -> None:
        oldest = time.time() - age
        for path in (self.root / TEMPORARY).iterdir():
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except OSError:  # its writer was not dead, or another one was quicker
                pass

    def _path(self, key: str) -> Path:
        if not is_key(key):
            raise ValueError(f"{key!r} is no key")
        return self.root / key

    def _walk(self, folder: Path) -> Iterator[Stored]:
        try:
            for entry in os.scandir(folder):
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    if path != self.root / TEMPORARY:
                        yield from self._walk(path)
                elif path.parent != self.root:
                    status = entry.stat()
                    yield Stored(path.relative_to(self.root).as_posix(), status.st_size, status.st_mtime)
        except (FileNotFoundError, NotADirectoryError):  # removed meanwhile
            return
        except OSError as error:
            raise StoreUnavailable(f"cannot list the store in {self.root}: {error.strerror}") from error

    def _rename(self, temporary: Path, path: Path) -> None:
        """Move into place, durably: the folder's entry is synced as well."""
        try:
            temporary.replace(path)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        except OSError as error:
            if error.errno != errno.EINVAL:  # some network file systems can't sync a folder
                raise
        finally:
            os.close(folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            lock = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        except OSError as error:
            raise StoreUnavailable(f"cannot write to the store in {self.root}: {error.strerror}") from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
            except OSError as error:
                raise StoreUnavailable(f"cannot lock the store in {self.root}: {error.strerror}") from error
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _reading(self, key: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            if not (self.root / TEMPORARY).is_dir():  # a volume that is not mounted any more
                raise StoreUnavailable(f"the store in {self.root} is not there") from None
            raise NotFound(key) from None
        except OSError as error:
            raise StoreUnavailable(f"cannot read {key} from the store: {error.strerror}") from error


def _pread(descriptor: int, start: int, view: memoryview) -> int:
    """Fill a view: how many bytes there were. One call of the system's returns 2 GiB at most."""
    done = 0
    while done < len(view) and (read := os.preadv(descriptor, [view[done:]], start + done)):
        done += read
    return done


def _write(path: Path, data: Bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_once(path: Path, data: bytes) -> bytes:
    """Make a file readable by its owner only, whole or not at all; what is in it, if another process was first."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{threading.get_ident()}-{urandom(4).hex()}")
    try:
        _write(temporary, data)
        try:
            os.link(temporary, path)
            return data
        except FileExistsError:
            return path.read_bytes()
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"cannot write {path}: {error.strerror}") from error
