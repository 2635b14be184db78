"""IPython's own state: aliases, extensions, magics, callbacks."""

from __future__ import annotations
import __future__

import sys
import weakref
from collections.abc import Collection
from typing import Any

from ...told import Cause, Told
from ..libraries import modules, whose
from ..lost import told_of
from .provider import EARLY, LATE, Provider, provide

EVENTS = ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell")


def is_the_users(value: Any) -> bool:
    """Made by the user: in a cell, or in a module of theirs."""
    function = getattr(value, "__func__", value)
    module = getattr(function, "__module__", None) or type(value).__module__
    return not str(module).startswith(
        ("IPython", "ipykernel", "sojourn_kernel", "traitlets", "matplotlib_inline", "debugpy", "comm")
    )


# aliases


def _aliases(shell: Any) -> dict[str, str]:
    return dict(shell.alias_manager.aliases)


def _changed_aliases(shell: Any, base: dict[str, str]) -> Any:
    now = _aliases(shell)
    changed = {k: v for k, v in now.items() if base.get(k) != v}
    gone = [k for k in base if k not in now]
    return {"set": changed, "gone": gone} if changed or gone else None


def _put_aliases(shell: Any, state: Any) -> None:
    for name, command in state["set"].items():
        shell.alias_manager.soft_define_alias(name, command)
    for name in state["gone"]:
        shell.alias_manager.undefine_alias(name)


provide(Provider("ipython.aliases", "aliases", LATE, _aliases, _changed_aliases, _put_aliases))


# the compiler's: what cells import from __future__ holds for those after them


def _futures(shell: Any, *_: Any) -> list[str] | None:
    names = __future__.all_feature_names
    return [name for name in names if shell.compile.flags & getattr(__future__, name).compiler_flag] or None


def _put_futures(shell: Any, state: list[str]) -> None:
    for name in state:
        if (feature := getattr(__future__, name, None)) is not None:
            shell.compile.flags |= feature.compiler_flag


provide(Provider("ipython.futures", "imports from __future__", EARLY, lambda _: None, _futures, _put_futures))


# extensions, before magics: they bring their own


def _extensions(shell: Any) -> set[str]:
    return set(shell.extension_manager.loaded)


def _put_extensions(shell: Any, state: list[str]) -> list[Told]:
    told = []
    for name in state:
        if whose.of_the_users(name):
            # What the user's own code did as it was loaded comes from the checkpoint.
            shell.extension_manager.loaded.add(name)
            continue
        try:
            shell.extension_manager.load_extension(name)
        except Exception as error:
            told.append(Told(f"%load_ext {name}", Cause.MISSING_MODULE, f"the extension can't be loaded: {error}."))
    return told


provide(
    Provider(
        "ipython.extensions",
        "extensions",
        LATE,
        _extensions,
        lambda s, b: sorted(_extensions(s) - b) or None,
        _put_extensions,
    )
)


def _autoreload(shell: Any, _: Any) -> Any:
    magics = shell.magics_manager.registry.get("AutoreloadMagics")
    reloader = getattr(magics, "_reloader", None)
    if reloader is None:
        return None
    names = ("enabled", "check_all", "autoload_obj")
    # Of the user's modules: an edit that no cell has met yet is still to be met. Libraries are the image's.
    times, sources, users = (
        getattr(reloader, "modules_mtimes", {}),
        modules.sources_of_autoreload(),
        whose.users_modules(),
    )
    return {
        "flags": {n: getattr(reloader, n) for n in names if hasattr(reloader, n)},
        "skip": dict(getattr(reloader, "skip_modules", {})),
        "only": dict(getattr(reloader, "modules", {})),
        "files": {name: times[name] for name in users if name in times},
        "failed": dict(getattr(reloader, "failed", {})),
        "sources": {name: sources[name] for name in users if name in sources},
        "brought along": _brought_along(reloader, users),
    }


def _brought_along(reloader: Any, users: Collection[str]) -> dict[tuple[str, str], list[Any]]:
    """Functions and classes of before a reload that are still held, which each reload brings to the module's new ones."""
    found: dict[tuple[str, str], list[Any]] = {}
    for (module, name), refs in dict(getattr(reloader, "old_objects", {})).items():
        now = vars(sys.modules[module]).get(name) if module in users and module in sys.modules else None
        if held := [old for ref in refs if now is not None and (old := ref()) is not None and old is not now]:
            found[module, name] = held
    return found


def _put_autoreload(shell: Any, state: Any) -> None:
    magics = shell.magics_manager.registry.get("AutoreloadMagics")
    reloader = getattr(magics, "_reloader", None)
    if reloader is not None:
        for name, value in state["flags"].items():
            setattr(reloader, name, value)
        reloader.skip_modules.update(state["skip"])
        reloader.modules.update(state["only"])
        if "files" in state:  # not in a checkpoint of before they were kept
            reloader.modules_mtimes.update(state["files"])
            reloader.failed.update(state["failed"])
            modules.autoreload_goes_on(state["sources"])
        for key, held in state.get("brought along", {}).items():
            reloader.old_objects.setdefault(key, []).extend(weakref.ref(old) for old in held if told_of(old) is None)


provide(Provider("ipython.autoreload", "%autoreload", LATE, lambda _: None, _autoreload, _put_autoreload))


# magics


def _magics(shell: Any) -> dict[str, dict[str, Any]]:
    return {kind: dict(shell.magics_manager.magics[kind]) for kind in ("line", "cell")}


def _own_magics(shell: Any, base: Any) -> Any:
    now = _magics(shell)
    new = {kind: {name: f for name, f in now[kind].items() if base[kind].get(name) is not f} for kind in now}
    state: dict[str, Any] = {
        kind: {name: f for name, f in found.items() if is_the_users(f) and type(f).__name__ != "Alias"}
        for kind, found in new.items()
    }
    state["aliases"] = [
        (kind, name, f.magic_name, f.magic_params)
        for kind, found in new.items()
        for name, f in found.items()
        if type(f).__name__ == "MagicAlias"
    ]
    state["gone"] = [(kind, name) for kind in now for name in base[kind] if name not in now[kind]]
    state["classes"] = {n: one for n, one in shell.magics_manager.registry.items() if is_the_users(type(one))}
    return state if any(state.values()) else None


def _put_magics(shell: Any, state: Any) -> None:
    manager = shell.magics_manager
    for kind in ("line", "cell"):
        manager.magics[kind].update(state[kind])
    for kind, name, magic, parameters in state.get("aliases", []):
        manager.register_alias(name, magic, kind, parameters)
    for kind, name in state.get("gone", []):
        manager.magics[kind].pop(name, None)
    classes = state.get("classes", {})
    manager.registry.update(classes)
    shell.configurables.extend(one for one in classes.values() if one not in shell.configurables)


provide(Provider("ipython.magics", "magics made in cells", LATE, _magics, _own_magics, _put_magics))


# callbacks


def add_missing(held: list[Any], functions: list[Any]) -> None:
    """Add what is not there; what could not be kept is told, and would fail with every cell."""
    there = set(map(_name_in_library, held))
    for function in functions:
        own = _name_in_library(function) if told_of(function) is None else None
        if told_of(function) is None and function not in held and (own is None or own not in there):
            held.append(function)


def _name_in_library(function: Any) -> str | None:
    """What a library's function is called, by which the one that its import has registered is known; None for the user's."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    ours = not isinstance(name, str) or not isinstance(module, str) or module == "__main__"
    return None if ours else f"{module}:{name}"


def _callbacks(shell: Any, _: Any) -> Any:
    found = {event: [f for f in shell.events.callbacks.get(event, []) if is_the_users(f)] for event in EVENTS}
    return found if any(found.values()) else None


def _put_callbacks(shell: Any, state: Any) -> None:
    for event, functions in state.items():
        add_missing(shell.events.callbacks[event], functions)


provide(Provider("ipython.events", "event callbacks", LATE, lambda _: None, _callbacks, _put_callbacks))


def _matplotlib(shell: Any, _: Any) -> Any:

    if "matplotlib.pyplot" not in sys.modules or (shell.pylab_gui_select is None and not _flushes(shell)):
        return None
    interactive = sys.modules["matplotlib"].is_interactive()
    return {"gui": shell.pylab_gui_select, "inline": _flushes(shell), "interactive": interactive}


def _flushes(shell: Any) -> bool:
    return any(getattr(f, "__name__", "") == "flush_figures" for f in shell.events.callbacks.get("post_execute", []))


def _put_matplotlib(shell: Any, state: Any) -> None:
    if state["inline"]:
        from matplotlib_inline.backend_inline import configure_inline_support

        configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
    if not state.get("interactive", True):  # plt.ioff(): a backend that is loaded later would be interactive again
        import matplotlib.pyplot as plt

        plt._get_backend_mod()  # type: ignore[attr-defined]
        plt.ioff()


provide(Provider("ipython.matplotlib", "%matplotlib", LATE, lambda _: None, _matplotlib, _put_matplotlib))
