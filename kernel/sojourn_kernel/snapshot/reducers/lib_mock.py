"""unittest.mock: each mock has a class of its own, and answers any attribute, so that pickle's questions never end."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("unittest.mock:NonCallableMock")
def mock(value: Any) -> Any:
    from unittest.mock import MagicProxy

    own = type(value)
    public = next(base for base in own.__mro__[1:] if base.__name__ != "AsyncMockMixin")
    magics = {
        name: held
        for name, held in vars(own).items()
        if not isinstance(held, MagicProxy) and name not in ("__doc__", "__module__", "__dict__", "__weakref__")
    }
    return make_mock, (public,), (dict(value.__dict__), magics), None, None, fill_mock


def make_mock(public: type) -> Any:
    return public.__new__(public)


def fill_mock(made: Any, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    attributes, magics = state
    made.__dict__.clear()
    made.__dict__.update(attributes)
    if hasattr(type(made), "_mock_set_magics"):
        made._mock_set_magics()
    for name, held in magics.items():
        type.__setattr__(type(made), name, held)


@reducer("unittest.mock:_Call")
def call(value: Any) -> Any:
    state = object.__getattribute__(value, "__dict__")
    return make_call, (tuple(tuple.__iter__(value)),), dict(state), None, None, fill_call


def make_call(items: tuple[Any, ...]) -> Any:
    from unittest.mock import _Call

    return tuple.__new__(_Call, items)


def fill_call(made: Any, state: dict[str, Any]) -> None:
    object.__getattribute__(made, "__dict__").update(state)
