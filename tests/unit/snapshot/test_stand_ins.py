"""What stands for what a package that is missing had made."""

from __future__ import annotations

import datetime
import sys
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
