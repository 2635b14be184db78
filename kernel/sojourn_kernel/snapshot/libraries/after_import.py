"""Doing something to a module as soon as it is imported: what a session had changed of a library that nothing has loaded here yet."""

from __future__ import annotations

import importlib.machinery
import sys
import types
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from typing import Any

Act = Callable[[types.ModuleType], object]


def found_behind(
    asking: MetaPathFinder, name: str, path: Any = None, target: Any = None
) -> importlib.machinery.ModuleSpec | None:
    """What the finders behind the one that asks make of a module's name; None if none knows it. One that asked all others would be asked back."""
    behind = next((at + 1 for at, finder in enumerate(sys.meta_path) if finder is asking), 0)
    for finder in sys.meta_path[behind:]:
        find = getattr(finder, "find_spec", None)
        if find is not None and (spec := find(name, path, target)) is not None:
            return spec  # type: ignore[no-any-return]
    return None


class _Waiting(MetaPathFinder):
    """Hands the import of a module that is waited for to the finders behind it, and acts once its code has run."""

    def __init__(self) -> None:
        self.acts: dict[str, list[Act]] = {}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in self.acts:
            return None
        spec = found_behind(self, name, path, target)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _Then(spec, self)
        return spec


class _Then(Loader):
    """A module's own loader, for which it stands in until the module's code runs."""

    def __init__(self, spec: importlib.machinery.ModuleSpec, waiting: _Waiting) -> None:
        self._spec, self._own, self._waiting = spec, spec.loader, waiting

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        make = getattr(self._own, "create_module", None)
        return make(spec) if make is not None else None

    def exec_module(self, module: types.ModuleType) -> None:
        self._spec.loader = module.__loader__ = own = self._own
        if own is not None:
            own.exec_module(module)
        for act in self._waiting.acts.pop(self._spec.name, ()):
            act(module)
        if not self._waiting.acts and self._waiting in sys.meta_path:
            sys.meta_path.remove(self._waiting)


_waiting = _Waiting()


def after(name: str, act: Act) -> None:
    """Call ``act`` with a module: now if it is imported, else at the end of its import. What the act raises, the import raises."""
    module = sys.modules.get(name)
    if isinstance(module, types.ModuleType) and not getattr(module.__spec__, "_initializing", False):
        act(module)
        return
    _waiting.acts.setdefault(name, []).append(act)
    if _waiting not in sys.meta_path:
        sys.meta_path.insert(0, _waiting)


def put_first(finder: MetaPathFinder) -> None:
    """Have a finder asked before all others, but for the one whose loaders stand in for those of all others."""
    sys.meta_path.insert(int(sys.meta_path[:1] == [_waiting]), finder)
