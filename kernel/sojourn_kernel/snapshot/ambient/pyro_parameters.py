"""pyro's global store of parameters, which models and guides fill as they are trained; what optimizes them knows them by identity."""

from __future__ import annotations

import sys
from typing import Any

from ..lost import told_of
from .provider import LATE, Provider, provide

_HOME = "pyro.poutine.runtime"


def _parameters(*_: Any) -> dict[str, tuple[Any, Any]] | None:
    """Each parameter and its constraint, in the order in which they came."""
    store: Any = getattr(sys.modules.get(_HOME), "_PYRO_PARAM_STORE", None)
    held = getattr(store, "_params", {})
    return {name: (one, store._constraints.get(name)) for name, one in held.items()} or None


def _put(_: Any, state: dict[str, tuple[Any, Any]]) -> None:
    from pyro.poutine.runtime import _PYRO_PARAM_STORE as store  # type: ignore[import-not-found,unused-ignore]

    for name, (parameter, constraint) in state.items():
        if told_of(parameter) is None and told_of(constraint) is None:
            store._params[name], store._constraints[name] = parameter, constraint
            store._param_to_name[parameter] = name


provide(Provider("pyro.parameters", "pyro's store of parameters", LATE, lambda _: None, _parameters, _put))
