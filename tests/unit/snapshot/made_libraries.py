"""Libraries that tests make: modules of a source, where imports find them."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def library_of(name: str, source: str) -> Iterator[Any]:
    """A module of this name, as long as the body runs."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(source, module.__dict__)
    yield module
    del sys.modules[name]
