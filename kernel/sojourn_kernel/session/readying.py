"""What a first save needs once, done while the kernel has nothing else to do: a save that is waited for is sooner, and no child does it again.

Each is done in steps, between two of which whatever was asked for comes first: an iterator does one when it is asked for the next, and says what it was.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from ..late_imports import import_late

SLICE = 0.01  # seconds
_LIBRARIES = f"{__package__.rpartition('.')[0]}.snapshot.libraries"


def at_the_start() -> Iterator[str]:
    """In order, each short enough for a cell that comes meanwhile to wait for it."""
    for name in ("store.writer", "snapshot.freeze", "session.writing"):
        import_late(name)
        yield name
    from ..snapshot import reducers
    from ..snapshot.libraries import environment, library_objects

    library_objects.found()
    yield "what modules hold"
    reducers.load()
    yield "reducers"
    environment.imported()


def is_done() -> bool:
    """Whether a save would do nothing that takes long and is done once for what was imported."""
    counters = sys.modules.get(f"{_LIBRARIES}.counters")  # which saves alone need
    library_objects = sys.modules.get(f"{_LIBRARIES}.library_objects")
    return (
        counters is not None and library_objects is not None and not (library_objects.are_more() or counters.are_more())
    )


def after_a_cell(namespace: Mapping[str, Any]) -> Iterator[str]:
    """The same of what a cell has imported. namespace: the session's."""
    from ..snapshot.ambient import registries
    from ..snapshot.libraries import counters, library_objects

    if library_objects.are_more():
        library_objects.found()
        yield "what modules hold"
    while counters.are_more():
        counters.find(SLICE)
        yield "counters"
    yield from registries.looked_through(namespace)
