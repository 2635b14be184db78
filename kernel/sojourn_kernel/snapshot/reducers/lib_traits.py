"""Traits: objects are kept as they are, with what hears of their traits. Their own pickling sets each trait anew, which the session's
handlers hear of, and leaves handlers out; that of a property's trait ends the process."""

from __future__ import annotations

from typing import Any

from ..objects import contents
from . import reducer


@reducer("traits.has_traits:HasTraits")
def has_traits(value: Any) -> Any:
    from traits.has_traits import HasTraits

    if any(getattr(type(value), name, None) is not getattr(HasTraits, name, None) for name in contents.PICKLING):
        return NotImplemented
    attributes, own = dict(vars(value)), dict(value._instance_traits() or {})
    state = attributes, own, list(value._notifiers(False) or ()), value.traits_inited()
    return contents.bare_of, (type(value), HasTraits), state, None, None, fill_object


def fill_object(made: Any, state: tuple[dict[str, Any], dict[str, Any], list[Any], bool]) -> None:
    attributes, own, notifiers, begun = state
    vars(made).update(attributes)
    if own:
        made._instance_traits().update(own)
    if notifiers:
        made._notifiers(True).extend(notifiers)
    if begun:
        made._trait_set_inited()


@reducer("traits.ctrait:CTrait")
def trait(value: Any) -> Any:
    notifiers = list(value._notifiers(False) or ())
    if not value.is_property:
        return type(value), (0,), (value.__getstate__(), notifiers), None, None, fill_trait
    state = value.property_fields, value.handler, dict(value.__dict__ or {}), notifiers
    return type(value), (_PROPERTY,), state, None, None, fill_property


_PROPERTY = 4  # the kind of trait that has functions for its value


def fill_trait(made: Any, state: tuple[Any, list[Any]]) -> None:
    own, notifiers = state
    made.__setstate__(own)
    if notifiers:
        made._notifiers(True).extend(notifiers)


def fill_property(made: Any, state: tuple[Any, Any, dict[str, Any], list[Any]]) -> None:
    fields, handler, attributes, notifiers = state
    made.property_fields, made.handler = fields, handler
    made.__dict__ = attributes
    if notifiers:
        made._notifiers(True).extend(notifiers)


def _of_items(base: type) -> Any:
    return lambda value: contents.filled(value, base)


for _name, _base in (("list", list), ("dict", dict), ("set", set)):
    reducer(f"traits.trait_{_name}_object:Trait{_name.capitalize()}")(_of_items(_base))
