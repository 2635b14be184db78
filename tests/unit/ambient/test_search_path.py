"""``sys.path`` in a session that goes on in another interpreter."""

from __future__ import annotations

from sojourn_kernel.snapshot.ambient.search_path import moved

BEFORE = ["/opt/lib/python3.11", "/opt/lib/python3.11/site-packages", "/shared"]
HERE = ["/usr/lib/python3.13", "/usr/lib/python3.13/site-packages", "/shared"]


def test_what_cells_added_and_removed_stays_so_over_the_folders_of_the_new_interpreter() -> None:
    assert moved(["/mine", *BEFORE[:2], "/last"], BEFORE, HERE) == ["/mine", *HERE[:2], "/last"]


def test_the_same_interpreter_has_the_path_as_it_was() -> None:
    for path in (["/mine", *BEFORE], BEFORE[1:], [*reversed(BEFORE)], []):
        assert moved(path, BEFORE, BEFORE) == path


def test_a_path_of_cells_alone_has_the_new_folders_behind_it() -> None:
    assert moved(["/mine"], BEFORE, HERE) == ["/mine", *HERE[:2]]
