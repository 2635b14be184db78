"""Whether a value is part of another: then it is stored with that, and making it again would gain nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from ..recipe import Recipe
from ..snapshot.looking.attributes import held_in

_MANY = 10_000  # entries of a container up to which they are looked at


def takes_it_apart(recipe: Recipe, roots: Mapping[str, Any], namespace: Mapping[str, Any]) -> bool:
    """Whether a recipe only finds what it makes in what it reads."""
    inputs = [namespace.get(name) for name in recipe.inputs]
    return any(is_part_of(roots[root], whole) for root in recipe.roots for whole in inputs)


def is_part_of(value: Any, whole: Any) -> bool:
    """Whether ``whole`` is or holds the value, or an array whose memory it shows; as far as a glance tells, without code of the user's."""
    if value is whole:
        return True
    entries = held_in(whole, _MANY)
    return any(one is value for one in entries) or any(_one_memory(value, one) for one in (whole, *entries))


def _one_memory(one: Any, other: Any) -> bool:
    array = getattr(sys.modules.get("numpy"), "ndarray", None)
    return array is not None and type(one) is type(other) is array and _owner(one) is _owner(other)


def _owner(array: Any) -> Any:
    while type(array.base) is type(array):
        array = array.base
    return array
