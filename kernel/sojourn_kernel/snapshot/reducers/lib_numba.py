"""numba: what is native code or memory is made again, since a part of it without the rest would end the kernel.

What a function was compiled for is known at once, and compiled when it is asked for, since that takes seconds.
"""

from __future__ import annotations

import builtins
import collections
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...told import Cause
from ..objects.definitions import is_definition
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
Compiled = tuple[Any, dict[str, Any]]
"""A signature, and what the names of the function stood for."""


@reducer("numba.core.dispatcher:Dispatcher")
def dispatcher(value: Any) -> Any:
    if type(value).__name__ == "LiftedLoop" or not is_definition(value.py_func):
        return NotImplemented
    compiled = list(_compiled(value.overloads))
    if not value._can_compile:
        compiled = [(signature, _with_globals_of_called(names)) for signature, names in compiled]
    new = (type(value), str(value._uuid), value.py_func, value.locals, value.targetoptions)
    return make_dispatcher, new, (compiled, value._can_compile), None, None, compile_again


def _compiled(overloads: Any) -> Iterator[Compiled]:
    """What a function was compiled for, in its order, and what is still to be compiled here of what it was in another life."""
    waiting = overloads.waiting if isinstance(overloads, Waiting) else {}
    for key, result in collections.OrderedDict.items(overloads):
        if key in waiting:
            yield waiting[key]
        elif result is not None and not _has_native_parts(result.signature):
            yield result.signature, globals_of(result)


def _has_native_parts(signature: Any) -> bool:
    """Whether it is about objects of jitclasses, which can't be kept."""
    return any("jitclass" in repr(kind) for kind in signature.args)


def globals_of(result: Any) -> dict[str, Any]:
    """What the names of a compiled function stood for: it goes on with that, whatever they stand for now."""
    from numba.core import ir

    blocks = getattr(result.type_annotation, "blocks", None) or {}
    parts = [part.value for block in blocks.values() for part in block.body if isinstance(part, ir.Assign)]
    found = {part.name: part.value for part in parts if isinstance(part, ir.Global)}
    return {name: value for name, value in found.items() if vars(builtins).get(name) is not value}


def _with_globals_of_called(frozen: dict[str, Any]) -> dict[str, Any]:
    """And what the names of the compiled functions that it calls stood for: they may have to be compiled with it."""
    from numba.core.dispatcher import Dispatcher

    found, todo = dict(frozen), list(frozen.values())
    while todo:
        one = todo.pop()
        for _, names in _compiled(one.overloads) if isinstance(one, Dispatcher) else ():
            more = {name: was for name, was in names.items() if name not in found}
            found |= more
            todo += more.values()
    return found


def make_dispatcher(cls: Any, uuid: str, function: Any, types: Any, options: dict[str, Any]) -> Any:
    if uuid in cls._memo:
        return cls._memo[uuid]
    made = cls(function, types, options)
    made._set_uuid(uuid)
    return made


def compile_again(made: Any, state: tuple[list[Compiled], bool]) -> None:
    """Compile for the types that it can't wait for, with what its names stood for then; for the others once it is asked for them."""
    compiled, made_for_more = state
    if made_for_more and not made.overloads:
        made.overloads = Waiting(made, compiled)
    elif not made_for_more:
        for signature, frozen in compiled:
            with names_are(made.py_func, frozen):
                made.compile(signature)
    made._can_compile = made_for_more


class Waiting(collections.OrderedDict[Any, Any]):
    """A function's overloads, some of which are compiled when they are asked for: until then their value is None.

    ``waiting``: those, by their key. The mapping that numba made goes on holding what is compiled, for when the function ends.
    """

    def __init__(self, function: Any, compiled: list[Compiled]) -> None:
        super().__init__()
        self.function, self.made = weakref.ref(function), function.overloads
        self.waiting: dict[Any, Compiled] = {}
        for signature, frozen in compiled:
            self.waiting[key := tuple(signature.args)] = (signature, frozen)
            super().__setitem__(key, None)

    def _compile(self, keys: Any) -> None:
        for key in [key for key in keys if key in self.waiting]:
            _, frozen = self.waiting.pop(key)
            function = self.function()
            with names_are(function.py_func, frozen):  # type: ignore[union-attr]
                function.compile(key)  # type: ignore[union-attr]

    def get(self, key: Any, default: Any = None) -> Any:
        self._compile((key,))
        return super().get(key, default)

    def __getitem__(self, key: Any) -> Any:
        self._compile((key,))
        return super().__getitem__(key)

    def __setitem__(self, key: Any, result: Any) -> None:
        super().__setitem__(key, result)
        self.made[key] = result

    def values(self) -> Any:
        self._compile(list(self.waiting))
        return super().values()

    def items(self) -> Any:
        self._compile(list(self.waiting))
        return super().items()

    def clear(self) -> None:
        self.waiting.clear()
        self.made.clear()
        super().clear()


@contextmanager
def names_are(function: Any, frozen: dict[str, Any]) -> Iterator[None]:
    """The names of a function's module stand for what they stood for once, inside."""
    names = function.__globals__
    before = {name: names[name] for name in frozen if name in names}
    names.update(frozen)
    try:
        yield
    finally:
        for name in frozen.keys() - before.keys():
            del names[name]
        names.update(before)
