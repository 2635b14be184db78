"""What a first save needs once, done while the kernel has nothing else to do: a save that is waited for is sooner, and no child does it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .late_imports import import_late


def steps() -> Iterator[Callable[[], object]]:
    """In order, each short enough for a cell that comes meanwhile to wait for it."""
    yield lambda: import_late("writing")
    from .snapshot import environment, library_objects, reducers

    yield library_objects.found
    yield reducers.load
    yield environment.imported
