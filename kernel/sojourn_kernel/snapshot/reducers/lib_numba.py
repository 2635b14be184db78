"""numba's typed containers: their memory is native, and a part of them without the rest would end the kernel."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("numba.typed.typeddict:Dict")
def typed_dict(value: Any) -> Any:
    kinds = (value._dict_type.key_type, value._dict_type.value_type) if value._typed else None
    return make_dict, (kinds,), None, None, iter(list(value.items()))


def make_dict(kinds: tuple[Any, Any] | None) -> Any:
    from numba.typed import Dict

    return Dict() if kinds is None else Dict.empty(*kinds)


@reducer("numba.typed.typedlist:List")
def typed_list(value: Any) -> Any:
    return make_list, (value._list_type.item_type if value._typed else None,), None, iter(list(value))


def make_list(kind: Any) -> Any:
    from numba.typed import List

    return List() if kind is None else List.empty_list(kind)
