"""Thawing: pieces to values, each once, definitions first. A piece that can't be loaded is told and costs no other."""

from __future__ import annotations

import io
import pickle
import threading
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from ..snapshot import rebuild
from ..snapshot.freeze import deep
from ..snapshot.frozen import DEFINITIONS, Frozen, Piece
from ..snapshot.lost import Lost, told_of
from ..store import BlobRef, StoreError
from ..told import Cause, Told


class BlobSource(Protocol):
    def read_blobs(self, refs: list[BlobRef]) -> Iterator[tuple[BlobRef, memoryview]]: ...


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, name: Any) -> Any:
        return rebuild.live(name)


class Thaw:
    """One checkpoint being loaded, a piece at a time, in any order and from any thread.

    main: the session's namespace. compile_again: makes a code object from its hint when the Python version differs.
    """

    def __init__(
        self,
        frozen: Frozen,
        source: BlobSource,
        main: dict[str, Any],
        compile_again: Callable[[str], types.CodeType] | None = None,
        cell_of: Callable[[str], tuple[int | None, str]] = lambda name: (None, ""),
    ) -> None:
        self.frozen, self.source, self.main, self.cell_of = frozen, source, main, cell_of
        self.compile_again = compile_again or _no_source
        self.told: list[Told] = list(frozen.told)
        self._definitions: dict[str, Any] = {}
        self._values: dict[str, Any] = {}
        self._done: set[int] = set()
        self._lock = threading.RLock()

    @property
    def pending(self) -> set[str]:
        """Roots not loaded yet."""
        return {root for piece in self.frozen.pieces if id(piece) not in self._done for root in piece.roots} - {
            DEFINITIONS
        }

    def load(self, roots: Iterable[str]) -> dict[str, Any]:
        """The values of these roots and of all that share objects with them, by root. Raises StoreUnavailable only."""
        with self._lock:
            owner = self.frozen.owner
            pieces = {
                id(owner[root]): owner[root] for root in roots if root in owner and id(owner[root]) not in self._done
            }
            if any(piece.definitions for piece in pieces.values()) and (definitions := self.frozen.definitions):
                pieces.setdefault(id(definitions), definitions)
            wanted = sorted(pieces.values(), key=lambda piece: DEFINITIONS not in piece.roots)
            loaded: dict[str, Any] = {}
            for piece in wanted:
                if id(piece) not in self._done:
                    loaded.update(self._load_piece(piece))
            return loaded

    def load_all(self) -> dict[str, Any]:
        return self.load(list(self.frozen.owner))

    def _load_piece(self, piece: Piece) -> dict[str, Any]:
        if piece.stream is None:
            return {}
        try:
            blobs = [data for _, data in self.source.read_blobs([piece.stream, *piece.buffers])]
            content = self._unpickle(blobs[0], blobs[1:])
        except ModuleNotFoundError as error:
            return self._failed(piece, Cause.MISSING_MODULE, f"the package {error.name} is not installed here")
        except StoreError as error:
            if type(error).__name__ == "StoreUnavailable":
                raise
            return self._failed(piece, Cause.UNLOADABLE, f"its bytes in the store are damaged ({error})")
        except (Exception, SystemExit, GeneratorExit) as error:
            return self._failed(
                piece, Cause.UNLOADABLE, f"loading it raised {type(error).__name__}: {str(error)[:200]}"
            )
        self._definitions.update(content["definitions"])
        self._done.add(id(piece))
        return {root: value for root, value in content["roots"].items() if root != DEFINITIONS}

    def _unpickle(self, stream: memoryview, buffers: list[memoryview]) -> dict[str, Any]:
        with rebuild.loading(self.main, self._definition, self.compile_again):
            return _Unpickler(io.BytesIO(stream), buffers=buffers).load()

    def _definition(self, key: str) -> Any:
        try:
            return self._definitions[key]
        except KeyError:
            raise LookupError(f"the definition of {key} could not be loaded") from None

    def _failed(self, piece: Piece, cause: Cause, reason: str) -> dict[str, Any]:
        self._done.add(id(piece))
        values: dict[str, Any] = {}
        for root in piece.roots:
            cell, source = self.cell_of(root)
            told = Told(root, cause, reason + ".", "", cell, source)
            self.told.append(told)
            if root != DEFINITIONS:
                values[root] = Lost(told)
        return values


def _no_source(hint: str) -> types.CodeType:
    raise LookupError(f"it was made by another Python version, and the source of {hint} is not known")


__all__ = ["Lost", "Thaw", "deep", "told_of"]
