"""usearch: an index is made again with its settings, and filled from what the library would write to a file."""

from __future__ import annotations

import pickle
from typing import Any

from ...told import Cause
from . import CannotKeep, reducer

_SETTINGS = ("ndim", "dtype", "connectivity", "expansion_add", "expansion_search", "multi")


@reducer("usearch.index:Index")
def index(value: Any) -> Any:
    if value._metric_pointer:
        raise CannotKeep(Cause.LIVE_RESOURCE, "its metric is compiled code at an address of the process before")
    attributes = {name: held for name, held in vars(value).items() if name != "_compiled"}
    settings = {name: getattr(value._compiled, name) for name in _SETTINGS}
    content = pickle.PickleBuffer(value._compiled.save_index_to_buffer()) if len(value) else None
    return value.__class__.__new__, (value.__class__,), (attributes, settings, content), None, None, fill


def fill(made: Any, state: tuple[dict[str, Any], dict[str, Any], Any]) -> None:
    from usearch.compiled import Index  # type: ignore[import-not-found,unused-ignore]

    attributes, settings, content = state
    vars(made).update(attributes)
    kinds = {"metric_kind": made._metric_kind, "metric_signature": made._metric_signature}
    made._compiled = Index(**settings, **kinds)
    if content is not None:
        made._compiled.load_index_from_buffer(bytes(content))
    for name in ("expansion_add", "expansion_search"):  # which loading sets anew
        setattr(made._compiled, name, settings[name])
