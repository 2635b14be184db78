"""pywt: its own pickling of a tree of wavelet packets keeps the root's data alone, and makes nodes anew when they are asked for."""

from __future__ import annotations

from typing import Any

from .. import contents
from . import reducer


@reducer("pywt._wavelet_packets:BaseNode")
def node(value: Any) -> Any:
    return contents.by_state(value)
