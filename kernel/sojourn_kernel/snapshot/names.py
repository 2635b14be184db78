"""The shell's names as roots: every name the user set, and the outputs one by one."""

from __future__ import annotations

from typing import Any

OUTPUT = "Out["
HISTORY = "@ipython/history"
# Live parts of the shell that are rebuilt rather than loaded.
_LIVE = {"In", "Out", "_ih", "_oh", "get_ipython", "exit", "quit", "_dh", "__builtins__", "__builtin__", "__name__", "__doc__",
         "__package__", "__loader__", "__spec__", "__file__", "_i", "_ii", "_iii", "open"}  # fmt: skip


def name_baseline(shell: Any) -> dict[str, Any]:
    """The shell's own names at kernel start, with their values: a name is the user's once its value is another."""
    return dict(shell.user_ns)


def user_roots(shell: Any, base: dict[str, Any]) -> dict[str, Any]:
    """Roots for the user's names, in their order, and for each entry of ``Out``."""
    roots: dict[str, Any] = {}
    missing = object()
    for name, value in list(shell.user_ns.items()):
        if base.get(name, missing) is value:
            continue
        if name in _LIVE and name not in base:
            continue
        if name in _LIVE and _is_shells(name, shell, value):
            continue
        if name[:2] == "_i" and name[2:].isdigit():
            continue
        roots[name] = value
    for number, value in list(shell.user_ns.get("_oh", {}).items()):
        roots[f"{OUTPUT}{number}]"] = value
    return roots


def _is_shells(name: str, shell: Any, value: Any) -> bool:
    if name in ("In", "_ih"):
        return value is shell.history_manager.input_hist_parsed
    if name in ("Out", "_oh"):
        return value is shell.history_manager.output_hist
    if name == "_dh":
        return value is shell.history_manager.dir_hist
    return name in (
        "_i",
        "_ii",
        "_iii",
        "__builtins__",
        "__builtin__",
        "__name__",
        "__doc__",
        "__package__",
        "__loader__",
        "__spec__",
    )


def history_of(shell: Any) -> dict[str, Any]:
    """Inputs, counter and last outputs: plain data."""
    history = shell.history_manager
    return {
        "parsed": list(history.input_hist_parsed),
        "raw": list(history.input_hist_raw),
        "count": shell.execution_count,
        "dirs": list(history.dir_hist),
        "last": {name: shell.user_ns.get(name, "") for name in ("_i", "_ii", "_iii")},
        "gone": [name for name in ("_", "__", "___") if name not in shell.user_ns],
    }


def put_history(shell: Any, state: dict[str, Any]) -> None:
    """Inputs, counter and directories back into the live shell, whose lists keep their identity."""
    history = shell.history_manager
    history.input_hist_parsed[:] = state["parsed"]
    history.input_hist_raw[:] = state["raw"]
    history.dir_hist[:] = state["dirs"]
    shell.execution_count = state["count"]
    for name, value in state["last"].items():
        shell.user_ns[name] = value
        setattr(history, name, value) if hasattr(history, name) else None
    for name in state.get("gone", ()):
        shell.user_ns.pop(name, None)
    for number, source in enumerate(state["parsed"]):
        if number and source:
            shell.user_ns[f"_i{number}"] = source


def put_value(shell: Any, root: str, value: Any) -> None:
    """A loaded root into the live shell."""
    if root.startswith(OUTPUT):
        shell.user_ns["_oh"][int(root[len(OUTPUT) : -1])] = value
    elif root in ("_", "__", "___"):
        shell.user_ns[root] = value
        setattr(shell.displayhook, root, value)
    else:
        shell.user_ns[root] = value
