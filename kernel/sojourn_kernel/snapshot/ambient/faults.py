"""Whether faulthandler is on, and what it was asked for (``faulthandler.register(signal.SIGUSR1, file=f)``): it tells nobody, so it is noted on its way in.

A signal that is not asked for again would end the kernel.
"""

from __future__ import annotations

import faulthandler
import functools
import sys
from typing import Any

from ...told import Cause, Told
from ..lost import told_of
from .provider import LATE, Provider, provide

_asked: dict[str, dict[str, Any]] = {}
"""Arguments by what they were for: ``enable``, ``later``, or the number of a signal."""
_MAKES = {"enable": "disable", "dump_traceback_later": "cancel_dump_traceback_later", "register": "unregister"}
_ORDER = {
    "enable": ("file", "all_threads", "c_stack"),
    "dump_traceback_later": ("timeout", "repeat", "file", "exit"),
    "register": ("signum", "file", "all_threads", "chain"),
}


def _watch(_: Any) -> None:
    for name, undoing in _MAKES.items():
        if hasattr(faulthandler, name) and not hasattr(getattr(faulthandler, name), "_sojourn"):
            setattr(faulthandler, name, _noting(name, getattr(faulthandler, name)))
            setattr(faulthandler, undoing, _forgetting(name, getattr(faulthandler, undoing)))


def _key(name: str, arguments: dict[str, Any]) -> str:
    return f"{name} {int(arguments['signum'])}" if "signum" in arguments else name


def _noting(name: str, act: Any) -> Any:
    @functools.wraps(act)
    def noting(*args: Any, **kwargs: Any) -> Any:
        result = act(*args, **kwargs)
        arguments = dict(zip(_ORDER[name], args, strict=False)) | kwargs
        _asked[_key(name, arguments)] = arguments
        return result

    noting._sojourn = True  # type: ignore[attr-defined]
    return noting


def _forgetting(name: str, act: Any) -> Any:
    @functools.wraps(act)
    def forgetting(*args: Any, **kwargs: Any) -> Any:
        result = act(*args, **kwargs)
        _asked.pop(_key(name, dict(zip(("signum",), args, strict=False)) | kwargs), None)
        return result

    return forgetting


def _put_enabled(_: Any, on: tuple[bool]) -> None:
    faulthandler.enable(sys.__stderr__) if on[0] else faulthandler.disable()  # type: ignore[arg-type]


provide(
    Provider(
        "faulthandler",
        "faulthandler",
        LATE,
        lambda _: faulthandler.is_enabled(),
        lambda _, was: (faulthandler.is_enabled(),) if faulthandler.is_enabled() != was else None,
        _put_enabled,
    )
)


def _capture(*_: Any) -> dict[str, dict[str, Any]] | None:
    return {key: dict(arguments) for key, arguments in _asked.items()} or None


def _put(_: Any, state: dict[str, dict[str, Any]]) -> list[Told]:
    told = []
    for key, arguments in state.items():
        name = key.partition(" ")[0]
        if told_of(arguments.get("file")) is not None:
            arguments = arguments | {"file": sys.__stderr__}
            told.append(
                Told(f"faulthandler.{name}", Cause.FILE, "it writes to the kernel's log here: its file is not open.")
            )
        if name == "dump_traceback_later" and not arguments.get("repeat"):
            told.append(
                Told(f"faulthandler.{name}", Cause.LIVE_RESOURCE, "how much of its time had passed is not known.")
            )
        else:
            getattr(faulthandler, name)(**arguments)
    return told


provide(Provider("faulthandler.calls", "what faulthandler was asked for", LATE, _watch, _capture, _put))
