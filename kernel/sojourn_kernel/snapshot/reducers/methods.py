"""What classes hold in place of plain functions: class methods, static methods and properties, with what was given to them."""

from __future__ import annotations

from typing import Any

from .. import rebuild
from ..looking.classes import slot_names
from . import reducer

_OF_THE_FUNCTION = frozenset({"__module__", "__name__", "__qualname__", "__doc__", "__annotations__"})


@reducer("builtins:classmethod", "builtins:staticmethod")
def wrapped_method(value: Any) -> Any:
    """Frameworks mark methods by attributes of the wrapper (``validator = classmethod(f); validator.of = "a"``)."""
    function = value.__func__
    state = {name: held for name, held in vars(value).items() if not _is_functions(name, held, function)}
    base = classmethod if isinstance(value, classmethod) else staticmethod
    if type(value) is base and not state:
        return NotImplemented if vars(value) else (nameless, (base, function))
    return _made_bare(value, base, (function,), state)


def nameless(base: type, function: Any) -> Any:
    """As Python itself makes them of ``__new__`` and ``__init_subclass__``: it takes no names from the function."""
    made = base(function)
    vars(made).clear()
    return made


@reducer("builtins:property")
def property_of_subclass(value: Any) -> Any:
    if type(value) is property:
        return NotImplemented
    return _made_bare(
        value, property, (value.fget, value.fset, value.fdel), dict(getattr(value, "__dict__", None) or {})
    )


def _is_functions(name: str, held: Any, function: Any) -> bool:
    """Whether a wrapper took an attribute from the function when it was made."""
    return name in _OF_THE_FUNCTION and getattr(function, name, rebuild) is held


def _made_bare(value: Any, base: type, arguments: tuple[Any, ...], state: dict[str, Any]) -> Any:
    cls = type(value)
    if cls.__reduce_ex__ is not object.__reduce_ex__ or cls.__reduce__ is not object.__reduce__:
        return NotImplemented  # it says itself how it is kept
    slots = {name: held for name in slot_names(cls) if (held := getattr(value, name, base)) is not base}
    return bare_method, (cls, base), (base, arguments, (state, slots)), None, None, fill_method


def bare_method(cls: type, base: type) -> Any:
    return base.__new__(cls)


def fill_method(made: Any, state: tuple[type, tuple[Any, ...], Any]) -> None:
    base, arguments, attributes = state
    base.__init__(made, *arguments)  # type: ignore[misc]
    rebuild.set_state(made, attributes)


@reducer("builtins:super")
def parents(value: Any) -> Any:
    """``super(B, b)``, asked by what shows of it alone: any other name is looked up in the parents."""
    cls, bound = (vars(super)[name].__get__(value) for name in ("__thisclass__", "__self__"))
    return (super, (cls,)) if bound is None else (super, (cls, bound))
