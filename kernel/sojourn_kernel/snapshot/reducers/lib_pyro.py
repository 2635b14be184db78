"""pyro: a variable that is its global store of parameters stays that; what it holds comes back with process state."""

from __future__ import annotations

import sys
from typing import Any

from . import reducer


@reducer("pyro.params.param_store:ParamStoreDict")
def store(value: Any) -> Any:
    known = getattr(sys.modules.get("pyro.poutine.runtime"), "_PYRO_PARAM_STORE", None)
    return (global_store, ()) if value is known else NotImplemented


def global_store() -> Any:
    from pyro.poutine import runtime  # type: ignore[import-not-found,unused-ignore]

    return runtime._PYRO_PARAM_STORE
