"""cvxpy: problems, without the solver that a solved one holds so that the next solving starts where the last one ended."""

from __future__ import annotations

from typing import Any

from .. import rebuild
from . import reducer

_OF_DERIVATIVES = "DIFFCP"  # what ``problem.backward()`` works with: no cache


@reducer("cvxpy.problems.problem:Problem")
def problem(value: Any) -> Any:
    state = dict(vars(value))
    solvers = state.get("_solver_cache")
    if not isinstance(solvers, dict):  # another version's
        return NotImplemented
    state["_solver_cache"] = {name: held for name, held in solvers.items() if name == _OF_DERIVATIVES}
    return rebuild.bare, (type(value),), state, None, None, rebuild.set_state
