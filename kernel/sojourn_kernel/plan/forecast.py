"""What the next save would do, and why: from what the last one measured, or else from what sizes are likely. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..snapshot.frozen import DEFINITIONS, Frozen

MOST_LINES = 50  # of a plan in words
SPEED = 1e9  # bytes a second that are pickled, hashed and compressed, until it is measured
STORED, CARRIED, LEFT_OUT, AGAIN = "store", "already stored", "not kept", "make again"


@dataclass(frozen=True)
class Costs:
    """upload: bytes a second of the link. likely: bytes of roots that no save has measured. deadline: seconds in which all has to
    be stored; left_out: what gives way to it because the user marked it expendable."""

    upload: float
    likely: Mapping[str, int] = field(default_factory=dict)
    deadline: float | None = None
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Line:
    """One co-variable: its names, what would be done with it and why. bytes, seconds (to serialise and to send them): None
    where unknown; measured: by a save, not likely only."""

    names: tuple[str, ...]
    action: str
    reason: str
    bytes: int | None
    seconds: float | None
    measured: bool = True

    def __str__(self) -> str:
        if self.bytes is None:
            cost = "size not known yet"
        else:
            cost = f"{'' if self.measured else 'about '}{_in_words(self.bytes)}, {self.seconds or 0.0:.2f} s"
        return f"  {', '.join(self.names)}: {self.action} ({self.reason.rstrip('.')}; {cost})"


@dataclass(frozen=True)
class Plan:
    """All lines, what is stored first, the largest first."""

    lines: tuple[Line, ...]
    deadline: float | None = None

    @property
    def bytes(self) -> int:
        """Bytes that a save would look at again, as far as known. What of them is new is known only when they are read."""
        return sum(line.bytes or 0 for line in self.lines if line.action == STORED)

    @property
    def seconds(self) -> float:
        """Seconds to serialise and send those, as far as known."""
        return sum(line.seconds or 0.0 for line in self.lines if line.action == STORED)

    def to_json(self) -> dict[str, Any]:
        return {"lines": [asdict(line) for line in self.lines], "bytes": self.bytes, "seconds": self.seconds}

    def __str__(self) -> str:
        within = "" if self.deadline is None else f" within {self.deadline:g} s"
        head = f"A save now{within} would store up to {_in_words(self.bytes)}, in up to about {self.seconds:.2f} s."
        shown, rest = self.lines[:MOST_LINES], self.lines[MOST_LINES:]
        known = [line.bytes for line in rest if line.bytes is not None]
        sizes = f"{_in_words(sum(known))} together" if known else "size not known yet"
        by_action = [
            f"{sum(line.action == one for line in rest)} {one}" for one in dict.fromkeys(line.action for line in rest)
        ]
        more = [f"  and {len(rest)} more, {sizes} ({', '.join(by_action)})"] if rest else []
        return "\n".join([head, *map(str, shown), *more])


def forecast(
    names: list[str],
    dirty: set[str] | None,
    last: Frozen | None,
    expendable: frozenset[str],
    again: Mapping[str, str] | None = None,
    costs: Costs | None = None,
) -> Plan:
    """Plan for these roots. dirty: those that may have changed since ``last``; None means all. again: those that are made
    again instead of stored, with the reason."""
    again, costs = again or {}, costs or Costs(math.inf)
    owner = last.owner if last else {}
    present = set(names)
    lines: list[Line] = []
    seen: set[int] = set()
    for name in names:
        piece = owner.get(name)
        if piece is None:
            reason = again.get(name) or _reason("new since the last checkpoint", {name}, expendable)
            likely = costs.likely.get(name) or None
            seconds = None if likely is None else likely / SPEED + likely / costs.upload
            lines.append(Line((name,), AGAIN if name in again else STORED, reason, likely, seconds, False))
            continue
        if id(piece) in seen:
            continue
        seen.add(id(piece))
        gone = {root for root in piece.roots if root not in present and not root.startswith(("@", "_"))}
        roots = tuple(root for root in piece.roots if root != DEFINITIONS and root not in gone)
        if gone:  # the size of what is left no save has measured
            likely = sum(costs.likely.get(root, 0) for root in roots)
            piece = replace(piece, size=min(likely, piece.size), seconds=min(likely / SPEED, piece.seconds))
        changed = dirty is None or bool(gone) or bool(dirty & set(piece.roots))
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
    lines = _in_time([_sent(line, costs) for line in lines], expendable, costs)
    lines.sort(key=lambda line: (line.action != STORED, -(line.bytes or 0)))
    return Plan(tuple(lines), costs.deadline)


def _sent(line: Line, costs: Costs) -> Line:
    """With the time on the link, where the line is about storing what was measured."""
    if line.action != STORED or not line.measured:
        return line
    return replace(line, seconds=(line.seconds or 0.0) + (line.bytes or 0) / costs.upload)


def _in_time(lines: list[Line], expendable: frozenset[str], costs: Costs) -> list[Line]:
    """What a deadline leaves out: what is expendable, then what does not fit when the small things go first."""
    if costs.deadline is None:
        return lines
    kept, left = [], costs.deadline
    for line in sorted(lines, key=lambda line: (not expendable.isdisjoint(line.names), line.seconds or 0.0)):
        if line.action == STORED and not costs.left_out.isdisjoint(line.names):
            line = replace(
                line,
                action=LEFT_OUT,
                reason=f"you marked it expendable, and {costs.deadline:g} s are not enough for all",
            )
        elif line.action == STORED and (line.seconds or 0.0) > left:
            line = replace(
                line, action=LEFT_OUT, reason=f"{costs.deadline:g} s are not enough for it: it would be told"
            )
        elif line.action == STORED:
            left -= line.seconds or 0.0
        kept.append(line)
    return kept


def _in_words(size: int) -> str:
    for unit, each in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= each:
            return f"{size / each:.1f} {unit}"
    return f"{size} bytes"


def _reason(reason: str, roots: set[str], expendable: frozenset[str]) -> str:
    return f"{reason}; you marked it expendable, so it is saved last" if roots & expendable else reason
