"""What IPython does to a cell before it runs: its transformers, those of the user's among them, in their order."""

from __future__ import annotations

from typing import Any

from ..lost import told_of
from .ipython import is_the_users
from .provider import LATE, Provider, provide


def lists(shell: Any) -> dict[str, list[Any]]:
    """All of them, by kind; the lists themselves."""
    manager = shell.input_transformer_manager
    return {
        "cleanup": shell.input_transformers_cleanup, "post": shell.input_transformers_post, "line": manager.line_transforms,
        "token": manager.token_transformers, "ast": shell.ast_transformers,
    }  # fmt: skip


def _transformers(shell: Any, base: dict[str, list[Any]]) -> dict[str, Any] | None:
    """Each list that changed: the user's transformers, and IPython's by their place among IPython's at kernel start."""
    found = {}
    for kind, now in lists(shell).items():
        if now != base[kind]:
            theirs = [one for one in base[kind] if not is_the_users(one)]
            order = [theirs.index(one) if one in theirs else one for one in now if one in theirs or is_the_users(one)]
            found[kind] = {"count": len(theirs), "order": order}
    return found or None


def _put_transformers(shell: Any, state: dict[str, Any]) -> None:
    for kind, saved in state.items():
        held = lists(shell)[kind]
        # One that could not be kept is told, and would fail with every cell.
        saved["order"] = [one for one in saved["order"] if told_of(one) is None]
        theirs = [one for one in held if not is_the_users(one)][: saved["count"]]
        if len(theirs) < saved["count"]:  # another IPython: its own stay as they are
            held.extend(one for one in saved["order"] if not isinstance(one, int) and one not in held)
            continue
        order = [theirs[one] if isinstance(one, int) else one for one in saved["order"]]
        held[:] = order + [one for one in held if one not in order and one not in theirs]


provide(
    Provider(
        "ipython.transformers",
        "input transformers",
        LATE,
        lambda shell: {kind: list(held) for kind, held in lists(shell).items()},
        _transformers,
        _put_transformers,
    )
)
