"""The session's and the process's state, held as it is while code of the user's runs once more."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from . import transformers
from .ipython import is_the_users
from .provider import providers


@contextlib.contextmanager
def held(shell: Any) -> Iterator[None]:
    """What code that runs once more (a module that is imported, a cell that is run again) does to the session and the process is in the
    checkpoint already, or was undone since: none of it stays."""
    put_back = [one.hold(shell) for one in providers() if one.hold is not None]
    put_back += [_hold_names(shell.user_ns), *map(_hold_list, lists_of(shell))]
    try:
        yield
    finally:
        for put in put_back:
            with contextlib.suppress(Exception):  # what it can't be set to any more
                put()


def _hold_names(namespace: dict[str, Any]) -> Callable[[], object]:
    before = dict(namespace)

    def put_back() -> None:
        for name in namespace.keys() - before.keys():
            del namespace[name]
        namespace.update(before)

    return put_back


def lists_of(shell: Any) -> list[list[Any]]:
    """Lists of IPython's that hold functions of the user's."""
    return [*shell.events.callbacks.values(), *transformers.lists(shell).values()]


def _hold_list(held: list[Any]) -> Callable[[], object]:
    before = list(held)

    def put_back() -> None:
        held[:] = [one for one in held if any(one is old for old in before) or not is_the_users(one)]

    return put_back
