"""xarray: what is read of a file when it is asked for. Its own pickling knows the file by its path."""

from __future__ import annotations

from typing import Any

from ..process import by_number
from . import KeptBut, reducer
from .layers import GONE


@reducer("xarray.backends.file_manager:CachingFileManager")
def file(value: Any) -> Any:
    reduced = value.__reduce_ex__(5)
    path = value._args[0] if value._args else None
    is_open_here = value._key in value._cache and type(path) is str and "://" not in path
    if is_open_here and not by_number.is_led_to(path):
        raise KeptBut(reduced, f"its file {path} {GONE}: what stands there is read here")
    return reduced
