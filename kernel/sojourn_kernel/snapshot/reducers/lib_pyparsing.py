"""pyparsing: its own pickling of results leaves out whether a name stands for the last of several or for all of them."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("pyparsing.results:ParseResults")
def results(value: Any) -> Any:
    make, arguments, state = value.__reduce_ex__(5)[:3]
    return make, arguments, (state, value._modal), None, None, fill_results


def fill_results(made: Any, state: tuple[Any, Any]) -> None:
    made.__setstate__(state[0])
    made._modal = state[1]
