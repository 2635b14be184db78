"""The shell's names as roots: every name the user set, and the outputs one by one; the history as plain data."""

from __future__ import annotations

from typing import Any

OUTPUT = "Out["
OWN_OUTPUTS = "Out[*]"
"What cells put into ``Out`` under keys that are no numbers."
OWN_NAMES = "globals()"
"What cells put into the namespace under keys that are no names."
HISTORY = "@ipython/history"
UNDERSCORES = ("_", "__", "___")
# Live parts of the shell that are rebuilt rather than loaded.
_LIVE = {"In", "Out", "_ih", "_oh", "get_ipython", "exit", "quit", "_dh", "__builtins__", "__builtin__",
         "__loader__", "__spec__", "_i", "_ii", "_iii", "open"}  # fmt: skip
_SET_BY_SHELL = frozenset({OWN_NAMES, "_exit_code"})
_TYPED = ("_i00", "_i", "_ii", "_iii")


def name_baseline(shell: Any) -> dict[str, Any]:
    """The shell's own names at kernel start, with their values: a name is the user's once its value is another."""
    return dict(shell.user_ns)


def user_roots(shell: Any, base: dict[str, Any]) -> dict[str, Any]:
    """Roots for the user's names, in their order, and for each entry of ``Out``."""
    roots: dict[str, Any] = {}
    unnamed: dict[Any, Any] = {}
    missing = object()
    for name, value in list(shell.user_ns.items()):
        if base.get(name, missing) is value:
            continue
        if not is_name(name):
            unnamed[name] = value
            continue
        if name in _LIVE and name not in base:
            continue
        if name in _LIVE and _is_shells(name, shell, value):
            continue
        if _is_input(name) and type(value) is str:
            continue
        roots[name] = value
    if unnamed:
        roots[OWN_NAMES] = unnamed
    outputs = shell.user_ns.get("_oh", {})
    if isinstance(outputs, dict):
        roots |= {f"{OUTPUT}{number}]": value for number, value in list(outputs.items()) if type(number) is int}
        if own := {key: value for key, value in list(outputs.items()) if type(key) is not int}:
            roots[OWN_OUTPUTS] = own
    for name in UNDERSCORES:  # what the display hook alone has, since a cell set ``_`` and ``Out`` was emptied
        value = getattr(shell.displayhook, name, "")
        if not _is_nothing(value) and _root_of(value, roots) is None:
            roots[f"{OUTPUT}{name}]"] = value
    return roots


def is_name(key: Any) -> bool:
    """Whether a key of the namespace is one that code can have as a variable."""
    return type(key) is str and key.isidentifier()


def is_unnamed(root: str) -> bool:
    """Whether it is one of IPython's own names for an output, hidden, process state, or a definition without a name: where a variable has
    the object as well, that is its name."""
    return root.startswith(("_", OUTPUT, "@", "#"))


def is_output(root: str) -> bool:
    """Whether it is an entry of ``Out``, or IPython's own name for one, but for those of the last three."""
    return root.startswith(OUTPUT) or (root.startswith("_") and root[1:].isdigit())


def is_of_shell(name: str) -> bool:
    """Whether a name of the namespace is one that the shell binds by itself: to outputs, inputs and its own parts."""
    return name in _LIVE or name in UNDERSCORES or name in _SET_BY_SHELL or is_output(name) or _is_input(name)


def changes_unnamed(root: str) -> bool:
    """Whether it may become another, or change, by cells that do not name it."""
    if root.startswith(OUTPUT):
        return not root[len(OUTPUT) : -1].isdigit()
    return root.startswith("@") or root in UNDERSCORES or root in _SET_BY_SHELL


def _is_input(name: Any) -> bool:
    return type(name) is str and name[:2] == "_i" and name[2:].isdigit()


def _is_shells(name: str, shell: Any, value: Any) -> bool:
    if name in ("In", "_ih"):
        return value is shell.history_manager.input_hist_parsed
    if name in ("Out", "_oh"):
        return value is shell.history_manager.output_hist
    if name == "_dh":
        return value is shell.history_manager.dir_hist
    return name in ("_i", "_ii", "_iii", "__builtins__", "__builtin__", "__loader__", "__spec__")


def history_of(shell: Any, roots: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Inputs, counter, which names are hidden, and which roots the last outputs are: plain data."""
    history, names, hidden = shell.history_manager, shell.user_ns, shell.user_ns_hidden
    return {
        "parsed": list(history.input_hist_parsed),
        "raw": list(history.input_hist_raw),
        "count": shell.execution_count,
        "dirs": list(history.dir_hist),
        "last": {name: names.get(name, "") for name in _TYPED[1:]},
        "typed": {name: getattr(history, name) for name in _TYPED if hasattr(history, name)},
        "inputs": {name: value for name, value in names.items() if _is_input(name) and type(value) is str},
        "gone": [name for name in (*UNDERSCORES, *_of_users(base)) if name not in names],
        "own outputs": [place for place, key in enumerate(names.get("_oh", ())) if type(key) is not int],
        "hidden": [
            name for name in hidden if name not in UNDERSCORES and name in names and names[name] is hidden[name]
        ],
        "underscores": {
            "names": _roots_of({name: names[name] for name in UNDERSCORES if name in names}, roots),
            "hidden": _roots_of({name: hidden[name] for name in UNDERSCORES if name in hidden}, roots),
            "hook": _roots_of({name: getattr(shell.displayhook, name, "") for name in UNDERSCORES}, roots),
        },
    }


def _of_users(base: dict[str, Any]) -> list[str]:
    """Of the shell's own names those that are there for the user alone, who may have removed them: ``In``, ``exit``."""
    return [name for name in base if name in _LIVE and not name.startswith("_")]


def _roots_of(values: dict[str, Any], roots: dict[str, Any]) -> dict[str, str]:
    """The root of each value; none for the shell's own empty text, ``?`` for what is no longer anything's value."""
    return {
        name: "" if _is_nothing(value) else name if roots.get(name, roots) is value else _root_of(value, roots) or "?"
        for name, value in values.items()
    }


def _root_of(value: Any, roots: dict[str, Any]) -> str | None:
    return next(
        (
            root
            for root, held in roots.items()
            if held is value and (root in UNDERSCORES or root.startswith(OUTPUT)) and root != OWN_OUTPUTS
        ),
        None,
    )


def _is_nothing(value: Any) -> bool:
    """Whether it is what stands for an output before there is one."""
    return type(value) is str and not value
