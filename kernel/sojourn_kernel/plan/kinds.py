"""What is known of a value before it is there: data, something of a library, code of the session, or nothing."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .made import Made


@dataclass(frozen=True)
class Known:
    """A module, or a function or class of a library."""

    value: Any


@dataclass(frozen=True)
class Code:
    """A function or class made in a cell. tree: None for a class that is there: it is seen as it is. value: None for one that the
    walk itself has met, which is made anew whenever the code around it runs."""

    tree: ast.AST | None
    value: Any = None


# HELD: what a function or class of the session holds, and is not made again with it; reading it is no change.
DATA, HELD, UNKNOWN = "data", "held", "unknown"
CONSTANTS = (int, float, complex, str, bytes, type(None))
Kind = Known | Code | str
Scope = dict[str, Kind]


class LookUp(Protocol):
    """What the names of the session are, for one cell."""

    def __call__(self, name: str) -> Kind | None:
        """None: there is no such name."""

    def settled(self, name: str) -> bool:
        """Whether it is known to be no iterator."""

    @property
    def made(self) -> Made:
        """The session's functions and classes as they are now."""


class Unsafe(Exception):
    """A statement does what can't be done again; the message is the reason."""


def shown(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 40 else text[:37] + "…"
