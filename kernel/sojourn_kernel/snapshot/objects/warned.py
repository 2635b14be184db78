"""What libraries say while their objects are pickled, that something of them is left out (psygnal's signals: connections by weak
references), and while objects are loaded that another version of them has made (matplotlib's figures, scikit-learn's estimators).
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_LEFT_OUT = re.compile(r"pickl|serializ|serialis|not (?:be )?(?:copied|copy|saved|kept|preserved)", re.IGNORECASE)
_OTHER_VERSION = re.compile(r"version|compatib", re.IGNORECASE)
_HEAR = (
    "_showwarnmsg"  # what is handed each warning that no filter keeps back; a user's ``showwarning`` stays where it is
)


@contextmanager
def heard() -> Iterator[list[str]]:
    """Collects what is said of pickling while inside."""
    said: list[str] = []

    def hear(message: Any) -> None:
        text = str(message.message)
        if message.category is UserWarning and _LEFT_OUT.search(text) and text not in said:
            said.append(text)

    with _hearing(hear):
        yield said


@contextmanager
def heard_of_versions() -> Iterator[list[tuple[str, Any]]]:
    """Collects what is said of other versions while inside, each with the object that it is said of; None where that can't be seen."""
    said: list[tuple[str, Any]] = []

    def hear(message: Any) -> None:
        text = str(message.message)
        if issubclass(message.category, UserWarning) and _OTHER_VERSION.search(text) and not _is_being_imported():
            said.append((text, _speaker()))

    with _hearing(hear):
        yield said


def _is_being_imported() -> bool:
    """Whether a module says it as it is imported: of its surroundings, and of no object."""
    frame = sys._getframe(2)
    while frame is not None and not str(frame.f_globals.get("__name__")).startswith("sojourn_kernel"):
        if frame.f_code.co_name == "<module>":
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


@contextmanager
def _hearing(hear: Callable[[Any], None]) -> Iterator[None]:
    """Hand on all warnings, whatever the session does with them, of which it hears nothing."""
    filters, show = warnings.filters, getattr(warnings, _HEAR)
    warnings.filters = [("always", None, Warning, None, 0)]
    setattr(warnings, _HEAR, hear)
    try:
        yield
    finally:
        warnings.filters = filters
        setattr(warnings, _HEAR, show)


def _speaker() -> Any:
    """The object whose method warns."""
    frame = sys._getframe(2)
    while frame is not None and not str(frame.f_globals.get("__name__")).startswith("sojourn_kernel"):
        if (found := frame.f_locals.get("self")) is not None:
            return found
        frame = frame.f_back  # type: ignore[assignment]
    return None
