"""Classes made in cells that a library's metaclass or ``__init_subclass__`` makes dataclasses of (equinox, ``flax.struct.PyTreeNode``).

It runs again when the class is made again, and registers the class with the fields that it finds then: elsewhere, where nothing puts
that right once the class is filled.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from typing import Any

from ..looking.classes import module_of, names_of

_OF_PYTHON = ("__main__", "builtins", "abc", "typing", "typing_extensions", "enum", "collections.abc")
_COMPILED = "<string>"  # the file of what dataclasses writes by itself


def fields_of(cls: type) -> dict[str, Any]:
    """What the statement of such a class said of its fields; empty for other classes."""
    own = names_of(cls)
    fields, annotations = own.get("__dataclass_fields__"), own.get("__annotations__")
    if type(fields) is not dict or type(annotations) is not dict or not _runs_code_of_a_library(cls):
        return {}
    found: dict[str, Any] = {"__annotations__": annotations}
    for name in annotations.keys() & fields.keys():
        if fields[name]._field_type is dataclasses._FIELD:  # type: ignore[attr-defined]
            found[name] = fields[name]
    start = own.get("__init__")
    if isinstance(start, types.FunctionType) and start.__code__.co_filename != _COMPILED:
        found["__init__"] = object.__init__  # the user's own, which is none for dataclasses to write
    return found


def _runs_code_of_a_library(cls: type) -> bool:
    return any(
        module_of(one) not in _OF_PYTHON and name in names_of(one)
        for classes, name in ((cls.__mro__[1:], "__init_subclass__"), (inspect.getmro(type(cls)), "__new__"))
        for one in classes
    )


def shown_by_metaclass(cls: type) -> set[str]:
    """Names of the class that its metaclass has a property of without a setter (sympy's ``nargs``): nothing sets them once the class is made."""
    return {name for name in names_of(cls) if _is_read_only(inspect.getattr_static(type(cls), name, None))}


def _is_read_only(shown: Any) -> bool:
    return isinstance(shown, property) and shown.fset is None
