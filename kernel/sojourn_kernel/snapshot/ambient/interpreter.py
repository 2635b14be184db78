"""Settings of the interpreter and of the standard library that a cell can change."""

from __future__ import annotations

import builtins
import csv
import datetime
import decimal
import gc
import locale
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

from ...observe import setting_calls
from ...told import Cause, Told
from .. import rebuild
from ..libraries import places
from ..libraries.whose import users
from ..looking.classes import module_of
from ..lost import told_of
from ..process import collector
from .provider import EARLY, LATE, Provider, provide


def setting(
    name: str,
    title: str,
    get: Callable[[], Any],
    put: Callable[[Any], Any],
    phase: str = LATE,
    only: Callable[[Any], bool] = lambda _: True,
) -> None:
    """A provider for one value: kept if it differs from what it was at kernel start. only: what of values is kept."""

    def capture(_: Any, base: Any) -> Any:
        now = get()
        return (now,) if now != base and only(now) else None

    def restore(_: Any, state: Any) -> None:
        put(state[0])

    def hold(_: Any) -> Callable[[], object]:
        before = get()
        return lambda: put(before) if get() != before else None

    provide(Provider(name, title, phase, lambda _: get(), capture, restore, hold=hold))


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


def _decimal_values() -> dict[str, Any]:
    context = decimal.getcontext()
    names = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")
    return {name: getattr(context, name) for name in names} | {
        "traps": [t.__name__ for t, on in context.traps.items() if on],
        "flags": [t.__name__ for t, on in context.flags.items() if on],
    }


def _decimal(shell: Any, base: Any) -> tuple[decimal.Context] | None:
    """The context itself, for variables may hold it."""
    used = any(module_of(type(v)) == "decimal" or v is decimal for v in list(shell.user_ns.values()))
    return (decimal.getcontext(),) if used or _decimal_values() != base else None


def _put_decimal(_: Any, state: Any) -> None:
    decimal.setcontext(state[0])


def _stack_size() -> int:
    now = threading.stack_size()  # which also sets it, to the default
    threading.stack_size(now)
    return now


def _blocked() -> set[int]:
    return {int(one) for one in signal.pthread_sigmask(signal.SIG_BLOCK, [])}


def _locale() -> dict[int, str]:
    """By category; all of them at once come last, which says those that have no name in Python as well."""
    categories = (
        locale.LC_CTYPE,
        locale.LC_COLLATE,
        locale.LC_TIME,
        locale.LC_MONETARY,
        locale.LC_NUMERIC,
        locale.LC_ALL,
    )
    return {one: locale.setlocale(one) for one in categories}


def _put_locale(state: dict[int, str]) -> None:
    for category, value in state.items():
        locale.setlocale(category, value)


setting("recursionlimit", "the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit, EARLY)
if hasattr(sys, "get_int_max_str_digits"):
    setting("int_max_str_digits", "the limit of digits", sys.get_int_max_str_digits, sys.set_int_max_str_digits)
setting("switchinterval", "the switch interval", sys.getswitchinterval, sys.setswitchinterval)
setting("gc.enabled", "the garbage collector", collector.is_on, lambda on: gc.enable() if on else gc.disable())
setting("gc.debug", "the garbage collector's debugging", gc.get_debug, gc.set_debug)
setting("coroutine.origins", "how far back coroutines know their origin", sys.get_coroutine_origin_tracking_depth,
        sys.set_coroutine_origin_tracking_depth)  # fmt: skip
setting(
    "nice",
    "the process's priority",
    lambda: os.getpriority(os.PRIO_PROCESS, 0),
    lambda n: os.setpriority(os.PRIO_PROCESS, 0, n),
)
if hasattr(os, "sched_getaffinity"):
    setting(
        "affinity",
        "the CPUs it may run on",
        lambda: os.sched_getaffinity(0),
        lambda cpus: os.sched_setaffinity(0, cpus),
    )
setting("stack_size", "the stack size of threads", _stack_size, threading.stack_size)
setting("signal.mask", "blocked signals", _blocked, lambda mask: signal.pthread_sigmask(signal.SIG_SETMASK, mask))
setting("gc.threshold", "the garbage collector's thresholds", gc.get_threshold, lambda t: gc.set_threshold(*t))
setting("umask", "the umask", _umask, os.umask)
setting("socket.timeout", "the default timeout of sockets", socket.getdefaulttimeout, socket.setdefaulttimeout)
provide(Provider("decimal", "the decimal context", LATE, lambda _: _decimal_values(), _decimal, _put_decimal))
setting("locale", "the locale", _locale, _put_locale, EARLY)
setting("csv.limit", "csv's field size limit", csv.field_size_limit, csv.field_size_limit)
setting("tempdir", "tempfile.tempdir", lambda: tempfile.tempdir, lambda v: setattr(tempfile, "tempdir", v))
setting(
    "dont_write_bytecode",
    "sys.dont_write_bytecode",
    lambda: sys.dont_write_bytecode,
    lambda v: setattr(sys, "dont_write_bytecode", v),
)
setting("dlopenflags", "how libraries are loaded", sys.getdlopenflags, sys.setdlopenflags)
setting(
    "warnoptions",
    "sys.warnoptions",
    lambda: list(sys.warnoptions),
    lambda v: sys.warnoptions.__setitem__(slice(None), v),
)
setting("timezone", "the time zone", lambda: time.tzname, lambda _: time.tzset())


def _argv(shell: Any, base: list[str]) -> tuple[list[str]] | None:
    """The list itself, for variables may hold it."""
    held = any(value is sys.argv for value in list(shell.user_ns.values()))
    return (sys.argv,) if held or sys.argv != base else None


def _put_argv(_: Any, state: tuple[list[str]]) -> None:
    sys.argv = state[0]


provide(Provider("argv", "sys.argv", LATE, lambda _: list(sys.argv), _argv, _put_argv))


def _filters(_: Any, base: Any) -> Any:
    now = list(warnings.filters)
    return now if now != base else None


def _hold_filters(_: Any) -> Callable[[], object]:
    before = list(warnings.filters)
    return lambda: _put_filters(None, before)


def _put_filters(_: Any, state: Any) -> None:
    warnings.filters[:] = state  # type: ignore[index]
    getattr(warnings, "_filters_mutated", getattr(warnings, "_filters_mutated_lock_held", lambda: None))()


provide(
    Provider(
        "warnings.filters",
        "warning filters",
        LATE,
        lambda _: list(warnings.filters),
        _filters,
        _put_filters,
        hold=_hold_filters,
    )
)


def hook(name: str, title: str, owner: Any, attribute: str, at_start: dict[str, Any] | None = None) -> None:
    """A provider for a function or stream that the user may have replaced. at_start: where to note what it was, by attribute."""

    def baseline(_: Any) -> Any:
        now = getattr(owner, attribute, None)
        if at_start is not None:
            at_start[attribute] = now
        return now

    def capture(_: Any, base: Any) -> Any:
        now = getattr(owner, attribute, None)
        return (now,) if now is not base else None

    def restore(_: Any, state: Any) -> None:
        if told_of(state[0]) is None:  # what was lost of the user's is told; each cell asks for the streams
            setattr(owner, attribute, state[0])

    def hold(_: Any) -> Callable[[], object]:
        before = getattr(owner, attribute, owner)
        return lambda: setattr(owner, attribute, before) if before is not owner else None

    provide(Provider(name, title, LATE, baseline, capture, restore, hold=hold))


hook("sys.stdout", "sys.stdout", sys, "stdout", rebuild.STREAMS)
hook("sys.stderr", "sys.stderr", sys, "stderr", rebuild.STREAMS)
hook("sys.stdin", "sys.stdin", sys, "stdin", rebuild.STREAMS)
hook("sys.ps1", "sys.ps1", sys, "ps1")
hook("sys.ps2", "sys.ps2", sys, "ps2")
# Debuggers and profilers that tools set are those tools' own.
setting("threading.settrace", "threading.settrace", threading.gettrace, threading.settrace, only=users)
setting("threading.setprofile", "threading.setprofile", threading.getprofile, threading.setprofile, only=users)
setting("sys.settrace", "sys.settrace", sys.gettrace, sys.settrace, only=users)
setting("sys.setprofile", "sys.setprofile", sys.getprofile, sys.setprofile, only=users)
hook("warnings.showwarning", "warnings.showwarning", warnings, "showwarning")
hook(
    "warnings.record", "the list that warnings are recorded in", warnings, "_showwarnmsg_impl"
)  # catch_warnings(record=True)
hook("logging.records", "the factory of log records", logging, "_logRecordFactory")
hook("logging.class", "the class of loggers", logging, "_loggerClass")
hook("logging.warnings", "what logging.captureWarnings replaced", logging, "_warnings_showwarning")
hook("logging.lastResort", "logging's last resort", logging, "lastResort")
hook("sys.unraisablehook", "sys.unraisablehook", sys, "unraisablehook")
hook("sys.excepthook", "sys.excepthook", sys, "excepthook")


_CAPSULE = type(datetime.datetime_CAPI)  # type: ignore[attr-defined]
_NOT_THE_USERS = (
    "get_ipython",
    "display",
    "__IPYTHON__",
    "input",
    "print_function",
    *setting_calls.BUILTINS,
)


def _builtins(_: Any, base: dict[str, Any]) -> dict[str, Any] | None:
    """What cells put there, and doctest: its ``_`` ends IPython's own. Extension modules keep pointers of theirs there, in capsules."""
    return {
        name: value
        for name, value in vars(builtins).items()
        if base.get(name, builtins) is not value and name not in _NOT_THE_USERS and type(value) is not _CAPSULE
    } or None


def _put_builtins(_: Any, state: dict[str, Any]) -> None:
    for name, value in state.items():
        places.put(f"builtins:{name}", value)


provide(Provider("builtins", "builtins", LATE, lambda _: dict(vars(builtins)), _builtins, _put_builtins))


def _signals() -> dict[int, Any]:
    left = signal.valid_signals() - {signal.SIGINT, signal.SIGKILL, signal.SIGSTOP}
    return {int(s): signal.getsignal(s) for s in left}


def _changed_signals(_: Any, base: dict[int, Any]) -> dict[int, Any] | None:
    changed = {
        n: h
        for n, h in _signals().items()
        if base.get(n) is not h and callable(h) and not isinstance(h, signal.Handlers)
    }
    changed |= {n: int(h) for n, h in _signals().items() if base.get(n) != h and isinstance(h, signal.Handlers)}
    return changed or None


def _put_signals(_: Any, state: dict[int, Any]) -> None:
    for number, handler in state.items():
        signal.signal(number, handler)


def _hold_signals(_: Any) -> Callable[[], object]:
    before = _signals()
    return lambda: _put_signals(
        None, {n: h for n, h in before.items() if h is not None and signal.getsignal(n) is not h}
    )


provide(
    Provider(
        "signals", "signal handlers", LATE, lambda _: _signals(), _changed_signals, _put_signals, hold=_hold_signals
    )
)


_TIMERS = {"ITIMER_REAL": signal.SIGALRM, "ITIMER_VIRTUAL": signal.SIGVTALRM, "ITIMER_PROF": signal.SIGPROF}


def _timers(*_: Any) -> dict[str, tuple[float, float]] | None:
    """Alarms that are set: the seconds until the next one, and between those that follow."""
    now = {name: signal.getitimer(getattr(signal, name)) for name in _TIMERS}
    return {name: times for name, times in now.items() if any(times)} or None


def _put_timers(_: Any, state: dict[str, tuple[float, float]]) -> list[Told]:
    told = []
    for name, times in state.items():
        if signal.getsignal(_TIMERS[name]) in (signal.SIG_DFL, None):  # it would end the kernel
            reason = "its signal has no handler here, so the timer is not set again."
            told.append(Told(f"signal.{name}", Cause.LIVE_RESOURCE, reason))
        else:
            signal.setitimer(getattr(signal, name), *times)
    return told


provide(Provider("signal.timers", "alarms", LATE, lambda _: None, _timers, _put_timers))
