"""Settings of libraries that were made by calls: the calls are made again, in their order, before anything else is put back.

A call that would reach outside the process is stopped, and told; so is one that can't be made again.
"""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Callable
from typing import Any

from ...told import Cause, Told
from .. import rebuild
from ..libraries import imported, places
from ..libraries.held_still import held_still
from ..lost import told_of
from ..process.confinement import confined, is_of_a_cache, quiet
from . import standing
from .call_ledger import ledger, start
from .call_rules import PLAIN, parsed
from .libraries import options_held
from .provider import CALLS, LATE, SETTINGS, Provider, provide


def _is_late(entry: dict[str, Any]) -> bool:
    """Whether it needs something of the user's, which is there only after the variables are loaded."""
    return entry["given"] is not None or any(
        kind == "value" and not isinstance(value, PLAIN) for kind, value in entry["names"].values()
    )


def _library(entry: dict[str, Any]) -> str:
    return places.library_of(next(iter(entry["names"].values()), ("", ""))[1])


def _split() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Calls to make first and calls to make at the end; those of one library stay in their order."""
    early: list[dict[str, Any]] = []
    late: list[dict[str, Any]] = []
    waiting: set[str] = set()
    for entry in ledger.to_make_again():
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
            whole = [] if entry["why"] else imported.as_seen(_library(entry))
            problem = entry["why"] or _make(shell.user_ns, entry)
            imported.see_again(() if problem else whole)
        ledger.entries.append(entry)
        if problem:
            name = ".".join(parsed(entry["text"])[1]) if entry["text"] and "…" not in entry["text"] else entry["text"]
            reason = f"what {entry['text'] or 'more calls'} set is not kept: {problem}. Run it again."
            told.append(Told(name or "settings of libraries", Cause.LIVE_RESOURCE, reason))
    return told


def _again_late(shell: Any, state: list[dict[str, Any]]) -> list[Told]:
    with options_held():
        return _again(shell, state)


def _make(namespace: dict[str, Any], entry: dict[str, Any]) -> str:
    """Make a call again; what went wrong, or ""."""
    blocked: list[str] = []
    try:
        names = {name: _found(*found) for name, found in entry["names"].items()}
        if any(_lost(value) for value in (*names.values(), entry["given"])):
            return "what it was given could not be kept"
        code = compile(ast.Expression(parsed(entry["text"])[0]), "<setting>", "eval")
        with quiet(), confined(blocked), held_still(rebuild.filled.values()):
            looks = entry.get("can_be_taken_back")
            was = standing.seen_before(entry["text"], ChainMap(names, namespace)) if looks else None
            made = eval(code, namespace, names)
            entry["set"] = standing.set_by(was)
            if entry["given"] is not None:
                made(entry["given"])
    except BaseException as error:  # a library's code may raise anything
        if isinstance(error, KeyboardInterrupt):
            raise
        if not blocked:
            return f"it raised {type(error).__name__}: {str(error)[:200]}"
        return f"it would have reached outside the process ({blocked[0]})"
    reached = [what for what in blocked if not is_of_a_cache(what)]  # which its library does without
    return f"it would have reached outside the process ({reached[0]})" if reached else ""


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
    kind = type(value)  # a lazy object of a library's would make itself if it were asked for its class
    parts = value if issubclass(kind, (list, tuple)) else value.values() if issubclass(kind, dict) else ()
    return told_of(value) is not None or any(told_of(part) is not None for part in parts)


def _capture(late: bool) -> Callable[[Any, Any], list[dict[str, Any]] | None]:
    return lambda *_: _split()[late] or None


provide(
    Provider(
        "calls",
        "settings of libraries",
        SETTINGS,
        lambda shell: start(shell.user_ns),
        _capture(False),
        _again,
        order=CALLS,
    )
)
provide(Provider("calls.late", "settings of libraries", LATE, lambda _: None, _capture(True), _again_late, order=CALLS))
