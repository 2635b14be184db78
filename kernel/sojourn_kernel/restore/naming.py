"""What loading has lost, told under the names and paths where the user finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..snapshot.frozen import DEFINITIONS, Piece
from ..snapshot.lost import Absent, Lost, name_loss, told_of
from ..snapshot.names import is_unnamed
from ..snapshot.paths import paths_to
from ..told import Cause, Told

_LONG = 300  # characters of what a library says
CellOf = Callable[[str], tuple[int | None, str]]
Content = Mapping[str, dict[str, Any]]
"""Of a piece's stream: its roots, and its definitions."""


def name_losses(lost: list[Lost], piece: Piece, content: Content, cell_of: CellOf) -> Iterator[Told]:
    """Name the placeholders that loading made."""
    places: dict[int, tuple[str, str]] = {}
    candidates = [*content["roots"].items(), *content["definitions"].items()]
    for key, value in sorted(candidates, key=lambda one: is_unnamed(one[0])):
        missing = [one for one in lost if id(one) not in places]
        if not missing:
            break
        places |= {found: (key, path) for found, path in paths_to(value, missing).items()}
    named = [root for root in piece.roots if root != DEFINITIONS] or list(content["definitions"])
    other = min(named, key=is_unnamed, default=DEFINITIONS)
    for one in lost:
        if (unnamed := told_of(one)) is None:
            continue
        root, path = places.get(id(one), (other, "…"))
        told = Told(root, unnamed.cause, unnamed.reason, path, *cell_of(root))
        name_loss(one, told)
        yield told


def name_versions(said: list[tuple[str, Any]], content: Content, cell_of: CellOf) -> Iterator[Told]:
    """What libraries say of objects that another version of them made, once for each variable: of the outermost one in it."""
    texts = {id(one): text for text, one in reversed(said)}
    for root, value in content["roots"].items() if said else ():
        found = paths_to(value, [one for _, one in said])
        if found:
            outermost, path = min(found.items(), key=lambda one: len(one[1]))
            says = texts[outermost].strip().partition("\n")[0]
            reason = f"another version of its library made it, which says: {says[:_LONG]}"
            yield Told(root, Cause.ENVIRONMENT, reason, path, *cell_of(root))


def absences(content: Content, cell_of: CellOf) -> Iterator[Told]:
    """Of modules that are not here."""
    for root, value in [*content["roots"].items(), *content["definitions"].items()]:
        if type(value) is Absent:
            told = value._sojourn_told
            yield Told(told.name if is_unnamed(root) else root, told.cause, told.reason, "", *cell_of(root))
