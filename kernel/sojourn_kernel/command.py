"""The ``sojourn`` command, which says what is missing where the kernel's own libraries are not installed."""

from __future__ import annotations

import sys


def main() -> int:
    """Run it. Returns the exit status."""
    try:
        from .cli import main as run
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        if missing == __package__:
            raise
        sys.exit(
            f"sojourn: the package {missing} is not installed here. Install Sojourn with what its kernel needs: pip install 'sojourn[kernel]'"
        )
    return run()
