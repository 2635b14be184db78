"""Marks by which the user says of a cell whether it may be run again: a comment, or a tag of the cell."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from io import StringIO
from typing import Any

REPLAY, NEVER = "replay", "never"
_COMMENT = re.compile(r"#\s*sojourn\s*:\s*((?:replay|never)\b(?:\W+(?:replay|never)\b)*)", re.IGNORECASE)
_NEARLY = re.compile(r"#\s*sojourn\s*(?::.*|(?:replay|never)\b.*)", re.IGNORECASE)
_MARK = re.compile("replay|never")


def mark_of(source: str, metadata: Any = None) -> str:
    """``replay``, ``never`` or "". Never wins over replay."""
    found = [one for comment in _comments(source) if _COMMENT.match(comment) for one in _COMMENT.findall(comment)]
    marks = set(_MARK.findall(" ".join(found).lower()))
    marks |= {tag.split(":", 1)[1].strip() for tag in _tags(metadata)}
    return NEVER if NEVER in marks else REPLAY if REPLAY in marks else ""


def problem_with_marks(source: str, metadata: Any = None) -> str:
    """What is meant for a mark and is none, for the user; "" where there is no such thing."""
    wrong = [one for one in _comments(source) if _NEARLY.match(one) and not _COMMENT.match(one)]
    wrong += [tag for tag in _tags(metadata) if tag.split(":", 1)[1].strip() not in (REPLAY, NEVER)]
    if not wrong:
        return ""
    return (
        f"{wrong[0].strip()!r} says nothing about this cell: the marks are '# sojourn: replay' and '# sojourn: never'"
    )


def _tags(metadata: Any) -> list[str]:
    """A cell's tags that are about Sojourn."""
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return (
        [tag for tag in tags if isinstance(tag, str) and tag.startswith("sojourn:")]
        if isinstance(tags, (list, tuple))
        else []
    )


def _comments(source: str) -> Iterator[str]:
    """The comments of a cell, wherever they stand; of one that is no Python (magics), lines that are a comment."""
    if "sojourn" not in source.lower():
        return
    try:
        for one in tokenize.generate_tokens(StringIO(source).readline):
            if one.type == tokenize.COMMENT:
                yield one.string
    except (tokenize.TokenError, SyntaxError):
        yield from (line.strip() for line in source.splitlines() if line.strip().startswith("#"))
