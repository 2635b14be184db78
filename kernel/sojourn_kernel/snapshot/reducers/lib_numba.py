"""numba: what is native code or memory is made again, since a part of it without the rest would end the kernel."""

from __future__ import annotations

from typing import Any

from ...told import Cause
from . import CannotKeep, reducer


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


# What is compiled from a function that can be called otherwise than the function itself


@reducer("numba.core.ccallback:CFunc")
def c_function(value: Any) -> Any:
    made_by = value._compiler
    return make_c_function, (value._pyfunc, value._sig, made_by.locals, made_by.targetoptions)


def make_c_function(function: Any, signature: Any, types: Any, options: Any) -> Any:
    from numba.core.ccallback import CFunc

    made = CFunc(function, (signature.args, signature.return_type), types, options)
    made.compile()
    return made


_STENCIL_OPTIONS = ("cval", "standard_indexing", "neighborhood")


@reducer("numba.stencils.stencil:StencilFunc")
def stencil(value: Any) -> Any:
    options = {name: value.options[name] for name in _STENCIL_OPTIONS if name in value.options}
    return make_stencil, (value.kernel_ir.func_id.func, value.mode, options)


def make_stencil(function: Any, mode: str, options: dict[str, Any]) -> Any:
    import numba

    return numba.stencil(mode, **options)(function)


@reducer("numba.experimental.jitclass.base:JitClassType", "_box:Box")
def jit_class(value: Any) -> Any:
    raise CannotKeep(
        Cause.UNPICKLABLE, "a jitclass and its objects are native code and memory, which can't be read out"
    )
