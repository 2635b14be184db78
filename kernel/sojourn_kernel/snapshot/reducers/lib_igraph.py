"""igraph's vertices and edges, and sequences of them: views of their graph, which refuse to be pickled."""

from __future__ import annotations

import ctypes
from typing import Any

from . import reducer

_GRAPH, _KIND = object.__basicsize__, object.__basicsize__ + ctypes.sizeof(ctypes.c_void_p)
"""Where in a sequence its graph is, and then what it selects by (``igraphmodule_VertexSeqObject``, ``igraph_vs_t``)."""
_ALL = 0


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
    selected = () if _is_of_all(value) else (list(value.indices),)
    return type(value), (value.graph, *selected), getattr(value, "__dict__", None) or None


def _is_of_all(value: Any) -> bool:
    whole = value.graph.vcount() if type(value).__name__ == "VertexSeq" else value.graph.ecount()
    if len(value) != whole or list(value.indices) != list(range(whole)):
        return False
    here = ctypes.c_void_p.from_address(id(value) + _GRAPH).value == id(value.graph)
    return not here or ctypes.c_int.from_address(id(value) + _KIND).value == _ALL
