"""Settings of IPython: traits of the shell and of all that it is configured with, how it shows errors, its configuration."""

from __future__ import annotations

import types
from typing import Any

from traitlets.config import Application

from .ipython import is_the_users
from .provider import LATE, Provider, provide

_PLAIN = (bool, int, float, str, type(None), list, tuple, set, dict)
_OTHERWISE = ("ast_transformers", "loop_runner")
"Traits that are kept by others."


def _places(shell: Any) -> dict[str, Any]:
    places = {
        "shell": shell,
        "display": shell.display_formatter,
        "completer": shell.Completer,
        "prefilter": shell.prefilter_manager,
    }
    places |= {f"formatter {mime}": one for mime, one in shell.display_formatter.formatters.items()}
    known = {id(one) for one in places.values()}
    for one in getattr(shell, "configurables", []):
        name = "inline" if type(one).__name__ == "InlineBackend" else type(one).__name__
        if id(one) not in known and not isinstance(one, Application) and not is_the_users(type(one)):
            places.setdefault(name, one)
    return places


def _traits(shell: Any) -> dict[str, dict[str, Any]]:
    return {place: _values(one) for place, one in _places(shell).items()}


def _values(one: Any) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in one.trait_names(config=True) if name not in _OTHERWISE}
    return {name: _copy(value) for name, value in values.items() if isinstance(value, _PLAIN)}


def _copy(value: Any) -> Any:
    return type(value)(value) if type(value) in (list, dict, set, tuple) else value


def _changed_traits(shell: Any, base: Any) -> Any:
    changed = {}
    for place, one in _places(shell).items():
        before = base[place] if place in base else one.trait_defaults(config=True)
        values = {n: v for n, v in _values(one).items() if before.get(n, _PLAIN) != v and not n.endswith("_printers")}
        if values:
            changed[place] = values
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


def _put_traits(shell: Any, state: Any) -> None:
    places = _places(shell)
    for place, values in state["traits"].items():
        one = places.get(place) or _loaded(shell, place)
        for name, value in values.items():
            if one is not None and getattr(one, name, None) != value:
                setattr(one, name, value)
    shell.call_pdb = state["pdb"]
    shell.InteractiveTB.set_mode(mode=state["xmode"])
    if state["custom"]:
        shell.custom_exceptions = state["custom"]
        if state["handler"] is not None:
            shell.CustomTB = types.MethodType(state["handler"], shell)


def _loaded(shell: Any, place: str) -> Any:
    """What is made when it is first asked for: matplotlib's inline backend, a class of magics."""
    if place == "inline":
        from matplotlib_inline.config import InlineBackend

        return InlineBackend.instance(parent=shell)
    try:
        return shell.magics_manager.registry[place]
    except KeyError:
        return None


provide(Provider("ipython.settings", "IPython's settings", LATE, _traits, _changed_traits, _put_traits))


# the configuration, from which whatever is made later takes its settings


def _config(shell: Any) -> dict[str, dict[str, Any]]:
    return {section: dict(values) for section, values in shell.config.items() if isinstance(values, dict)}


def _changed_config(shell: Any, base: dict[str, dict[str, Any]]) -> Any:
    missing = object()
    changed = {
        section: {name: v for name, v in values.items() if base.get(section, {}).get(name, missing) != v}
        for section, values in _config(shell).items()
    }
    return {section: values for section, values in changed.items() if values} or None


def _put_config(shell: Any, state: dict[str, dict[str, Any]]) -> None:
    for section, values in state.items():
        shell.config[section].update(values)


provide(Provider("ipython.config", "IPython's configuration", LATE, _config, _changed_config, _put_config))
