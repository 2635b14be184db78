"""The IPython shell of the kernel: tells the keeper before and after every cell, and never lets that cost a reply."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets import observe

from .observe.marks import mark_of
from .observe.setting_calls import instrument
from .snapshot.ambient import call_ledger
from .system import elapsed

REPLY = 0.1  # seconds in which the reply to a cell that ends the kernel gets out


class SojournShell(ZMQInteractiveShell):
    """A shell with two hooks around a cell. ``keeper`` is set by the kernel when it starts."""

    keeper: Any = None
    cell_meta: Any = None
    "The metadata of the cell that runs: IPython before 9 does not hand it on."

    @observe("exit_now")
    def _update_exit_now(self, change: Any) -> None:
        """``quit()``, ``exit``: the kernel ends, once the session is saved and the cell's reply is out."""
        if change["new"] and self.keeper is not None:
            self.kernel.io_loop.call_later(REPLY, self.kernel.leave, partial(super()._update_exit_now, change))

    def transform_cell(self, raw_cell: str) -> str:
        """The cell as Python. A variable ``cp`` is no alias and ``time`` no magic, also if it is not loaded yet."""
        if self.keeper is not None:
            try:
                self.keeper.before_reading(raw_cell)
            except Exception as error:  # the cell's own load meets the same, and refuses to run it
                self.keeper.log.error("sojourn: before a cell is read: %r", error)
        return str(super().transform_cell(raw_cell))

    def transform_ast(self, node: Any) -> Any:
        """The cell as it is compiled; calls that change libraries are recorded."""
        return instrument(super().transform_ast(node), call_ledger.known(self.user_ns))

    async def run_cell_async(
        self, raw_cell: str, *args: Any, transformed_cell: str | None = None, **kwargs: Any
    ) -> Any:
        keeper = self.keeper
        if keeper is None:
            return await super().run_cell_async(raw_cell, *args, transformed_cell=transformed_cell, **kwargs)
        if transformed_cell is None:
            try:
                transformed_cell = self.transform_cell(raw_cell)
            except Exception:
                return await super().run_cell_async(raw_cell, *args, transformed_cell=None, **kwargs)
        source, number, begin = transformed_cell, self.execution_count, elapsed()
        mark = mark_of(raw_cell, self.cell_meta)
        try:
            keeper.before_cell(source, raw_cell, number, mark, self.cell_meta)
        except Exception as error:
            keeper.log.error("sojourn: before a cell: %r", error, exc_info=True)
            transformed_cell = _refusal(error)
        ok = False
        try:
            result = await super().run_cell_async(raw_cell, *args, transformed_cell=transformed_cell, **kwargs)
            ok = bool(result.success)
            return result
        finally:
            try:
                keeper.changes.after_cell(source, number, elapsed() - begin, ok, mark)
            except Exception as error:
                keeper.log.error("sojourn: after a cell: %r", error, exc_info=True)


# rich and many others ask the class's name whether they are in a notebook.
SojournShell.__name__ = SojournShell.__qualname__ = ZMQInteractiveShell.__name__
# ipykernel asks the signature what this IPython accepts.
SojournShell.run_cell_async.__signature__ = inspect.signature(ZMQInteractiveShell.run_cell_async)  # type: ignore[attr-defined]


def _refusal(error: Exception) -> str:
    """A cell in place of the user's: its variables could not be brought back, so running it would be wrong."""
    text = f"this cell did not run: its variables can't be loaded at the moment ({error}). Run it again."
    return f"raise __import__('sojourn_kernel').NotLoaded({text!r})"
