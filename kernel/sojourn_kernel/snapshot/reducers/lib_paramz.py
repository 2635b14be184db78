"""paramz (GPy's models): a part of a model tells the model of its changes again, which its own pickling leaves out. What computed values
are cached in is made again empty, since it refuses to be pickled."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("paramz.parameterized:Parameterized")
def parameterized(value: Any) -> Any:
    make, arguments, state, *_ = value.__reduce_ex__(5)
    return make, arguments, state, None, None, fill_parameterized


def fill_parameterized(made: Any, state: Any) -> None:
    from paramz.parameterized import Parameterized

    made.__setstate__(state)
    if made.has_parent():
        _tell(made, made._parent_)
    for part in made.parameters:
        if isinstance(part, Parameterized) and "observers" in vars(part):  # which is filled by now
            _tell(part, made)


def _tell(part: Any, whole: Any) -> None:
    part.add_observer(whole, whole._pass_through_notify_observers, -float("inf"))


@reducer("paramz.caching:Cacher")
def cacher(value: Any) -> Any:
    settings = value.operation, value.limit, value.ignore_args, value.force_kwargs, value.cacher_enabled
    return type(value), settings
