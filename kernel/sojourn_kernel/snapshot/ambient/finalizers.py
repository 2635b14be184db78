"""Finalizers (``weakref.finalize``), which ``weakref`` alone holds; it does not say who made them, so they are noted on their way in."""

from __future__ import annotations

import sys
import types
import weakref
from typing import Any

from ..libraries import whose
from .provider import LATE, Provider, provide

_ALONE = 3  # references to an object that nothing holds but the state, the name of the loop, and who counts them


class _Registry(dict[Any, Any]):
    """What ``weakref`` knows of the finalizers that are alive. users: those that the session made."""

    def __init__(self, held: dict[Any, Any]) -> None:
        super().__init__(held)
        self.users: set[Any] = set()

    def __setitem__(self, finalizer: Any, info: Any) -> None:
        super().__setitem__(finalizer, info)
        if whose.users(info.func) or _is_users(sys._getframe(2)):
            self.users.add(finalizer)

    def pop(self, finalizer: Any, *default: Any) -> Any:
        self.users.discard(finalizer)
        return super().pop(finalizer, *default)


def _is_users(caller: types.FrameType | None) -> bool:
    """Whether code of cells, or of a function in a file of the user's, makes it: what a file's import makes it makes again."""
    while caller is not None and str(caller.f_globals.get("__name__")).startswith(
        "sojourn_kernel."
    ):  # it watches the call
        caller = caller.f_back
    if caller is None:
        return False
    home = str(caller.f_globals.get("__name__"))
    return whose.of_cells(home) or (caller.f_code.co_name != "<module>" and whose.of_the_users(home))


def _registry() -> _Registry:
    if not isinstance(held := weakref.finalize._registry, _Registry):  # type: ignore[attr-defined]
        held = weakref.finalize._registry = _Registry(held)  # type: ignore[attr-defined]
    return held


def _alive(*_: Any) -> list[tuple[Any, Any]] | None:
    """The session's finalizers, in their order, with what they wait for the end of."""
    registry = _registry()
    found = [(one, one.peek()) for one in list(registry) if one in registry.users]
    return [(one, alive[0]) for one, alive in found if alive is not None] or None


def _put(_: Any, state: list[tuple[Any, Any]]) -> None:
    """They are at work since they were loaded; those of what nothing holds any more hear no end that was not one."""
    for finalizer, target in state:
        if sys.getrefcount(target) > _ALONE:
            _registry().users.add(finalizer)
        else:
            finalizer.detach()


provide(Provider("finalizers", "finalizers", LATE, lambda _: _registry(), _alive, _put))
