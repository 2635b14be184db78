"""Sessions under the other versions of Python that the package says it runs on, where the machine has them: a part of the corpus in each."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.commands import progress, run, succeeds
from tests.cluster.tools import cache_root, locked

ROOT = Path(__file__).parents[2]
VERSIONS = [one for one in ("3.11", "3.12", "3.13") if one != f"{sys.version_info[0]}.{sys.version_info[1]}"]
"""Those that get fixes: of 3.10, whose time has ended, docs/limits.md says what is told."""
LIBRARIES = ("numpy", "pandas")
EVERY = 24  # cases of which one is run
SECONDS = 900.0


def interpreter(version: str) -> str | None:
    """One that runs, from PATH or of pyenv, which has names on PATH for versions that are not in use."""
    installed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *sorted(map(str, installed.glob(f"{version}.*/bin/python{version}")))]
    return next((one for one in found if one and succeeds(one, "-c", "")), None)


def environment(version: str, base: str) -> Path:
    """The interpreter of a virtual environment with what the kernel needs, made once and kept outside the tree. base: the interpreter to make it of."""
    folder = cache_root() / "pythons" / version
    python, uv = folder / "bin/python", Path(sys.executable).with_name("uv")
    with locked(f"python-{version}"), progress(f"the environment for Python {version}"):
        if not python.exists():
            run(base, "-m", "venv", "--without-pip", folder)
        install = (uv, "pip", "install", "--compile-bytecode", "--python", python)
        run(*install, *LIBRARIES, "-e", f"{ROOT}[kernel]", timeout=SECONDS)
        run(folder / "bin/sojourn", "install", "--sys-prefix")
        run(python, "-m", "ipykernel", "install", "--sys-prefix")
    run(python, "-m", "compileall", "-q", "kernel", "tests/fidelity", cwd=ROOT)
    return python


@pytest.mark.timeout(2 * SECONDS)
@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_are_exact_or_told_under_another_python(version: str) -> None:
    found = interpreter(version)
    if found is None:
        pytest.skip(f"there is no Python {version} here")
    python = environment(version, found)
    first = corpus(python, "--every", str(EVERY))
    assert re.search(r"^sojourn: exact \d{2}", first.stdout, re.MULTILINE), first.stdout + first.stderr
    wrong = re.findall(r"^--- (\S+):", first.stdout, re.MULTILINE)
    if wrong:  # a busy machine may be too slow for a case: what is really wrong is so twice
        again = corpus(python, "-k", ",".join(wrong))
        assert again.returncode == 0, again.stdout + again.stderr


def corpus(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-m", "tests.fidelity", "-j", "2", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
