"""What is worked out once a save, and asked for by many objects."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

_known: dict[Hashable, Any] | None = None


@contextmanager
def a_save() -> Iterator[None]:
    """While inside, what was asked for stays known."""
    global _known
    before, _known = _known, {}
    try:
        yield
    finally:
        _known = before


def once(name: Hashable, work_out: Callable[[], Any]) -> Any:
    """What was worked out under this name in this save, or is now."""
    if _known is None:
        return work_out()
    if name not in _known:
        _known[name] = work_out()
    return _known[name]


def once_of(name: Hashable, objects: tuple[Any, ...], work_out: Callable[[], Any]) -> Any:
    """What was worked out of these objects, as :func:`once`; they are held until the end, so that their ids stay theirs."""
    return once((name, *map(id, objects)), lambda: (work_out(), objects))[0]
