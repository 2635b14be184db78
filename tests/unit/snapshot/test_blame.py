"""What kernels died loading is found by the next, and tried in a child before it is loaded again."""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sojourn_kernel.restore.blame import CRASHED, TOO_LARGE, Blame, blame_of


def died_loading(path: Path, *roots: str) -> None:
    """A process for each root, which ends in the middle of it."""
    for root in roots:
        _in_a_process(lambda root=root: _end_in(Blame(path), root))


def _in_a_process(act: Callable[[], None]) -> None:
    if pid := os.fork():
        os.waitpid(pid, 0)
    else:
        act()


def _end_in(blame: Blame, *roots: str) -> None:
    with ExitStack() as stack:
        for root in roots:
            stack.enter_context(blame.of(root))
        os._exit(0)


def crash() -> None:
    faulthandler.disable()
    os.abort()


def test_a_session_that_was_loaded_in_peace_has_nothing_to_blame(tmp_path: Path) -> None:
    with Blame(tmp_path / "note").of("x"):
        pass
    assert Blame(tmp_path / "note").roots == frozenset()


def test_what_was_being_loaded_when_the_process_died_is_known_to_the_next(tmp_path: Path) -> None:
    died_loading(tmp_path / "note", "x")
    assert Blame(tmp_path / "note").roots == {"x"}


def test_what_was_loaded_for_another_is_to_blame_and_the_other_is_not(tmp_path: Path) -> None:
    _in_a_process(lambda: _end_in(Blame(tmp_path / "note"), "outer", "inner"))
    assert Blame(tmp_path / "note").roots == {"inner"}


def test_every_death_since_the_session_was_last_loaded_is_remembered(tmp_path: Path) -> None:
    died_loading(tmp_path / "note", "x", "y", "zähler")
    assert Blame(tmp_path / "note").roots == {"x", "y", "zähler"}


def test_a_name_of_any_length_is_noted(tmp_path: Path) -> None:
    died_loading(tmp_path / "note", "x" * 5000)
    assert len(Blame(tmp_path / "note").roots) == 1


def test_the_note_is_gone_when_all_is_loaded(tmp_path: Path) -> None:
    died_loading(tmp_path / "note", "x")
    Blame(tmp_path / "note").end()
    assert not (tmp_path / "note").exists()


def test_a_link_in_the_notes_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "note").symlink_to(tmp_path / "theirs")
    died_loading(tmp_path / "note", "x")
    assert (tmp_path / "theirs").read_bytes() == b"theirs"


def test_garbage_in_the_note_is_no_ones_name(tmp_path: Path) -> None:
    (tmp_path / "note").write_bytes(bytes(range(256)) * 100)
    assert not {"x", "y"} & Blame(tmp_path / "note").roots


def test_where_no_note_can_be_written_loading_goes_on_without(tmp_path: Path) -> None:
    blame = Blame(tmp_path / "no folder" / "note")
    with blame.of("x"):
        blame.end()
    assert blame.roots == frozenset()


def test_each_session_of_each_store_has_a_note_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    notes = [blame_of(session, store) for session in ("a", "b") for store in ("file:///s", "file:///t")]
    assert len(list(tmp_path.iterdir())) == len(notes)


@pytest.mark.parametrize("act", [list, lambda: 1 / 0], ids=["comes back", "raises"])
def test_what_a_child_lives_through_may_be_loaded(act) -> None:
    assert Blame().verdict(act) == ""


@pytest.mark.parametrize("act", [crash, lambda: os._exit(0)], ids=["crashes", "ends the process"])
def test_what_ends_a_child_is_not_loaded(act) -> None:
    assert Blame().verdict(act) == CRASHED


def test_what_gets_a_child_killed_is_too_large() -> None:
    assert Blame().verdict(lambda: os.kill(os.getpid(), signal.SIGKILL)) == TOO_LARGE
