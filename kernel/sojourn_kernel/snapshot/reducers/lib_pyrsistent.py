"""pyrsistent: the classes that it makes for the fields of records, which it finds by what their items are."""

from __future__ import annotations

from typing import Any

from . import reducer

_MADE_FOR_FIELDS = ("TheType", "TheMap")


@reducer("pyrsistent._checked_types:_CheckedTypeMeta")
def class_of_field(value: Any) -> Any:
    own = vars(value)
    if value.__module__ != "pyrsistent._field_common" or value.__qualname__.rpartition(".")[2] not in _MADE_FOR_FIELDS:
        return NotImplemented
    if "__key_type__" in own:
        return new_map, (own["__key_type__"], own["__value_type__"])
    return new_sequence, (value.__bases__[0], own["__type__"], own.get("__invariant__"))


def new_sequence(checked: Any, items: Any, invariant: Any) -> Any:
    from pyrsistent import _field_common

    return _field_common._make_seq_field_type(checked, items, invariant)


def new_map(keys: Any, values: Any) -> Any:
    from pyrsistent import _field_common

    return _field_common._make_pmap_field_type(keys, values)


@reducer("pyrsistent._checked_types:CheckedPVector", "pyrsistent._checked_types:CheckedPSet",
         "pyrsistent._checked_types:CheckedPMap")  # fmt: skip
def of_field(value: Any) -> Any:
    """With its class: without that pyrsistent would look for the class in a register that is empty where the session goes on."""
    made = type(value).__qualname__.rpartition(".")[2] in _MADE_FOR_FIELDS
    if not made or type(value).__module__ != "pyrsistent._field_common":
        return NotImplemented
    from pyrsistent._checked_types import _restore_pickle

    return _restore_pickle, (type(value), value.__reduce__()[1][-1])
