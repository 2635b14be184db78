"""`sojourn`: what an admin or a user types, and what they read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sojourn_kernel
from sojourn_kernel.cli import main
from sojourn_kernel.store.seal import user_key

from tests.fidelity.kernel import Kernel

KERNEL = Path(sojourn_kernel.__file__).parents[1]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store with two checkpoints of the session ``cli/test``, the second with something that can't be kept."""
    folder = tmp_path_factory.mktemp("cli")
    url = f"file://{folder / 'store'}"
    env = {"SOJOURN_STORE": url, "SOJOURN_SESSION": "cli/test", "IPYTHONDIR": str(folder / "ipython")}
    for number, cell in enumerate(
        ["x = 1", "import threading; t = threading.Thread(target=threading.Event().wait, daemon=True); t.start()"]
    ):
        own = folder / str(number)
        own.mkdir()
        kernel = Kernel(own, folder, argv=[sys.executable, "-m", "sojourn_kernel", "-f", "{connection_file}"], env=env)
        try:
            kernel.run(cell)
            assert kernel.terminate() == 0
        finally:
            kernel.close()
    yield url


def run(*words: str) -> int:
    return main(list(words))


def test_the_kernel_is_installed_below_a_prefix_and_removed_again(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run("install", "--prefix", str(tmp_path), "--display-name", "Elastic") == 0
    place = tmp_path / "share/jupyter/kernels/sojourn"
    spec = json.loads((place / "kernel.json").read_text())
    assert (spec["display_name"], spec["metadata"]["kernel_provisioner"]["provisioner_name"]) == (
        "Elastic",
        "sojourn-provisioner",
    )
    assert run("uninstall", "--prefix", str(tmp_path)) == 0
    assert not place.exists()
    assert run("uninstall", "--prefix", str(tmp_path)) == 1
    assert "there is no kernel 'sojourn'" in capsys.readouterr().err


def test_only_kernels_of_ours_are_removed(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    other = tmp_path / "share/jupyter/kernels/python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text('{"argv": ["python", "-m", "ipykernel_launcher"]}')
    assert run("uninstall", "--prefix", str(tmp_path), "--name", "python3") == 1
    assert "is not a Sojourn kernel" in capsys.readouterr().err
    assert other.is_dir()


def test_where_it_may_not_write_it_says_what_to_try(capsys: pytest.CaptureFixture) -> None:
    assert run("install", "--prefix", "/proc/nowhere") == 1
    assert "Try --user or --sys-prefix" in capsys.readouterr().err


def test_the_history_lists_checkpoints_and_marks_the_head(store: str, capsys: pytest.CaptureFixture) -> None:
    assert run("history", "--store", store, "--session", "cli/test") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 2
    assert [line[0] for line in lines].count("*") == 1
    assert all("SIGTERM" in line or "idle" in line for line in lines)


def test_a_checkpoint_shows_what_it_holds_and_what_it_could_not_keep(store: str, capsys: pytest.CaptureFixture) -> None:
    assert run("show", "--store", store, "--session", "cli/test") == 0
    shown = capsys.readouterr().out
    assert " x\n" in shown and "not kept: t" in shown


def test_damage_is_found_byte_by_byte(store: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert run("verify", "--data", "--store", store, "--session", "cli/test") == 0
    assert "are whole" in capsys.readouterr().out


def test_without_a_session_those_of_the_store_are_named(store: str, capsys: pytest.CaptureFixture) -> None:
    assert run("history", "--store", store, "--session", "") == 1
    assert "cli/test" in capsys.readouterr().err


def test_pruning_keeps_the_last_and_never_none(store: str, capsys: pytest.CaptureFixture) -> None:
    assert run("prune", "--keep", "0", "--store", store, "--session", "cli/test") == 1
    assert run("prune", "--keep", "1", "--store", store, "--session", "cli/test") == 0
    capsys.readouterr()
    assert run("history", "--store", store, "--session", "cli/test") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_what_is_no_store_is_refused_in_a_sentence(capsys: pytest.CaptureFixture) -> None:
    assert run("history", "--store", "ftp://x", "--session", "a") == 1
    assert "is no store" in capsys.readouterr().err


def test_an_admin_gets_a_users_key_from_the_hubs(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "key").write_text("0123456789abcdef" * 2)
    assert run("key", "ada", "--key-file", str(tmp_path / "key")) == 0
    assert capsys.readouterr().out.strip().encode() == user_key(b"0123456789abcdef" * 2, "ada")
    assert run("key", "ada", "--key-file", str(tmp_path / "none")) == 1
    assert "cannot read the key file" in capsys.readouterr().err


def test_without_the_libraries_of_its_kernel_it_says_how_to_install_them() -> None:
    code = f"import sys; sys.path.append({str(KERNEL)!r}); from sojourn_kernel.command import main; main()"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("sojourn: the package ")
    assert done.stderr.endswith("pip install 'sojourn[kernel]'\n")
