"""How much may move at once. Pure: from the Migrations that are there, what one of them has to wait for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .kinds import moment, uid_of
from .progress import Phase
from .rules import Rules

SPAWN_FAILURES = (
    2  # in a row, after which starts at the hub pause: a hub counts failures too, and shuts down at its limit
)
SPAWN_PAUSE = 120.0  # seconds


@dataclass(frozen=True)
class Move:
    """What limits need of a Migration."""

    uid: str
    phase: Phase
    from_node: str = ""
    source_uid: str = ""
    target_uid: str = ""
    policy: str = ""
    hub: bool = False
    reason: str = ""
    ended: str = ""

    @property
    def under_way(self) -> bool:
        return self.phase not in (Phase.PENDING,) and not self.phase.ended


def move_of(migration: Mapping[str, Any]) -> Move:
    """The part of a Migration that counts for limits."""
    status = migration.get("status") or {}
    return Move(
        uid=uid_of(migration),
        phase=Phase(status.get("phase") or "Pending"),
        from_node=status.get("fromNode") or "",
        source_uid=(status.get("source") or {}).get("uid", ""),
        target_uid=(status.get("target") or {}).get("uid", ""),
        policy=status.get("policy") or "",
        hub=(status.get("workload") or {}).get("kind") == "JupyterHub",
        reason=status.get("reason") or "",
        ended=(status.get("steps") or {}).get("ended") or "",
    )


def blocked(mine: Move, moves: Iterable[Move], rules: Rules, most: int, most_per_node: int) -> str:
    """Why a pending move has to wait, or nothing. ``most`` and ``most_per_node`` are the operator's own limits."""
    others = [move for move in moves if move.uid != mine.uid and move.under_way]
    if any(move.target_uid == mine.source_uid for move in others if mine.source_uid):
        return "waiting until the session is restored from its last move"
    off_node = [move for move in others if move.from_node == mine.from_node]
    for found, limit, where in (
        (others, most, "in the cluster"),
        (off_node, most_per_node, f"off node {mine.from_node}"),
    ):
        if len(found) >= limit:
            return f"waiting for its turn: {len(found)} of {limit} moves under way {where}"
    if rules.policy:
        under = [move for move in others if move.policy == rules.policy]
        if len(under) >= rules.max_parallel:
            return (
                f"waiting for its turn: {len(under)} of {rules.max_parallel} moves under way by policy {rules.policy}"
            )
        under = [move for move in under if move.from_node == mine.from_node]
        if len(under) >= rules.max_parallel_per_node:
            return f"waiting for its turn: {len(under)} of {rules.max_parallel_per_node} off the node by policy {rules.policy}"
    return ""


def hold_start(moves: Iterable[Move], now: datetime) -> str:
    """Why no server may be started at the hub now, or nothing: after failures in a row it is left in peace."""
    ended = sorted((move for move in moves if move.hub and move.ended), key=lambda move: move.ended, reverse=True)
    recent = [move for move in ended if move.phase in (Phase.SUCCEEDED, Phase.FAILED)]
    failed = 0
    for move in recent:
        if move.phase is Phase.SUCCEEDED or move.reason != "StartFailed":
            break
        failed += 1
    if failed < SPAWN_FAILURES:
        return ""
    left = SPAWN_PAUSE - (now - moment(recent[0].ended)).total_seconds()
    return f"{failed} starts at the hub failed in a row; trying again in {left:.0f} s" if left > 0 else ""
