"""What cells showed, as the history keeps it beside the values: for ``%notebook`` and ``%history -o``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .provider import LATE, Provider, provide

# By number of the cell: text of the outputs, all that was shown of them, and errors. Which of these there are is IPython's version's.
_KEPT = ("output_hist_reprs", "outputs", "output_mime_bundles", "exceptions")


def _shown(shell: Any, _: Any) -> dict[str, dict[int, Any]] | None:
    found = {name: dict(getattr(shell.history_manager, name, None) or {}) for name in _KEPT}
    if "outputs" in found:
        found["outputs"] = {number: [_joined(one) for one in shown] for number, shown in found["outputs"].items()}
    return {name: held for name, held in found.items() if held} or None


def _joined(shown: Any) -> Any:
    """What was printed as one text: IPython keeps every write of it."""
    text = shown.bundle.get("stream")
    return replace(shown, bundle={"stream": ["".join(text)]}) if isinstance(text, list) else shown


def _put_shown(shell: Any, state: dict[str, dict[int, Any]]) -> None:
    for name, before in state.items():
        held = getattr(shell.history_manager, name, None)
        if held is not None:  # what cells have shown since comes after it
            later = {number: shown for number, shown in held.items() if number not in before}
            held.clear()
            held.update(before | later)


provide(Provider("ipython.outputs", "the history's outputs", LATE, lambda _: None, _shown, _put_shown))
