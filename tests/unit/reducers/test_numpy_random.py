"""numpy's generators: one stream for all that draw from it, and the seeds that new ones are spawned from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.snapshot.freeze import freeze

from tests.unit.snapshot.memory import Memory


def moved(roots: dict[str, Any]) -> dict[str, Any]:
    memory = Memory()
    return Thaw(freeze(roots, memory, main={}), memory, {}).load_all()


@pytest.mark.parametrize("kind", ["MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"])
def test_a_stream_has_its_seeds(kind: str) -> None:
    stream = getattr(np.random, kind)(7)
    values = moved({"stream": stream, "generator": np.random.Generator(stream)})
    assert values["generator"].bit_generator is values["stream"]
    assert values["generator"].random() == np.random.Generator(getattr(np.random, kind)(7)).random()
    assert values["stream"]._seed_seq.spawn(1)[0].spawn_key == (0,)
    assert values["stream"]._seed_seq.entropy == 7


def test_the_seeds_are_those_of_the_variable() -> None:
    seeds = np.random.SeedSequence(5)
    values = moved({"seeds": seeds, "generator": np.random.default_rng(seeds)})
    assert values["generator"].bit_generator._seed_seq is values["seeds"]


@pytest.mark.parametrize("stream", [np.random.RandomState(3)._bit_generator, np.random.Philox(key=3)])
def test_one_without_seeds_has_none(stream: Any) -> None:
    values = moved({"stream": stream})
    assert values["stream"]._seed_seq is None
    assert values["stream"].random_raw() == stream.random_raw()


def test_an_older_generator_goes_on_with_half_a_pair() -> None:
    state = np.random.RandomState(3)
    state.randn()
    values = moved({"state": state, "stream": state._bit_generator})
    assert values["state"]._bit_generator is values["stream"]
    assert [values["state"].randn(), values["state"].rand()] == [state.randn(), state.rand()]
