"""tokenizers: a model, normalizer, … that a tokenizer of the session works with is that one's part, and no copy beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from ..looking import pointers
from . import reducer, variables

_HEADER, _WORD = 16, 8  # bytes of what every object begins with, and of an address
_ADDRESSES = range(1 << 20, 1 << 47)  # on the heap; tags of Rust's are outside of it


def _part(name: str, value: Any) -> Any:
    """Each look at a tokenizer's part gives another object of Python's over it."""
    where = _where(value)
    for one in _tokenizers() if where is not None else ():
        held = getattr(one, name)
        if type(held) is type(value) and _where(held) == where:
            return getattr, (one, name)
    return NotImplemented


def _tokenizers() -> Iterator[Any]:
    """Those of variables, and those that variables are wrapped around (of transformers)."""
    from tokenizers import Tokenizer  # type: ignore[import-not-found,unused-ignore]

    for one in variables():
        attributes = getattr(one, "__dict__", None) if not isinstance(one, type) else None
        inner = attributes.get("_tokenizer") if type(attributes) is dict else None
        yield from (found for found in (one, inner) if isinstance(found, Tokenizer))


def _where(value: Any) -> int | None:
    """Where the part lies that an object of Python's is over: the first address in it; None where it shows none."""
    last = type(value).__basicsize__
    words = (pointers.held_at(value, place) for place in range(_HEADER, last, _WORD))
    return next((word for word in words if word is not None and word in _ADDRESSES), None)


for _kind, _name in {
    "models:Model": "model", "normalizers:Normalizer": "normalizer", "pre_tokenizers:PreTokenizer": "pre_tokenizer",
    "processors:PostProcessor": "post_processor", "decoders:Decoder": "decoder",
}.items():  # fmt: skip
    reducer(f"tokenizers.{_kind}")(partial(_part, _name))
