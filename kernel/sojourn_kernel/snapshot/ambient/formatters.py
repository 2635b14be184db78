"""How objects are shown: formatters that cells replaced, and the printers that they added to IPython's."""

from __future__ import annotations

from typing import Any

from ...told import Cause, Told
from ..objects.definitions import is_definition
from .ipython import is_the_users
from .provider import LATE, Provider, provide

_AS_THEY_ARE = "%r"
"How the text of numbers is made where nobody says otherwise."


def _by_mime(shell: Any) -> dict[str, Any]:
    """All formatters: those of types of data, and the two that come before them."""
    display = shell.display_formatter
    first = {name: getattr(display, name) for name in ("ipython_display_formatter", "mimebundle_formatter")}
    return first | display.formatters


def _printers(formatter: Any) -> tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any]]:
    return formatter.type_printers, formatter.deferred_printers, formatter.singleton_printers


def _at_start(shell: Any) -> dict[str, tuple[Any, list[set[Any]]]]:
    return {mime: (one, [set(printers) for printers in _printers(one)]) for mime, one in _by_mime(shell).items()}


def _formatters(shell: Any, base: Any) -> Any:
    found: dict[str, Any] = {}
    gone: dict[str, Any] = {}
    formatters = _by_mime(shell)
    for mime, formatter in formatters.items():
        by_type, by_name, single = [
            [(key, f) for key, f in printers.items() if is_the_users(f)] for printers in _printers(formatter)
        ]
        if by_type or by_name or single:
            found[mime] = (by_type, by_name, [(_object_of(shell, key), f) for key, f in single])
        if any(missing := _missing(shell, formatter, base[mime][1] if mime in base else [set(), set(), set()])):
            gone[mime] = missing
    precision, numbers = [getattr(formatters["text/plain"], f"float_{what}", "") for what in ("precision", "format")]
    replaced = {
        m: one for m, one in formatters.items() if base.get(m, (None,))[0] is not one and is_definition(type(one))
    }
    state = {"printers": found, "gone": gone, "precision": precision, "replaced": replaced}
    state["numbers"] = numbers if numbers != _AS_THEY_ARE else ""
    return state if any(state.values()) else None


def _missing(shell: Any, formatter: Any, before: list[set[Any]]) -> tuple[list[Any], list[Any], list[Any]]:
    """Keys of printers that were removed. One that is for a type by its name becomes one for the type, once that is met."""
    by_type, by_name, single = [
        [key for key in keys if key not in printers]
        for keys, printers in zip(before, _printers(formatter), strict=True)
    ]
    met = {(cls.__module__, cls.__name__) for cls in formatter.type_printers}
    return by_type, [key for key in by_name if key not in met], [_object_of(shell, key) for key in single]


def _object_of(shell: Any, key: int) -> tuple[Any, ...]:
    """The object that a printer is for, known by its address: a constant, or what a variable names."""
    known = (None, True, False, ..., NotImplemented, *shell.user_ns.values())
    return next(((one,) for one in known if id(one) == key), ())


def _put_formatters(shell: Any, state: Any) -> list[Told]:
    told = []
    for mime, formatter in state.get("replaced", {}).items():
        if mime in shell.display_formatter.formatters:
            shell.display_formatter.formatters[mime] = formatter
        else:
            setattr(shell.display_formatter, mime, formatter)
    formatters = _by_mime(shell)
    for mime, (by_type, by_name, single) in state["printers"].items():
        formatters[mime].type_printers.update(by_type)
        formatters[mime].deferred_printers.update(by_name)
        formatters[mime].singleton_printers.update({id(one[0]): f for one, f in single if one})
        if not all(one for one, _ in single):
            reason = "a printer is for one object, which no variable names; register it again."
            told.append(Told(f"singleton_printers[{mime}]", Cause.UNPICKLABLE, reason))
    for mime, (types, names, single) in state.get("gone", {}).items():
        keys = (types, names, [id(one[0]) for one in single if one])
        for printers, missing in zip(_printers(formatters[mime]), keys, strict=True):
            for key in missing:
                printers.pop(key, None)
    if state["precision"]:
        formatters["text/plain"].float_precision = state["precision"]
    if state.get("numbers"):
        formatters["text/plain"].float_format = state["numbers"]
    return told


provide(Provider("ipython.formatters", "display formatters", LATE, _at_start, _formatters, _put_formatters))
