"""dask: a setting that is held (``dask.config.set(…)``) is one of dask's own configuration, and takes itself back there when it ends."""

from __future__ import annotations

from typing import Any

from .. import rebuild
from . import reducer


@reducer("dask.config:set")
def held_setting(value: Any) -> Any:
    from dask import config

    state = dict(vars(value))
    if state.pop("config", None) is not config.config:
        return NotImplemented
    return rebuild.bare, (type(value),), state, None, None, fill_held


def fill_held(made: Any, state: dict[str, Any]) -> None:
    from dask import config

    vars(made).update(state, config=config.config)
