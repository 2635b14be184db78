"""numba: functions that it compiles to work on each element, or along axes, which numpy calls (``@vectorize``, ``@guvectorize``).

They are compiled with what their names stood for then, as those with ``@njit`` are.
"""

from __future__ import annotations

import functools
from typing import Any

from ..objects.definitions import is_definition
from . import reducer
from .lib_numba import Compiled, globals_of, names_are


@reducer("numba.np.ufunc.dufunc:DUFunc")
def on_elements(value: Any) -> Any:
    made_by = value._dispatcher
    if not is_definition(made_by.py_func):
        return NotImplemented
    compiled = [(signature, globals_of(result)) for signature, result in made_by.overloads.items()]
    new = (type(value), made_by.py_func, made_by.locals, made_by.targetoptions, value.identity)
    return make_on_elements, new, (compiled, value._frozen), None, None, add_again


def make_on_elements(cls: Any, function: Any, types: Any, options: dict[str, Any], identity: Any) -> Any:
    from numba.np.ufunc.ufuncbuilder import UFuncDispatcher

    made = cls.__new__(cls)
    made._initialize(UFuncDispatcher(function, types, options), identity)
    functools.update_wrapper(made, function)
    return made


@reducer("numba.np.ufunc.gufunc:GUFunc")
def along_axes(value: Any) -> Any:
    by = value.gufunc_builder
    if not is_definition(by.py_func):
        return NotImplemented
    results = list(by.nb_func.overloads.values())
    compiled = [(signature, globals_of(result)) for signature, result in zip(by._sigs, results, strict=True)]
    new = (
        type(value),
        by.py_func,
        by.signature,
        value._identity,
        value._is_dynamic,
        by.targetoptions,
        by.writable_args,
    )
    return make_along_axes, new, (compiled, value._frozen), None, None, add_again


def make_along_axes(
    cls: Any, function: Any, axes: str, identity: Any, dynamic: bool, options: Any, written: Any
) -> Any:
    return cls(function, axes, identity, None, dynamic, options, written)


def add_again(made: Any, state: tuple[list[Compiled], bool]) -> None:
    function = made._dispatcher.py_func
    for signature, frozen in state[0]:
        with names_are(function, frozen):
            made.add(signature)
    if hasattr(made, "gufunc_builder"):
        made.build_ufunc()
    if state[1]:
        made.disable_compile()
