"""Cell executions as a checkpoint keeps them, and the marks that users put on cells."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from sojourn_kernel.observe.lineage import CellExecution, Lineage
from sojourn_kernel.observe.marks import mark_of
from sojourn_kernel.observe.watch import Watch


def test_the_cell_of_a_name_is_the_last_that_bound_it():
    lineage = Lineage()
    lineage.add(CellExecution(1, "x = 1", 0.1, True, ("x",), ("x",)))
    lineage.add(CellExecution(2, "x = 2", 0.1, True, ("x",), ("x",)))
    lineage.add(CellExecution(3, "x.y", 0.1, False, ("x",), ()))
    assert lineage.cell_of("x") == (2, "x = 2")
    assert lineage.cell_of("x[3].lock") == (2, "x = 2")
    assert lineage.cell_of("unknown") == (None, "")


def test_lineage_travels_as_json():
    lineage = Lineage()
    lineage.add(CellExecution(1, "exec('x = 1')", 0.1, True, None, ("x",), "never"))
    lineage.add(CellExecution(2, "y = x", 0.2, True, ("x", "y"), ("y",)))
    back = Lineage.from_json(json.loads(json.dumps(lineage.to_json())))
    assert back.cells == lineage.cells
    assert back.cell_of("y") == (2, "y = x")


def test_names_that_begin_like_the_shells_own_are_the_cells():
    compiler = SimpleNamespace(get_code_name=lambda *_: "", _filename_map={})
    watch = Watch(SimpleNamespace(user_ns={}, compile=compiler))
    watch.before("_items = [1]; _i7b = 2")
    watch.shell.user_ns |= {"_items": [1], "_i7b": 2, "_i": "", "_ii": "", "_i12": "_items = [1]; _i7b = 2"}
    watch.after("_items = [1]; _i7b = 2", 12, 0.1, True, "")
    assert sorted(watch.lineage.cells[0].bound) == ["_i7b", "_items"]


@pytest.mark.parametrize(
    ("source", "metadata", "mark"),
    [
        ("x = 1  # Sojourn: replay, it is cheap", None, "replay"),
        ("x = '''\n# sojourn: replay\n'''", None, ""),
        ("%%time\nx = 1\n  # sojourn : never", None, "never"),
        ("!echo it's\n# sojourn: replay", None, "replay"),
        ("x = 1", None, ""),
        ("# sojourn: replay\nx = 1", None, "replay"),
        ("x = 1\n  #sojourn: never", None, "never"),
        ("x = 1", {"tags": ["sojourn: replay", "other"]}, "replay"),
        ("# sojourn: replay", {"tags": ["sojourn:never"]}, "never"),
        ("x = '# sojourn: later'", {"tags": "sojourn:never"}, ""),
        ("x = 1", {"tags": None}, ""),
    ],
)
def test_marks_come_from_comments_and_tags_and_never_wins(source, metadata, mark):
    assert mark_of(source, metadata) == mark
