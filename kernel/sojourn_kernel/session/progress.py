"""The line that says, below the first cell, how much of a restored session is still being loaded: one display, updated in place."""

from __future__ import annotations

import html
import uuid
from collections.abc import Callable
from typing import Any

from ..system import elapsed
from .loading import Loading

WORTH_SHOWING = 32 << 20  # bytes still to load, below which they are there before anybody has read of them
EVERY = 0.5  # seconds between two updates


class LoadingDisplay:
    """send: takes a message's type and content. text: what the display says in any case."""

    def __init__(self, send: Callable[[str, dict[str, Any]], Any], text: str, loading: Loading) -> None:
        self._send, self._text, self._loading = send, text, loading
        self._all = loading.bytes_left
        self._id, self._shown, self._ended = f"sojourn-{uuid.uuid4().hex}", 0.0, False

    def begin(self) -> None:
        self._show("display_data")

    def update(self) -> None:
        """After each piece that was loaded; seldom enough that no front end is flooded."""
        left = self._loading.bytes_left
        if not self._ended and (left == 0 or elapsed() - self._shown > EVERY):
            self._show("update_display_data")

    def _show(self, kind: str) -> None:
        left, self._shown = self._loading.bytes_left, elapsed()
        self._ended = left == 0
        plain, rich = self._text, html.escape(self._text)
        if left:
            done = f"{(self._all - left) / 1e6:.0f} of {self._all / 1e6:.0f} MB"
            plain += f" Loading the rest: {done}."
            rich += f" Loading the rest: <progress value={self._all - left} max={self._all}></progress> {done}."
        data = {"text/plain": plain, "text/html": rich}
        self._send(kind, {"data": data, "metadata": {}, "transient": {"display_id": self._id}})
