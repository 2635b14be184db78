"""A digest of values by content, the same in any process: what was made again is checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blake3 import blake3

from .context import context_of
from .drafts import Drafting, Hopeless
from .likeness import NoLikeness, likeness
from .objects.definitions import is_definition
from .process.collector import no_collector

MOST = 20  # likenesses in one fingerprint


def holds_lost(roots: Mapping[str, Any], main: dict[str, Any]) -> bool:
    """Whether something in these values can't be kept."""
    named = {name: value for name, value in main.items() if type(name) is str and is_definition(value)}
    try:
        with no_collector():
            return bool(Drafting(context_of(main, named)).draft(dict(roots)).lost)
    except Hopeless:
        return True


def fingerprint(
    roots: Mapping[str, Any],
    main: dict[str, Any],
    given: Mapping[str, Any] | None = None,
    looked_at: dict[int, int] | None = None,
) -> str:
    """Digest of values and how they share objects; "" if they can't be compared.

    main: the namespace of their functions. given: names that are about to be put into it. looked_at: what can't be kept and has been
    met on the way here (a generator's frame may hold what holds the generator), by its number.
    """
    named = {name: value for name, value in {**main, **(given or {})}.items() if is_definition(value)}
    looked_at = {} if looked_at is None else looked_at
    try:
        with no_collector():
            apart = {f"root {name}": value for name, value in roots.items()}  # no text that a value could hold as well
            draft = Drafting(context_of(main, named), numbered=True).draft(apart)
        seen = [looked_at[id(value)] if id(value) in looked_at else likeness(value) for value in draft.lost]
    except (Hopeless, NoLikeness):
        return ""
    if any(key.startswith("#") for key in draft.definitions):
        return ""
    digest = blake3(draft.stream)
    for buffer in draft.buffers:  # in this thread: blake3's own do not survive a fork, and a child would wait for them
        digest.update(blake3(buffer.raw()).digest())
    for number, (value, parts) in enumerate(zip(draft.lost, seen, strict=True)):
        if isinstance(parts, int):
            digest.update(f"number {parts}".encode())
            continue
        if len(looked_at) == MOST:
            return ""
        looked_at[id(value)] = len(looked_at)
        inner = fingerprint({str(number): parts}, main, given, looked_at)
        if not inner:
            return ""
        digest.update(inner.encode())
    return digest.hexdigest()
