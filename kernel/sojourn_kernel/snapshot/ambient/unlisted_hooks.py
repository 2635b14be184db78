"""Functions that the interpreter calls at forks and audit events; it does not say which they are, so they are noted on their way in.

The user's are for what the user does. In the child of a background checkpoint they would change what is saved, and at its fork the session
that goes on. Those of libraries are called there as well: at a fork they make locks and pools whole.
"""

from __future__ import annotations

import functools
import os
import sys
import types
from typing import Any

from ...ours import is_ours
from ..libraries import whose
from .provider import LATE, Provider, provide

_at_forks: list[dict[str, Any]] = []
_at_events: list[Any] = []
_register_at_fork: Any = getattr(os, "register_at_fork", None)
_addaudithook = sys.addaudithook


def _watch_forks(*_: Any) -> None:
    if _register_at_fork is None or os.register_at_fork is not _register_at_fork:
        return

    @functools.wraps(_register_at_fork)
    def register_at_fork(**hooks: Any) -> None:
        own, comes_back = _whose(sys._getframe(1), *hooks.values())
        _add_at_forks(hooks) if own else _register_at_fork(**hooks)
        if comes_back:
            _at_forks.append(hooks)

    os.register_at_fork = register_at_fork
    if "posix" in sys.modules:
        sys.modules["posix"].register_at_fork = register_at_fork  # type: ignore[attr-defined]


def _watch_events(*_: Any) -> None:
    if sys.addaudithook is not _addaudithook:
        return

    @functools.wraps(_addaudithook)
    def addaudithook(hook: Any) -> None:
        own, comes_back = _whose(sys._getframe(1), hook)
        _addaudithook(_for_the_users(hook) if own else hook)
        if comes_back:
            _at_events.append(hook)

    sys.addaudithook = addaudithook


def _whose(caller: types.FrameType, *hooks: Any) -> tuple[bool, bool]:
    """Whether hooks are the user's, and whether they are of cells: those of files register again with the file's import."""
    home = str(caller.f_globals.get("__name__"))
    of_cells = whose.of_cells(home) or any(map(whose.users, hooks))
    return of_cells or whose.of_the_users(home), of_cells


def _add_at_forks(hooks: dict[str, Any]) -> None:
    _register_at_fork(**{when: _for_the_users(hook) for when, hook in hooks.items()})


def _for_the_users(hook: Any) -> Any:
    """The same, but for forks and events of Sojourn's."""
    if not callable(hook):
        return hook  # refused by what it is passed to, in its own words

    def called(*arguments: Any) -> None:
        if not is_ours():
            hook(*arguments)

    return called


def _put_at_forks(_: Any, state: list[dict[str, Any]]) -> None:
    for hooks in state:
        _add_at_forks(hooks)
        _at_forks.append(hooks)


def _put_at_events(_: Any, state: list[Any]) -> None:
    for hook in state:
        _addaudithook(_for_the_users(hook))
        _at_events.append(hook)


provide(
    Provider(
        "forks", "functions called at a fork", LATE, _watch_forks, lambda *_: list(_at_forks) or None, _put_at_forks
    )
)
provide(Provider("audit", "audit hooks", LATE, _watch_events, lambda *_: list(_at_events) or None, _put_at_events))
