"""A digest of values by content, the same in any process: what was made again is checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blake3 import blake3

from .collector import no_collector
from .context import context_of
from .definitions import is_definition
from .drafts import Drafting, Hopeless
from .likeness import NoLikeness, likeness

DEEPEST = 3  # likenesses within likenesses


def fingerprint(
    roots: Mapping[str, Any], main: dict[str, Any], given: Mapping[str, Any] | None = None, depth: int = 0
) -> str:
    """Digest of values and how they share objects; "" if they can't be compared.

    main: the namespace of their functions. given: names that are about to be put into it.
    """
    named = {name: value for name, value in {**main, **(given or {})}.items() if is_definition(value)}
    try:
        with no_collector():
            draft = Drafting(context_of(main, named), numbered=True).draft(dict(roots))
        seen = [likeness(value) for value in draft.lost]
    except (Hopeless, NoLikeness):
        return ""
    if any(key.startswith("#") for key in draft.definitions) or (seen and depth == DEEPEST):
        return ""
    digest = blake3(draft.stream)
    for buffer in draft.buffers:  # in this thread: blake3's own do not survive a fork, and a child would wait for them
        digest.update(blake3(buffer.raw()).digest())
    for number, parts in enumerate(seen):
        inner = fingerprint({str(number): parts}, main, given, depth + 1)
        if not inner:
            return ""
        digest.update(inner.encode())
    return digest.hexdigest()
