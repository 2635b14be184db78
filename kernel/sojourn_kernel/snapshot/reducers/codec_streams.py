"""Streams of ``codecs.open``: they refuse to be pickled, and are their files and what they have read ahead."""

from __future__ import annotations

from typing import Any

from .. import rebuild
from . import reducer


@reducer("codecs:StreamReaderWriter", "codecs:StreamRecoder", "codecs:StreamReader", "codecs:StreamWriter")
def stream(value: Any) -> Any:
    return rebuild.bare, (type(value),), dict(vars(value)), None, None, rebuild.set_state
