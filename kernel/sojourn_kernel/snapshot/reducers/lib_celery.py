"""celery: an app is made again of its settings, as it pickles itself, and its tasks are told."""

from __future__ import annotations

from typing import Any

from . import KeptBut, reducer


@reducer("celery.app.base:Celery")
def app(value: Any) -> Any:
    """Its own pickling leaves its tasks out."""
    names = [name for name in value._tasks if not name.startswith("celery.")]
    if not names and not value._pending:
        return NotImplemented
    said = f"its tasks ({', '.join(sorted(names))})" if names else "its tasks"
    raise KeptBut(value.__reduce_ex__(5), f"{said} are not registered with it; run the cells that define them again")
