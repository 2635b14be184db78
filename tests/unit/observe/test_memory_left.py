"""Memory left before the container is killed: the least of the machine's and the cgroup's, version 1 or 2."""

from __future__ import annotations

from pathlib import Path

from sojourn_kernel.snapshot.process.memory import free_memory

GIB = 1 << 30


def group(folder: Path, **files: object) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(f"{content}\n")
    return folder


def machine(tmp_path: Path) -> Path:
    (tmp_path / "meminfo").write_text(f"MemTotal: {8 * GIB // 1024} kB\nMemAvailable: {4 * GIB // 1024} kB\n")
    return tmp_path / "meminfo"


def test_a_limit_of_version_2_counts_page_cache_as_free(tmp_path):
    v2 = group(
        tmp_path / "v2", memory__max=2 * GIB, memory__current=2 * GIB, memory__stat=f"anon 5\ninactive_file {GIB}"
    )
    assert free_memory(v2, tmp_path / "none", machine(tmp_path)) == GIB


def test_a_limit_of_version_1(tmp_path):
    v1 = group(
        tmp_path / "v1",
        memory__limit_in_bytes=3 * GIB,
        memory__usage_in_bytes=GIB,
        memory__stat="total_inactive_file 0",
    )
    assert free_memory(tmp_path / "none", v1, machine(tmp_path)) == 2 * GIB


def test_without_a_limit_it_is_what_the_machine_has(tmp_path):
    v2 = group(tmp_path / "v2", memory__max="max", memory__current=GIB)
    v1 = group(tmp_path / "v1", memory__limit_in_bytes=(1 << 63) - 4096, memory__usage_in_bytes=GIB)
    assert free_memory(v2, v1, machine(tmp_path)) == 4 * GIB


def test_nothing_known_is_none(tmp_path):
    assert free_memory(tmp_path / "a", tmp_path / "b", tmp_path / "c") is None
