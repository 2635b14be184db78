"""Time zones of libraries that their own pickling can't make."""

from __future__ import annotations

import datetime

from sojourn_kernel.snapshot.reducers import zones


class Fixed(datetime.tzinfo):
    def __init__(self, minutes: int, name: str) -> None:
        self.minutes, self.name = minutes, name

    def utcoffset(self, _: datetime.datetime | None) -> datetime.timedelta:
        return datetime.timedelta(minutes=self.minutes)


class Said(Fixed):
    def __getinitargs__(self) -> tuple[int, str]:
        return self.minutes, self.name


def test_a_zone_that_wants_arguments_is_made_of_its_attributes() -> None:
    make, arguments, state, _, _, fill = zones.zone_of_a_library(Fixed(90, "x"))
    made = make(*arguments)
    fill(made, state)
    assert type(made) is Fixed
    assert made.utcoffset(None) == datetime.timedelta(minutes=90)
    assert made.name == "x"


def test_a_zone_that_says_its_arguments_is_left_to_its_own_pickling() -> None:
    assert zones.zone_of_a_library(Said(90, "x")) is NotImplemented
