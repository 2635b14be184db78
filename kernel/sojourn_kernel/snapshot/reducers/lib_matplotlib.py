"""Callbacks of figures and of what is in them; matplotlib leaves them out of their state."""

from __future__ import annotations

from typing import Any

from . import reducer

_LIBRARY = ("matplotlib", "mpl_toolkits", "matplotlib_inline")


@reducer("matplotlib.cbook:CallbackRegistry")
def callback_registry(value: Any) -> Any:
    made, arguments, state, *others = value.__reduce_ex__(5)
    callbacks = {signal: dict(known) for signal, known in state["callbacks"].items()}
    of_a_canvas = value._signals is None or "button_press_event" in value._signals
    for signal, known in value.callbacks.items():
        for cid, reference in known.items():
            function = reference()
            if function is not None and not (of_a_canvas and _is_librarys(function)):
                callbacks.setdefault(signal, {})[cid] = function
    return (made, arguments, {**state, "callbacks": callbacks}, *others)


def _is_librarys(function: Any) -> bool:
    """matplotlib connects its own to a new canvas; not its widgets, nor what calls a function that it was given (``Slider.on_changed``)."""
    module = str(getattr(function, "__module__", ""))
    if module.split(".")[0] not in _LIBRARY or module == "matplotlib.widgets":
        return False
    held = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    return all(_is_librarys(one) for one in held if callable(one))
