"""Where libraries' own streams of random numbers stand: random's own has a provider."""

from __future__ import annotations

import random
import sys
from typing import Any

from ..libraries import library_objects, places
from .provider import LATE, Provider, provide


def _states(*_: Any) -> dict[str, Any] | None:
    return {place: stream.getstate() for place, stream in library_objects.streams().items()} or None


def _put_states(_: Any, state: dict[str, Any]) -> None:
    for place, of_stream in state.items():
        if place.partition(":")[0] not in sys.modules:
            continue  # made anew when it is imported
        exists, stream = places.get(place)
        if exists and isinstance(stream, random.Random):
            stream.setstate(of_stream)


provide(Provider("library streams", "libraries' random numbers", LATE, lambda _: None, _states, _put_states))
