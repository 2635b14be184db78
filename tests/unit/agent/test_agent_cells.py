"""The ledger of unanswered cells: what is owed to whom, and what becomes of it in a move."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from sojourn_kernel.server.cells import MOST_CELLS, CellLedger, from_portable, sentence, to_portable
from sojourn_kernel.server.roster import Cell


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(clock: Clock) -> CellLedger:
    return CellLedger(clock)


def request(msg_id: str, code: str = "1") -> dict[str, Any]:
    return {
        "header": {"msg_id": msg_id, "session": "its-own", "msg_type": "execute_request"},
        "parent_header": {},
        "metadata": {},
        "content": {"code": code},
        "buffers": [],
    }


def states(ledger: CellLedger) -> dict[str, str]:
    return {cell.header["msg_id"]: cell.state for cell in ledger.cells()}


def test_a_cell_is_queued_then_running_then_finished_until_its_tab_has_the_answer(ledger: CellLedger) -> None:
    ledger.sent(request("a"), "tab")
    assert states(ledger) == {"a": "queued"}
    ledger.started("a")
    assert states(ledger) == {"a": "running"}
    ledger.finished("a")
    assert states(ledger) == {"a": "finished"}
    ledger.answered("a")
    assert states(ledger) == {}


def test_an_answer_may_come_before_the_kernel_says_that_it_is_idle(ledger: CellLedger) -> None:
    ledger.sent(request("a"), "tab")
    ledger.started("a")
    ledger.answered("a")
    ledger.finished("a")
    assert states(ledger) == {}


def test_cells_of_others_are_nobodys_business(ledger: CellLedger) -> None:
    ledger.started("unknown")
    ledger.finished("unknown")
    ledger.answered("unknown")
    assert ledger.cells() == ()


def test_young_cells_are_left_out_where_asked(ledger: CellLedger, clock: Clock) -> None:
    ledger.sent(request("old"), "tab")
    clock.now = 1.0
    ledger.sent(request("young"), "tab")
    assert [cell.header["msg_id"] for cell in ledger.cells(older=0.5)] == ["old"]


def test_a_restarted_kernel_owes_nothing(ledger: CellLedger) -> None:
    ledger.heard("process-1")
    ledger.count = 5
    ledger.sent(request("a"), "tab")
    ledger.heard("process-1")
    assert states(ledger) == {"a": "queued"}
    ledger.heard("process-2")
    assert states(ledger) == {}
    assert ledger.count is None


def test_when_its_process_dies_a_running_cell_is_lost_at_once_and_a_waiting_one_once_the_next_process_lacks_it(
    ledger: CellLedger,
) -> None:
    ledger.heard("process-1")
    for name in ("running", "lost", "arrives"):
        ledger.sent(request(name), "tab")
    ledger.started("running")
    ledger.died()
    assert [cell.state for cell in ledger.arrived] == ["died"]
    ledger.heard("process-2")
    ledger.sent(request("later"), "tab")
    ledger.unreached({"arrives": "running"})
    assert states(ledger) == {"running": "died", "lost": "unreached", "arrives": "queued", "later": "queued"}


def test_last_words_of_a_dead_process_read_after_its_death_do_not_make_its_cells_forgotten(ledger: CellLedger) -> None:
    ledger.heard("process-1")
    ledger.sent(request("lost"), "tab")
    ledger.died()
    ledger.heard("process-1")
    ledger.heard("process-2")
    ledger.unreached({})
    assert states(ledger) == {"lost": "unreached"}


def test_what_had_not_started_runs_later_unless_a_cell_before_it_was_cut_short(ledger: CellLedger) -> None:
    ledger.sent(request("a"), "tab")
    ledger.started("a")
    ledger.sent(request("b"), "tab")
    ledger.park_unstarted({})
    assert states(ledger) == {"a": "running", "b": "queued"}
    ledger.finished("a")
    ledger.park_unstarted({})
    assert states(ledger) == {"a": "finished", "b": "parked"}


def test_a_cell_that_began_unnoticed_never_runs_a_second_time(ledger: CellLedger) -> None:
    ledger.sent(request("a"), "tab")
    ledger.park_unstarted({"a": "running"})
    assert states(ledger) == {"a": "running"}


def test_only_what_is_to_run_later_is_kept_whole(ledger: CellLedger) -> None:
    ledger.sent(request("a"), "tab")
    ledger.sent(request("b"), "tab", "parked")
    kept = {cell.header["msg_id"]: cell.message for cell in ledger.cells()}
    assert kept["a"] is None
    assert kept["b"] is not None and kept["b"]["content"] == {"code": "1"}


def test_parked_messages_go_to_their_own_tab_once_and_in_order(ledger: CellLedger) -> None:
    before = CellLedger(lambda: 0.0)
    before.sent(request("a"), "tab", "parked")
    before.sent(request("b"), "other", "parked")
    ledger.arrived = before.cells()
    ledger.sent(request("c"), "tab", "parked")
    assert [message["header"]["msg_id"] for message in ledger.take_parked("tab")] == ["a", "c"]
    assert ledger.take_parked("tab") == []
    assert states(ledger) == {"b": "parked"}


def test_lost_cells_are_shown_to_all_and_owed_to_their_own_tab(ledger: CellLedger) -> None:
    ledger.arrived = (Cell({"msg_id": "a"}, "running", client="tab"),)
    assert [cell.header["msg_id"] for cell in ledger.take_lost("stranger")] == ["a"]
    assert states(ledger) == {"a": "running"}, "a second move before the tab is back forgets nothing"
    assert [cell.header["msg_id"] for cell in ledger.take_lost("tab")] == ["a"]
    assert ledger.take_lost("tab") == []


def test_a_message_too_large_to_keep_is_told_instead_of_run(ledger: CellLedger) -> None:
    ledger.sent(request("big", code="x" * (2 << 20)), "tab", "parked")
    (cell,) = ledger.cells()
    assert cell.message is None
    assert ledger.take_parked("tab") == []
    ledger.arrived = ledger.cells()
    assert "could not be kept" in sentence(ledger.take_lost("tab")[0])


def test_the_ledger_is_bounded(ledger: CellLedger) -> None:
    for number in range(3 * MOST_CELLS):
        ledger.sent(request(str(number)), "tab")
    assert [cell.header["msg_id"] for cell in ledger.cells()][-1] == str(3 * MOST_CELLS - 1)
    assert len(ledger.cells()) == MOST_CELLS


def test_a_message_survives_the_store_with_its_dates_and_buffers() -> None:
    message = request("a") | {"buffers": [b"\x00\xff", memoryview(b"abc")]}
    message["header"]["date"] = datetime(2026, 1, 2, tzinfo=timezone.utc)
    back = from_portable(to_portable(message))
    assert back["buffers"] == [b"\x00\xff", b"abc"]
    assert back["header"]["date"].startswith("2026-01-02")
    assert back["content"] == {"code": "1"}
