"""Attributes that cells gave to the shell itself: ``get_ipython().project = "x"``, ``ip.showtraceback = mine``."""

from __future__ import annotations

import re
from typing import Any

from .provider import LATE, Provider, provide

_SHELLS = ("IPython", "ipykernel", "sojourn_kernel", "traitlets")
_SETS = r"\.\s*{0}\s*(?:[-+*/%&|^@]|//|\*\*|<<|>>)?=(?!=)|\.\s*{0}\s*:|setattr\s*\([^\n]*['\"]{0}['\"]"


def _given(shell: Any, base: dict[str, Any]) -> dict[str, Any] | None:
    """What is new on the shell and set by name in some cell: IPython sets attributes of its own as it goes."""
    missing = object()
    found = {
        name: value
        for name, value in vars(shell).items()
        if base.get(name, missing) is not value
        and not type(value).__module__.startswith(_SHELLS)
        and _set_in_a_cell(shell, name)
    }
    return found or None


def _set_in_a_cell(shell: Any, name: str) -> bool:
    pattern = re.compile(_SETS.format(re.escape(name)))
    return any(name in source and pattern.search(source) for source in shell.history_manager.input_hist_parsed)


def _put_given(shell: Any, state: dict[str, Any]) -> None:
    for name, value in state.items():
        setattr(shell, name, value)


provide(
    Provider("ipython.attributes", "attributes of the shell", LATE, lambda shell: dict(vars(shell)), _given, _put_given)
)
