"""Process state around the variables: what the user changed of it since the kernel started, as roots among the others.

Each module of this package holds providers, all of one shape (:class:`provider.Provider`). A root ``@ambient/<name>`` goes
through the same codec as the variables, so that a callback, a figure or a handler is the same object under all its names.
"""

from __future__ import annotations

import functools
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from ...told import Cause, Told
from ..libraries import imported, module_data, patches, recorded, whose
from ..lost import Lost
from ..objects import added
from . import descriptors, named_files, putenv, surroundings
from .holding import held
from .provider import EARLY, FIRST, LATE, SETTINGS, Provider, providers

PREFIX = "@ambient/"
WATCH = "user_modules"
COMMS = f"{PREFIX}comms"


@functools.cache
def _load() -> list[Provider]:
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return providers()


def baseline(shell: Any) -> dict[str, Any]:
    """State at kernel start, by provider: only what differs from it is the user's."""
    return {one.name: _quietly(one.baseline, shell) for one in _load()}


def note(shell: Any, base: dict[str, Any], source: str) -> None:
    """Called after each cell with its code: new modules, and what the code set on modules and classes of others."""
    watch = base.get(WATCH)
    if watch is not None:
        for module in _quietly(watch.note, shell.user_ns, source) or ():
            _quietly(added.note, module.text or "")
            _quietly(descriptors.note, module.text or "")
            _quietly(patches.note_functions, module.text or "", module.module)
    _quietly(imported.note, source, shell.user_ns, whose.is_of_the_session)  # before what finds their places by it
    _quietly(patches.note, source, shell.user_ns)
    if source:
        _quietly(added.note, source)
        _quietly(surroundings.note, shell)
        _quietly(named_files.note, shell, source)
        _quietly(descriptors.note, source)
        _quietly(putenv.note, source)


def modules_reach_namespace(base: dict[str, Any]) -> bool:
    """Whether a module of the user's may change variables that it was not given."""
    watch = base.get(WATCH)
    return watch is not None and any(one.reaches for one in watch.known.values())


def modules_run_with_cells(shell: Any) -> bool:
    """Whether functions of a module of the user's run with each cell, as hooks of IPython's."""
    from . import user_modules  # not before the others: providers run as they were added

    return bool(_quietly(user_modules.hook_into, shell))


def gather(shell: Any, base: dict[str, Any]) -> dict[str, Any]:
    """Roots of the state that the user changed."""
    roots: dict[str, Any] = {}
    for one in _load():
        state = _captured(one, shell, base.get(one.name))
        if state is not None:
            roots[PREFIX + one.name] = state
    note(shell, base, "")
    if base.get(WATCH) is not None:
        roots.update(_quietly(module_data.roots, base[WATCH]) or {})
    return roots


def _captured(one: Provider, shell: Any, baseline: Any) -> Any:
    """What a provider captures; where it raises, a placeholder: that the state is lost is told, and the session is not."""
    try:
        return one.capture(shell, baseline)
    except Exception as error:
        reason = f"looking at {one.title} raised {type(error).__name__}: {error}."
        return Lost(Told(PREFIX + one.name, Cause.UNPICKLABLE, reason))


def apply(shell: Any, phase: str, values: dict[str, Any]) -> list[Told]:
    """Put state of a phase back. What can't be put back is told."""
    told = [*module_data.put_data(values), *recorded.finish()] if phase == LATE else []
    for one in _load():
        key = PREFIX + one.name
        if one.phase != phase or key not in values or type(values[key]) is Lost:  # told where it was met
            continue
        try:
            told += one.restore(shell, values[key]) or []
        except Exception as error:
            told.append(
                Told(key, Cause.UNLOADABLE, f"putting back {one.title} raised {type(error).__name__}: {error}.")
            )
    return told + (module_data.put_patches(values) if phase == LATE else [])


def keys(phase: str) -> set[str]:
    return {PREFIX + one.name for one in _load() if one.phase == phase}


def _quietly(act: Any, *arguments: Any) -> Any:
    try:
        return act(*arguments)
    except Exception as error:  # one provider must not cost the session, nor what else is noted
        import sys

        print(f"sojourn: {getattr(act, '__qualname__', act)}: {error!r}", file=sys.__stderr__)
        return None


__all__ = [
    "COMMS",
    "EARLY",
    "FIRST",
    "LATE",
    "PREFIX",
    "SETTINGS",
    "apply",
    "baseline",
    "gather",
    "held",
    "keys",
    "modules_reach_namespace",
    "modules_run_with_cells",
    "note",
]
