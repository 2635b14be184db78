"""Marks by which the user says of a cell whether it may be run again: a comment, or a tag of the cell."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from io import StringIO
from typing import Any

REPLAY, NEVER = "replay", "never"
_COMMENT = re.compile(r"#\s*sojourn\s*:\s*(replay|never)\b", re.IGNORECASE)
_LINES = re.compile(rf"^\s*{_COMMENT.pattern}", re.IGNORECASE | re.MULTILINE)


def mark_of(source: str, metadata: Any = None) -> str:
    """``replay``, ``never`` or "". Never wins over replay."""
    marks = set(_marks_in(source)) if "sojourn" in source.lower() else set()
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    tags = tags if isinstance(tags, (list, tuple)) else []
    marks |= {tag.split(":", 1)[1].strip() for tag in tags if isinstance(tag, str) and tag.startswith("sojourn:")}
    return NEVER if NEVER in marks else REPLAY if REPLAY in marks else ""


def _marks_in(source: str) -> Iterator[str]:
    """Marks in the comments of a cell, wherever they stand; of one that is no Python (magics), in lines that are a comment."""
    try:
        comments = [
            one.string for one in tokenize.generate_tokens(StringIO(source).readline) if one.type == tokenize.COMMENT
        ]
    except (tokenize.TokenError, SyntaxError):
        yield from (mark.lower() for mark in _LINES.findall(source))
        return
    for comment in comments:
        if found := _COMMENT.match(comment):
            yield found[1].lower()
