"""The body of a checkpoint, over versions."""

from __future__ import annotations

import json

import pytest
from sojourn_kernel.observe.lineage import CellExecution, Lineage
from sojourn_kernel.recipe import Recipe
from sojourn_kernel.session.checkpoint import BODY_FORMAT, Body
from sojourn_kernel.snapshot.frozen import Frozen
from sojourn_kernel.store import Corrupt

CELL = CellExecution(1, "x = 1", 0.1, True, ("x",), ("x",), "", "<cell>")
RECIPE = Recipe(("x",), ((0, 0),), ("np",), 0.1, True, "digest")


def body() -> Body:
    return Body(Frozen((), ("x",)), Lineage([CELL]), {"python": [3, 11, 7]}, (RECIPE,))


def document(**changes: object) -> bytes:
    return json.dumps({**json.loads(body().to_bytes()), **changes}).encode()


def test_what_was_written_is_read() -> None:
    read = Body.from_bytes(body().to_bytes())
    assert (read.frozen, read.lineage.cells, read.kernel, read.recipes) == (
        Frozen((), ("x",)), [CELL], {"python": [3, 11, 7]}, (RECIPE,)
    )  # fmt: skip


def test_that_something_has_the_namespace_is_known_in_the_next_life() -> None:
    """Which value led to it, and who was given it, is known only when a cell runs."""
    assert not Body.from_bytes(document()).namespace_is_held()
    assert Body.from_bytes(document(kernel={"namespace held": True})).namespace_is_held()


def test_a_body_of_the_previous_format_is_read() -> None:
    """Format 1 had no recipes."""
    old = json.loads(document(format=1))
    del old["recipes"]
    assert Body.from_bytes(json.dumps(old).encode()).recipes == ()


def test_a_body_of_a_newer_format_is_refused_with_advice() -> None:
    with pytest.raises(Corrupt, match=r"newer Sojourn.*update"):
        Body.from_bytes(document(format=BODY_FORMAT + 1))


@pytest.mark.parametrize("damage", [{"recipes": [["x"]]}, {"lineage": [{}]}, {"frozen": {}}, {"format": "two"}])
def test_damage_is_said_to_be_damage(damage: dict[str, object]) -> None:
    with pytest.raises(Corrupt, match="damaged"):
        Body.from_bytes(document(**damage))
