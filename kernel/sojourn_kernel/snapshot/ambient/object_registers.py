"""Registers of libraries in which the session's objects stand as keys or as values, where no call that can be made again put them.

A quantity's scale in sympy, a collector of prometheus's, a legend's handler for a class: entries whose key or value was made
in a cell, or is what a variable names.
"""

from __future__ import annotations

import sys
from typing import Any

from ..libraries import places
from ..libraries.whose import users
from ..lost import told_of
from .provider import LATE, Provider, provide

_UNITS = "sympy.physics.units.dimensions:_QuantityMapper._quantity"
REGISTERS = (
    f"{_UNITS}_scale_factors_global",
    f"{_UNITS}_dimension_global",
    f"{_UNITS}_dimensional_equivalence_map_global",
    "sympy.core.sympify:_sympy_converter",
    "sympy.core.sympify:_external_converter",
    "matplotlib.legend:Legend._default_handler_map",
    "prometheus_client.registry:REGISTRY._collector_to_names",
    "prometheus_client.registry:REGISTRY._names_to_collectors",
    "reacton.core:Element._callback_wrappers",
)
"""Places of dicts."""


def _entries(shell: Any, _: Any) -> dict[str, list[tuple[Any, Any]]] | None:
    imported = [place for place in REGISTERS if place.partition(":")[0] in sys.modules]
    named = {id(value) for value in list(shell.user_ns.values())} if imported else set()
    found: dict[str, list[tuple[Any, Any]]] = {}
    for place in imported:
        exists, held = places.get(place)
        entries = [
            (key, value)
            for key, value in (list(held.items()) if exists else ())
            if id(key) in named or id(value) in named or _is_made_here(key, value)
        ]
        if entries:
            found[place] = entries
    return found or None


def _is_made_here(key: Any, value: Any) -> bool:
    return users(key) or users(value) or (type(key) is tuple and any(map(users, key)))


def _put(_: Any, state: dict[str, list[tuple[Any, Any]]]) -> None:
    for place, entries in state.items():
        exists, here = places.get(place)
        for key, value in entries if exists else ():
            if told_of(key) is None and told_of(value) is None and (_is_made_here(key, value) or key not in here):
                here[key] = value


provide(Provider("registers by object", "what libraries know of objects", LATE, lambda _: None, _entries, _put))
