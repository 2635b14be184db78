"""What ``date.isocalendar()`` gives, which its own pickling makes a plain tuple of."""

from __future__ import annotations

from datetime import date
from typing import Any

from . import reducer


def calendar_date(year: int, week: int, weekday: int) -> Any:
    return date.fromisocalendar(year, week, weekday).isocalendar()


@reducer("datetime:IsoCalendarDate")
def iso_calendar_date(value: Any) -> Any:
    return calendar_date, tuple(value)
