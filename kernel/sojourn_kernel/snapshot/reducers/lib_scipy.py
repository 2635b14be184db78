"""scipy: a tree of points goes on with the caller's array, of which its own pickling makes a copy; a motion has the very matrix that it had.

A distribution's class is given its parameters as properties by the first that is made of it, which unpickling isn't.
"""

from __future__ import annotations

import functools
from typing import Any

from .. import rebuild
from ..objects import contents
from . import reducer


@reducer("scipy.spatial._ckdtree:cKDTree")
def tree(value: Any) -> Any:
    made, arguments, state, *others = value.__reduce_ex__(5)
    nodes, copied, *rest = state
    points = value.data if value.data.shape == copied.shape else copied
    return (made, arguments, (nodes, points, *rest), *others)


@reducer("scipy.spatial.transform._rigid_transform:RigidTransform")
def motion(value: Any) -> Any:
    """Its own pickling makes it anew from its matrix, and so a little different. In scipy 1.16 it was written in C."""
    return contents.by_state(value) if type(value).__dictoffset__ else NotImplemented


@reducer("scipy.stats._distribution_infrastructure:UnivariateDistribution")
def distribution(value: Any) -> Any:
    return rebuild.bare, (type(value),), vars(value), None, None, fill_distribution


def fill_distribution(made: Any, state: dict[str, Any]) -> None:
    rebuild.set_state(made, state)
    for name in state["_parameters"]:
        if not hasattr(type(made), name):
            setattr(type(made), name, property(functools.partial(_parameter, name)))


def _parameter(name: str, distribution: Any) -> Any:
    return distribution._parameters[name].copy()[()]
