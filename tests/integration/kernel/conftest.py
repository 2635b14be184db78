"""Real kernels in processes of their own; each test has its own store and session."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fidelity.kernel import Kernel

Start = Callable[..., Kernel]


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts kernels that share one store and one session unless told otherwise; all end with the test."""
    folder = tmp_path_factory.mktemp("k")
    running: list[Kernel] = []
    numbers = itertools.count()

    def act(**env: str) -> Kernel:
        own = folder / str(next(numbers))
        own.mkdir()
        settings = {
            "SOJOURN_STORE": f"file://{folder / 'store'}",
            "SOJOURN_SESSION": "test/session",
            "IPYTHONDIR": str(folder / "ipython"),
            **env,
        }
        argv = [sys.executable, "-m", "sojourn_kernel", "-f", "{connection_file}"]
        kernel = Kernel(own, folder, argv=argv, env=settings)
        running.append(kernel)
        return kernel

    act.store = folder / "store"  # type: ignore[attr-defined]
    yield act
    for kernel in running:
        kernel.close()


@pytest.fixture
def store_folder(start: Start) -> Path:
    return start.store  # type: ignore[attr-defined]
