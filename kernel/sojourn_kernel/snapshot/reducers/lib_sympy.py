"""sympy: what its own pickling evaluates again, or leaves out (the domain of a polynomial, what a wild symbol excludes)."""

from __future__ import annotations

import contextlib
import copyreg
import functools
import importlib
import inspect
import sys
import types
from typing import Any

from ..looking.attributes import attributes_of
from ..looking.classes import slot_names
from . import reducer

_FOUND_AGAIN = ("_mhash", "_assumptions")
_PLAIN = (str, int, float, bool, type(None))
_DERIVED = frozenset({"_args", "nargs", "is_commutative"})  # what every class makes of its arguments


@reducer("sympy.core.basic:Basic")
def expression(value: Any) -> Any:
    """As it is: its class would evaluate its arguments, and make another one of ``Mul(2, 3, evaluate=False)``, or take hours."""
    cls, basic = type(value), sys.modules["sympy.core.basic"].Basic
    if any(getattr(cls, name) is not getattr(basic, name) for name in _PICKLING) or hasattr(cls, "__getnewargs_ex__"):
        return NotImplemented
    if not str(cls.__module__).startswith("sympy.") or isinstance(cls, sys.modules["sympy.core.singleton"].Singleton):
        return NotImplemented
    held = _held(value)
    if _assumes_what_its_class_does(value, cls):
        del held["_args"]
        plain = {
            name: one for name, one in held.items() if _is_plain(one)
        }  # what other parts may ask for while it is filled
        rest = {name: one for name, one in held.items() if name not in plain}
        return bare_expression, (cls, value._args, plain), rest or None, None, None, fill_expression
    return _made_of_its_arguments(value, cls, held)


_PICKLING = ("__getnewargs__", "__getstate__", "__reduce__", "__reduce_ex__")


def _assumes_what_its_class_does(value: Any, cls: Any) -> bool:
    """Whether all that is assumed of an expression follows from its class and its arguments."""
    return getattr(value._assumptions, "generator", None) == getattr(cls.default_assumptions, "generator", None)


def _made_of_its_arguments(value: Any, cls: Any, held: dict[str, Any]) -> Any:
    try:
        made = cls.__new__(cls, *value.args)
    except Exception:  # it takes other arguments
        made = None
    if type(made) is not cls or not _alike(value._args, made._args):
        return bare_expression, (cls, value._args), held, None, None, fill_expression
    again = _held(made) if made is not value else {name: held[name] for name in _DERIVED & held.keys()}  # of a cache
    if all(name in again and _alike(one, again[name]) for name, one in held.items()):
        return NotImplemented
    other = {name: one for name, one in held.items() if name != "_args"}
    return copyreg.__newobj__, (cls, *value.args), other, None, None, fill_expression  # type: ignore[attr-defined]


def _held(value: Any) -> dict[str, Any]:
    slots = {}
    for name, slot in _slots(type(value)):
        with contextlib.suppress(AttributeError):  # it is empty
            slots[name] = slot.__get__(value)
    return {name: one for name, one in (slots | attributes_of(value)).items() if name not in _FOUND_AGAIN}


@functools.lru_cache(maxsize=1024)
def _slots(cls: Any) -> tuple[tuple[str, Any], ...]:
    """Those that no attribute of a class below hides."""
    found = ((name, inspect.getattr_static(cls, name, None)) for name in slot_names(cls))
    return tuple((name, one) for name, one in found if isinstance(one, types.MemberDescriptorType))


def _alike(one: Any, other: Any) -> bool:
    try:
        return one is other or (
            type(one) is type(other) and bool(one == other) and (type(one) is not dict or list(one) == list(other))
        )
    except Exception:  # arrays say of each element whether it is equal
        return False


def _is_plain(value: Any) -> bool:
    return all(map(_is_plain, value)) if type(value) in (tuple, list) else type(value) in _PLAIN


def bare_expression(cls: Any, arguments: Any, plain: dict[str, Any] | None = None) -> Any:
    made = object.__new__(cls)
    made._args, made._assumptions, made._mhash = arguments, cls.default_assumptions, None
    fill_expression(made, plain or {})
    return made


def fill_expression(made: Any, held: dict[str, Any]) -> None:
    for name, value in held.items():
        object.__setattr__(made, name, value)


_ANSWERS = "sympy.assumptions.handlers."


@reducer("sympy.assumptions.assume:Predicate")
def predicate(value: Any) -> Any:
    """With the modules that answer for predicates: asking ``Q`` for one imports them, and nothing else does."""
    cls = type(value)
    if not str(cls.__module__).startswith("sympy.assumptions.predicates.") or value.args:
        return expression(value)
    return make_predicate, (cls, sorted(name for name in sys.modules if name.startswith(_ANSWERS)))


def make_predicate(cls: Any, answers: list[str]) -> Any:
    for name in answers:
        importlib.import_module(name)
    return cls()


@reducer("sympy.diffgeom.diffgeom:CoordinateSymbol")
def coordinate(value: Any) -> Any:
    """Its own pickling says a symbol's arguments, which it does not take."""
    return make_coordinate, (type(value), value.coord_sys, value.index, value._assumptions_orig)


def make_coordinate(cls: Any, system: Any, index: int, assumptions: dict[str, Any]) -> Any:
    return cls(system, index, **assumptions)


@reducer("sympy.polys.polytools:Poly")
def polynomial(value: Any) -> Any:
    return make_polynomial, (type(value), value.as_dict(), value.gens, value.domain)


def make_polynomial(cls: Any, terms: dict[Any, Any], gens: tuple[Any, ...], domain: Any) -> Any:
    return cls.from_dict(terms, *gens, domain=domain)


@reducer("sympy.core.symbol:Wild")
def wild(value: Any) -> Any:
    return make_wild, (type(value), value.name, value.exclude, value.properties, value._assumptions_orig)


def make_wild(cls: Any, name: str, exclude: Any, properties: Any, assumptions: dict[str, Any]) -> Any:
    return cls(name, exclude=exclude, properties=properties, **assumptions)


@reducer("sympy.polys.rings:PolyRing", "sympy.polys.fields:FracField")
def polynomials(value: Any) -> Any:
    """Its own pickling raises; they are made once for the same arguments."""
    return type(value), (value.symbols, value.domain, value.order)


# sympy's fields of inexact numbers hold a context of mpmath, whose number classes are its own


@reducer("sympy.polys.domains.realfield:RealField", "sympy.polys.domains.complexfield:ComplexField")
def inexact_field(value: Any) -> Any:
    import sympy.polys.domains as domains

    name = type(value).__name__
    common = domains.RR if name == "RealField" else domains.CC
    if value is not common and "_dtype" in vars(value):  # its numbers are of a class that its context made
        return copyreg.__newobj__, (type(value),), dict(vars(value))  # type: ignore[attr-defined]
    return make_field, (name, None if value is common else value.precision)


def make_field(name: str, precision: int | None) -> Any:
    import sympy.polys.domains as domains

    if precision is None:
        return domains.RR if name == "RealField" else domains.CC
    return getattr(domains, name)(prec=precision)


@reducer("sympy.core.cache:lazy_function.<locals>.LazyFunction")
def lazy_function(value: Any) -> Any:
    module, _, name = repr(value).rpartition("wrapping '")[2].rstrip("'").rpartition(".")
    return make_lazy_function, (module, name)


def make_lazy_function(module: str, name: str) -> Any:
    import sympy
    from sympy.core.cache import lazy_function

    common = getattr(sympy, name, None)
    return common if type(common).__name__ == "LazyFunction" else lazy_function(module, name)
