"""Files are not part of a session: one that its cells name and that is missing where it goes on is told."""

from __future__ import annotations

from pathlib import Path

TOLD = "[(t.name, t.cell) for t in __import__('sojourn_kernel').report().entries]"


def test_a_file_that_a_cell_wrote_and_that_is_gone_is_told_with_its_cell(start, tmp_path: Path):
    path = tmp_path / "result.csv"
    first = start()
    first.run("x = 1")
    first.run(f"with open({str(path)!r}, 'w') as file:\n    _ = file.write('a,b')\ndel file")
    assert first.terminate() == 0
    path.unlink()
    second = start()
    assert second.value("x") == "1"
    assert second.value(TOLD) == repr([(str(path), 2)])


def test_a_file_that_is_there_is_not_told(start, tmp_path: Path):
    path = tmp_path / "result.csv"
    first = start()
    first.run(f"with open({str(path)!r}, 'w') as file:\n    _ = file.write('a,b')\ndel file")
    assert first.terminate() == 0
    assert start().value(TOLD) == "[]"


def test_a_file_that_was_removed_before_the_save_is_not_told(start, tmp_path: Path):
    path = tmp_path / "scratch.txt"
    first = start()
    first.run(f"with open({str(path)!r}, 'w') as file:\n    _ = file.write('a')\ndel file")
    path.unlink()
    assert first.terminate() == 0
    assert start().value(TOLD) == "[]"
