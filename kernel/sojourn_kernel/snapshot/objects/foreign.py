"""Classes whose own code says how their objects are pickled, where that code is neither Python's nor a library's that is known well."""

from __future__ import annotations

import builtins
import copyreg
import os
import sys
from collections.abc import Callable
from typing import Any

from ...told import Cause
from ..looking.classes import module_of, names_of, qualname_of
from ..reducers import CannotKeep
from .contents import ARGUMENTS, PICKLING, reduced_by

# Libraries whose pickling every test run goes through.
_KNOWN = frozenset({
    "numpy", "pandas", "scipy", "sklearn", "matplotlib", "torch", "polars", "pyarrow", "lightgbm", "xgboost", "statsmodels", "networkx",
    "PIL", "seaborn", "plotly", "sympy", "xarray", "pint", "rich", "dask", "pydantic", "numba", "duckdb", "sqlalchemy", "h5py", "requests",
    "tqdm", "ipywidgets", "traitlets", "IPython", "ipykernel", "sojourn_kernel",
})  # fmt: skip
_EMPTIES = frozenset({"w", "wb", "wt", "w+", "wb+", "w+b", "x", "xb"})
"""Modes in which a file is opened empty."""
_LONGEST_MODE = 3


def is_pickled_by_foreign_code(cls: type) -> bool:
    """Whether neither Python's own code nor that of libraries that are known well says how objects of a class are pickled."""
    try:
        table = copyreg.dispatch_table.get(cls)
        if table is not None:
            return not _is_known(getattr(table, "__module__", None))
        own = next((base for base in cls.__mro__[:-1] if (PICKLING | ARGUMENTS) & names_of(base).keys()), None)
    except Exception:  # of a metaclass
        return False
    if own is None:
        return False
    if own is type(...) or own is type(NotImplemented):
        return False
    home = module_of(own)
    return not _is_known(home) or (home == "builtins" and vars(builtins).get(qualname_of(own)) is not own)


def _is_known(home: Any) -> bool:
    library = home.partition(".")[0] if isinstance(home, str) else ""
    return library in _KNOWN or library in sys.stdlib_module_names


def never_emptying(decision: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """The same way to reduce objects of such a class, but for those that would empty a file as they are made again. Raises CannotKeep."""

    def reduce(value: Any) -> Any:
        reduced = reduced_by(decision, value)
        if isinstance(reduced, tuple) and reduced[0] in (type(value), copyreg.__newobj__):  # type: ignore[attr-defined]
            texts = [os.fsdecode(one) for one in reduced[1] if isinstance(one, (str, bytes))]
            for name in texts if not _EMPTIES.isdisjoint(texts) else ():
                if len(name) > _LONGEST_MODE and os.path.isfile(name):  # noqa: PTH113 - Path raises for some texts
                    raise CannotKeep(
                        Cause.LIVE_RESOURCE, f"it writes {name}, and would empty that if it were made again"
                    )
        return reduced

    return reduce
