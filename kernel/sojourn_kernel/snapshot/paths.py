"""Where inside a value an object is, as Python source: for telling the user what exactly was lost."""

from __future__ import annotations

import gc
import types
from collections import deque
from collections.abc import Iterator
from typing import Any

from .likeness import is_whole
from .looking.attributes import attributes_of, is_imported
from .looking.classes import module_of, names_of
from .lost import lost_code

LIMIT = 200_000  # objects looked at before giving up
# What holds the whole session: nothing is found by way of it, nor of a module that comes by its name.
_WHOLE = frozenset({"SojournKernel", "IPythonKernel", "SojournShell", "ZMQInteractiveShell", "InteractiveShell"})


def path_to(root: Any, target: Any) -> str | None:
    """``[3].lock``, ``['a'][0]``; "" if root is the target; None if it isn't found. Calls no code of the user's."""
    return paths_to(root, [target]).get(id(target))


def paths_to(root: Any, targets: list[Any]) -> dict[int, str]:
    """Paths by the targets' ids, in one walk; those that are not found are left out."""
    missing = {id(target) for target in targets}
    found: dict[int, str] = {}
    if id(root) in missing:
        found[id(root)] = ""
    seen = {id(root)}
    queue: deque[tuple[Any, str]] = deque([(root, "")])
    looked = 0
    while queue and len(found) < len(missing):
        value, path = queue.popleft()
        for step, child in _children(value):
            here = path if step == path[-1:] == "…" else path + step  # one for several steps without names
            if id(child) in missing and id(child) not in found:
                found[id(child)] = here
            looked += 1
            if looked > LIMIT:
                return found
            if id(child) not in seen and not issubclass(type(child), (str, bytes, int, float)):
                seen.add(id(child))
                queue.append((child, here))
    return found


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    cls = type(value)
    if issubclass(cls, dict) and "__builtins__" in dict.keys(value):
        return  # the globals of a module: functions have them, and hold nothing by them
    if cls.__name__ in _WHOLE or is_imported(value):
        return
    if issubclass(cls, dict):
        yield from ((f"[{key!r}]" if isinstance(key, (str, int)) else "[…]", item) for key, item in dict.items(value))
    elif issubclass(cls, (list, tuple)) and not is_whole(value):
        yield from (("…", item) for item in gc.get_referents(value))
    elif issubclass(cls, list):
        yield from ((f"[{number}]", item) for number, item in enumerate(list.__iter__(value)))
    elif issubclass(cls, tuple):
        yield from ((f"[{number}]", item) for number, item in enumerate(tuple.__iter__(value)))
    elif attributes := attributes_of(value):
        yield from ((f".{name}", item) for name, item in attributes.items())
    elif cls is types.FunctionType:  # its globals are the namespace, or a library's
        if (lost := lost_code(value)) is not None:
            yield "", lost
        yield from (("…", item) for item in (value.__closure__, value.__defaults__, value.__kwdefaults__))
    elif issubclass(cls, type):
        own = names_of(value).items() if module_of(value) == "__main__" else ()
        yield from ((f".{name}", item) for name, item in own if name not in ("__dict__", "__weakref__"))
    elif cls.__name__ != "module":
        yield from (("…", item) for item in gc.get_referents(value) if not isinstance(item, type))
