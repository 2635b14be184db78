"""Dates by week: their own pickling makes plain tuples of them."""

from __future__ import annotations

import datetime
from typing import Any

from . import reducer


@reducer("datetime:IsoCalendarDate")
def by_week(value: Any) -> Any:
    return day_by_week, tuple(value)


def day_by_week(year: int, week: int, weekday: int) -> Any:
    return datetime.date.fromisocalendar(year, week, weekday).isocalendar()
