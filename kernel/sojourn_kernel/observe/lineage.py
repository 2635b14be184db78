"""Cell executions: what ran, in which order, what it touched, how it ended. Small, and stored with every checkpoint."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class CellExecution:
    """One run of one cell. ``names``: what it may have read or written, None if that can't be told."""

    number: int
    source: str
    seconds: float
    ok: bool
    names: tuple[str, ...] | None
    bound: tuple[str, ...]
    mark: str = ""
    file: str = ""

    @property
    def file_name(self) -> str:
        """The file that its code objects name."""
        return self.file or f"<cell {self.number}>"


@dataclass
class Lineage:
    """All cell executions of a session, over its moves."""

    cells: list[CellExecution] = field(default_factory=list)
    _maker: dict[str, CellExecution] = field(default_factory=dict, repr=False)

    def add(self, cell: CellExecution) -> None:
        self.cells.append(cell)
        for name in cell.bound:
            self._maker[name] = cell

    def maker(self, name: str) -> CellExecution | None:
        """The cell that last bound a name."""
        return self._maker.get(name.split("[")[0].split(".")[0])

    def cell_of(self, name: str) -> tuple[int | None, str]:
        cell = self.maker(name)
        return (cell.number, cell.source) if cell else (None, "")

    def to_json(self) -> list[dict[str, Any]]:
        return [asdict(cell) for cell in self.cells]

    @classmethod
    def from_json(cls, rows: list[dict[str, Any]]) -> Lineage:
        lineage = cls()
        for row in rows:
            names = row["names"]
            lineage.add(
                CellExecution(**{**row, "names": None if names is None else tuple(names), "bound": tuple(row["bound"])})
            )
        return lineage
