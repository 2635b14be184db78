"""Progress bars: their count and what they show; one in the middle of its loop as its iterator is kept."""

from __future__ import annotations

import sys
import weakref
from typing import Any

from . import reducer

_OF_THE_PROCESS = ("fp", "sp", "disp", "_time", "dynamic_ncols")
_SILENT = 1e9  # seconds before a bar shows itself


def make_tqdm(cls: type, options: dict[str, Any], count: int) -> Any:
    made = cls(None, **options)
    made.n = made.last_print_n = count
    return made


def make_drawn_tqdm(cls: Any, options: dict[str, Any], count: int) -> Any:
    """A bar that is a widget, without a widget: the one that it had comes with its attributes."""
    made = cls.__new__(cls)
    plain = sys.modules["tqdm.std"].tqdm
    plain.__init__(made, None, gui=True, file=sys.stdout, **options)
    made.disp = made.display
    made.n = made.last_print_n = count
    return made


def fill_tqdm(made: Any, shown: dict[str, Any]) -> None:
    made.__dict__.update(shown)
    if "container" in shown:
        made.container.pbar = weakref.proxy(made)
    if made.disable:
        type(made)._instances.discard(made)


@reducer("tqdm.std:tqdm")
def tqdm(value: Any) -> Any:
    iterable = getattr(value, "iterable", None)
    if value.disable and not hasattr(value, "unit"):  # it has given itself no further attributes
        made = make_tqdm, (type(value), {"total": value.total, "disable": True}, value.n)
        return made if iterable is None else (*made, {"iterable": iterable}, None, None, fill_tqdm)
    options: dict[str, Any] = {"total": value.total, "disable": False}
    make: Any = make_tqdm
    if hasattr(value, "container"):  # the bar is a widget
        make = make_drawn_tqdm
    else:
        file = getattr(value.fp, "_wrapped", value.fp)
        options |= {"delay": _SILENT} | ({} if file is sys.stderr else {"file": file})
    shown = {name: one for name, one in vars(value).items() if name not in _OF_THE_PROCESS}
    return make, (type(value), options, value.n), shown, None, None, fill_tqdm
