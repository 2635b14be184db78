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
from ..objects.contents import ARGUMENTS, PICKLING
from ..objects.structs import is_plain
from . import reducer

_FOUND_AGAIN = ("_args", "_mhash", "_assumptions")


@reducer("sympy.core.basic:Basic")
def expression(value: Any) -> Any:
    """As it is: its class would evaluate its arguments, and make another one of ``Mul(2, 3, evaluate=False)``, or take hours."""
    cls, basic = type(value), sys.modules["sympy.core.basic"].Basic
    if any(getattr(cls, name, None) is not getattr(basic, name, None) for name in PICKLING | ARGUMENTS):
        return NotImplemented
    if not str(cls.__module__).startswith("sympy.") or isinstance(cls, sys.modules["sympy.core.singleton"].Singleton):
        return NotImplemented
    held = _held(value)
    plain = {name: one for name, one in held.items() if is_plain(one)}  # other parts may ask for it while it is filled
    rest = {name: one for name, one in held.items() if name not in plain}
    arguments = (cls, value._args, plain, *_said_of(value, cls))
    return bare_expression, arguments, rest or None, None, None, fill_expression


def _said_of(value: Any, cls: Any) -> tuple[dict[str, Any], ...]:
    """What was assumed of an expression when it was made (``IndexedBase("B", real=True)``), where its class does not say that."""
    said = value._assumptions.generator
    return () if said == cls.default_assumptions.generator else (said,)


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


def bare_expression(
    cls: Any, arguments: Any, plain: dict[str, Any] | None = None, said: dict[str, Any] | None = None
) -> Any:
    made, usual = object.__new__(cls), cls.default_assumptions
    made._args, made._assumptions, made._mhash = arguments, usual if said is None else type(usual)(said), None
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
