"""requests: adapters of one's own, whose pools are made of attributes that requests' own pickling leaves out."""

from __future__ import annotations

from typing import Any

from . import reducer

_MADE_AGAIN = ("poolmanager", "proxy_manager")  # connections, of the old process


@reducer("requests.adapters:HTTPAdapter")
def adapter(value: Any) -> Any:
    from requests.adapters import HTTPAdapter

    kept = (*value.__attrs__, *_MADE_AGAIN)
    more = {name: held for name, held in vars(value).items() if name not in kept}
    if not more or type(value).__getstate__ is not HTTPAdapter.__getstate__:
        return NotImplemented
    return new_adapter, (type(value),), (more, value.__getstate__()), None, None, fill_adapter


def new_adapter(cls: type) -> Any:
    return cls.__new__(cls)


def fill_adapter(made: Any, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """What its class asks for when it makes a pool is there before the pool is made."""
    vars(made).update(state[0])
    made.__setstate__(state[1])
