"""tensorflow: functions that were traced, which trace again; its own checkpoints; what only its memory holds is told as a whole."""

from __future__ import annotations

import time
from typing import Any

from ...told import Cause
from .. import rebuild
from ..objects import contents
from . import CannotKeep, reducer

_FUNCTIONS = "tensorflow.python.eager.polymorphic_function"
_TRACED = ("_variable_creation_config", "_no_variable_creation_config", "_concrete_variable_creation_fn", "_created_variables")  # fmt: skip


@reducer(f"{_FUNCTIONS}.polymorphic_function:Function")
def function(value: Any) -> Any:
    """As it was before its first call: what is traced belongs to one process."""
    state = {**value.__getstate__(), **{name: None for name in _TRACED if name in vars(value)}}
    for name in ("_function_cache", "_function_captures"):
        del state[name]
    return rebuild.bare, (type(value),), state, None, None, fill_function


def fill_function(made: Any, state: dict[str, Any]) -> None:
    from tensorflow.core.function.capture.capture_container import FunctionCaptures
    from tensorflow.core.function.polymorphism.function_cache import FunctionCache

    made.__setstate__({**state, "_function_cache": FunctionCache(), "_function_captures": FunctionCaptures()})


@reducer("tensorflow.python.eager.backprop:GradientTape")
def tape(value: Any) -> Any:
    """One whose gradients were taken holds nothing any more; the others' record would be a placeholder that C code runs on."""
    if value._tape is None:
        return NotImplemented
    raise CannotKeep(Cause.LIVE_RESOURCE, "what a GradientTape has recorded is in tensorflow's own memory")


@reducer(f"{_FUNCTIONS}.concrete_function:ConcreteFunction")
def concrete(value: Any) -> Any:
    raise CannotKeep(
        Cause.LIVE_RESOURCE, "a function that was traced for certain arguments is in tensorflow's own memory"
    )


@reducer("tensorflow.python.checkpoint.checkpoint:Checkpoint", "tensorflow.python.checkpoint.checkpoint:CheckpointV1")
def checkpoint(value: Any) -> Any:
    return rebuild.bare, (type(value),), contents.parts_of_state(value), None, None, fill_checkpoint


def fill_checkpoint(made: Any, state: Any) -> None:
    """The first to be made notes the time, which the next save is measured from."""
    from tensorflow.python.checkpoint import checkpoint as module

    rebuild.set_state(made, state)
    if getattr(module, "_END_TIME_OF_LAST_WRITE", 0) is None:
        module._END_TIME_OF_LAST_WRITE = time.time()


@reducer("tensorflow.python.trackable.data_structures:_DictWrapper")
def tracked(value: Any) -> Any:
    """A proxy, whose own pickling is that of the dictionary which it stands before."""
    return type(value), (value.__wrapped__,)
