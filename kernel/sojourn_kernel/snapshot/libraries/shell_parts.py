"""What the shell and the kernel are made of (``ip.events``, ``ip.history_manager``): each session has its own, and it is found by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MAKERS = ("IPython", "ipykernel", "sojourn_kernel", "traitlets", "jupyter_client", "comm", "zmq", "tornado")
# Collections of parts: whose they are, and what holds them.
_COLLECTIONS = {"display_formatter": "formatters", "magics_manager": "registry"}


def parts(main: dict[str, Any]) -> dict[str, Any]:
    """The parts by name: ``shell.events``, ``kernel.session``, ``shell.display_formatter.formatters[text/html]``. main: the session's namespace."""
    get_ipython = main.get("get_ipython")
    shell = get_ipython() if callable(get_ipython) else None
    found: dict[str, Any] = {}
    for place, owner in (("shell", shell), ("kernel", getattr(shell, "kernel", None))):
        for name, value in _attributes(owner):
            if _made_by_them(value):
                found[f"{place}.{name}"] = value
    for owner_name, collection in _COLLECTIONS.items():
        held = getattr(getattr(shell, owner_name, None), collection, None)
        for key, value in held.items() if isinstance(held, dict) else ():
            if _made_by_them(value):
                found[f"shell.{owner_name}.{collection}[{key}]"] = value
    return {name: value for name, value in found.items() if value is not shell}


def part(main: dict[str, Any], name: str) -> Any:
    """A part by its name; None if there is none."""
    owner, _, rest = name.partition(".")
    value = main["get_ipython"]() if owner == "shell" else main["get_ipython"]().kernel
    way, _, key = rest.removesuffix("]").partition("[")
    for step in way.split("."):
        value = getattr(value, step, None)
    try:
        return value[key] if key else value  # asked for so, a class of magics that is not there yet is loaded
    except (KeyError, TypeError):
        return None


def _attributes(owner: Any) -> Iterator[tuple[str, Any]]:
    if owner is not None:
        for name, value in (*vars(owner).items(), *getattr(owner, "_trait_values", {}).items()):
            public = name.removeprefix("_")  # what is made when it is first asked for
            yield (public if isinstance(getattr(type(owner), public, None), property) else name), value


def _made_by_them(value: Any) -> bool:
    return (type(value).__module__ or "").partition(".")[0] in _MAKERS and not isinstance(value, type)
