"""igraph's vertices and edges, and sequences of them: views of their graph, which refuse to be pickled."""

from __future__ import annotations

import ctypes
from typing import Any

from ..looking import pointers
from . import reducer

_ALL = 0  # ``igraph_vs_t`` and ``igraph_es_t``: what a sequence selects by


@reducer("igraph:Vertex")
def vertex(value: Any) -> Any:
    return item_of, (value.graph, "vs", value.index)


@reducer("igraph:Edge")
def edge(value: Any) -> Any:
    return item_of, (value.graph, "es", value.index)


def item_of(owner: Any, sequence: str, index: int) -> Any:
    return getattr(owner, sequence)[index]


@reducer("igraph.seq:VertexSeq", "igraph.seq:EdgeSeq")
def sequence(value: Any) -> Any:
    """One of all goes on with what is added to its graph (``g.vs``); others are of what they selected."""
    indices = list(value.indices)
    selected = () if _is_of_all(value, indices) else (indices,)
    return type(value), (value.graph, *selected), getattr(value, "__dict__", None) or None


def _is_of_all(value: Any, indices: list[int]) -> bool:
    """Asked of its C structure, which has its graph first and then the kind; where it is another, all there are now count as all."""
    whole = value.graph.vcount() if type(value).__name__ == "VertexSeq" else value.graph.ecount()
    if indices != list(range(whole)):
        return False
    if pointers.held_at(value, pointers.FIRST) != id(value.graph):
        return True
    return ctypes.c_int.from_address(id(value) + pointers.FIRST + pointers.SIZE).value == _ALL
