"""Classes made in cells that decorators have registered as nodes of jax's trees, in compiled code that does not say so (``flax.struct``)."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

from ..looking.classes import module_of
from ..lost import told_of
from .provider import LATE, Provider, provide

_BY_CLASS = (("jax._src.tree_util", "_registry"), ("flax.serialization", "_STATE_DICT_REGISTRY"))
"""Where libraries know classes by themselves; jax's is what shows which are registered."""


def _known(module: str, name: str) -> dict[Any, Any]:
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, dict) else {}


def _registered(*_: Any) -> list[tuple[str, type, Any]] | None:
    found = [
        (module, cls, _dataclass_fields(how) or tuple(how))
        for module, name in _BY_CLASS
        for cls, how in list(_known(module, name).items())
        if module_of(cls) == "__main__"
    ]
    return found or None


def _dataclass_fields(how: Any) -> dict[str, tuple[str, ...]]:
    """Of a dataclass: names of the fields that are branches, and of the others."""
    flatten = how[0]
    if not isinstance(flatten, types.FunctionType) or not flatten.__qualname__.startswith("register_dataclass."):
        return {}
    held = dict(zip(flatten.__code__.co_freevars, flatten.__closure__ or (), strict=True))
    return {name: tuple(cell.cell_contents) for name, cell in held.items() if name in ("data_fields", "meta_fields")}


def _put(_: Any, state: list[tuple[str, type, Any]]) -> None:
    for module, cls, how in state:
        importlib.import_module(module)
        known = _known(module, dict(_BY_CLASS)[module])
        if cls in known or any(told_of(one) is not None for one in (cls, how)):
            continue
        if module == "flax.serialization":
            known[cls] = how
        elif isinstance(how, dict):
            sys.modules["jax"].tree_util.register_dataclass(cls, **how)
        else:
            sys.modules["jax"].tree_util.register_pytree_node(cls, *how)


provide(Provider("jax.trees", "nodes of jax's trees", LATE, lambda _: None, _registered, _put))
