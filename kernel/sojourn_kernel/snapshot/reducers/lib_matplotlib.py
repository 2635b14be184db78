"""Callbacks of figures and of what is in them, and what figures are drawn on; matplotlib leaves them out of their state."""

from __future__ import annotations

import itertools
import sys
from typing import Any

from .. import rebuild
from ..objects.contents import PICKLING
from . import reducer

# Canvases that are plain objects; a window's or a widget's belongs to its front end.
_CANVASES = frozenset(f"matplotlib.{name}" for name in ("backend_bases", *(f"backends.backend_{one}" for one in ("agg", "svg", "pdf", "ps"))))  # fmt: skip
_WIDGETS = "ipympl.backend_nbagg"  # whose canvases are widgets: the front end goes on with the one that it shows
_ANEW = ("key_press_handler_id", "button_press_handler_id", "toolmanager", "toolbar", "_cidgcf")  # parts of a manager
_LIBRARY = ("matplotlib", "mpl_toolkits", "matplotlib_inline")


@reducer("matplotlib.cbook:CallbackRegistry")
def callback_registry(value: Any) -> Any:
    made, arguments, state, *others = value.__reduce_ex__(5)
    value._cid_gen = itertools.count(state["_cid_gen"])  # its state takes a number, which would be missing
    callbacks = {signal: dict(known) for signal, known in state["callbacks"].items()}
    of_a_canvas = (value._signals is None or "button_press_event" in value._signals) and not _of_a_widget(value)
    for signal, known in value.callbacks.items():
        for cid, reference in known.items():
            function = reference()
            if function is not None and not (of_a_canvas and _is_librarys(function)):
                callbacks.setdefault(signal, {})[cid] = function
    return (made, arguments, {**state, "callbacks": callbacks}, *others)


def _of_a_widget(registry: Any) -> bool:
    """Whether it is of a figure whose canvas is kept with all that it is connected to."""
    pylab: Any = sys.modules.get("matplotlib._pylab_helpers")
    shown = (manager.canvas for manager in (pylab.Gcf.figs.values() if pylab is not None else ()))
    figures = [canvas.figure for canvas in shown if type(canvas).__module__ == _WIDGETS]
    return any(registry in (vars(one).get("_canvas_callbacks"), vars(one).get("_axobservers")) for one in figures)


def _is_librarys(function: Any) -> bool:
    """matplotlib connects its own to a new canvas; not its widgets, nor what calls a function that it was given (``Slider.on_changed``)."""
    module = str(getattr(function, "__module__", ""))
    if module.split(".")[0] not in _LIBRARY or module == "matplotlib.widgets":
        return False
    held = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    return all(_is_librarys(one) for one in held if callable(one))


# An artist says that it has changed by a function, which its own state leaves out: without it nothing is drawn again by itself


@reducer("matplotlib.artist:Artist")
def artist(value: Any) -> Any:
    if (says := vars(value).get("stale_callback")) is None:
        return NotImplemented
    made, arguments, state, *_ = value.__reduce_ex__(5)
    return made, arguments, (state, says), None, None, fill_artist


def fill_artist(made: Any, state: tuple[dict[str, Any], Any]) -> None:
    own, says = state
    rebuild.give_state(made, own)
    made.stale_callback = says


# A transform knows those that depend on it by their ids, as numbers; kept as objects, they need not be looked for in all that a figure has


@reducer("matplotlib.transforms:TransformNode")
def transform(value: Any) -> Any:
    from matplotlib.transforms import TransformNode

    cls = type(value)
    if any(getattr(cls, name) is not getattr(TransformNode, name) for name in PICKLING):
        return NotImplemented
    made, arguments, state = value.__reduce_ex__(5)[:3]
    dependents = [one for one in state.pop("_parents").values() if one is not None]
    return made, arguments, (state, dependents), None, None, fill_transform


def fill_transform(made: Any, state: tuple[dict[str, Any], list[Any]]) -> None:
    own, dependents = state
    made.__setstate__({**own, "_parents": {id(one): one for one in dependents}})


# A figure makes itself a new canvas when it is loaded: who holds the one that it had would draw and look at another than the figure


@reducer("matplotlib.figure:Figure")
def figure(value: Any) -> Any:
    canvas = vars(value).get("canvas")
    if type(canvas).__module__ == _WIDGETS and canvas.figure is value:
        made, arguments, state, *_ = value.__reduce_ex__(5)
        own = {**state, "_dpi": value._dpi}  # as the front end's screen has it, which the canvas knows
        in_pyplot = own.pop("_restore_to_pylab", False)
        says = vars(value).get("stale_callback")
        return made, arguments, (own, canvas, canvas.manager, in_pyplot, says), None, None, fill_figure_of_widget
    if type(canvas).__module__ not in _CANVASES or canvas.figure is not value:
        return NotImplemented
    made, arguments, state, *_ = value.__reduce_ex__(5)
    managers = [canvas.manager] if _is_of_its_figure(canvas.manager) else []
    return made, arguments, (state, canvas, *managers), None, None, fill_figure


def fill_figure(made: Any, state: tuple[Any, ...]) -> None:
    own, canvas, *managers = state
    made.__setstate__(own)
    fresh, manager = vars(made.canvas), made.canvas.manager  # with pyplot's, where it has the figure
    for name in fresh.keys() - vars(canvas).keys():
        vars(canvas)[name] = fresh[name]
    made.canvas = canvas
    for kept in managers if manager is not None else ():
        _stand_in_for(kept, manager, canvas)
        manager = kept
    canvas.manager = manager
    if manager is not None:
        manager.canvas = canvas


def fill_figure_of_widget(made: Any, state: tuple[Any, ...]) -> None:
    """A figure on the widget that it had, without a new one, which the front end would not show."""
    own, canvas, manager, in_pyplot, says = state
    made.__setstate__(own)
    if type(canvas).__module__ != _WIDGETS:  # the library is not here
        return
    made.canvas, made.stale_callback = canvas, says
    if in_pyplot:
        from matplotlib._pylab_helpers import Gcf

        Gcf.figs[max(Gcf.figs, default=0) + 1] = manager


def _stand_in_for(kept: Any, fresh: Any, canvas: Any) -> None:
    """Have pyplot know the manager that variables hold, with what the new one has, in its place."""
    from matplotlib._pylab_helpers import Gcf

    own = vars(kept)
    own.update({name: held for name, held in vars(fresh).items() if name not in own})
    if "_cidgcf" in own:  # a click makes pyplot's current figure of the manager that it was connected for
        canvas.mpl_disconnect(own["_cidgcf"])
        own["_cidgcf"] = canvas.mpl_connect("button_press_event", lambda _: Gcf.set_active(kept))
    for number, one in list(Gcf.figs.items()):
        if one is fresh:
            Gcf.figs[number] = kept


def _is_of_its_figure(manager: Any) -> bool:
    """Whether it is a plain manager, no window's, of the figure that it says."""
    if type(manager).__module__ not in _CANVASES:
        return False
    canvas = vars(manager).get("canvas")
    return canvas is not None and type(canvas).__module__ in _CANVASES and canvas.figure.canvas is canvas


@reducer("matplotlib.backend_bases:FigureManagerBase")
def manager(value: Any) -> Any:
    """What connects it with its canvas is made anew with the figure."""
    if not _is_of_its_figure(value) or value.canvas.manager is not value:
        return NotImplemented
    state = {name: held for name, held in vars(value).items() if name not in _ANEW}
    return rebuild.bare, (type(value),), state


@reducer("matplotlib.backend_bases:FigureCanvasBase")
def canvas(value: Any) -> Any:
    if type(value).__module__ not in _CANVASES:
        return NotImplemented
    state = {name: held for name, held in vars(value).items() if name != "manager"}
    if vars(value.figure).get("canvas") is value:  # what it remembers of drawing is made anew with the figure
        state = {name: held for name, held in state.items() if name in ("figure", "renderer")}
    return rebuild.bare, (type(value),), state


@reducer("matplotlib.backends.backend_agg:RendererAgg")
def renderer(value: Any) -> Any:
    """With what is drawn, which its own state leaves out."""
    import numpy as np

    made, arguments, state, *_ = value.__reduce_ex__(5)
    drawn = np.array(value._renderer)
    return made, arguments, (state, drawn), None, None, fill_renderer


def fill_renderer(made: Any, state: tuple[dict[str, Any], Any]) -> None:
    import numpy as np

    made.__setstate__(state[0])
    np.asarray(made._renderer)[...] = state[1]


# What blitting puts back: a part of a drawing


@reducer("matplotlib.backends._backend_agg:BufferRegion")
def region(value: Any) -> Any:
    import numpy as np

    return make_region, (np.array(value), value.get_extents())


def make_region(pixels: Any, extents: tuple[int, int, int, int]) -> Any:
    """Copied out of a drawing that ends where it does, and moved to where it was: its end is not moved with it."""
    import numpy as np
    from matplotlib.backends._backend_agg import RendererAgg  # the library's compiled one
    from matplotlib.transforms import Bbox

    height, width = pixels.shape[:2]
    left, top, right, bottom = extents
    drawing = RendererAgg(right, bottom, 72.0)
    drawn = np.asarray(drawing)[
        max(bottom - height, 0) :, max(right - width, 0) :
    ]  # what was outside of the drawing has no pixels
    drawn[...] = pixels[height - drawn.shape[0] :, width - drawn.shape[1] :]
    made = drawing.copy_from_bbox(Bbox.from_extents(right - width, 0, right, height))
    made.set_x(left)
    made.set_y(top)
    return made
