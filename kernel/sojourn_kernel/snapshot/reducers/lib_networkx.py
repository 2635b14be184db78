"""networkx: functions that its decorators wrap. At their first call it writes code for them, by names that it puts into its own module."""

from __future__ import annotations

from typing import Any

from .. import rebuild
from . import function_reducer, reducer

_WRITTEN = "_code"


@function_reducer("__argmap__")
def decorated(value: Any, state: tuple[Any, ...]) -> Any:
    """As it was before its first call. state: what ``rebuild.fill_function`` puts back."""
    defaults, kwdefaults, attributes, *others = state
    attributes = {name: held for name, held in attributes.items() if name != _WRITTEN}
    return make_decorated, (value.__name__,), (defaults, kwdefaults, attributes, *others), None, None, fill_decorated


@reducer("networkx.utils.backends:_dispatchable")
def dispatchable(value: Any) -> Any:
    """networkx looks its own up by their names, and makes them with its import."""
    from ..objects import contents  # which needs the module that needs this one

    home = getattr(value.orig_func, "__module__", None)
    return contents.by_state(value) if home is None or not home.startswith("networkx") else NotImplemented


def make_decorated(name: str) -> Any:
    from networkx.utils.decorators import argmap

    made = argmap(_nothing)(_nothing)
    made.__name__ = name
    return made


def _nothing() -> None:
    return None


def fill_decorated(made: Any, state: tuple[Any, ...]) -> None:
    made.__dict__.clear()
    rebuild.fill_function(made, state)
