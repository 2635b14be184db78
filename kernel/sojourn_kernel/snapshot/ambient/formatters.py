"""How objects are shown: formatters that cells replaced, and the printers that they added to IPython's."""

from __future__ import annotations

from typing import Any

from ..definitions import is_definition
from .ipython import is_the_users
from .provider import LATE, Provider, provide


def _by_mime(shell: Any) -> dict[str, Any]:
    """All formatters: those of types of data, and the two that come before them."""
    display = shell.display_formatter
    first = {name: getattr(display, name) for name in ("ipython_display_formatter", "mimebundle_formatter")}
    return first | display.formatters


def _formatters(shell: Any, base: Any) -> Any:
    found: dict[str, Any] = {}
    formatters = _by_mime(shell)
    for mime, formatter in formatters.items():
        by_type = [(cls, f) for cls, f in formatter.type_printers.items() if is_the_users(f)]
        by_name = [(key, f) for key, f in formatter.deferred_printers.items() if is_the_users(f)]
        single = [(key, f) for key, f in formatter.singleton_printers.items() if is_the_users(f)]
        if by_type or by_name or single:
            found[mime] = (by_type, by_name, single)
    precision = getattr(formatters["text/plain"], "float_precision", "")
    replaced = {mime: one for mime, one in formatters.items() if base.get(mime) is not one and is_definition(type(one))}
    return {"printers": found, "precision": precision, "replaced": replaced} if found or precision or replaced else None


def _put_formatters(shell: Any, state: Any) -> None:
    for mime, formatter in state.get("replaced", {}).items():
        if mime in shell.display_formatter.formatters:
            shell.display_formatter.formatters[mime] = formatter
        else:
            setattr(shell.display_formatter, mime, formatter)
    formatters = _by_mime(shell)
    for mime, (by_type, by_name, single) in state["printers"].items():
        formatters[mime].type_printers.update(by_type)
        formatters[mime].deferred_printers.update(by_name)
        formatters[mime].singleton_printers.update(single)
    if state["precision"]:
        formatters["text/plain"].float_precision = state["precision"]


provide(Provider("ipython.formatters", "display formatters", LATE, _by_mime, _formatters, _put_formatters))
