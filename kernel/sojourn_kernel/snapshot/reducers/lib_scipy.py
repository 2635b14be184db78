"""scipy: a tree of points goes on with the caller's array, of which its own pickling makes a copy."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("scipy.spatial._ckdtree:cKDTree")
def tree(value: Any) -> Any:
    made, arguments, state, *others = value.__reduce_ex__(5)
    nodes, copied, *rest = state
    points = value.data if value.data.shape == copied.shape else copied
    return (made, arguments, (nodes, points, *rest), *others)
