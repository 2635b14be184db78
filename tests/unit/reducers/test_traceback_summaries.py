"""What ``traceback`` noted of errors under another version of Python."""

from __future__ import annotations

import traceback
from typing import Any

from sojourn_kernel.snapshot.reducers import traceback_summaries

OWN = {
    "filename": "none.py",
    "lineno": 3,
    "name": "f",
    "locals": {"a": "1"},
    "end_lineno": 3,
    "colno": 4,
    "end_colno": 6,
}


def _frame(text: str | None, **own: Any) -> traceback.FrameSummary:
    make, arguments, state, _, _, fill = traceback_summaries.frame(traceback.FrameSummary("none.py", 1, "f"))
    made = make(*arguments)
    fill(made, ({**OWN, **own}, text, {}))
    assert type(made) is traceback.FrameSummary and state[2] == {}
    return made


def test_a_frame_shows_the_line_that_it_showed() -> None:
    made = _frame("    a + b\n")
    assert (made.filename, made.lineno, made.name, made.line, made.locals) == ("none.py", 3, "f", "a + b", {"a": "1"})
    assert "a + b" in "".join(traceback.StackSummary.from_list([made]).format())


def test_its_marks_stand_where_they_stood() -> None:
    def fails() -> None:
        raise KeyError("a")

    try:
        fails()
    except KeyError as error:
        noted = traceback.extract_tb(error.__traceback__)
    before = "".join(noted.format())
    back = []
    for one in noted:
        make, arguments, state, _, _, fill = traceback_summaries.frame(one)
        back.append(make(*arguments))
        fill(back[-1], state)
    assert "".join(traceback.StackSummary.from_list(back).format()) == before


def test_a_statement_over_several_lines_can_be_shown_with_the_first_alone() -> None:
    for text in ("    max(\n", "    max(\n        1,\n        2)\n"):
        assert "none.py" in "".join(traceback.StackSummary.from_list([_frame(text, end_lineno=5)]).format())
    assert _frame("    max(\n        1,\n        2)\n", end_lineno=5).line == "max("


def test_an_error_says_its_class_and_text_whichever_version_noted_it() -> None:
    noted = traceback.TracebackException(ValueError, ValueError("no"), None)
    for name in ("exc_type", "_exc_type"):
        state = {key: value for key, value in vars(noted).items() if "exc_type" not in key} | {name: ValueError}
        make, arguments, *_, fill = traceback_summaries.error(noted)
        made = make(*arguments)
        fill(made, state)
        assert list(made.format_exception_only()) == ["ValueError: no\n"]
