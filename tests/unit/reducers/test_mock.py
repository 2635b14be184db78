"""unittest.mock objects: calls, configured magic methods, children."""

from __future__ import annotations

from pathlib import Path

from ambient.lives import live_twice


def test_mocks_keep_their_calls_and_configuration(tmp_path: Path) -> None:
    cells = [
        "from unittest.mock import AsyncMock, MagicMock, Mock, call",
        "m = Mock(return_value=3); m(1, k=2); m.child.deep('x')",
        "mm = MagicMock(); mm.__len__.return_value = 4; mm['a']",
        "am = AsyncMock(); side = Mock(side_effect=[1, 2]); side()",
        "expected = [call(1, k=2)]",
    ]
    checks = [
        "m.call_args_list == expected",
        "m.mock_calls",
        "len(mm)",
        "mm.__getitem__.call_args",
        "m.child.deep.call_count",
        "type(am).__name__",
        "m.return_value",
    ]
    lives = live_twice(tmp_path, cells, checks, ("second = side()",))
    assert lives.after == lives.before
    assert lives.after["m.call_args_list == expected"] == "True" and lives.after["len(mm)"] == "4"
    assert not lives.told


def test_a_side_effect_goes_on_where_it_stood(tmp_path: Path) -> None:
    cells = ["from unittest.mock import Mock\nside = Mock(side_effect=[1, 2]); first = side()"]
    assert live_twice(tmp_path, cells, ["first"], ("first = side()",)).after == {"first": "2"}
