"""The roster: what is written is what is read, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sojourn_kernel.server.roster import Cell, JupyterSession, Kernel, Owner, Roster, RosterInvalid, read_roster

OWNER = Owner(server="s1", host="pod-1", pid=7, boot="b", started=123)
ROSTER = Roster(
    session="space/ada/default",
    generation=4,
    owner=OWNER,
    kernels=(
        Kernel("k1", "sojourn", cwd="/home/ada", keeps=True, checkpoint="c9", count=12),
        Kernel("k2", "ir", cells=(Cell({"msg_id": "m"}, "parked", {"content": {"code": "1"}, "buffers": []}),)),
    ),
    sessions=(JupyterSession("s", "a.ipynb", "a.ipynb", "notebook", "k1"),),
    saved=True,
)

texts = st.text(max_size=8)
cells = st.builds(
    Cell,
    header=st.dictionaries(texts, texts, max_size=3),
    state=st.sampled_from(["queued", "running", "finished", "parked"]),
    message=st.none() | st.dictionaries(texts, texts, max_size=2),
)
kernels = st.builds(
    Kernel,
    id=st.text(min_size=1, max_size=6),
    name=texts,
    cwd=texts,
    keeps=st.booleans(),
    checkpoint=st.none() | texts,
    error=st.none() | texts,
    attempts=st.integers(0, 5),
    count=st.none() | st.integers(0, 99),
    cells=st.lists(cells, max_size=3).map(tuple),
)


@given(st.lists(kernels, max_size=4, unique_by=lambda kernel: kernel.id))
def test_what_is_written_is_read(members: list[Kernel]) -> None:
    sessions = tuple(JupyterSession(f"s-{kernel.id}", "p", "n", "console", kernel.id) for kernel in members)
    roster = replace(ROSTER, kernels=tuple(members), sessions=sessions)
    assert read_roster(roster.to_bytes()) == roster


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.integers() | texts, st.lists).map(lambda v: json.dumps(v).encode())
)
def test_what_is_no_roster_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(RosterInvalid) as refused:
        read_roster(data)
    assert str(refused.value).endswith(".")


def damaged(change: dict[str, Any]) -> bytes:
    document = json.loads(ROSTER.to_bytes())
    document.update(change)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 2}, "has format 2; this version reads 1"),
        ({"kernels": [{"name": "x"}]}, "cannot be read"),
        ({"kernels": [{"id": "", "name": "x", "cells": []}]}, "a kernel without an id"),
        ({"kernels": [{"id": "k1", "name": "x", "cells": []}] * 2}, "names a kernel twice"),
        ({"kernels": []}, "a Jupyter session without a kernel"),
        ({"generation": "many"}, "no generation"),
        ({"surprise": 1}, "cannot be read"),
        ({"owner": None}, "cannot be read"),
    ],
)
def test_a_damaged_roster_is_refused_and_says_what_is_wrong(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RosterInvalid, match=sentence):
        read_roster(damaged(change))


def test_a_truncated_roster_is_refused() -> None:
    data = ROSTER.to_bytes()
    for length in range(0, len(data), 7):
        with pytest.raises(RosterInvalid):
            read_roster(data[:length])


def test_taking_over_counts_a_generation_and_changes_the_owner_only() -> None:
    successor = Owner("s2", "pod-2", 7)
    taken = ROSTER.taken_over(successor)
    assert (taken.generation, taken.owner, taken.saved) == (5, successor, False)
    assert (taken.kernels, taken.sessions, taken.session) == (ROSTER.kernels, ROSTER.sessions, ROSTER.session)


def test_the_time_of_writing_alone_is_no_change() -> None:
    assert replace(ROSTER, written="now").content() == ROSTER.content()
    assert replace(ROSTER, saved=False).content() != ROSTER.content()
