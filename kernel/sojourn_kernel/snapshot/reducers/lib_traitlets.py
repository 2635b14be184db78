"""Objects with traits (widgets too): their observers, which their own state leaves out."""

from __future__ import annotations

from typing import Any

from .. import rebuild
from ..libraries import places
from . import reducer


def fill_observed(made: Any, state: tuple[Any, list[tuple[Any, Any, Any]]]) -> None:
    inner, observers = state
    rebuild.give_state(made, inner)
    observe_again(made, observers)


def observe_again(made: Any, observers: list[tuple[Any, Any, Any]]) -> None:
    for name, kind, callback in observers:
        known = made._trait_notifiers.setdefault(name, {}).setdefault(kind, [])
        if not any(callback is one for one in known):
            known.append(callback)


def observers_of(value: Any) -> list[tuple[Any, Any, Any]]:
    """Trait, kind and callback of each observer that the session added."""
    from traitlets import EventHandler

    return [
        (name, kind, callback)
        for name, kinds in value._trait_notifiers.items()
        for kind, callbacks in kinds.items()
        for callback in callbacks
        if not isinstance(callback, EventHandler)  # those of the class's own decorators come back by themselves
    ]


def with_observers(value: Any, reduced: Any) -> Any:
    """A reduction by state that keeps the observers as well."""
    observers = observers_of(value)
    if not observers:
        return reduced
    made, arguments, state, *others = reduced
    items = [*others, None, None][:2]
    return made, arguments, (state, observers), items[0], items[1], fill_observed


@reducer("traitlets.utils.sentinel:Sentinel")
def sentinel(value: Any) -> Any:
    """``All``, under which the observers of all traits are found by identity, says in which module it stands."""
    place = f"{value.module}:{value.name}"
    return (rebuild.live, (rebuild.PLACE + place,)) if places.get(place) == (True, value) else NotImplemented


@reducer("traitlets.traitlets:HasTraits")
def has_traits(value: Any) -> Any:
    reduced = value.__reduce_ex__(5)
    if not isinstance(reduced, tuple) or len(reduced) < 3 or reduced[2] is None:
        return reduced
    return with_observers(value, reduced)
