"""Syntax trees: nodes by their attributes, whatever fields their class has in this version of Python."""

from __future__ import annotations

import ast
import typing
from typing import Any

from .. import rebuild
from . import reducer


@reducer("ast:AST")
def node(value: Any) -> Any:
    """Python 3.13 gives the fields to the constructor: a child that knows its parent could not be made before it, and other versions have others."""
    reduced = value.__reduce_ex__(5)
    if type(value).__reduce_ex__ is not object.__reduce_ex__ or type(value) is not reduced[0]:
        return NotImplemented
    return make_node, (type(value),), dict(vars(value)), None, None, rebuild.fill_attributes


def make_node(cls: Any) -> Any:
    """One without fields, but for lists that other versions of Python do not have."""
    made = ast.AST.__new__(cls)
    kinds = getattr(cls, "_field_types", {})
    made.__dict__.update({name: [] for name, kind in kinds.items() if typing.get_origin(kind) is list})
    return made
