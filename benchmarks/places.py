"""A folder for one measured session, gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fidelity.systems import Place


@contextmanager
def place() -> Iterator[Place]:
    """Sockets, store and working directory of one session, on the disk that holds the temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        (folder / "work").mkdir()
        yield Place(folder, folder / "work", {"IPYTHONDIR": str(folder / "ipython")})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
