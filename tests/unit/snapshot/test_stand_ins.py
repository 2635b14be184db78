"""What stands for what is missing here, or not there under its name."""

from __future__ import annotations

import datetime
import sys
import types
import zoneinfo

import pytest
from sojourn_kernel.restore.careful import CarefulUnpickler
from sojourn_kernel.snapshot.lost import loading, told_of
from sojourn_kernel.snapshot.streams import reading

ZONE = b"cpytz\n_p\n(VEurope/Berlin\nI3180\nI0\nVLMT\ntR."
UTC = b"cpytz\n_UTC\n)R."
FIXED = b"cpytz\nFixedOffset\n(I90\ntR."
OTHER = b"cpytz\ncountry_names\n."


@pytest.fixture(autouse=True)
def no_pytz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytz", None)


def _loaded(stream: bytes) -> object:
    with loading():
        return CarefulUnpickler(reading(memoryview(stream))).load()


def test_time_zones_of_pytz_are_zoneinfos_where_pytz_is_missing() -> None:
    assert _loaded(ZONE) is zoneinfo.ZoneInfo("Europe/Berlin")
    assert _loaded(UTC) is datetime.timezone.utc
    assert _loaded(FIXED) == datetime.timezone(datetime.timedelta(minutes=90))


def test_what_else_it_had_is_told() -> None:
    assert "pytz" in told_of(_loaded(OTHER)).reason  # type: ignore[union-attr]


def test_a_module_that_is_an_attribute_of_its_package_here(monkeypatch: pytest.MonkeyPatch) -> None:
    package = types.ModuleType("package_of_one_version")
    package.rec = types.SimpleNamespace(recarray=dict)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "package_of_one_version", package)
    assert _loaded(b"cpackage_of_one_version.rec\nrecarray\n.") is dict


def test_what_cells_showed_is_nothing_to_a_history_that_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("IPython.core.history.HistoryOutput", raising=False)
    assert vars(_loaded(b"cIPython.core.history\nHistoryOutput\n)\x81}Vbundle\nI1\nsb.")) == {"bundle": 1}
