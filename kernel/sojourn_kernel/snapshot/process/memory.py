"""How much memory is left before the kernel's container is killed for it: a forked child's copies count against the same limit."""

from __future__ import annotations

from pathlib import Path

from ...system import contents_of

_V2, _V1 = Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/memory")
_UNLIMITED = 1 << 60  # bytes: version 1 says "no limit" by a huge number


def free_memory(v2: Path = _V2, v1: Path = _V1, meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes that may still be used: the least of what the machine has free and what the cgroup allows. None if unknown."""
    rooms = [room for room in (_machine(meminfo), _group(v2, v1)) if room is not None]
    return min(rooms) if rooms else None


def _machine(meminfo: Path) -> int | None:
    try:
        lines = contents_of(str(meminfo)).decode().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _group(v2: Path, v1: Path) -> int | None:
    for limit, used, stat, cache in (
        (v2 / "memory.max", v2 / "memory.current", v2 / "memory.stat", "inactive_file"),
        (v1 / "memory.limit_in_bytes", v1 / "memory.usage_in_bytes", v1 / "memory.stat", "total_inactive_file"),
    ):
        most, now = _number(limit), _number(used)
        if most is None or now is None or most > _UNLIMITED:
            continue
        return max(0, most - now + _field(stat, cache))
    return None


def _number(path: Path) -> int | None:
    try:
        return int(contents_of(str(path)))
    except (OSError, ValueError):  # no such controller, or "max"
        return None


def _field(path: Path, name: str) -> int:
    """Page cache that the kernel gives back first is as good as free."""
    try:
        lines = contents_of(str(path)).decode().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)


def private_memory(pid: int) -> int:
    """Bytes that a process has to itself: what a forked child has made, and what it has copied by touching it. 0 if unknown."""
    try:
        lines = contents_of(f"/proc/{pid}/smaps_rollup").decode().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_Dirty:"))
