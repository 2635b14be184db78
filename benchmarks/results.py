"""Measured numbers on disk: docs/benchmarks.json holds every single run, so that the page can be written in pieces."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.json"


@dataclass
class Results:
    """subject (``arrays``, ``tracking``…) → system → metric → one number a run; or the sentence why there is none."""

    numbers: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    failures: dict[str, dict[str, str]] = field(default_factory=dict)
    machine: dict[str, str] = field(default_factory=dict)

    def begin(self, subject: str, system: str) -> None:
        """Forget what an earlier run of this pair measured."""
        self.numbers.setdefault(subject, {}).pop(system, None)
        self.failures.setdefault(subject, {}).pop(system, None)

    def add(self, subject: str, system: str, measured: dict[str, float]) -> None:
        kept = self.numbers.setdefault(subject, {}).setdefault(system, {})
        for metric, value in measured.items():
            kept.setdefault(metric, []).append(value)
        self.save()

    def fail(self, subject: str, system: str, sentence: str) -> None:
        self.failures.setdefault(subject, {})[system] = sentence
        self.save()

    def median(self, subject: str, system: str, metric: str) -> float | None:
        values = self.numbers.get(subject, {}).get(system, {}).get(metric)
        return statistics.median(values) if values else None

    def runs(self, subject: str, system: str) -> int:
        return max((len(values) for values in self.numbers.get(subject, {}).get(system, {}).values()), default=0)

    def save(self) -> None:
        FILE.parent.mkdir(exist_ok=True)
        data = {"machine": self.machine, "numbers": self.numbers, "failures": self.failures}
        FILE.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n")

    @classmethod
    def load(cls) -> Results:
        if not FILE.is_file():
            return cls()
        data = json.loads(FILE.read_text())
        return cls(data["numbers"], data["failures"], data["machine"])
