"""gmpy2: contexts by their settings."""

from __future__ import annotations

from typing import Any

from . import reducer

_FIRST = ("precision", "round")  # which others have for their defaults


@reducer("gmpy2:context")
def context(value: Any) -> Any:
    return make_context, (settings(value),)


def settings(context: Any) -> dict[str, Any]:
    names = [*_FIRST, *(name for name in dir(context) if not name.startswith("_") and name not in _FIRST)]
    return {name: value for name in names if not callable(value := getattr(context, name))}


def make_context(settings: dict[str, Any]) -> Any:
    import gmpy2

    made = gmpy2.context()
    for name, value in settings.items():
        if getattr(made, name) != value:
            setattr(made, name, value)
    return made
