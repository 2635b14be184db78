"""Bytes below a folder."""

from __future__ import annotations

from pathlib import Path


def bytes_in(folder: Path) -> int:
    """Sum of the sizes of the files below ``folder``; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
