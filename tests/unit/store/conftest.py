from __future__ import annotations

from collections.abc import Iterator

import pytest
from sojourn_kernel.store.backend import MemoryBackend


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No key or credentials of the machine's, and nothing left in memory."""
    for name in ("SOJOURN_KEY_FILE", "SOJOURN_CREDENTIALS_DIR", "SOJOURN_STORE"):
        monkeypatch.delenv(name, raising=False)
    before = set(MemoryBackend.spaces)
    yield
    for name in set(MemoryBackend.spaces) - before:
        del MemoryBackend.spaces[name]
