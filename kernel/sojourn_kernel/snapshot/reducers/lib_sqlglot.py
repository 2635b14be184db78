"""sqlglot: an expression is kept with the one that it is a part of; its own pickling makes a tree of its own of each."""

from __future__ import annotations

from typing import Any

from .. import contents
from . import reducer


@reducer("sqlglot.expressions.core:Expr", "sqlglot.expressions:Expression")
def expression(value: Any) -> Any:
    return contents.by_state(value)
