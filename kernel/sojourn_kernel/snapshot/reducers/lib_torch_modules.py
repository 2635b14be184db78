"""torch: modules with parametrizations, which refuse to be pickled, what optimizers leave out of their state, and the facts of a dtype."""

from __future__ import annotations

import functools
import weakref
from typing import Any

from . import reducer

_HEARD = "_wrapped_by_lr_sched"  # what torch's schedulers call the step that they have put in an optimizer


@reducer("torch.nn.utils.parametrize:Parametrized*")
def parametrized(value: Any) -> Any:
    """A module whose class torch made for the tensors that it computes of others."""
    cls = type(value)
    computed = [name for name, held in vars(cls).items() if isinstance(held, property)]
    return make_parametrized, (cls.__bases__[0], computed), dict(vars(value))


def make_parametrized(cls: Any, computed: list[str]) -> Any:
    from torch.nn.utils import parametrize

    made = cls.__new__(cls)
    parametrize._inject_new_class(made)
    for name in computed:
        parametrize._inject_property(made, name)
    return made


@reducer("torch.optim.optimizer:Optimizer")
def optimizer(value: Any) -> Any:
    """With its hooks, what the classes of optimizers have of their own (``LBFGS``), and the step by which a scheduler hears of it."""
    reduced = value.__reduce_ex__(5)
    state = reduced[2] if isinstance(reduced, tuple) and len(reduced) > 2 else None
    if type(state) is not dict or "param_groups" not in state:
        return reduced
    left_out = {name: held for name, held in vars(value).items() if name not in state}
    if not getattr(left_out.get("step"), _HEARD, False):
        return (*reduced[:2], {**left_out, **state}, *reduced[3:])
    del left_out["step"]
    return *reduced[:2], {**left_out, **state}, None, None, fill_heard


def fill_heard(made: Any, state: dict[str, Any]) -> None:
    """Give an optimizer its state, and a step like the one that a scheduler put in the place of its own: it notes that it was called."""
    made.__setstate__(state)
    known, step = weakref.ref(made), type(made).step

    @functools.wraps(step)
    def heard(*given: Any, **named: Any) -> Any:
        optimizer = known()
        optimizer._opt_called = True  # type: ignore[union-attr]
        return step.__get__(optimizer, type(optimizer))(*given, **named)

    setattr(heard, _HEARD, True)
    made.step = heard


@reducer("torch:finfo", "torch:iinfo")
def facts(value: Any) -> Any:
    return facts_of, (type(value).__name__, value.dtype)


def facts_of(kind: str, dtype: str) -> Any:
    import torch

    return getattr(torch, kind)(getattr(torch, dtype))
