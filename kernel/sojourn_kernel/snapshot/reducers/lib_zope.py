"""zope.interface: interfaces that cells define, what their classes implement, and registries of adapters.

Interfaces look like classes, say that they are found by their names, and are objects of C code; a class's declaration says that the
class has it, which is not so while the class is made again.
"""

from __future__ import annotations

from typing import Any

from .. import rebuild
from ..objects import contents
from . import reducer


@reducer("zope.interface.interface:InterfaceClass")
def interface(value: Any) -> Any:
    if value.__module__ != "__main__":
        return NotImplemented  # by its name
    made_of = (type(value), value.__name__, value.__module__)
    return bare_interface, made_of, (value.__bases__, dict(vars(value))), None, None, fill_specification


def bare_interface(cls: type, name: str, module: str) -> Any:
    made = cls.__new__(cls)
    made.__init__(name, (), {}, "", module)  # type: ignore[misc]
    return made


@reducer("zope.interface.declarations:Implements")
def implements(value: Any) -> Any:
    if getattr(value.inherit, "__module__", None) != "__main__":
        return NotImplemented  # the library's own pickling asks the class for it
    made_of = (type(value), value.__name__)
    return bare_implements, made_of, (value.__bases__, dict(vars(value))), None, None, fill_specification


def bare_implements(cls: Any, name: str) -> Any:
    return cls.named(name)


@reducer("zope.interface.declarations:ClassProvides")
def class_provides(value: Any) -> Any:
    if getattr(value._cls, "__module__", None) != "__main__":
        return NotImplemented
    attributes, slots = contents.parts_of_state(value)
    of_c = {"_cls": value._cls, "_implements": value._implements}
    state = {**attributes, **slots, **of_c}
    return bare_declaration, (type(value),), (value.__bases__, state), None, None, fill_specification


def bare_declaration(cls: Any) -> Any:
    from zope.interface.interface import Specification  # type: ignore[import-not-found,unused-ignore]

    made = cls.__new__(cls)
    Specification.__init__(made)
    return made


def fill_specification(made: Any, state: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
    bases, attributes = state
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    made.__bases__ = bases


@reducer("zope.interface.adapter:BaseAdapterRegistry")
def registry(value: Any) -> Any:
    cls = type(value)
    if cls.__reduce__ is not object.__reduce__ or cls.__reduce_ex__ is not object.__reduce_ex__:
        return NotImplemented  # it says itself how it is kept
    made_of_others = ("_v_lookup", *cls._delegated)
    state = {name: held for name, held in vars(value).items() if name not in made_of_others}
    return rebuild.bare, (cls,), state, None, None, fill_registry


def fill_registry(made: Any, state: dict[str, Any]) -> None:
    vars(made).update(state)
    made._createLookup()
