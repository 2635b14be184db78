"""The body of a checkpoint: the frozen table, the lineage, and what kind of kernel made it."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass
from typing import Any

from ..observe.lineage import Lineage
from ..recipe import Recipe
from ..snapshot.frozen import Frozen
from ..store import BlobRef, Corrupt
from ..told import Told

BODY_FORMAT = 10
"""1: without recipes; 2: each stream is one pickle, in frames; 3: without ids of objects, and what recipes make beside; 4: without generators
half-way, objects under old hashes, and what is made over another's memory; 5: without arrays that own their memory as subclasses do or lie in an
order of their own, code of classes before their objects, and functions that artists of figures call; 6: without what a library's module keeps for
everyone and the session changed, objects of C code by their properties, and ordered iterators and pyarrow's half-way; 7: without type parameters and aliases by statement, a
`MultiIndex` and arrays of subclasses with the very parts and bases that they had, and finalizers that no variable holds; 8: without
what libraries' own pickling keeps back, and numpy's generators in the form that numpy 1 reads; 9: modules of ``snapshot`` by the names that they had before it had rooms."""


@dataclass(frozen=True)
class Body:
    """What a manifest's body holds."""

    frozen: Frozen
    lineage: Lineage
    kernel: dict[str, Any]
    recipes: tuple[Recipe, ...] = ()
    "How to make again what is not stored."

    def interrupted(self) -> list[Told]:
        """Cells that were running when this checkpoint was made, and were interrupted for it."""
        return [Told.from_json(row) for row in self.kernel.get("interrupted", [])]

    def expendable(self) -> set[str]:
        """Names that the user had marked so."""
        return set(map(str, self.kernel.get("expendable", [])))

    def namespace_is_held(self) -> bool:
        """Whether something that is kept may have the namespace."""
        return bool(self.kernel.get("namespace held"))

    def to_bytes(self) -> bytes:
        document = {
            "format": BODY_FORMAT,
            "frozen": self.frozen.to_json(),
            "lineage": self.lineage.to_json(),
            "kernel": self.kernel,
            "recipes": [recipe.to_json() for recipe in self.recipes],
        }
        return json.dumps(document, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Body:
        """Raises Corrupt for anything that is not a body."""
        try:
            document = json.loads(data)
            if document["format"] > BODY_FORMAT:
                raise Corrupt(
                    f"a newer Sojourn made the checkpoint (format {document['format']}): update sojourn to use it"
                )
            recipes = tuple(Recipe.from_json(row) for row in document.get("recipes", ()))
            lineage = Lineage.from_json(document["lineage"])
            return cls(Frozen.from_json(document["frozen"]), lineage, dict(document["kernel"]), recipes)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Corrupt(f"the checkpoint's body is damaged: {type(error).__name__}") from None


def blob_refs(data: bytes) -> list[BlobRef]:
    """Every blob that a body names: what the store must not remove."""
    return Body.from_bytes(data).frozen.refs()


def kernel_facts() -> dict[str, Any]:
    return {"python": list(sys.version_info[:3]), "platform": platform.platform(), "machine": platform.machine()}
