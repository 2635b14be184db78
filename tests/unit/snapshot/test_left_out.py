"""Running a module's code again without what reaches outside."""

from __future__ import annotations

import ast
import threading
import types
from pathlib import Path

import pytest
from sojourn_kernel.snapshot.libraries.left_out import Again


def again(text: str, lenient: bool = True) -> tuple[types.ModuleType, Again]:
    module = types.ModuleType("again")
    run = Again(module, lambda: ast.parse(text), lambda _: lenient)
    run.run(compile(text, "again.py", "exec"))
    return module, run


def test_what_writes_is_left_out_with_what_needs_it(tmp_path: Path) -> None:
    file = tmp_path / "f.txt"
    file.write_text("kept")
    module, run = again(f"a = 1\nf = open({str(file)!r}, 'w')\nn = f.write('x')\ndef g(): return a\nb = g()\n")
    assert file.read_text() == "kept"
    assert (module.a, module.b) == (1, 1)
    assert [one.names for one in run.left_out] == [("f",), ("n",)]


def test_statements_on_one_line_are_told_apart(tmp_path: Path) -> None:
    module, run = again(f"a = []; a.append(1); f = open({str(tmp_path / 'f')!r}, 'w'); a.append(2)\n")
    assert module.a == [1, 2]
    assert [one.names for one in run.left_out] == [("f",)]


def test_no_handler_takes_it_for_an_error_of_its_own(tmp_path: Path) -> None:
    text = f"try:\n    f = open({str(tmp_path / 'f')!r}, 'w')\nexcept Exception:\n    f = None\nrest = 1\n"
    module, run = again(text)
    assert not hasattr(module, "f") and module.rest == 1
    assert [one.names for one in run.left_out] == [("f",)]


def test_a_handler_that_takes_anything_is_noted(tmp_path: Path) -> None:
    module, run = again(f"try:\n    open({str(tmp_path / 'f')!r}, 'w')\n    x = 1\nexcept:\n    y = 2\nrest = []\n")
    assert (module.y, module.rest) == (2, [])
    assert [one.names for one in run.left_out] == [("x",)]


def test_a_class_is_made_without_the_part_at_fault(tmp_path: Path) -> None:
    module, run = again(f"class A:\n    n = 1\n    f = open({str(tmp_path / 'f')!r}, 'w')\n    def g(self): return 2\n")
    assert (module.A.n, module.A().g()) == (1, 2)
    assert [one.names for one in run.left_out] == [("A.f",)]


def test_no_thread_is_started() -> None:
    began = threading.active_count()
    module, run = again("import threading\nt = threading.Thread(target=print)\nt.start()\nn = 1\n")
    assert threading.active_count() == began and module.n == 1 and not module.t.is_alive()
    assert [one.called for one in run.left_out] == ["t"]
    other = threading.Thread(target=lambda: None)  # as ever
    other.start()
    other.join()


def test_an_error_of_its_own_ends_the_import_of_what_was_not_imported_before() -> None:
    with pytest.raises(ZeroDivisionError):
        again("a = 1\nb = 1 / 0\n", lenient=False)
    module, run = again("a = 1\nb = 1 / 0\nc = 2\n")
    assert (module.a, module.c) == (1, 2) and run.left_out[0].raised


def test_names_that_the_module_deletes_are_not_missing(tmp_path: Path) -> None:
    _, run = again(f"for i in [1]:\n    open({str(tmp_path / 'f')!r}, 'w')\ndel i\n")
    assert [one.names for one in run.left_out if one.names] == []
