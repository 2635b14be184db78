"""What the libraries of a store log of Sojourn's requests is not for the user's handlers.

A session that logs everything (``logging.basicConfig(level=logging.DEBUG)``) would find hundreds of lines with signed requests in its own
notebook after each checkpoint. The user's own requests by the same libraries, in the same process, are logged as ever.
"""

from __future__ import annotations

import logging

from ..ours import is_ours

LIBRARIES = ("botocore", "urllib3")


class Unheard(logging.Filter):
    """Lets no record of Sojourn's own requests pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not is_ours()


_filter = Unheard()


def watch_loggers() -> None:
    """Have the loggers that the libraries have by now ask the filter: each asks its own only."""
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in LIBRARIES:
            logger.addFilter(_filter)
