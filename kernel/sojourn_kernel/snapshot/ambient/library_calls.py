"""Settings of libraries that were made by calls: the calls are made again, in their order, before anything else is put back.

Only calls that change a library's own state are kept: they begin at a module (``xr.set_options``), they stand alone or as a
decorator, and what they are given is plain, a definition of the user's, or something that the library is seen to hold. A call
that would reach outside the process is stopped, and told; so is one that can't be made again.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...observe.setting_calls import DECORATED, INSIDE, RECORDER, STORED, Known, is_container_verb
from ...told import Cause, Told
from .. import places, rebuild
from ..lost import told_of
from . import inside_functions as inside
from .call_rules import (
    NOT_AGAIN,
    PLAIN,
    SECRET,
    function_of,
    given_directly,
    is_covered,
    is_held,
    is_plain,
    owner_from_getter,
    parsed,
    start_of,
    why_not,
)
from .confinement import confined, quiet
from .provider import CALLS, EARLY, LATE, Provider, provide

MOST = 1000  # calls that are kept


@dataclass
class Ledger:
    """Calls in the order in which they were made. entries: text of the call → what its names stood for."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    namespace: Mapping[str, Any] = field(default_factory=dict)


_ledger = Ledger()
_settled: set[str] = set()
"""Texts of calls of the cell that runs that were seen to be about no library: a loop may make a million."""


def known(namespace: Mapping[str, Any]) -> Known:
    """What the names of a namespace say about the calls of a cell that is about to be compiled."""

    _settled.clear()

    def own_name(name: str) -> str:
        """What a function is called where it was made: ``wide`` may be ``set_options``."""
        value = namespace.get(name)
        found = value.__name__ if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)) else name
        return found if isinstance(found, str) else name

    return Known(
        _else(False, lambda name: start_of(name, namespace.get(name)) is not None),
        lambda name: _else(name, own_name)(name),
        _else(False, lambda chain: inside.sets(chain, namespace)),
    )


def _else(default: Any, ask: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same question, answered by the default where an object of the user's answers none."""

    def asked(about: Any) -> Any:
        try:
            return ask(about)
        except Exception:
            return default

    return asked


def record(text: str, result: Any) -> Any:
    """What a cell's code hands each setting call to; gives back the call's result."""
    if text not in _settled:
        with contextlib.suppress(Exception):  # never the user's trouble
            _note(text, _ledger.namespace, None)
    return result


def record_inside(text: str, result: Any) -> Any:
    """What a cell's code hands each call of a function that sets something inside to; gives back the call's result."""
    if text not in _settled:
        with contextlib.suppress(Exception):
            if not inside.note(text, _ledger.namespace, _note):
                _settled.add(text)
    return result


def recorded_decorator(text: str, decorator: Any) -> Any:
    """The decorator, noting what it is given."""

    def decorate(value: Any) -> Any:
        result = decorator(value)
        with contextlib.suppress(Exception):
            if result is value:  # else the registration is part of what the name stands for
                _note(text, _ledger.namespace, value)
        return result

    return decorate


def record_stored(text: str, owner: Any, key: Any) -> None:
    """What a cell's code hands a container of a library's to, once the cell has put something in it under a key that is no text."""
    if isinstance(key, (str, int)):
        return
    with contextlib.suppress(Exception):
        first, *rest = text.split(".")
        start = start_of(first, _ledger.namespace.get(first))
        if start is None or is_covered(start, [first, *rest]):
            return
        names = {first: start, "its_key": start_of("", key) or ("value", key), "its_value": ("value", owner[key])}
        _keep({"text": f"{text}.__setitem__(its_key, its_value)", "names": names, "why": "", "given": None}, False)


def _note(text: str, namespace: Mapping[str, Any], given: Any = None, why: str = "") -> None:
    call, chain, names = parsed(text)
    root = namespace.get(chain[0], vars(builtins).get(chain[0]))
    start = start_of(chain[0], root)
    if start is None or is_covered(start, chain):
        _settled.add(text)
        return
    entry: dict[str, Any] = {"text": text, "names": {chain[0]: start}, "why": "", "given": given}
    function = function_of(root, call)
    if isinstance(function, type) and chain[-1][:1].isupper():
        _settled.add(text)  # a class whose name reads so: its object is the cell's
        return
    if is_container_verb(chain[-1]) and isinstance(getattr(function, "__self__", None), (types.ModuleType, type(None))):
        _settled.add(text)  # np.append, cv2.add: no methods
        return
    if why:
        entry["why"] = why
    elif SECRET.search(text):
        entry |= {"text": f"{'.'.join(chain)}(…)", "why": "secrets are not written to a checkpoint", "given": None}
    elif NOT_AGAIN.search(chain[-1]):
        entry["why"] = "it may do more than set something, so it is not made again by itself"
    else:
        direct = given_directly(call)
        for name in names - {chain[0]}:
            if name not in namespace:
                continue
            value = namespace[name]
            acts = name in direct and not is_plain(value)
            if acts and not is_held(value, function, owner_from_getter(root, call)):
                return  # it acts on what it is given
            entry["names"][name] = start_of(name, value) or ("value", value)
        entry["why"] = why_not(call, entry["names"], namespace)
    _keep(entry, is_container_verb(chain[-1]) or call is None)


def _keep(entry: dict[str, Any], every: bool) -> None:
    """Add to the ledger. Of settings that were made twice alike only the last counts; ``every``: twice is not once."""
    entries = _ledger.entries
    if len(entries) > MOST:  # told; a loop of them costs nothing more
        return
    if not every:
        alike = [e for e in entries if e["text"] == entry["text"] and _same_names(e["names"], entry["names"])]
        for one in alike:
            entries.remove(one)
    if len(entries) == MOST:
        entry = {"text": "", "names": {}, "why": f"there are more than {MOST} such calls", "given": None}
    entries.append(entry)


def _same_names(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.keys() == other.keys() and all(
        a is b or (a[0] == b[0] and (a[1] is b[1] or (a[0] != "value" and a[1] == b[1])))
        for a, b in ((one[k], other[k]) for k in one)
    )


# Saving


def _baseline(shell: Any) -> None:
    _ledger.namespace = shell.user_ns
    setattr(builtins, RECORDER, record)
    setattr(builtins, DECORATED, recorded_decorator)
    setattr(builtins, INSIDE, record_inside)
    setattr(builtins, STORED, record_stored)


def _is_late(entry: dict[str, Any]) -> bool:
    """Whether it needs something of the user's, which is there only after the variables are loaded."""
    return entry["given"] is not None or any(
        kind == "value" and not isinstance(value, PLAIN) for kind, value in entry["names"].values()
    )


def _library(entry: dict[str, Any]) -> str:
    first = next(iter(entry["names"].values()), ("", ""))[1]
    return str(first).partition(":")[0].partition(".")[0]


def _split() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Calls to make first and calls to make at the end; those of one library stay in their order."""
    early: list[dict[str, Any]] = []
    late: list[dict[str, Any]] = []
    waiting: set[str] = set()
    for entry in _ledger.entries:
        if _is_late(entry) or _library(entry) in waiting:
            waiting.add(_library(entry))
            late.append(entry)
        else:
            early.append(entry)
    return early, late


# Restoring


def _again(shell: Any, state: list[dict[str, Any]]) -> list[Told]:
    told: list[Told] = []
    for entry in state:
        with shell.builtin_trap:  # get_ipython and display, which libraries look for as names
            problem = entry["why"] or _make(shell.user_ns, entry)
        _ledger.entries.append(entry)
        if problem:
            name = ".".join(parsed(entry["text"])[1]) if entry["text"] and "…" not in entry["text"] else entry["text"]
            reason = f"what {entry['text'] or 'more calls'} set is not kept: {problem}. Run it again."
            told.append(Told(name or "settings of libraries", Cause.LIVE_RESOURCE, reason))
    return told


def _make(namespace: dict[str, Any], entry: dict[str, Any]) -> str:
    """Make a call again; what went wrong, or ""."""
    blocked: list[str] = []
    try:
        names = {name: _found(*found) for name, found in entry["names"].items()}
        if any(_lost(value) for value in (*names.values(), entry["given"])):
            return "what it was given could not be kept"
        code = compile(ast.Expression(parsed(entry["text"])[0]), "<setting>", "eval")
        with quiet(), confined(blocked):
            made = eval(code, namespace, names)
            if entry["given"] is not None:
                made(entry["given"])
    except BaseException as error:  # a library's code may raise anything
        if isinstance(error, KeyboardInterrupt):
            raise
        if not blocked:
            return f"it raised {type(error).__name__}: {str(error)[:200]}"
    return f"it would have reached outside the process ({blocked[0]})" if blocked else ""


def _found(kind: str, value: Any) -> Any:
    if kind == "module":
        return rebuild.module(value)
    if kind == "place":
        exists, found = places.get(value)
        if not exists:
            raise LookupError(f"{value.replace(':', '.')} is not here")
        return found
    return value


def _lost(value: Any) -> bool:
    parts = value if isinstance(value, (list, tuple)) else value.values() if isinstance(value, dict) else ()
    return told_of(value) is not None or any(told_of(part) is not None for part in parts)


def _capture(late: bool) -> Callable[[Any, Any], list[dict[str, Any]] | None]:
    return lambda *_: _split()[late] or None


provide(Provider("calls", "settings of libraries", EARLY, _baseline, _capture(False), _again, order=CALLS))
provide(Provider("calls.late", "settings of libraries", LATE, lambda _: None, _capture(True), _again, order=CALLS))
