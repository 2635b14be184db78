"""Comms and widgets: what they are. That they are open, and known to the front end, is process state (``ambient/comms.py``, ``ambient/widgets.py``).

So an object that loading makes half, or twice, is not connected to anything: collecting it closes nothing in the front end.
"""

from __future__ import annotations

import copyreg
import sys
import threading
from typing import Any

from ..libraries import places, singletons
from . import lib_traitlets, reducer


def open_comms() -> dict[str, Any]:
    """The comms that messages of the front end reach, by id."""
    comm = sys.modules.get("comm")
    return getattr(comm.get_comm_manager(), "comms", {}) if comm is not None else {}


def shown_widgets() -> dict[str, Any]:
    """The widgets that have a model in the front end, by its id; ipywidgets itself holds them until they are closed."""
    module: Any = sys.modules.get("ipywidgets.widgets.widget")
    if module is None or not hasattr(module, "Widget"):
        return {}
    held = getattr(module, "_instances", vars(module.Widget).get("widgets"))  # the latter before ipywidgets 8
    return held if isinstance(held, dict) else {}


def make_unconnected(make: Any, arguments: tuple[Any, ...]) -> Any:
    """Call what makes a widget anew: the front end hears nothing of it, and goes on with the model that it has."""
    import comm

    creating, here = comm.create_comm, threading.get_ident()
    mute: list[Any] = []

    def create(*given: Any, **named: Any) -> Any:
        if threading.get_ident() != here:
            return creating(*given, **named)
        mute.append(comm.DummyComm(*given, **named))
        return mute[-1]

    comm.create_comm = create
    try:
        made = make(*arguments)
    finally:
        comm.create_comm = creating
    for one in mute:
        for held in (open_comms(), shown_widgets()):
            held.pop(one.comm_id, None)
    made._trait_values["comm"] = None
    return made


@reducer("comm.base_comm:BaseComm")
def comm(value: Any) -> Any:
    reduced = value.__reduce_ex__(5)
    state = _state(reduced)
    if state is None:
        return reduced
    is_open = open_comms().get(value.comm_id) is value
    return _by_state(value, reduced, {**state, "_closed": True} if is_open else state)


@reducer("ipywidgets.widgets.widget:Widget")
def widget(value: Any) -> Any:
    reduced = value.__reduce_ex__(5)
    state = _state(reduced)
    if isinstance(reduced, tuple) and reduced[0] is not copyreg.__newobj__:  # type: ignore[attr-defined]
        made = (make_unconnected, reduced[:2], *reduced[2:])
        return lib_traitlets.with_observers(value, made) if len(made) > 2 and made[2] is not None else made
    place = singletons.place_of_marker(value)
    if state is None or shown_widgets().get(value.model_id if value.comm is not None else "") is not value:
        kept = lib_traitlets.has_traits(value)
    else:
        traits = {name: one for name, one in state["_trait_values"].items() if name != "comm"}
        kept = _by_state(value, reduced, {**state, "_trait_values": traits})
    return (librarys_own, (place, type(value)), *kept[2:]) if place is not None and isinstance(kept, tuple) else kept


def librarys_own(place: str, cls: type) -> Any:
    """The widget that a library's module has made itself: functions of the library go by it (ipycanvas' manager).

    The model that it opened when it was imported here is nobody's: the front end has the one from before.
    """
    exists, found = places.get(place)
    if not exists or type(found) is not cls:
        return cls.__new__(cls)
    made: Any = found
    for held in (open_comms(), shown_widgets()):
        for number in [number for number, one in held.items() if one is made or one is made.comm]:
            del held[number]
    made._trait_values["comm"] = None
    return made


def _state(reduced: Any) -> dict[str, Any] | None:
    """The attributes in a reduction, if it is one by attributes."""
    state = reduced[2] if isinstance(reduced, tuple) and len(reduced) > 2 else None
    return state if isinstance(state, dict) else None


def _by_state(value: Any, reduced: Any, state: dict[str, Any]) -> Any:
    made = (*reduced[:2], state, *reduced[3:])
    return lib_traitlets.with_observers(value, made) if hasattr(value, "_trait_notifiers") else made
