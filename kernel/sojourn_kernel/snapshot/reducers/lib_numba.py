"""numba: what is native code or memory is made again, since a part of it without the rest would end the kernel."""

from __future__ import annotations

import builtins
from typing import Any

from ...told import Cause
from ..definitions import is_definition
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


# Functions with @njit: numba's own pickling gives the function a copy of the globals that it names


@reducer("numba.core.dispatcher:Dispatcher")
def dispatcher(value: Any) -> Any:
    if type(value).__name__ == "LiftedLoop" or not is_definition(value.py_func):
        return NotImplemented
    compiled = [(result.signature, _globals_of(result)) for result in value.overloads.values()]
    now = {**vars(builtins), **value.py_func.__globals__}
    own = [
        (signature, _with_globals_of_called(frozen))
        for signature, frozen in compiled
        if not value._can_compile or any(_differs(now.get(name), was) for name, was in frozen.items())
    ]
    new = (type(value), str(value._uuid), value.py_func, value.locals, value.targetoptions)
    return make_dispatcher, new, (own, value._can_compile), None, None, compile_again


def _globals_of(result: Any) -> dict[str, Any]:
    """What the names of a compiled function stood for: it goes on with that, whatever they stand for now."""
    from numba.core import ir

    blocks = getattr(result.type_annotation, "blocks", None) or {}
    parts = [part.value for block in blocks.values() for part in block.body if isinstance(part, ir.Assign)]
    return {part.name: part.value for part in parts if isinstance(part, ir.Global)}


def _with_globals_of_called(frozen: dict[str, Any]) -> dict[str, Any]:
    """And what the names of the compiled functions that it calls stood for: they may have to be compiled with it."""
    from numba.core.dispatcher import Dispatcher

    found, todo = dict(frozen), list(frozen.values())
    while todo:
        one = todo.pop()
        if not isinstance(one, Dispatcher):
            continue
        for result in one.overloads.values():
            more = {name: was for name, was in _globals_of(result).items() if name not in found}
            found |= more
            todo += more.values()
    return found


def _differs(now: Any, was: Any) -> bool:
    return now is not was and (
        type(was) not in (int, float, bool, complex, str) or type(now) is not type(was) or now != was
    )


def make_dispatcher(cls: Any, uuid: str, function: Any, types: Any, options: dict[str, Any]) -> Any:
    if uuid in cls._memo:
        return cls._memo[uuid]
    made = cls(function, types, options)
    made._set_uuid(uuid)
    return made


def compile_again(made: Any, state: tuple[list[tuple[Any, dict[str, Any]]], bool]) -> None:
    """Compile for the types that it can't wait for, with what its names stood for then."""
    names = made.py_func.__globals__
    for signature, frozen in state[0]:
        before = {name: names[name] for name in frozen if name in names}
        names.update(frozen)
        try:
            made.compile(signature)
        finally:
            for name in frozen.keys() - before.keys():
                del names[name]
            names.update(before)
    made._can_compile = state[1]
