"""A class's own names, asked without running code of its metaclass."""

from __future__ import annotations

import copyreg
import gc
import types
from collections.abc import Iterable
from typing import Any

import cloudpickle.cloudpickle as cp

HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: written in Python, or able to be; its attributes can be set
_OF_TYPE = frozenset(name for name, held in vars(type).items() if hasattr(type(held), "__set__")) | {"__class__"}
# Of these, what is the class's own.
_IN_CLASSES = {"__doc__", "__module__", "__annotations__", "__abstractmethods__", "__type_params__"}
_IN_C = (types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType)
_LAID_OUT = {"__dict__", "__weakref__", "__slots__"}


def qualname_of(cls: type) -> str:
    found: str = type.__dict__["__qualname__"].__get__(cls)
    return found


def module_of(cls: type) -> str:
    found: Any = type.__getattribute__(cls, "__module__")
    return found if type(found) is str else ""


def made_in_c(cls: type) -> bool:
    """Whether C code defines the class, so that it can't be made again from what it holds."""
    own = names_of(cls)
    if any(issubclass(type(held), _IN_C) and held.__objclass__ is cls for held in own.values()):
        return True
    made_by = own.get("__new__")
    if type(made_by) is types.BuiltinFunctionType and made_by.__self__ is cls:
        return True
    # Classes of Rust without methods: Python has nothing but these to give an object more memory than its base's.
    return not _LAID_OUT & own.keys() and _size(cls) > _size(type.__getattribute__(cls, "__base__"))


def _size(cls: type) -> int:
    """Bytes of an object, without what grows."""
    found: int = type.__getattribute__(cls, "__basicsize__")
    return found


def holds_more_than_attributes(cls: type) -> bool:
    """Whether C code defines a base that shows something else of its objects than their dictionary, where a copy would not have it."""
    return any(
        isinstance(held, (types.GetSetDescriptorType, types.MemberDescriptorType))
        and name not in ("__dict__", "__weakref__")
        for base in cls.__mro__[:-1]
        if made_in_c(base)
        for name, held in names_of(base).items()
    )


def names_of(cls: type) -> dict[str, Any]:
    """What stands in a class's own dictionary, in its order."""
    found: dict[str, Any] = type.__dict__["__dict__"].__get__(cls)
    return found


def inherited(cls: type, name: str) -> Any:
    """What the class, or the first of its bases that has one, has under a name; None where none has."""
    return next((names_of(base)[name] for base in cls.__mro__ if name in names_of(base)), None)


def slot_names(cls: type) -> list[str]:
    """The slots of a class and of its bases, as pickling has them; it leaves them in the class, which one made in a cell is not to show."""
    asked: Any = cls
    if module_of(cls) == "__main__" and "__slotnames__" not in names_of(cls):
        asked = types.SimpleNamespace(__mro__=cls.__mro__, __slots__=())
    found: list[str] = copyreg._slotnames(asked)  # type: ignore[attr-defined]
    return found


def learn_slots(cls: type) -> None:
    """Leave in a class what pickling leaves there, where a metaclass's ``__setattr__`` would hear of it."""
    if type(cls).__setattr__ is not type.__setattr__ and module_of(type(cls)) == "__main__":
        type.__setattr__(cls, "__slotnames__", slot_names(cls))


def forget_slots(classes: Iterable[type]) -> None:
    """Take back what pickling leaves in the classes of the objects that it asks for their state."""
    for cls in classes:
        if "__slotnames__" in names_of(cls):
            type.__delattr__(cls, "__slotnames__")


def state_of(cls: type) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """What fills a class that is made again, as cloudpickle gives it, and the order in which its names stand."""
    attributes, slots = cp._class_getstate(cls)  # sorted
    said_again = {  # what a base has as well, which cloudpickle leaves to the base
        "".join(name): held
        for name, held in names_of(cls).items()
        if name not in attributes and any(names_of(base).get(name, names_of) is held for base in cls.__bases__)
    }
    attributes |= said_again
    copies = {name: name for name in attributes}  # texts that no other object holds, which cloudpickle wants
    order = [copies.get(name, name) for name in names_of(cls)]
    return {name: attributes[name] for name in order if name in attributes}, slots, order


def put_in_order(cls: type, order: list[str]) -> None:
    """Have the names in a class's dictionary stand in this order, others last; libraries take fields from it in that order."""
    names = dict.fromkeys(names_of(cls))
    wanted = list({name: None for name in order if name in names} | names)
    if list(names) == wanted:
        return
    inside = _inside(cls)
    for name in wanted if inside is not None else ():  # none of them changes what it stands for
        inside[name] = inside.pop(name)  # type: ignore[index,union-attr]


def _inside(cls: type) -> dict[str, Any] | None:
    """A class's own dictionary itself; ctypes' classes have one of a class of its own."""
    return next((one for one in gc.get_referents(names_of(cls)) if isinstance(one, dict)), None)


def put_shadowed(cls: type, attributes: dict[str, Any]) -> dict[str, Any]:
    """Put back what a class calls like something that ``type`` gives all classes (``__name__ = property(...)``), which setting it would
    change instead. Gives back the rest."""
    shadowed = {name: held for name, held in attributes.items() if name in _OF_TYPE and name not in _IN_CLASSES}
    inside = _inside(cls) if shadowed else None
    if inside is None:
        return attributes
    inside.update(shadowed)  # what is set after it has Python look the class's names up anew
    return {name: held for name, held in attributes.items() if name not in shadowed}
