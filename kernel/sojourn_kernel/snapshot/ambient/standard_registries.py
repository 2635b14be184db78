"""What modules of the standard library hold for everyone: mime types, dialects of csv, ways to pickle and copy, breakpoints, read files."""

from __future__ import annotations

import copy
import copyreg
import csv
import functools
import mimetypes
import sys
from pathlib import Path
from typing import Any

from ..libraries.whose import users
from ..reducers.iterators import dialect_of
from .provider import LATE, Provider, provide

# csv


def _dialects(*_: Any) -> dict[str, Any]:
    return {name: dialect_of(csv.get_dialect(name)) for name in csv.list_dialects()}


def _changed_dialects(_: Any, base: dict[str, Any]) -> tuple[dict[str, Any]] | None:
    now = _dialects()
    return (now,) if now != base else None


def _put_dialects(_: Any, state: tuple[dict[str, Any]]) -> None:
    for name in set(csv.list_dialects()) - state[0].keys():
        csv.unregister_dialect(name)
    for name, options in state[0].items():
        csv.register_dialect(name, **options)


provide(Provider("csv.dialects", "csv dialects", LATE, _dialects, _changed_dialects, _put_dialects))


# mime types: two kinds, strict and not, with their inverses; the defaults until the module is first used

_MIME = ("types_map", "common_types", "suffix_map", "encodings_map")


def _mime(of: Any = mimetypes) -> dict[str, Any]:
    types = {} if of is mimetypes else {"types_map": of.types_map[True], "common_types": of.types_map[False]}
    return {name: dict(types.get(name) or getattr(of, name)) for name in _MIME}


@functools.cache
def _usual_mime() -> mimetypes.MimeTypes:
    return mimetypes.MimeTypes(tuple(name for name in mimetypes.knownfiles if Path(name).is_file()))


def _changed_mime(_: Any, base: dict[str, Any]) -> dict[str, Any] | None:
    now = _mime()
    if now == base or (mimetypes.inited and now == _mime(_usual_mime())):
        return None
    inverse = getattr(mimetypes._db, "types_map_inv", None)  # type: ignore[attr-defined]
    return now | {"inverse": tuple({kind: list(held) for kind, held in one.items()} for one in inverse or ())}


def _put_mime(_: Any, state: Any) -> None:
    mimetypes.init()
    if isinstance(state, tuple):  # of an older checkpoint
        return mimetypes.types_map.update(state[0])
    for name in _MIME:
        held = getattr(mimetypes, name)
        held.clear()
        held.update(state[name])
    for held, wanted in zip(mimetypes._db.types_map_inv, state["inverse"], strict=False):  # type: ignore[attr-defined]
        held.clear()
        held.update(wanted)
    return None


provide(Provider("mimetypes", "mime types", LATE, lambda _: _mime(), _changed_mime, _put_mime))


# how objects are pickled and copied

_WAYS: dict[str, dict[Any, Any]] = {
    "copyreg": copyreg.dispatch_table,
    "deepcopy": copy._deepcopy_dispatch,  # type: ignore[attr-defined]
    "copy": copy._copy_dispatch,  # type: ignore[attr-defined]
}


def _ways(_: Any, base: dict[str, dict[Any, Any]]) -> dict[str, list[tuple[Any, Any]]] | None:
    """Those that are the user's: of classes of cells, or by their functions. A library gives its own again."""
    changed = {
        name: [(cls, how) for cls, how in held.items() if base[name].get(cls) is not how and (users(cls) or users(how))]
        for name, held in _WAYS.items()
    }
    return changed if any(changed.values()) else None


def _put_ways(_: Any, state: Any) -> None:
    for name, entries in (state if isinstance(state, dict) else {"copyreg": state}).items():
        _WAYS[name].update(entries)


provide(
    Provider(
        "copyreg", "ways to pickle and to copy", LATE,
        lambda _: {name: dict(held) for name, held in _WAYS.items()}, _ways, _put_ways,
    )
)  # fmt: skip


# files that fileinput goes through, breakpoints that debuggers have in common


def _reading(*_: Any) -> tuple[Any] | None:
    fileinput = sys.modules.get("fileinput")
    return (fileinput._state,) if fileinput is not None and fileinput._state is not None else None


def _put_reading(_: Any, state: tuple[Any]) -> None:
    import fileinput

    fileinput._state = state[0]  # type: ignore[attr-defined]


provide(Provider("fileinput", "what fileinput reads", LATE, lambda _: None, _reading, _put_reading))

_BREAKPOINTS = ("next", "bplist", "bpbynumber")


def _breakpoints(*_: Any) -> dict[str, Any] | None:
    bdb = sys.modules.get("bdb")
    if bdb is None or not any(bdb.Breakpoint.bpbynumber):
        return None
    return {name: getattr(bdb.Breakpoint, name) for name in _BREAKPOINTS}


def _put_breakpoints(_: Any, state: dict[str, Any]) -> None:
    import bdb

    for name, value in state.items():
        setattr(bdb.Breakpoint, name, value)


provide(Provider("bdb", "breakpoints", LATE, lambda _: None, _breakpoints, _put_breakpoints))
