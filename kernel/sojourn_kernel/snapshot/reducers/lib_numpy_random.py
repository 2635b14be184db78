"""numpy's generators of random numbers, in a form that all its versions read. Its own pickling before numpy 2 gives each generator a stream
for itself, which others may draw from, and leaves out the seeds that new generators are spawned from.
"""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("numpy.random._generator:Generator")
def generator(value: Any) -> Any:
    return (over_stream, (type(value), value.bit_generator)) if _is_numpys(value) else NotImplemented


@reducer("numpy.random.mtrand:RandomState")
def older_generator(value: Any) -> Any:
    if not _is_numpys(value):
        return NotImplemented
    return over_stream, (type(value), value._bit_generator), value.get_state(legacy=False)


def over_stream(cls: Any, stream: Any) -> Any:
    return cls(stream)


@reducer("numpy.random.bit_generator:BitGenerator")
def stream(value: Any) -> Any:
    return (make_stream, (type(value), value._seed_seq, value.state)) if _is_numpys(value) else NotImplemented


def make_stream(cls: Any, seeds: Any, state: Any) -> Any:
    made = cls(seeds) if seeds is not None else _without_seeds(cls)
    made.state = state
    return made


def _without_seeds(cls: Any) -> Any:
    """As one is that was given numbers for seeds in the way of before, or a key."""
    import numpy as np

    if issubclass(cls, np.random.Philox):
        return cls(key=0)
    made = cls()
    made._legacy_seeding(0)
    return made


def _is_numpys(value: Any) -> bool:
    return type(value).__module__.startswith("numpy.random.")
