"""netCDF4: files that were opened to be read are opened again, and groups, variables and dimensions are found in them by name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ...told import Cause
from ..process import by_number
from . import CannotKeep, reducer

_SETTINGS = ("mask", "scale", "always_mask", "chartostring")


@reducer("netCDF4._netCDF4:Dataset")
def dataset(value: Any) -> Any:
    if type(value).__name__ == "Group":
        return group_of, (value.parent, value.name)
    if type(value).__name__ != "Dataset" or not value.isopen():
        return NotImplemented
    path = os.path.realpath(value.filepath())
    if not _is_only_read(path):
        reason = f"{value.filepath()} is not a file open to be read alone; what is written is in it once it is closed or synced"
        raise CannotKeep(Cause.LIVE_RESOURCE, reason)
    return opened, (type(value), path)


@reducer("netCDF4._netCDF4:Variable")
def variable(value: Any) -> Any:
    return variable_of, (value.group(), value.name, {name: getattr(value, name) for name in _SETTINGS})


@reducer("netCDF4._netCDF4:Dimension")
def dimension(value: Any) -> Any:
    return dimension_of, (value.group(), value.name)


def _is_only_read(path: str) -> bool:
    """Whether the process has the file open, and nowhere to write to it."""
    numbers = [int(one.name) for one in Path("/proc/self/fd").iterdir()]
    flags = [flags for found, flags, _ in map(by_number.described, numbers) if found == path]
    return bool(flags) and all(one & os.O_ACCMODE == os.O_RDONLY for one in flags)


# What streams name


def opened(cls: Any, path: str) -> Any:
    return cls(path, "r")


def group_of(parent: Any, name: str) -> Any:
    return parent.groups[name]


def variable_of(group: Any, name: str, settings: dict[str, Any]) -> Any:
    found = group.variables[name]
    found.set_auto_mask(settings["mask"])
    found.set_auto_scale(settings["scale"])
    found.set_always_mask(settings["always_mask"])
    found.set_auto_chartostring(settings["chartostring"])
    return found


def dimension_of(group: Any, name: str) -> Any:
    return group.dimensions[name]
