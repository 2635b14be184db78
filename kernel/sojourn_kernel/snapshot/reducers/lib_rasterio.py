"""rasterio: files that were opened to be read are opened again."""

from __future__ import annotations

from typing import Any

from ...told import Cause
from . import CannotKeep, reducer


@reducer("rasterio.io:DatasetReader")
def dataset(value: Any) -> Any:
    if value.mode != "r" or not isinstance(value.name, str):
        return NotImplemented
    if value.name.startswith("/vsi") or "://" in value.name:
        raise CannotKeep(Cause.LIVE_RESOURCE, f"{value.name} is no file that can be opened again")
    return opened, (value.name, value.driver, dict(value.options), value.closed)


def opened(name: str, driver: str, options: dict[str, Any], closed: bool) -> Any:
    import rasterio

    made = rasterio.open(name, driver=driver, **options)
    if closed:
        made.close()
    return made
