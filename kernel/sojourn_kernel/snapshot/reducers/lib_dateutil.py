"""dateutil's time zones: ``gettz("America/New_York")`` gives one object each time, and times subtract by whether their zones are one object."""

from __future__ import annotations

import importlib
from collections.abc import MutableMapping
from typing import Any

from . import reducer


@reducer("dateutil.tz.tz:tzfile", "dateutil.tz.tz:tzstr", "dateutil.tz.tz:tzoffset")
def zone(value: Any) -> Any:
    known = [
        (register, key) for register, held in _registers().items() for key, one in list(held.items()) if one is value
    ]
    if not known:
        return NotImplemented
    make, arguments, state = value.__reduce_ex__(5)[:3]
    return known_zone, (known, make, arguments), state


def known_zone(known: list[tuple[str, Any]], make: Any, arguments: tuple[Any, ...]) -> Any:
    """The zone that dateutil gives under these keys by now; else one that it will give from now on."""
    registers = _registers()
    places = [(registers[register], key) for register, key in known if register in registers]
    made = next((one for held, key in places if (one := held.get(key)) is not None), None) or make(*arguments)
    for held, key in places:
        held.setdefault(key, made)
    return made


def _registers() -> dict[str, MutableMapping[Any, Any]]:
    """Which zone dateutil gives for what, by the attribute that holds it."""
    zones = importlib.import_module("dateutil.tz.tz")
    holders = {"_GettzFunc__instances": "gettz", "_TzOffsetFactory__instances": "tzoffset", "_TzStrFactory__instances": "tzstr"}  # fmt: skip
    found = {name: getattr(getattr(zones, holder, None), name, None) for name, holder in holders.items()}
    return {name: held for name, held in found.items() if held is not None}
