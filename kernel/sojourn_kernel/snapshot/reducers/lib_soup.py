"""Beautiful Soup: its own state is the text, parsed again; then a tag that a variable holds is no longer in the soup."""

from __future__ import annotations

from typing import Any

from . import reducer


def new_soup(cls: type) -> Any:
    return cls.__new__(cls)


def fill_soup(made: Any, state: dict[str, Any]) -> None:
    made.__dict__.update(state)
    if isinstance(made.builder, type):
        made.builder = made.builder()
    if made.builder is not None:
        made.builder.soup = made


@reducer("bs4:BeautifulSoup")
def soup(value: Any) -> Any:
    state = dict(value.__dict__)
    builder = state.get("builder")
    state["builder"] = None if builder is None else type(builder)
    return new_soup, (type(value),), state, None, None, fill_soup
