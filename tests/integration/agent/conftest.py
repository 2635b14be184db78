"""Each test has a home of its own: data, runtime and store below a temporary folder, and a free port."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .servers import Home, Server


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path, free_port())
    home.prepare()
    return home


@pytest.fixture
def start(home: Home) -> Iterator[Callable[..., Server]]:
    """Start a server of the home's session; all are ended after the test."""
    servers: list[Server] = []

    def start_one(*arguments: str, **kwargs: Any) -> Server:
        servers.append(Server(home, *arguments, **kwargs))
        return servers[-1]

    yield start_one
    for server in servers:
        server.end()


@pytest.fixture
def other_port() -> int:
    return free_port()
