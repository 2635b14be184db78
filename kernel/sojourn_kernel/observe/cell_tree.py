"""The tree of a cell's code, made once for all who look at it after it ran."""

from __future__ import annotations

import ast
import functools


@functools.lru_cache(maxsize=2)
def tree_of(source: str) -> ast.Module | None:
    """None where it is no Python. Shared: nobody changes it."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
