"""Prometheus metrics of the operator."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from .progress import Progress

_SECONDS = (0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600)

ENDED = Counter("sojourn_migrations_total", "Moves that ended", ["phase", "trigger", "workload"])
STEP = Histogram(
    "sojourn_migration_step_seconds", "Time of each part of a move that succeeded", ["step"], buckets=_SECONDS
)
ACTIVE = Gauge("sojourn_migrations_active", "Moves under way")
SESSIONS = Gauge("sojourn_sessions", "Sessions by phase", ["phase"])
ERRORS = Counter("sojourn_reconcile_errors_total", "Reconciliations that raised", ["kind"])
CHECKPOINT_FAILURES = Counter(
    "sojourn_checkpoint_failures_total", "Checkpoints that the operator asked for and that failed"
)


def ended(progress: Progress, trigger: str) -> None:
    """Count a move that has just ended."""
    ENDED.labels(progress.phase.value, trigger, progress.workload.get("kind", "")).inc()
    if progress.phase.value == "Succeeded":
        for step, seconds in progress.timings().items():
            STEP.labels(step).observe(seconds)
