"""Text and tuples that libraries know by identity: argparse compares with ``is SUPPRESS``, and of a parser that holds a copy all goes wrong.

They are written as the place of the library's constant with its value, and come back as the constant where it has that value, or where
a part of it is drawn by chance at each import (the keys of opentelemetry's context).
"""

from __future__ import annotations

import dis
import functools
import json
import re
import sys
import types
from typing import Any

from .. import rebuild
from . import places

_BY_CHANCE = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}")  # uuid.uuid4()


def named(number: int, held_at: tuple[str, ...]) -> str | None:
    """How a stream names a candidate; None if it is gone, or no library compares it with ``is``."""
    for place in held_at:
        module, _, name = place.partition(":")
        home = sys.modules.get(module)
        value = vars(home).get(name) if type(home) is types.ModuleType else None
        if id(value) != number or not (_is_known(module, name) or _is_by_chance(value)):
            continue
        if type(value) is str or (type(value) is tuple and all(type(one) is str for one in value)):
            return f"{rebuild.TEXT}{place} {json.dumps(value)}"
    return None


def find(text: str) -> Any:
    """What such a name stands for: the constant, or a value of its own where the library has another one there."""
    place, _, written = text.partition(" ")
    value = json.loads(written)
    value = tuple(value) if type(value) is list else value
    exists, found = places.get(place)
    same = (
        exists and type(found) is type(value) and (found == value or _without_chance(found) == _without_chance(value))
    )
    return found if same else value


def _is_by_chance(value: Any) -> bool:
    return type(value) is str and _BY_CHANCE.search(value) is not None


def _without_chance(value: Any) -> Any:
    return _BY_CHANCE.sub("", value) if type(value) is str else value


def _is_known(module: str, name: str) -> bool:
    try:
        return _by_identity(module, name)
    except Exception:  # what stands in a module may answer no question
        return False


@functools.lru_cache(maxsize=1000)
def _by_identity(module: str, name: str) -> bool:
    held = list(vars(sys.modules[module]).values())
    classes = [one for one in held if issubclass(type(one), type) and vars(one).get("__module__") == module]
    inner = [one for cls in classes for one in vars(cls).values()]
    functions = (one.__func__ if type(one) in (staticmethod, classmethod) else one for one in (*held, *inner))
    codes = (one.__code__ for one in functions if type(one) is types.FunctionType and one.__module__ == module)
    return any(_compares(code, name) for code in codes)


def _compares(code: types.CodeType, name: str) -> bool:
    """Whether ``is`` has the name on its right side, in a function or in those within it."""
    before = None
    for operation in dis.get_instructions(code) if name in code.co_names else ():
        if operation.opname == "IS_OP" and before == name:
            return True
        before = operation.argval if operation.opname == "LOAD_GLOBAL" else None
    return any(_compares(one, name) for one in code.co_consts if isinstance(one, types.CodeType))
