"""What ipywidgets holds of the session: the widgets that the front end may show, whether a variable names them or not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from ..libraries.whose import users
from ..lost import told_of
from ..reducers.lib_comm import open_comms, shown_widgets
from .provider import LATE, Provider, provide


def _capture(*_: Any) -> dict[str, Any] | None:
    module: Any = sys.modules.get("ipywidgets.widgets.widget")
    if module is None or not hasattr(module, "Widget"):
        return None
    state = {
        "widgets": {number: (one, one.comm) for number, one in list(shown_widgets().items())},
        "control": getattr(module.Widget, "_control_comm", None),
        "constructed": getattr(module.Widget, "_widget_construction_callback", None),
        "registered": [
            cls for cls in _classes(getattr(getattr(module, "_registry", None), "_registry", {})) if users(cls)
        ],
    }
    return state if any(state.values()) else None


def _classes(registry: Any) -> Iterator[type]:
    """The classes in ipywidgets' registry, which nests dictionaries by module, version and name."""
    for one in registry.values():
        if isinstance(one, dict):
            yield from _classes(one)
        else:
            yield one


def _put(_: Any, state: dict[str, Any]) -> None:
    held = {number: pair for number, pair in state["widgets"].items() if told_of(pair[0]) is None}
    for number in state["widgets"].keys() - held.keys():
        if (comm := open_comms().pop(number, None)) is not None:  # nothing is there to answer it
            comm._closed = True  # so that the front end hears nothing when it is collected
    if not held and "ipywidgets" not in sys.modules:
        return  # it is not here, and every widget is told
    from ipywidgets.widgets import widget as module

    for number, (widget, comm) in held.items():
        widget._trait_values["comm"], widget._model_id = comm, number  # past the trait: nothing is to be sent
        shown_widgets()[number] = widget
    for name, value in (("_control_comm", "control"), ("_widget_construction_callback", "constructed")):
        if state[value] is not None and told_of(state[value]) is None:
            setattr(module.Widget, name, state[value])
    for cls in state["registered"]:
        if told_of(cls) is None:
            module.register(cls)


provide(Provider("widgets", "widgets", LATE, lambda _: None, _capture, _put))
