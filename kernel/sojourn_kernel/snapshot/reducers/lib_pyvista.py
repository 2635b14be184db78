"""pyvista: a mesh's arrays show the mesh's memory, and the blocks of a composite are meshes that variables may hold as well."""

from __future__ import annotations

from typing import Any

from . import KeptBut, reducer

_OF = {"POINT": "point_data", "CELL": "cell_data", "NONE": "field_data"}
_PLAIN = (int, float, str, bool, type(None), tuple)


@reducer("pyvista.core.pyvista_ndarray:pyvista_ndarray")
def array(value: Any) -> Any:
    import numpy as np

    if value.VTKObject is None:
        return NotImplemented
    mesh = value.dataset.Get() if value.dataset is not None else None
    for place in _places(mesh):
        found = shown(mesh, *place)
        of_the_same = getattr(found, "VTKObject", None) is value.VTKObject
        if of_the_same and found.__array_interface__ == value.__array_interface__:
            return shown, (mesh, *place)
    reason = "it looks into the memory of a mesh, and comes back with a memory of its own"
    raise KeptBut((alone, (type(value), np.array(value))), reason)


def _places(mesh: Any) -> list[tuple[str, ...]]:
    if mesh is None:
        return []
    named = [(kind, name) for kind in _OF.values() if hasattr(mesh, kind) for name, _ in getattr(mesh, kind).items()]
    return [("points",), *named] if hasattr(mesh, "points") else [*named]


@reducer("pyvista.core.datasetattributes:DataSetAttributes")
def arrays(value: Any) -> Any:
    return shown, (value.dataset, _OF[value.association.name])


@reducer("pyvista.core.composite:MultiBlock")
def blocks(value: Any) -> Any:
    """Its own pickling copies them."""
    import numpy as np

    held = [(value.get_block_name(number), value.get_block(number)) for number in range(value.n_blocks)]
    data = {name: np.array(one) for name, one in value.field_data.items()}
    attributes = {name: one for name, one in vars(value).items() if isinstance(one, _PLAIN)}
    return type(value), (), (held, data, attributes), None, None, put_blocks


# What streams name


def shown(mesh: Any, kind: str, *name: str) -> Any:
    held = getattr(mesh, kind)
    return held[name[0]] if name else held


def alone(cls: Any, plain: Any) -> Any:
    return cls(plain)


def put_blocks(made: Any, state: tuple[Any, Any, Any]) -> None:
    held, data, attributes = state
    for name, block in held:
        made.append(block, name)
    for name, values in data.items():
        made.field_data[name] = values
    vars(made).update(attributes)
