"""Loaded roots on their way into the live shell, and what stands for the last outputs until they are loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from IPython.core.interactiveshell import ExecutionResult

from .lost import told_of
from .names import OUTPUT, OWN_NAMES, OWN_OUTPUTS, UNDERSCORES


class _Awaited:
    """Stands for an output that is not loaded yet: new outputs move it on, from ``_`` to ``__``, as they would the output."""

    __slots__ = ()


class Placing:
    """Puts one checkpoint's names, outputs and history into the live shell, in any order."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._first = set(shell.user_ns)
        self._own_places: list[int] = []
        "Where among the outputs those stood that a cell put there under keys of its own."
        self.to_hide: set[str] = set()
        "Names that the user does not see, loaded or not."
        self._lost: set[str] = set()
        "Of the roots that hold what has no name of its own, those that could not be loaded."
        self._awaited: dict[str, Any] = {}
        "By root: what stands for an output in ``_``, ``__``, ``___``, and where the shell remembers these."

    def history(self, state: dict[str, Any]) -> None:
        """Inputs, counter and directories back into the live shell, whose lists keep their identity."""
        shell, history = self.shell, self.shell.history_manager
        history.input_hist_parsed[:] = state["parsed"]
        history.input_hist_raw[:] = state["raw"]
        history.dir_hist[:] = state["dirs"]
        shell.execution_count = state["count"]
        if shell.last_execution_result is None:  # %xdel looks into it
            shell.last_execution_result = ExecutionResult(None)
        shell.user_ns.update(state["last"])
        shell.user_ns.update(state.get("inputs", {}))
        for name, value in state.get("typed", state["last"]).items():
            if hasattr(history, name):
                setattr(history, name, value)
        for name in state.get("gone", ()):
            shell.user_ns.pop(name, None)
        self._own_places = state.get("own outputs", [])
        self.to_hide.update(state.get("hidden", ()))
        shell.user_ns_hidden.update({name: shell.user_ns[name] for name in self.to_hide if name in shell.user_ns})
        self._await_outputs(state.get("underscores", {}))

    def _await_outputs(self, underscores: dict[str, dict[str, str]]) -> None:
        remembered = self._remembered()
        for place, roots in underscores.items():
            for name in UNDERSCORES:
                root = roots.get(name)
                if root is None:
                    remembered[place].pop(name, None)
                elif root in ("", "?"):
                    remembered[place][name] = "" if root == "" else _Awaited()
                else:
                    remembered[place][name] = self._awaited.setdefault(root, _Awaited())

    def _remembered(self) -> dict[str, dict[str, Any]]:
        """Where the last outputs are: the names, those among them that are hidden, and the display hook's own."""
        shell = self.shell
        return {"names": shell.user_ns, "hidden": shell.user_ns_hidden, "hook": vars(shell.displayhook)}

    def along(self, names: set[str]) -> set[str]:
        """Roots that these names need: ``__`` may stand for what was ``_`` when the session was saved."""
        standing = [self.shell.user_ns.get(name) for name in names.intersection(UNDERSCORES)]
        return {root for root, awaited in self._awaited.items() if any(awaited is one for one in standing)}

    def stands_elsewhere(self, root: str) -> bool:
        """Whether more than a name or an output of the root's own is to be filled with its value."""
        own_outputs = any(type(key) is not int for key in self.shell.user_ns.get("_oh", ()))
        return (
            root in self._awaited
            or root in (*UNDERSCORES, OWN_NAMES, OWN_OUTPUTS)
            or (root.startswith(OUTPUT) and (own_outputs or bool(self._own_places)))
        )

    def value(self, root: str, value: Any) -> None:
        """A loaded root into the live shell."""
        shell = self.shell
        if root in (OWN_NAMES, OWN_OUTPUTS):
            if told_of(value) is None:
                (shell.user_ns if root == OWN_NAMES else shell.user_ns["_oh"]).update(value)
            else:
                self._lost.add(root)
        elif root.startswith(OUTPUT):
            if (number := root[len(OUTPUT) : -1]).isdigit():
                shell.user_ns["_oh"][int(number)] = value
        elif root not in self._awaited:
            shell.user_ns[root] = value
            self._hide(root, value)
        if (standing := self._awaited.pop(root, None)) is not None:
            for held in self._remembered().values():
                held.update({name: value for name in UNDERSCORES if held.get(name) is standing})
            if told_of(value) is not None:  # it may come yet, once all else is there
                self._awaited[root] = value

    def _hide(self, name: str, value: Any) -> None:
        hidden = self.shell.user_ns_hidden
        if name in self.to_hide:
            hidden[name] = value
        elif hidden.get(name, self) is value:
            del hidden[name]

    def has_lost(self, root: str) -> bool:
        """Whether a placeholder stands where this root belongs."""
        if root in self._lost:
            return True
        number = root.removeprefix(OUTPUT).removesuffix("]") if root.startswith(OUTPUT) else ""
        placed = self._awaited.get(root, self.shell.user_ns.get(root))
        return told_of(self.shell.user_ns["_oh"].get(int(number)) if number.isdigit() else placed) is not None

    def order(self, roots: Iterable[str]) -> None:
        """All is there: names and outputs into the order they had; what cells have added meanwhile comes after them."""
        names, outputs = self.shell.user_ns, self.shell.user_ns.get("_oh")
        order = list(roots)
        _to_the_end(names, [root for root in order if not root.startswith(("@", "_"))], self._first)
        if isinstance(outputs, dict):
            numbers = [root[len(OUTPUT) : -1] for root in order if root.startswith(OUTPUT)]
            keys: list[Any] = [int(number) for number in numbers if number.isdigit()]
            for place, key in zip(self._own_places, [key for key in outputs if type(key) is not int], strict=False):
                keys.insert(place, key)
            _to_the_end(outputs, keys, set())


def _to_the_end(held: dict[Any, Any], keys: list[Any], first: set[str]) -> None:
    """Entries in this order, before those that are new: neither among them nor there at first."""
    known = {*keys, *first}
    for key in [*keys, *[key for key in held if key not in known]]:
        if key in held:
            held[key] = held.pop(key)
