"""Generators and coroutines: those that have not begun and those that are done are kept; of generators those in between as well, where
this Python's frames are known."""

from __future__ import annotations

import dis
import gc
import inspect
import types
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

from ...told import Cause
from ..objects import suspended
from . import CannotKeep, reducer


@reducer("builtins:generator")
def generator(value: types.GeneratorType[Any, Any, Any]) -> Any:
    state = inspect.getgeneratorstate(value)
    if state == inspect.GEN_CLOSED:
        return finished_generator, (value.__name__, value.__qualname__)
    if state == inspect.GEN_CREATED:
        return _again(value, value.gi_code, value.gi_frame, "generator")
    return _between(value, "generator")


def _between(value: suspended.Generator, kind: str) -> Any:
    try:
        function, place = suspended.function_of(value), suspended.read(value)
    except suspended.NotReadable:
        raise CannotKeep(Cause.LIVE_RESOURCE, f"a {kind}'s place in its code can't be kept") from None
    at = (place.at, place.rest, place.state, place.version, place.code, place.variables, place.held, place.caught)
    return generator_of, (function, value.__name__, value.__qualname__), at, None, None, go_on_from


def generator_of(function: Any, name: str, qualname: str) -> Any:
    made = suspended.begun_by(function)
    made.__name__, made.__qualname__ = name, qualname
    return made


def go_on_from(made: Any, at: tuple[Any, ...]) -> None:
    suspended.later(made, suspended.Place(*at))


@reducer("builtins:coroutine")
def coroutine(value: types.CoroutineType[Any, Any, Any]) -> Any:
    state = inspect.getcoroutinestate(value)
    if state == inspect.CORO_CLOSED:
        return finished_coroutine, (value.cr_code, value.__name__, value.__qualname__)
    if state == inspect.CORO_CREATED:
        return _again(value, value.cr_code, value.cr_frame, "coroutine")
    raise CannotKeep(Cause.LIVE_RESOURCE, "a coroutine's place in its code can't be kept")


@reducer("builtins:async_generator")
def async_generator(value: types.AsyncGeneratorType[Any, Any]) -> Any:
    if value.ag_frame is None:
        return finished_async_generator, (value.__name__, value.__qualname__)
    if not _has_begun(value):
        return _again(value, value.ag_code, value.ag_frame, "async_generator")
    if value.ag_running:
        raise CannotKeep(Cause.LIVE_RESOURCE, "an async_generator that waits can't be kept")
    return _between(value, "async_generator")


def _has_begun(value: types.AsyncGeneratorType[Any, Any]) -> bool:
    if hasattr(inspect, "getasyncgenstate"):  # Python 3.12 and later know
        return bool(inspect.getasyncgenstate(value) != inspect.AGEN_CREATED)
    made = (one.offset for one in dis.get_instructions(value.ag_code) if one.opname == "RETURN_GENERATOR")
    return value.ag_running or value.ag_frame.f_lasti > next(made, -1)


def _again(value: Any, code: types.CodeType, frame: types.FrameType, kind: str) -> Any:
    """Call its function again with the arguments that wait in its frame: no line of it has run."""
    functions = (r for r in gc.get_referents(value) if isinstance(r, types.FunctionType) and r.__code__ is code)
    function = next(functions, None)
    if function is None:
        raise CannotKeep(Cause.LIVE_RESOURCE, f"the function of this {kind} can't be found")
    names, held = code.co_varnames, frame.f_locals
    places, keywords = code.co_argcount, code.co_kwonlyargcount
    arguments = [held[name] for name in names[:places]]
    named = {name: held[name] for name in names[places : places + keywords]}
    rest = places + keywords
    if code.co_flags & inspect.CO_VARARGS:
        arguments += held[names[rest]]
        rest += 1
    if code.co_flags & inspect.CO_VARKEYWORDS:
        named |= held[names[rest]]
    return called, (function, tuple(arguments), named, value.__name__, value.__qualname__)


def called(function: Any, arguments: tuple[Any, ...], named: dict[str, Any], name: str, qualname: str) -> Any:
    made = function(*arguments, **named)
    made.__name__, made.__qualname__ = name, qualname
    return made


def finished_generator(name: str, qualname: str) -> Any:
    made: Any = (_ for _ in ())
    made.close()
    made.__name__, made.__qualname__ = name, qualname
    return made


def finished_coroutine(code: types.CodeType, name: str, qualname: str) -> Any:
    """One of the same code, which is closed before a line of it runs: what its function would be called with is of no account."""
    cells = tuple(types.CellType() for _ in code.co_freevars)
    function: Any = types.FunctionType(code, {}, name, None, cells)
    keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    made = function(*[None] * code.co_argcount, **dict.fromkeys(keywords))
    made.close()
    made.__name__, made.__qualname__ = name, qualname
    return made


def finished_async_generator(name: str, qualname: str) -> Any:
    async def nothing() -> AsyncGenerator[None, None]:
        return
        yield

    made = nothing()
    with suppress(StopAsyncIteration):
        made.__anext__().send(None)
    made.__name__, made.__qualname__ = name, qualname
    return made
