"""What ``traceback`` notes of errors, in attributes that are others in each version of Python."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from .. import rebuild
from . import reducer

_OWN = ("filename", "lineno", "name", "locals", "end_lineno", "colno", "end_colno")
_NOTES_LINES = sys.version_info >= (3, 13)  # all of a statement, and of an error's class the name


@reducer("traceback:FrameSummary")
def frame(value: Any) -> Any:
    text = value._lines if _NOTES_LINES else value._line  # None where nobody has asked for it yet
    state = ({name: getattr(value, name, None) for name in _OWN}, text, getattr(value, "__dict__", {}))
    return rebuild.bare, (type(value),), state, None, None, fill_frame


def fill_frame(made: Any, state: tuple[dict[str, Any], str | None, dict[str, Any]]) -> None:
    own, text, attributes = state
    options = {name: own[name] for name in ("end_lineno", "colno", "end_colno") if sys.version_info >= (3, 11)}
    if text is not None and _NOTES_LINES and own["end_lineno"] not in (None, own["lineno"]):
        text = text if text.count("\n") > own["end_lineno"] - own["lineno"] else None  # it looks for the others itself
    elif text is not None and not _NOTES_LINES:
        text, end, _ = text.partition("\n")
        text += end  # it counts the characters that it strips
    plain = traceback.FrameSummary.__init__
    plain(made, own["filename"], own["lineno"], own["name"], lookup_line=False, line=text, **options)
    made.locals = own["locals"]
    if attributes:
        made.__dict__.update(attributes)


@reducer("traceback:TracebackException")
def error(value: Any) -> Any:
    return rebuild.bare, (type(value),), dict(vars(value)), None, None, fill_error


def fill_error(made: Any, state: dict[str, Any]) -> None:
    cls = state.pop("exc_type", state.get("_exc_type"))
    if _NOTES_LINES:
        names = {
            "exc_type_qualname": getattr(cls, "__qualname__", None),
            "exc_type_module": getattr(cls, "__module__", None),
        }
        more = {"_exc_type": cls, "_have_exc_type": cls is not None, "_is_syntax_error": "msg" in state, **names}
    else:
        more = {"exc_type": cls}
    made.__dict__.update({**more, **state})
