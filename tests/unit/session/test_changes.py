"""Which roots a save takes in again: what code has named, and what changes without a name."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from sojourn_kernel.session.changes import Changes

QUIET = (False, set[str]())


@pytest.fixture
def changes() -> Changes:
    """Of a session that is saved, in which nothing has run since."""
    made = Changes(SimpleNamespace(user_ns={}), {}, logging.getLogger("test"))
    known = ("x", "_x", "Out[2]", "_2", "Out[9]", "_9", "_", "@ambient/cwd")
    large = SimpleNamespace(stream=object(), seconds=10.0)
    made.progress.frozen = SimpleNamespace(owner=dict.fromkeys(known, large), told=())  # type: ignore[assignment]
    made.progress.dirty = set()
    return made


def roots(changes: Changes, *more: str) -> dict[str, object]:
    assert changes.progress.frozen is not None
    return dict.fromkeys((*changes.progress.frozen.owner, *more))


def test_the_last_outputs_and_process_state_change_without_a_name(changes):
    assert changes.dirty_roots(roots(changes), QUIET) == {"_", "@ambient/cwd"}


def test_a_new_output_is_taken_in(changes):
    assert {"Out[10]", "_10"} <= changes.dirty_roots(roots(changes, "Out[10]", "_10"), QUIET)


def test_a_cell_that_asks_for_all_outputs_may_have_kept_them(changes):
    changes.watch.accesses.ran(["d = Out"])
    assert {"Out[2]", "_2", "Out[9]", "_9"} <= changes.dirty_roots(roots(changes), QUIET)


def test_what_runs_beside_the_cells_may_have_any_output(changes):
    assert {"Out[2]", "_2", "Out[9]", "_9"} <= changes.dirty_roots(roots(changes), (True, set()))


def test_what_all_may_have_touched_is_all(changes):
    changes.mark(None)
    assert changes.dirty_roots(roots(changes), QUIET) is None


def test_small_outputs_are_looked_at_by_the_way_the_last_first(changes):
    owner = changes.progress.frozen.owner
    owner["Out[2]"] = owner["_2"] = SimpleNamespace(stream=object(), seconds=0.001)
    assert changes.dirty_roots(roots(changes), QUIET) == {"_", "@ambient/cwd", "Out[2]", "_2"}
    owner["_9"] = SimpleNamespace(stream=object(), seconds=0.0195)
    assert changes.dirty_roots(roots(changes), QUIET) == {"_", "@ambient/cwd", "_9"}


def _with_a_hook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """A shell in which a function of a module of the user's runs with each cell."""
    module = ModuleType("hooks_of_mine")
    module.__file__ = str(tmp_path / "hooks_of_mine.py")
    exec("def after(result): pass", vars(module))
    monkeypatch.setitem(sys.modules, "hooks_of_mine", module)
    shell = SimpleNamespace(user_ns={}, events=SimpleNamespace(callbacks={"post_run_cell": [module.after]}))
    shell.input_transformers_cleanup, shell.input_transformers_post, shell.ast_transformers = [], [], []
    shell.input_transformer_manager = SimpleNamespace(line_transforms=[], token_transformers=[])
    return shell


def test_a_hook_in_a_module_that_has_the_namespace_may_touch_anything_with_any_cell(changes, monkeypatch, tmp_path):
    changes.shell = _with_a_hook(monkeypatch, tmp_path)
    assert not changes._reached_all_beside(True)
    changes.watch.accesses.reaches_namespace()
    assert changes._reached_all_beside(True)
    changes.shell.events.callbacks["post_run_cell"].clear()
    assert not changes._reached_all_beside(True)


def test_who_debugs_after_an_error_may_touch_anything(changes):
    changes.shell.call_pdb = True
    assert changes._reached_all_beside(False) and not changes._reached_all_beside(True)
