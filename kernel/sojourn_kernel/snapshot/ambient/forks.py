"""Functions that the user registered to be called around a fork; the interpreter does not say which they are.

They are for forks of the user's: in the child of a background checkpoint they would change what is saved, and in the kernel the session
that goes on. Those of libraries run there as well: locks and pools are made whole by them.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

from .. import fork, modules, rebuild
from .provider import LATE, Provider, provide
from .registrations import users

Hooks = dict[str, Any]  # as register_at_fork takes them

_registered: list[Hooks] = []
_register: Any = getattr(os, "register_at_fork", None)


def _watch(*_: Any) -> None:
    if _register is None or os.register_at_fork is not _register:
        return

    @functools.wraps(_register)
    def register_at_fork(**hooks: Any) -> None:
        home = sys._getframe(1).f_globals.get("__name__")
        own = home == "__main__" or home in rebuild.MADE or any(map(users, hooks.values()))
        module = sys.modules.get(str(home))
        if own or (module is not None and modules.is_users(module)):
            _register(**{when: _for_the_users(hook) for when, hook in hooks.items()})
        else:
            _register(**hooks)
        if own:
            _registered.append(hooks)

    os.register_at_fork = register_at_fork
    if "posix" in sys.modules:
        sys.modules["posix"].register_at_fork = register_at_fork  # type: ignore[attr-defined]


def _for_the_users(hook: Any) -> Any:
    """The same, but for forks of Sojourn's."""
    if not callable(hook):
        return hook  # refused by what it is passed to, in its own words

    def called() -> None:
        if not fork.under_way:
            hook()

    return called


def _put(_: Any, state: list[Hooks]) -> None:
    for hooks in state:
        _register(**{when: _for_the_users(hook) for when, hook in hooks.items()})
        _registered.append(hooks)


provide(Provider("forks", "functions called at a fork", LATE, _watch, lambda *_: list(_registered) or None, _put))
