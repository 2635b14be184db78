"""rapidfuzz: edits and matching blocks, which refuse to be pickled, are made again of what they show."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("rapidfuzz.distance._initialize_cpp:Editops", "rapidfuzz.distance._initialize_cpp:Opcodes")
def edits(value: Any) -> Any:
    return type(value), (value.as_list(), value.src_len, value.dest_len)


@reducer("rapidfuzz.distance._initialize_cpp:MatchingBlock")
def block(value: Any) -> Any:
    return type(value), (value.a, value.b, value.size)
