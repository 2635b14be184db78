"""Where inside a value an object is; the search ends however long a container is."""

from __future__ import annotations

import io
from xml.etree import ElementTree

from sojourn_kernel.snapshot import paths


class Holder:
    def __init__(self, held: object) -> None:
        self.held = held


def test_a_place_reads_as_source() -> None:
    target = object()
    assert paths.path_to({"a": [1, Holder((0, target))]}, target) == "['a'][1].held[1]"


def test_a_class_made_in_a_cell_has_places() -> None:
    target = object()
    made = type("Made", (), {"__module__": "__main__", "held": [target]})
    assert paths.path_to({"a": made}, target) == "['a'].held[0]"


def test_what_is_not_there_has_no_place() -> None:
    assert paths.path_to([1, [2]], object()) is None


def test_the_search_ends_inside_a_container_that_is_longer_than_its_limit() -> None:
    long = [None] * (paths.LIMIT + 1)
    target = object()
    long.append(target)
    assert paths.path_to(long, target) is None


def test_a_list_of_c_code_with_empty_places_is_not_read() -> None:
    events = ElementTree.iterparse(io.StringIO("<r><i>1</i></r>"))
    next(events)
    assert paths.path_to(events, object()) is None


def test_several_steps_without_names_show_as_one() -> None:
    target = object()
    assert paths.path_to(filter(None, filter(None, iter([target]))), target) == "…[0]"
