"""Functions that the user registered to be called at forks and audit events hear of the user's only, not of a checkpoint's."""

from __future__ import annotations

from tests.integration.kernel.test_save_and_restore import until_saved

NOTE = """
import os
side, at = 'parent', []
def in_child():
    global side
    side = 'child'
os.register_at_fork(before=lambda: at.append('before'), after_in_parent=lambda: at.append('after'), after_in_child=in_child)
"""
FORK = "pid = os.fork()\nif pid == 0: os._exit(0 if side == 'child' else 7)\nstatus = os.waitpid(pid, 0)[1]"


def test_what_they_do_in_a_child_is_not_what_is_saved(start):
    first = start()
    first.run(NOTE)
    until_saved(first)
    first.close()
    assert start().value("side, at") == "('parent', [])"


def test_the_session_that_goes_on_is_not_changed_by_them(start):
    kernel = start()
    kernel.run(NOTE)
    until_saved(kernel)
    assert kernel.value("side, at") == "('parent', [])"


def test_they_hear_of_the_users_own_forks_in_each_kernel(start):
    first = start()
    first.run(NOTE)
    first.run(FORK)
    assert first.value("status, at") == "(0, ['before', 'after'])"
    until_saved(first)
    first.close()
    second = start()
    second.run(FORK)
    assert second.value("status, at") == "(0, ['before', 'after', 'before', 'after'])"


def test_a_list_that_takes_the_note_itself_is_the_sessions_again(start):
    first = start()
    first.run("import os; from functools import partial; at = []; os.register_at_fork(before=partial(at.append, 1))")
    until_saved(first)
    first.close()
    second = start()
    second.run(FORK.replace("side == 'child'", "True"))
    assert second.value("at") == "[1]"


def test_an_audit_hook_hears_of_no_save(start):
    first = start()
    first.run("import sys; opened = []")
    first.run("sys.addaudithook(lambda event, about: opened.append(str(about[0])) if event == 'open' else None)")
    until_saved(first)
    first.run("x = open('/dev/null')")
    assert first.terminate() == 0
    second = start()
    second.run("y = open('/dev/zero')")
    heard = "[place for place in opened if place.startswith('/dev/z') or '/packs/' in place or '/manifests/' in place]"
    assert second.value(f"'/dev/null' in opened, {heard}") == "(True, ['/dev/zero'])"


def test_what_is_no_function_is_refused_as_ever(start):
    kernel = start()
    assert "TypeError" in kernel.run("import os; os.register_at_fork(before=3)").error
    assert "TypeError" in kernel.run("os.register_at_fork()").error


def test_no_warning_about_a_checkpoints_fork_is_the_sessions(start):
    kernel = start()
    kernel.run("import warnings; heard = []\nwarnings.simplefilter('always')")
    kernel.run(
        "warnings.showwarning = lambda message, *rest, **named: heard.append(str(message)); before = list(warnings.filters)"
    )
    until_saved(kernel)
    assert kernel.value("heard, before == warnings.filters") == "([], True)"
