"""The hash of a text is the same in every process that keeps the seed, and only there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sojourn_kernel.hash_seed import seed_from

KEEP = "from sojourn_kernel.hash_seed import keep_hash_seed; keep_hash_seed()"
SHOW = "import os, sys; print(hash('a'), sys.argv, sorted(n for n in os.environ if 'HASH' in n))"


def shown(*arguments: str, python: tuple[str, ...] = (), code: str = f"{KEEP}; {SHOW}", **environment: str) -> str:
    names = ("PYTHONHASHSEED", "SOJOURN_KEY", "SOJOURN_KEY_FILE")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    command = [sys.executable, *python, "-c", code, *arguments]
    return subprocess.run(command, env=clean | environment, capture_output=True, text=True, check=True).stdout


def test_two_processes_of_one_user_have_one_seed() -> None:
    assert shown(SOJOURN_KEY="k" * 32) == shown(SOJOURN_KEY="k" * 32)


def test_two_users_have_two_seeds() -> None:
    assert shown(SOJOURN_KEY="k" * 32) != shown(SOJOURN_KEY="j" * 32)


def test_a_key_in_a_file_counts_like_the_same_key_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 32 + "\n")
    assert shown(SOJOURN_KEY_FILE=str(tmp_path / "key")) == shown(SOJOURN_KEY="k" * 32)


def test_a_key_file_that_is_not_there_ends_nothing(tmp_path: Path) -> None:
    assert shown(SOJOURN_KEY_FILE=str(tmp_path / "none")) == shown()


def test_the_command_line_is_kept_and_the_environment_shows_no_seed() -> None:
    assert shown("-f", "a b").endswith(" ['-c', '-f', 'a b'] []\n")


def test_a_seed_that_the_environment_gives_goes_before() -> None:
    given = shown(PYTHONHASHSEED="7")
    assert given == shown(code=SHOW, PYTHONHASHSEED="7")


def test_processes_that_cells_start_are_as_random_as_ever() -> None:
    child = "import subprocess; print(subprocess.check_output([sys.executable, '-c', 'print(hash(1.5), hash(str()), hash(chr(97)))']))"
    assert shown(code=f"{KEEP}; import sys; {child}") != shown(code=f"{KEEP}; import sys; {child}")


def test_a_python_that_ignores_its_environment_starts_all_the_same() -> None:
    assert " ['-c'] []" in shown(python=("-E",))


@pytest.mark.parametrize("key", [b"", b"k" * 32, b"j" * 32])
def test_a_seed_is_one_that_python_takes(key: bytes) -> None:
    assert 0 < seed_from(key) < 2**32
