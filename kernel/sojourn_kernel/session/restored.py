"""The restore report: what came back, from which checkpoint, and what did not, with the reason."""

from __future__ import annotations

import html
import time
from dataclasses import dataclass
from typing import Any

from ..told import Cause, Told

SHOWN = 5  # names in the headline, of each kind


@dataclass(frozen=True)
class RestoreReport:
    """``told`` lists the names that were not kept; ``entries`` says why, one :class:`Told` each."""

    session: str
    store: str
    checkpoint: str | None = None
    created: float | None = None
    kept: tuple[str, ...] = ()
    recomputed: tuple[str, ...] = ()
    entries: tuple[Told, ...] = ()
    loading: int = 0
    note: str = ""

    @property
    def told(self) -> list[str]:
        return list(dict.fromkeys(entry.name for entry in self.entries))

    def headline(self) -> str:
        """One line: restored or fresh, from when, how much."""
        if self.checkpoint is None:
            return f"Sojourn: a fresh session{', ' + self.note if self.note else ''}."
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.created))
        here = {entry.name for entry in self.entries} - {
            e.name for e in self.entries if e.cause is not Cause.ENVIRONMENT
        }
        lost = _some("not kept", [name for name in self.told if name not in here])
        lost += _some("not the same here", [name for name in self.told if name in here])
        lost += " (%sojourn report)" if lost else ""
        again = f", {len(self.recomputed)} of them recomputed" if self.recomputed else ""
        note = f" {self.note}" if self.note else ""
        return f"Sojourn: restored {len(self.kept)} names{again}, as of {when}{lost}.{note}"

    def __str__(self) -> str:
        lines = [self.headline()]
        lines += [f"  {entry.sentence()}" for entry in self.entries]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><code>{html.escape(e.name + e.path)}</code></td><td>{html.escape(e.cause.value)}</td>"
            f"<td style='text-align:left'>{html.escape(e.reason)}</td><td>{'' if e.cell is None else f'[{e.cell}]'}</td></tr>"
            for e in self.entries
        )
        table = f"<table><tr><th>name</th><th>cause</th><th>why</th><th>cell</th></tr>{rows}</table>" if rows else ""
        return f"<p>{html.escape(self.headline())}</p>{table}"

    def to_json(self) -> dict[str, Any]:
        return {
            "session": self.session, "checkpoint": self.checkpoint, "created": self.created, "kept": list(self.kept),
            "recomputed": list(self.recomputed), "told": [entry.to_json() for entry in self.entries], "loading": self.loading,
            "note": self.note, "headline": self.headline(),
        }  # fmt: skip


def _some(what: str, names: list[str]) -> str:
    return f"; {what}: {', '.join(names[:SHOWN])}{' …' if len(names) > SHOWN else ''}" if names else ""
