"""What was said of quantities of the session's to one of sympy's systems of units: ``SI.set_quantity_scale_factor(q, 3 * meter)``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from .provider import LATE, Provider, provide

_MAPS = ("_quantity_dimension_map", "_quantity_scale_factors")
Said = dict[tuple[str, bool, str], dict[Any, Any]]
"""By a system's name, whether it is said to the system of its dimensions, and the attribute that holds it."""


def _maps() -> Iterator[tuple[tuple[str, bool, str], dict[Any, Any]]]:
    library: Any = sys.modules.get("sympy.physics.units.unitsystem")
    for name, system in dict(getattr(getattr(library, "UnitSystem", None), "_unit_systems", {})).items():
        for of_dimensions, one in ((False, system), (True, system.get_dimension_system())):
            held = getattr(one, "__dict__", {})
            yield from (((name, of_dimensions, attribute), held[attribute]) for attribute in _MAPS if attribute in held)


def _said(shell: Any, _: Any) -> Said | None:
    own = {id(value) for value in list(shell.user_ns.values())}
    librarys = {id(value) for value in vars(sys.modules.get("sympy.physics.units", sys)).values()}
    found: Said = {}
    for place, held in _maps():
        if mine := {one: what for one, what in held.items() if id(one) in own - librarys}:
            found[place] = mine
    return found or None


def _say(_: Any, state: Said) -> None:
    import sympy.physics.units.systems  # noqa: F401  the systems register themselves

    for place, held in _maps():
        held.update(state.get(place, {}))


provide(Provider("sympy.units", "what is said of quantities", LATE, lambda _: None, _said, _say))
