"""What the next save would do, and why, from what the last one measured: pure, and says so where nothing is measured yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..snapshot.frozen import DEFINITIONS, Frozen

STORED, CARRIED, LEFT_OUT, AGAIN = "store", "already stored", "not kept", "make again"


@dataclass(frozen=True)
class Line:
    """One co-variable: its names, what would be done with it and why. bytes and seconds are None where not measured yet."""

    names: tuple[str, ...]
    action: str
    reason: str
    bytes: int | None
    seconds: float | None


@dataclass(frozen=True)
class Plan:
    """All lines, the largest first."""

    lines: tuple[Line, ...]

    @property
    def bytes(self) -> int:
        """Bytes that a save would look at again, as far as measured. What of them is new is known only when they are read."""
        return sum(line.bytes or 0 for line in self.lines if line.action == STORED)

    @property
    def seconds(self) -> float:
        """Seconds to serialise those, as far as measured."""
        return sum(line.seconds or 0.0 for line in self.lines if line.action == STORED)

    def to_json(self) -> dict[str, Any]:
        return {"lines": [asdict(line) for line in self.lines], "bytes": self.bytes, "seconds": self.seconds}

    def __str__(self) -> str:
        lines = [f"A save now would serialise {self.bytes} bytes again, in about {self.seconds:.2f} s."]
        for line in self.lines:
            size = "size not measured yet" if line.bytes is None else f"{line.bytes} bytes, {line.seconds or 0.0:.3f} s"
            lines.append(f"  {', '.join(line.names)}: {line.action} ({line.reason}; {size})")
        return "\n".join(lines)


def forecast(
    names: list[str],
    dirty: set[str] | None,
    last: Frozen | None,
    expendable: frozenset[str],
    again: Mapping[str, str] | None = None,
) -> Plan:
    """Plan for these roots. dirty: those that may have changed since ``last``; None means all. again: those that are made
    again instead of stored, with the reason."""
    again = again or {}
    owner = last.owner if last else {}
    lines: list[Line] = []
    seen: set[int] = set()
    for name in names:
        piece = owner.get(name)
        if piece is None and name in again:
            lines.append(Line((name,), AGAIN, again[name], None, None))
            continue
        if piece is None:
            lines.append(
                Line((name,), STORED, _reason("new since the last checkpoint", {name}, expendable), None, None)
            )
            continue
        if id(piece) in seen:
            continue
        seen.add(id(piece))
        roots = tuple(root for root in piece.roots if root != DEFINITIONS)
        changed = dirty is None or bool(dirty & set(roots))
        if (piece.stream is None and not changed) or set(roots) <= again.keys():
            reason = again.get(roots[0], "its cells make it")
            lines.append(Line(roots, AGAIN, reason, piece.size, piece.seconds))
        elif piece.told and not changed:
            lines.append(Line(roots, LEFT_OUT, piece.told[0].reason, piece.size, piece.seconds))
        elif changed:
            reason = (
                "a cell may have changed it"
                if len(roots) == 1
                else "a cell may have changed one of them; they share objects"
            )
            lines.append(Line(roots, STORED, _reason(reason, set(roots), expendable), piece.size, piece.seconds))
        else:
            lines.append(Line(roots, CARRIED, "no cell has touched it since", piece.size, piece.seconds))
    lines.sort(key=lambda line: (line.action != STORED, -(line.bytes or 0)))
    return Plan(tuple(lines))


def _reason(reason: str, roots: set[str], expendable: frozenset[str]) -> str:
    return f"{reason}; you marked it expendable, so it is saved last" if roots & expendable else reason
