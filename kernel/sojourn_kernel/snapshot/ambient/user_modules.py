"""The user's modules themselves, before anything that refers to them is loaded. Runs after paths and directory are back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from ...told import Told
from .. import module_data, modules, recorded
from . import transformers
from .confinement import silent
from .ipython import is_the_users
from .provider import EARLY, Provider, provide, providers


def _capture(_: Any, watch: modules.Watch) -> list[dict[str, Any]] | None:
    return module_data.sources(watch) or None


def _restore(shell: Any, state: list[dict[str, Any]]) -> list[Told]:
    with _held(shell), silent(), shell.builtin_trap:
        return recorded.bring_back(state, modules.is_users_file)


@contextlib.contextmanager
def _held(shell: Any) -> Iterator[None]:
    """What modules' code does to the session and the process when they are imported is in the checkpoint already, or was undone since."""
    put_back = [one.hold(shell) for one in providers() if one.hold is not None]
    put_back += [_hold_names(shell.user_ns), *map(_hold_list, _lists_of(shell))]
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


def _lists_of(shell: Any) -> list[list[Any]]:
    """Lists of IPython's that hold functions of the user's."""
    return [*shell.events.callbacks.values(), *transformers.lists(shell).values()]


def hook_into(shell: Any) -> bool:
    """Whether IPython calls functions of theirs around cells."""
    held = [getattr(one, "__func__", one) for functions in _lists_of(shell) for one in functions]
    homes = {str(getattr(one, "__module__", None) or type(one).__module__) for one in held}
    return any(modules.of_the_users(home) and not modules.of_cells(home) for home in homes)


def _hold_list(held: list[Any]) -> Callable[[], object]:
    before = list(held)

    def put_back() -> None:
        held[:] = [one for one in held if any(one is old for old in before) or not is_the_users(one)]

    return put_back


provide(Provider("user_modules", "the user's modules", EARLY, lambda _: modules.start(), _capture, _restore))
