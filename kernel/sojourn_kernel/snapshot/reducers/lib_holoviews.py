"""holoviews: elements with their options, which the library keeps apart from them, by number.

Its own pickling leaves the options out, and builds an overlay's tree again over the one that is there.
"""

from __future__ import annotations

import weakref
from functools import partial
from typing import Any

from .. import rebuild
from . import reducer

_numbers: dict[int, int] = {}
"By number of a set of options in the process that saved it: its number here."


@reducer("holoviews.core.dimension:LabelledData")
def element(value: Any) -> Any:
    from holoviews.core.options import Store

    number = vars(value).get("_id")
    options = {}
    if number is not None:
        options = {backend: trees[number] for backend, trees in Store._custom_options.items() if number in trees}
    return rebuild.bare, (type(value),), (dict(vars(value)), options), None, None, fill_element


def fill_element(made: Any, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    attributes, options = state
    rebuild.fill_attributes(made, attributes)
    if not options:
        return
    from holoviews.core.options import Store, cleanup_custom_options

    saved = attributes["_id"]
    if saved not in _numbers:
        taken = {number for trees in Store._custom_options.values() for number in trees}
        _numbers[saved] = saved if saved not in taken else max(taken) + 1
    number = made.__dict__["_id"] = _numbers[saved]
    for backend, tree in options.items():
        Store._custom_options.setdefault(backend, {}).setdefault(number, tree)
    shown = weakref.ref(made, partial(cleanup_custom_options, number))
    Store._weakrefs.setdefault(number, []).append(shown)
