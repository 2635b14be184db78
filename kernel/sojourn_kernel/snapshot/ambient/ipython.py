"""IPython's own state: aliases, magics, extensions, callbacks, transformers, settings."""

from __future__ import annotations

from typing import Any

from ...told import Cause, Told
from ..lost import told_of
from .provider import LATE, Provider, provide

EVENTS = ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell")
TRANSFORMERS = ("input_transformers_cleanup", "input_transformers_post")


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


# extensions, before magics: they bring their own


def _extensions(shell: Any) -> set[str]:
    return set(shell.extension_manager.loaded)


def _put_extensions(shell: Any, state: list[str]) -> list[Told]:
    told = []
    for name in state:
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
    return {
        "flags": {n: getattr(reloader, n) for n in names if hasattr(reloader, n)},
        "skip": dict(getattr(reloader, "skip_modules", {})),
        "only": dict(getattr(reloader, "modules", {})),
    }


def _put_autoreload(shell: Any, state: Any) -> None:
    magics = shell.magics_manager.registry.get("AutoreloadMagics")
    reloader = getattr(magics, "_reloader", None)
    if reloader is not None:
        for name, value in state["flags"].items():
            setattr(reloader, name, value)
        reloader.skip_modules.update(state["skip"])
        reloader.modules.update(state["only"])


provide(Provider("ipython.autoreload", "%autoreload", LATE, lambda _: None, _autoreload, _put_autoreload))


# magics


def _magics(shell: Any) -> dict[str, dict[str, Any]]:
    return {kind: dict(shell.magics_manager.magics[kind]) for kind in ("line", "cell")}


def _own_magics(shell: Any, base: Any) -> Any:
    new = {
        kind: {name: f for name, f in found.items() if base[kind].get(name) is not f}
        for kind, found in _magics(shell).items()
    }
    mine: dict[str, Any] = {
        kind: {name: f for name, f in found.items() if is_the_users(f) and type(f).__name__ != "Alias"}
        for kind, found in new.items()
    }
    mine["aliases"] = [
        (kind, name, f.magic_name, f.magic_params)
        for kind, found in new.items()
        for name, f in found.items()
        if type(f).__name__ == "MagicAlias"
    ]
    return mine if any(mine.values()) else None


def _put_magics(shell: Any, state: Any) -> None:
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].update(state[kind])
    for kind, name, magic, parameters in state.get("aliases", []):
        shell.magics_manager.register_alias(name, magic, kind, parameters)


provide(Provider("ipython.magics", "magics made in cells", LATE, _magics, _own_magics, _put_magics))


# callbacks and transformers


def _add_missing(held: list[Any], functions: list[Any]) -> None:
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
        _add_missing(shell.events.callbacks[event], functions)


provide(Provider("ipython.events", "event callbacks", LATE, lambda _: None, _callbacks, _put_callbacks))


def _transformers(shell: Any, _: Any) -> Any:
    manager = shell.input_transformer_manager
    found = {
        "cleanup": [t for t in shell.input_transformers_cleanup if is_the_users(t)],
        "post": [t for t in shell.input_transformers_post if is_the_users(t)],
        "line": [t for t in manager.line_transforms if is_the_users(t)],
        "token": [t for t in manager.token_transformers if is_the_users(t)],
        "ast": [t for t in shell.ast_transformers if is_the_users(t)],
    }
    return found if any(found.values()) else None


def _put_transformers(shell: Any, state: Any) -> None:
    manager = shell.input_transformer_manager
    places = {
        "cleanup": shell.input_transformers_cleanup, "post": shell.input_transformers_post, "line": manager.line_transforms,
        "token": manager.token_transformers, "ast": shell.ast_transformers,
    }  # fmt: skip
    for kind, functions in state.items():
        _add_missing(places[kind], functions)


provide(Provider("ipython.transformers", "input transformers", LATE, lambda _: None, _transformers, _put_transformers))


# settings


def _places(shell: Any) -> dict[str, Any]:
    places = {
        "shell": shell,
        "display": shell.display_formatter,
        "completer": shell.Completer,
        "prefilter": shell.prefilter_manager,
    }
    places |= {f"formatter {mime}": one for mime, one in shell.display_formatter.formatters.items()}
    inline = next((one for one in getattr(shell, "configurables", []) if type(one).__name__ == "InlineBackend"), None)
    return places | ({"inline": inline} if inline is not None else {})


_PLAIN = (bool, int, float, str, type(None), list, tuple, set, dict)


def _traits(shell: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for place, one in _places(shell).items():
        names = one.trait_names(config=True)
        values = {
            name: getattr(one, name)
            for name in names
            if name not in ("ast_transformers", "loop_runner", "banner1", "banner2")
        }
        found[place] = {name: _copy(value) for name, value in values.items() if isinstance(value, _PLAIN)}
    return found


def _copy(value: Any) -> Any:
    return type(value)(value) if type(value) in (list, dict, set, tuple) else value


def _changed_traits(shell: Any, base: Any) -> Any:
    changed = {
        place: {n: v for n, v in values.items() if base.get(place, {}).get(n, _PLAIN) != v and not callable(v)}
        for place, values in _traits(shell).items()
    }
    changed = {
        place: {n: v for n, v in values.items() if not n.endswith("_printers")} for place, values in changed.items()
    }
    changed = {place: values for place, values in changed.items() if values}
    extra = {
        "pdb": shell.call_pdb,
        "xmode": shell.InteractiveTB.mode,
        "custom": shell.custom_exceptions,
        "handler": _handler(shell),
    }
    if changed or extra["pdb"] or extra["xmode"] != "Context" or extra["custom"]:
        return {"traits": changed, **extra}
    return None


def _handler(shell: Any) -> Any:
    return getattr(shell.CustomTB, "__func__", None) if shell.custom_exceptions else None


def _put_traits(shell: Any, state: Any) -> list[Told]:
    places = _places(shell)
    for place, values in state["traits"].items():
        if place == "inline" and place not in places:
            from matplotlib_inline.config import InlineBackend

            places[place] = InlineBackend.instance(parent=shell)
        for name, value in values.items():
            if place in places and getattr(places[place], name, None) != value:
                setattr(places[place], name, value)
    shell.call_pdb = state["pdb"]
    shell.InteractiveTB.set_mode(mode=state["xmode"])
    if state["custom"]:
        shell.custom_exceptions = state["custom"]
        if state["handler"] is not None:
            import types

            shell.CustomTB = types.MethodType(state["handler"], shell)
    return []


provide(Provider("ipython.settings", "IPython's settings", LATE, _traits, _changed_traits, _put_traits))


def _matplotlib(shell: Any, _: Any) -> Any:
    import sys

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
