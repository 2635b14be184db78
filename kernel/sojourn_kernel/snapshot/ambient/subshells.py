"""Subshells of the kernel: JupyterLab sends a widget's messages to one, and goes on to send them to the id that it was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from ...in_loop import call_in
from .provider import EARLY, Provider, provide

_SECONDS = 10.0  # that the thread they are made in may take


def _manager(shell: Any) -> Any:
    """What makes and holds the subshells; None where the kernel has none (ipykernel before 7, a plain shell)."""
    return getattr(getattr(getattr(shell, "kernel", None), "shell_channel_thread", None), "manager", None)


def make_when_asked(shell: Any) -> None:
    """Have a subshell made when a message to it comes: front ends go on to send to one that was new when a life ended without notice."""
    manager = _manager(shell)
    if manager is None:
        return
    find = manager.get_shell_channel_to_subshell_socket

    def find_or_make(number: str | None) -> Any:
        try:
            return find(number)
        except KeyError:
            _make(manager, str(number))
            return find(number)

    manager.get_shell_channel_to_subshell_socket = find_or_make


def _capture(shell: Any, _: Any) -> list[str] | None:
    manager = _manager(shell)
    return manager.list_subshell() or None if manager is not None else None


def _put(shell: Any, state: list[str]) -> None:
    manager = _manager(shell)
    if manager is None:
        return

    def make() -> None:
        for number in state:
            if number not in manager.list_subshell():
                _make(manager, number)

    call_in(manager._shell_channel_io_loop, make).result(_SECONDS)  # ipykernel makes them nowhere else


def _make(manager: Any, number: str) -> None:
    with _next_number(number):
        manager._create_subshell()


@contextmanager
def _next_number(number: str) -> Iterator[None]:
    """ipykernel draws the id of a new subshell, and takes none."""
    from ipykernel import subshell_manager

    drawing, subshell_manager.uuid = subshell_manager.uuid, SimpleNamespace(uuid4=lambda: number)
    try:
        yield
    finally:
        subshell_manager.uuid = drawing


provide(Provider("subshells", "subshells", EARLY, lambda _: None, _capture, _put))
