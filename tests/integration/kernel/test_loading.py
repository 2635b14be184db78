"""What a cell can reach is there when it runs, by whatever way it asks, though nothing else is loaded yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.kernel.test_save_and_restore import NOT_BEHIND, request

NOTHING_BEHIND = "import sojourn_kernel.schedule as schedule\nschedule.LOAD_PAUSE = 1e6\ndel schedule\n"
CELLS = [
    "import duckdb, sys, typing, pandas as pd",
    "sales = pd.DataFrame({'a': [1, 2, 3]}); Alias = list[int]; asked = 'sales'; chosen = {'name': 'sales'}",
    "def f(a: 'Alias'): return a\ndef mine(): return sys.modules[__name__]",
    *("'an output'" for _ in range(4)),
]
ASKED = [
    ("sorted(name for name in dir() if name in ('sa' + 'les', 'Al' + 'ias'))", "['Alias', 'sales']"),
    ("len(getattr(mine(), asked))", "3"),
    ("sorted(_oh)", "[4, 5, 6, 7]"),
    ("typing.get_type_hints(f)", "{'a': list[int]}"),
    ("int(duckdb.sql(f'select sum(a) from {asked}').fetchall()[0][0])", "6"),
    ("int(duckdb.sql('select sum(a) from ' + chosen['name']).fetchall()[0][0])", "6"),
]  # fmt: skip


@pytest.fixture
def slowly(start, store_folder: Path):
    """Starts kernels that load nothing but what cells ask for."""
    first = start(**NOT_BEHIND)
    for cell in CELLS:
        assert first.run(cell).status == "ok"
    assert first.terminate() == 0
    startup = store_folder.parent / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "nothing_behind.py").write_text(NOTHING_BEHIND)
    return lambda: start(**NOT_BEHIND)


def test_what_a_cell_asks_for_by_ways_that_its_words_do_not_show_is_there(slowly):
    for expression, expected in ASKED:
        second = slowly()
        assert request(second, op="status")["state"] == "restoring"
        assert second.value(expression) == expected
        second.close()
