"""What is known of a value before it is there: data, something of a library, code of the session, or nothing."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Known:
    """A module, or a function or class of a library."""

    value: Any


@dataclass(frozen=True)
class Code:
    """A function or class made in a cell: its syntax tree."""

    tree: ast.AST


DATA, UNKNOWN = "data", "unknown"
CONSTANTS = (int, float, complex, str, bytes, type(None))
Kind = Known | Code | str
Scope = dict[str, Kind]


class LookUp(Protocol):
    """What the names of the session are, for one cell."""

    def __call__(self, name: str) -> Kind | None:
        """None: there is no such name."""

    def settled(self, name: str) -> bool:
        """Whether it is known to be no iterator."""


class Unsafe(Exception):
    """A statement does what can't be done again; the message is the reason."""


def shown(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 40 else text[:37] + "…"
