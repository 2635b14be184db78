"""keras: models, layers, metrics and optimizers by what they hold, so that what several of them share stays one.

Their own pickling writes each to a file of its own: a layer that two models share would be two, and a metric begins anew.
"""

from __future__ import annotations

import sys
from typing import Any

from .. import rebuild
from ..objects import contents
from . import reducer

_BY_STATE = ("jax", "torch", "numpy", "tensorflow")  # backends whose variables are pickled as any object is
_COMPILED = ("train_function", "test_function", "predict_function")  # which a model makes when it needs them


@reducer("keras.src.saving.keras_saveable:KerasSaveable")
def saveable(value: Any) -> Any:
    backend = getattr(sys.modules.get("keras.src.backend.config"), "backend", lambda: "")()
    own = type(value).__reduce__.__module__.partition(".")[0] == "keras"
    if backend not in _BY_STATE or not own:  # or its class says itself how it is kept
        return NotImplemented
    attributes, slots = contents.parts_of_state(value)
    if any(attributes.get(name) is not None for name in _COMPILED):
        attributes = attributes | {name: None for name in _COMPILED if name in attributes} | _tracked(attributes)
    return rebuild.bare, (type(value),), (attributes, slots), None, None, fill


def _tracked(attributes: dict[str, Any]) -> dict[str, Any]:
    """What tensorflow's own checkpoints hold of a model, which does not need what was compiled."""
    names, references = "_self_unconditional_dependency_names", "_self_unconditional_checkpoint_dependencies"
    if names not in attributes or references not in attributes:
        return {}
    return {
        names: {name: one for name, one in attributes[names].items() if name not in _COMPILED},
        references: [one for one in attributes[references] if one.name not in _COMPILED],
    }


def fill(made: Any, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Give an object its attributes. An optimizer finds its variables by keys that tensorflow's have for one process only."""
    rebuild.set_state(made, state)
    attributes = state[0]
    if attributes.get("_trainable_variables_indices") is not None:
        variables = attributes["_trainable_variables"]
        made._trainable_variables_indices = {made._var_key(one): number for number, one in enumerate(variables)}
