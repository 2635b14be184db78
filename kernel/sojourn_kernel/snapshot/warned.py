"""What a library says while its objects are pickled: that something of them is left out (psygnal's signals: connections by weak references)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LEFT_OUT = re.compile(r"pickl|serializ|serialis|not (?:be )?(?:copied|copy|saved|kept|preserved)", re.IGNORECASE)
_HEAR = (
    "_showwarnmsg"  # what is handed each warning that no filter keeps back; a user's ``showwarning`` stays where it is
)


@contextmanager
def heard() -> Iterator[list[str]]:
    """Collects what is said of pickling while inside, whatever the session does with warnings, of which it hears nothing."""
    said: list[str] = []

    def hear(message: Any) -> None:
        text = str(message.message)
        if message.category is UserWarning and _LEFT_OUT.search(text) and text not in said:
            said.append(text)

    filters, show = warnings.filters, getattr(warnings, _HEAR)
    warnings.filters = [("always", None, Warning, None, 0)]
    setattr(warnings, _HEAR, hear)
    try:
        yield said
    finally:
        warnings.filters = filters
        setattr(warnings, _HEAR, show)
