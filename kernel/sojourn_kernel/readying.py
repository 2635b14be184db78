"""What a first save needs once, done while the kernel has nothing else to do: a save that is waited for is sooner, and no child does it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .late_imports import import_late

SLICE = 0.01  # seconds


def steps() -> Iterator[Callable[[], object]]:
    """In order, each short enough for a cell that comes meanwhile to wait for it."""
    yield lambda: import_late("writing")
    from .snapshot import environment, library_objects, reducers

    yield library_objects.found
    yield reducers.load
    yield environment.imported


def after_a_cell() -> Iterator[Callable[[], object]]:
    """The same of what a cell has imported."""
    from .snapshot import counters, library_objects

    if library_objects.are_more():
        yield library_objects.found
    while counters.are_more():
        yield lambda: counters.find(SLICE)
