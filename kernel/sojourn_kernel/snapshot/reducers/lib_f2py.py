"""Functions in Fortran that f2py made (``scipy.linalg.get_lapack_funcs``): they know their name, and not which module has them."""

from __future__ import annotations

import sys
from typing import Any

from .. import rebuild
from . import reducer


@reducer("builtins:fortran")
def function(value: Any) -> Any:
    for module, names in [
        (name, vars(one)) for name, one in sys.modules.items() if hasattr(one, "__f2py_numpy_version__")
    ]:
        for name, held in names.items():
            if held is value:
                said = {key: one for key, one in vars(value).items() if key != "__name__"}
                return function_at, (f"{module}:{name}",), said or None, None, None, rebuild.fill_attributes
    return NotImplemented


def function_at(place: str) -> Any:
    return rebuild.live(rebuild.PLACE + place)
