"""ibis: backends, whose own pickling leaves out their connection."""

from __future__ import annotations

from typing import Any

from .. import rebuild
from ..objects import contents
from . import reducer


@reducer("ibis.backends:BaseBackend")
def backend(value: Any) -> Any:
    """Its hash is that of what it was connected with; tables, which are in it, have hashes of that."""
    identity = {name: held for name, held in vars(value).items() if name in ("_con_args", "_con_kwargs")}
    _, _, *rest = contents.by_state(value)
    return make_backend, (type(value), identity), *rest


def make_backend(cls: type, identity: dict[str, Any]) -> Any:
    made = rebuild.bare(cls)
    vars(made).update(identity)
    return made
