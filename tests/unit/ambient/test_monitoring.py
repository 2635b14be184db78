"""Tools that cells register with the interpreter's monitoring, which Python before 3.12 does not have."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .lives import live_twice

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python has no monitoring")


def test_tools_go_on_with_their_functions_and_events(tmp_path: Path) -> None:
    cells = [
        "import sys\nmon = sys.monitoring; E = mon.events; hits = []; seen = []; mon.use_tool_id(4, 'mine')",
        "mon.register_callback(4, E.PY_START, lambda code, offset: hits.append(code.co_name))",
        "def one(): return (lambda: 2)()\ndef other(): return 1\nmon.set_local_events(4, one.__code__, E.PY_START); one(); other()",
        "mon.use_tool_id(3, 'all'); mon.register_callback(3, E.RAISE, lambda code, offset, error: seen.append(type(error).__name__))",
        "class Mine(Exception): pass\ndef boom():\n    try: raise Mine\n    except Mine: pass\nmon.set_events(3, E.RAISE)\nboom()",
        "found = None",
    ]
    then = (
        "one(); other(); boom(); found = hits, seen.count('Mine'), mon is sys.monitoring, mon.get_tool(4), mon.get_tool(3)",
    )
    lives = live_twice(tmp_path, cells, ["found"], then)
    assert lives.after == {"found": "(['one', 'one'], 2, True, 'mine', 'all')"}
    assert lives.told == []
