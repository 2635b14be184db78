"""The user's modules themselves, before anything that refers to them is loaded. Runs after paths and directory are back."""

from __future__ import annotations

from typing import Any

from ...told import Told
from ..libraries import module_data, modules, recorded, whose
from ..process.confinement import silent
from .holding import held, lists_of
from .provider import EARLY, Provider, provide


def _capture(_: Any, watch: modules.Watch) -> list[dict[str, Any]] | None:
    return module_data.sources(watch) or None


def _restore(shell: Any, state: list[dict[str, Any]]) -> list[Told]:
    with held(shell), silent(), shell.builtin_trap:
        whose.installed()  # asked in the middle of sysconfig's first answer, as imports come to the finder, it would break that
        return recorded.bring_back(state, whose.is_users_file)


def hook_into(shell: Any) -> bool:
    """Whether IPython calls functions of theirs around cells."""
    held = [getattr(one, "__func__", one) for functions in lists_of(shell) for one in functions]
    homes = {str(getattr(one, "__module__", None) or type(one).__module__) for one in held}
    return any(whose.of_the_users(home) and not whose.of_cells(home) for home in homes)


provide(Provider("user_modules", "the user's modules", EARLY, lambda _: modules.start(), _capture, _restore))
