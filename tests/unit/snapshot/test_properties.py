"""Random sessions of containers that share their parts come back the same, in the same shape; damage is told, never a crash."""

from __future__ import annotations

import itertools
import json
import types
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sojourn_kernel.restore.thaw import Thaw
from sojourn_kernel.session.checkpoint import Body
from sojourn_kernel.snapshot import drafts
from sojourn_kernel.snapshot.freeze import freeze
from sojourn_kernel.snapshot.frozen import Frozen
from sojourn_kernel.snapshot.lost import Lost
from sojourn_kernel.store import Corrupt

from tests.unit.snapshot.memory import Memory

LEAVES = st.one_of(st.integers(), st.floats(), st.text(max_size=5), st.booleans(), st.none(), st.binary(max_size=5))
KINDS = ("list", "dict", "tuple", "object", "bytearray", "set")


@st.composite
def sessions(draw: st.DrawFn) -> dict[str, Any]:
    """Names bound to a graph of containers: any may hold any, itself and those made later included."""
    count = draw(st.integers(1, 8))
    made: list[Any] = []
    for _ in range(count):
        kind = draw(st.sampled_from(KINDS))
        if kind == "tuple":  # with something mutable in it: one of values alone is a value itself (docs/limits.md)
            made.append(([], *(draw(st.lists(st.sampled_from(made), max_size=3)) if made else ())))
        elif kind == "set":
            made.append(set(draw(st.lists(st.integers(0, 9), max_size=3))))
        else:
            made.append({"list": [], "dict": {}, "object": types.SimpleNamespace(), "bytearray": bytearray(b"x")}[kind])
    for value in made:
        parts = draw(st.lists(st.one_of(LEAVES, st.sampled_from(made)), max_size=4))
        if isinstance(value, list):
            value.extend(parts)
        elif isinstance(value, dict):
            value.update(enumerate(parts))
        elif isinstance(value, types.SimpleNamespace):
            value.__dict__.update({f"a{number}": part for number, part in enumerate(parts)})
    names = draw(st.lists(st.sampled_from(made), min_size=1, max_size=5))
    return {f"v{number}": value for number, value in enumerate(names)}


def shape(roots: dict[str, Any]) -> list[Any]:
    """The graph, written out: each container, and each NaN, by the number under which it was met first."""
    numbers: dict[int, int] = {}
    kept: list[Any] = []  # alive while their ids count

    def walk(value: Any) -> Any:
        if isinstance(value, (list, dict, types.SimpleNamespace, bytearray, set, np.ndarray)) or (
            isinstance(value, tuple) and value
        ):
            if id(value) in numbers:
                return ("again", numbers[id(value)])
            numbers[id(value)] = len(numbers)
            kept.append(value)
            if isinstance(value, dict):
                return ("dict", [(walk(k), walk(v)) for k, v in value.items()])
            if isinstance(value, types.SimpleNamespace):
                return ("object", walk(vars(value)))
            if isinstance(value, bytearray):
                return ("bytearray", bytes(value))
            if isinstance(value, np.ndarray):
                return ("array", value.strides, value.tobytes())
            parts = sorted(value) if isinstance(value, set) else value
            return (type(value).__name__, [walk(part) for part in parts])
        if value != value:  # containers find a NaN by its identity
            kept.append(value)
            return ("NaN", numbers.setdefault(id(value), len(numbers)))
        return (type(value).__name__, repr(value))

    return [(name, walk(value)) for name, value in roots.items()]


def frozen(roots: dict[str, Any], memory: Memory, **named: Any) -> Frozen:
    return freeze(roots, memory, main=roots, **named)


def thawed(table: Frozen, memory: Memory, order: list[str] | None = None) -> dict[str, Any]:
    thaw = Thaw(table, memory, {})
    found: dict[str, Any] = {}
    for name in order or list(table.order):
        found |= thaw.load([name])
    assert not thaw.told
    return {name: found[name] for name in table.order}


@given(sessions())
def test_a_session_comes_back_with_all_its_sharing(roots: dict[str, Any]) -> None:
    memory = Memory()
    assert shape(thawed(frozen(roots, memory), memory)) == shape(roots)


@given(sessions())
def test_a_group_that_goes_on_in_the_stream_of_its_longest_comes_back_with_all_its_sharing(
    roots: dict[str, Any],
) -> None:
    memory = Memory()
    with mock.patch.object(drafts, "LONG", -1):
        assert shape(thawed(frozen(roots, memory), memory)) == shape(roots)


@given(sessions(), st.randoms(use_true_random=False))
def test_the_order_of_loading_makes_no_difference(roots: dict[str, Any], random: Any) -> None:
    memory, order = Memory(), list(roots)
    random.shuffle(order)
    assert shape(thawed(frozen(roots, memory), memory, order)) == shape(roots)


@given(sessions(), st.data())
def test_a_second_save_of_what_changed_is_as_good_as_a_first(roots: dict[str, Any], data: st.DataObject) -> None:
    memory = Memory()
    before = frozen(roots, memory)
    name = data.draw(st.sampled_from(sorted(roots)))
    value = roots[name]
    dirty = {name}
    if isinstance(value, list):
        value.append("new")
    else:
        roots[name] = ["new", value]
    after = frozen(roots, memory, dirty=dirty, previous=before, anchors={})
    assert shape(thawed(after, memory)) == shape(roots)


@given(sessions(), st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_stream_costs_its_co_variable_and_is_told(roots: dict[str, Any], data: st.DataObject) -> None:
    memory = Memory()
    table = frozen(roots, memory)
    victim = data.draw(st.sampled_from([piece for piece in table.pieces if piece.stream]))
    whole = memory.blobs[victim.stream.digest]
    cut = data.draw(st.integers(0, len(whole) - 1))
    memory.blobs[victim.stream.digest] = whole[:cut]
    thaw = Thaw(table, memory, {})
    values = thaw.load_all()
    told = {one.name for one in thaw.told}
    for root in itertools.chain.from_iterable(piece.roots for piece in table.pieces if piece is not victim):
        assert root not in told
    for root in victim.roots:
        assert root in told and (type(values[root]) is Lost or root in told)


@given(st.binary(max_size=200))
def test_any_bytes_for_a_body_are_a_body_or_corrupt(data: bytes) -> None:
    for parse in (Body.from_bytes, Frozen.from_bytes):
        try:
            parse(data)
        except Corrupt:
            continue


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["format", "frozen", "lineage", "kernel", "pieces", "order"]), inner),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_document_for_a_body_is_a_body_or_corrupt(document: Any) -> None:
    for parse in (Body.from_bytes, Frozen.from_bytes):
        try:
            parse(json.dumps(document).encode())
        except Corrupt:
            continue
