"""What the libraries of a store log of Sojourn's requests is not for the user's handlers.

A session that logs everything (``logging.basicConfig(level=logging.DEBUG)``) would find hundreds of lines with signed requests in its own
notebook after each checkpoint. The user's own requests by the same libraries, in the same process, are logged as ever.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

LIBRARIES = ("botocore", "urllib3")

_here = threading.local()


class Unheard(logging.Filter):
    """Lets no record pass that a thread of Sojourn's makes in a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(_here, "depth", 0)


_filter = Unheard()


@contextmanager
def unheard() -> Iterator[None]:
    """What this thread does meanwhile is Sojourn's."""
    _here.depth = getattr(_here, "depth", 0) + 1
    try:
        yield
    finally:
        _here.depth -= 1


def watch_loggers() -> None:
    """Have the loggers that the libraries have by now ask the filter: each asks its own only."""
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in LIBRARIES:
            logger.addFilter(_filter)
