"""Parts of the shell that cells replaced, and what they gave to its parts: hooks, completers, checkers, data."""

from __future__ import annotations

from typing import Any

from .ipython import add_missing, is_the_users
from .provider import LATE, Provider, provide

# parts of a class of the user's


def _parts(shell: Any) -> dict[str, Any]:
    held = {**vars(shell), **shell._trait_values}
    return {name: (value, type(value)) for name, value in held.items() if not is_the_users(type(value))}


def _replaced(shell: Any, base: dict[str, Any]) -> dict[str, Any] | None:
    traits, parts = shell._trait_values, {**vars(shell), **shell._trait_values}
    found: dict[str, Any] = {
        "parts": {n: v for n, v in traits.items() if n in base and v is not base[n][0] and _of_the_users(v)},
        "classes": {
            n: type(v) for n, v in parts.items() if n in base and v is base[n][0] and type(v) is not base[n][1]
        },
    }
    if is_the_users(shell.loop_runner):
        found["parts"]["loop_runner"] = shell.loop_runner
    return found if any(found.values()) else None


def _of_the_users(value: Any) -> bool:
    return type(value).__module__ != "builtins" and is_the_users(type(value))


def _put_replaced(shell: Any, state: dict[str, Any]) -> None:
    for name, value in state["parts"].items():
        setattr(shell, name, value)
    for name, cls in state["classes"].items():
        getattr(shell, name).__class__ = cls


provide(Provider("ipython.parts", "replaced parts of the shell", LATE, _parts, _replaced, _put_replaced))


# lists that are added to: of messages' hooks, completers, and what looks at a line


def _lists(shell: Any) -> dict[str, list[Any]]:
    prefilter = shell.prefilter_manager
    lists = {
        "display_pub": getattr(shell.display_pub, "_hooks", None),
        "displayhook": getattr(shell.displayhook, "_hooks", None),
        "matchers": getattr(shell.Completer, "custom_matchers", None),
        "checkers": prefilter.checkers,
        "transformers": prefilter.transformers,
    }
    return {name: held for name, held in lists.items() if held is not None}


def _given(shell: Any, _: Any) -> dict[str, list[Any]] | None:
    found = {name: [one for one in held if is_the_users(one)] for name, held in _lists(shell).items()}
    return {name: held for name, held in found.items() if held} or None


def _put_given(shell: Any, state: dict[str, list[Any]]) -> None:
    lists = _lists(shell)
    for name, held in state.items():
        if name in lists:
            add_missing(lists[name], held)
    shell.prefilter_manager.sort_checkers()
    shell.prefilter_manager.sort_transformers()


provide(Provider("ipython.given", "hooks, completers and checkers", LATE, lambda _: None, _given, _put_given))


# set_hook


def _chains(shell: Any) -> dict[tuple[Any, ...], Any]:
    """All chains of hooks, by where they are: a hook's name, and a text or a pattern that it is for."""
    chains: dict[tuple[Any, ...], Any] = {(name,): hook for name, hook in shell.hooks.items()}
    for name, dispatch in shell.strdispatchers.items():
        chains |= {(name, "str_key", key): chain for key, chain in dispatch.strs.items()}
        chains |= {(name, "re_key", key): chain for key, chain in dispatch.regexs.items()}
    return chains


def _hooks(shell: Any, _: Any) -> dict[tuple[Any, ...], list[tuple[int, Any]]] | None:
    chains = {place: getattr(hook, "chain", [(0, hook)]) for place, hook in _chains(shell).items()}
    found = {place: [(rank, f) for rank, f in chain if is_the_users(f)] for place, chain in chains.items()}
    return {place: chain for place, chain in found.items() if chain} or None


def _put_hooks(shell: Any, state: dict[tuple[Any, ...], list[tuple[int, Any]]]) -> None:
    there = _chains(shell)
    for place, chain in state.items():
        known = [function for _, function in getattr(there.get(place), "chain", ())]
        for rank, function in chain:
            if function in known:
                continue
            keys = {place[1]: place[2]} if len(place) > 1 else {}
            shell.set_hook(place[0], getattr(function, "__func__", function), rank, **keys)


provide(Provider("ipython.hooks", "IPython's hooks", LATE, lambda _: None, _hooks, _put_hooks))


# ip.meta, where magics keep what they will put back (%doctest_mode)


def _meta(shell: Any, _: Any) -> dict[str, Any] | None:
    return {name: _plain(value) for name, value in shell.meta.items()} or None


def _plain(value: Any) -> Any:
    """A Struct as what it is made of: it does not come through pickling."""
    return ("Struct", {k: _plain(v) for k, v in value.items()}) if type(value).__name__ == "Struct" else ("", value)


def _put_meta(shell: Any, state: dict[str, Any]) -> None:
    shell.meta.update({name: _struct(*made) for name, made in state.items()})


def _struct(kind: str, value: Any) -> Any:
    if not kind:
        return value
    from IPython.utils.ipstruct import Struct

    return Struct({name: _struct(*made) for name, made in value.items()})


provide(Provider("ipython.meta", "ip.meta", LATE, lambda _: None, _meta, _put_meta))
