"""plotly: a figure's own pickling is what the browser gets, with arrays as text. Its parts that variables hold stay its parts, and callbacks stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import lib_comm, lib_traitlets, reducer

_CALLBACKS = (
    "_change_callbacks", "_hover_callbacks", "_unhover_callbacks", "_click_callbacks", "_select_callbacks",
    "_deselect_callbacks",
)  # fmt: skip


@reducer("plotly.basedatatypes:BaseFigure")
def figure(value: Any) -> Any:
    properties = {
        "data": value._data,
        "layout": value._layout,
        "_grid_str": value._grid_str,
        "_grid_ref": value._grid_ref,
    }
    if value._frame_objs:
        properties["frames"] = [frame._props for frame in value._frame_objs]
    is_widget = hasattr(value, "_trait_notifiers")
    observers = lib_traitlets.observers_of(value) if is_widget else []
    callbacks = [(part, called) for part in _parts(value) if (called := _callbacks(part))]
    made: Any = (type(value), (properties,))
    if is_widget:
        made = (lib_comm.make_unconnected, made)
    return *made, (callbacks, observers), None, None, fill_figure


def fill_figure(made: Any, state: tuple[list[tuple[Any, dict[str, Any]]], list[Any]]) -> None:
    callbacks, observers = state
    for part, called in callbacks:
        for name, value in called.items():
            getattr(part, name).update(value) if isinstance(value, dict) else getattr(part, name).extend(value)
    lib_traitlets.observe_again(made, observers)


def _parts(value: Any) -> Iterator[Any]:
    """The layout, the traces, and what is in them, as far as somebody has asked for it."""
    for part in (value._layout_obj, *value._data_objs):
        yield part
        yield from _inside(part)


def _inside(part: Any) -> Iterator[Any]:
    for one in part._compound_props.values():
        if one is not None:
            yield one
            yield from _inside(one)


def _callbacks(part: Any) -> dict[str, Any]:
    return {name: called for name in _CALLBACKS if (called := getattr(part, name, None))}


@reducer("plotly.basedatatypes:BasePlotlyType")
def part(value: Any) -> Any:
    parent = value._parent
    if parent is None:
        return NotImplemented
    if hasattr(parent, "_data_objs"):
        if value is parent._layout_obj:
            return part_of, (parent, "layout", None)
        held = {"data": parent._data_objs, "frames": parent._frame_objs}
    else:
        name = value._plotly_name
        if parent._compound_props.get(name) is value:
            return part_of, (parent, name, None)
        held = {name: parent._compound_array_props.get(name) or ()}
    for name, values in held.items():
        for number, one in enumerate(values):
            if one is value:
                return part_of, (parent, name, number)
    return NotImplemented


def part_of(parent: Any, name: str, number: int | None) -> Any:
    found = getattr(parent, name) if number is None or hasattr(parent, "_data_objs") else parent[name]
    return found if number is None else found[number]
