"""What cells made of the main thread: its name, and attributes of their own."""

from __future__ import annotations

import threading
from typing import Any

from ..objects import added
from .provider import LATE, Provider, provide


def _baseline(_: Any) -> tuple[str, set[str]]:
    main = threading.main_thread()
    return main.name, set(vars(main))


def _changed(_: Any, base: tuple[str, set[str]]) -> tuple[str, dict[str, Any]] | None:
    main = threading.main_thread()
    own = {name: value for name, value in vars(main).items() if name not in base[1] and name in added.GIVEN}
    return (main.name, own) if own or main.name != base[0] else None


def _put(_: Any, state: tuple[str, dict[str, Any]]) -> None:
    main = threading.main_thread()
    main.name = state[0]
    vars(main).update(state[1])


provide(Provider("main thread", "the main thread", LATE, _baseline, _changed, _put))
