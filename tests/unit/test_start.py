"""A kernel starts in whatever folder its notebook is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["enum", "fnmatch", "pathlib", "random", "re", "typing"])
def test_a_file_of_the_users_named_like_a_module_of_pythons_does_not_keep_a_kernel_from_starting(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / f"{name}.py").write_text("raise ImportError('not this one')")
    argv = [sys.executable, "-m", "sojourn_kernel", "--version"]
    assert subprocess.run(argv, cwd=tmp_path, capture_output=True).returncode == 0
