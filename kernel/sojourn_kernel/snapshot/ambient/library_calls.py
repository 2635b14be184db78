"""Settings of libraries that were made by calls: the calls are made again, in their order, before anything else is put back.

Only calls that change a library's own state are kept: they begin at a module (``xr.set_options``), they stand alone or as a
decorator, and what they are given is plain, a definition of the user's, or something that the library is seen to hold. A call
that would reach outside the process is stopped, and told; so is one that can't be made again.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import os
import re
import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...observe.setting_calls import DECORATED, INSIDE, RECORDER, Known, is_container_verb, names_of
from ...told import Cause, Told
from .. import imported, modules, places, rebuild
from ..lost import told_of
from . import inside_functions as inside
from .provider import CALLS, EARLY, LATE, Provider, provide

MOST = 1000  # calls that are kept
# Kept by providers of their own, or no settings at all.
_COVERED = frozenset({
    "IPython", "asyncio", "atexit", "builtins", "contextvars", "copy", "faulthandler", "functools", "gc", "heapq", "ipykernel",
    "ipywidgets", "locale", "logging", "matplotlib", "operator", "os", "posix", "random", "signal", "sojourn_kernel", "subprocess",
    "sys", "threading", "time", "tracemalloc", "traitlets", "unittest", "warnings", "weakref", "collections", "itertools",
    "shelve", "getpass", "keyring", "abc", "decimal",
})  # fmt: skip
_COVERED_CALLS = frozenset({
    "pandas.set_option", "pandas.reset_option", "numpy.set_printoptions", "numpy.seterr", "numpy.seterrcall", "sklearn.set_config",
    "socket.setdefaulttimeout", "csv.register_dialect", "csv.unregister_dialect", "mimetypes.add_type", "codecs.register",
    "codecs.unregister", "decimal.setcontext", "numpy.random.seed", "torch.random.set_rng_state", "torch.set_rng_state", "torch.manual_seed", "torch.random.manual_seed",
})  # fmt: skip
_SECRET = re.compile(r"(?:password|passwd|secret|token|credential|api_?key|auth)(?![a-z])|login", re.IGNORECASE)
_NOT_AGAIN = re.compile(r"init$|initialize$|seed$", re.IGNORECASE)
_IMPURE = re.compile(
    r"^(?:input|open|exec|eval|getpass|time|now|today|random|uuid\d|urandom|globals|locals|vars|next)$"
)
_PLAIN = (int, float, complex, str, bytes, bool, type(None), type(Ellipsis))
_CONTAINERS = (list, dict, set, tuple, frozenset)


@dataclass
class Ledger:
    """Calls in the order in which they were made. entries: text of the call → what its names stood for."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    namespace: Mapping[str, Any] = field(default_factory=dict)


_ledger = Ledger()


def known(namespace: Mapping[str, Any]) -> Known:
    """What the names of a namespace say about the calls of a cell that is about to be compiled."""

    def own_name(name: str) -> str:
        """What a function is called where it was made: ``wide`` may be ``set_options``."""
        value = namespace.get(name)
        found = value.__name__ if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)) else name
        return found if isinstance(found, str) else name

    return Known(
        lambda name: _start(name, namespace.get(name)) is not None,
        own_name,
        lambda chain: inside.sets(chain, namespace),
    )


def record(text: str, result: Any) -> Any:
    """What a cell's code hands each setting call to; gives back the call's result."""
    with contextlib.suppress(Exception):  # never the user's trouble
        _note(text, _ledger.namespace, None)
    return result


def record_inside(text: str, result: Any) -> Any:
    """What a cell's code hands each call of a function that sets something inside to; gives back the call's result."""
    with contextlib.suppress(Exception):
        inside.note(text, _ledger.namespace, _note)
    return result


def recorded_decorator(text: str, decorator: Any) -> Any:
    """The decorator, noting what it is given."""

    def decorate(value: Any) -> Any:
        result = decorator(value)
        with contextlib.suppress(Exception):
            if result is value:  # else the registration is part of what the name stands for
                _note(text, _ledger.namespace, value)
        return result

    return decorate


def _note(text: str, namespace: Mapping[str, Any], given: Any = None, why: str = "") -> None:
    call, chain, names = _parsed(text)
    root = namespace.get(chain[0], vars(builtins).get(chain[0]))
    start = _start(chain[0], root)
    if start is None or _covered(start, chain):
        return
    if start[0] == "place":
        imported.CALLED.add(start[1])
    entry: dict[str, Any] = {"text": text, "names": {chain[0]: start}, "why": "", "given": given}
    function = _function(root, call)
    if is_container_verb(chain[-1]) and isinstance(getattr(function, "__self__", None), (types.ModuleType, type(None))):
        return  # np.append, cv2.add: no methods
    if why:
        entry["why"] = why
    elif _SECRET.search(text):
        entry |= {"text": f"{'.'.join(chain)}(…)", "why": "secrets are not written to a checkpoint", "given": None}
    elif _NOT_AGAIN.search(chain[-1]):
        entry["why"] = "it may do more than set something, so it is not made again by itself"
    else:
        for name in names - {chain[0]}:
            if name not in namespace:
                continue
            value = namespace[name]
            if not _is_plain(value) and not _held(value, function):
                return  # it acts on what it is given
            entry["names"][name] = _start(name, value) or ("value", value)
        entry["why"] = _impure(call, entry["names"], namespace)
    _keep(entry, is_container_verb(chain[-1]) or call is None)


@functools.lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[ast.expr, list[str], frozenset[str]]:
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "setattr":
        chain = names_of(ast.Attribute(tree.args[0].func, "", ast.Load()))[:-1]  # type: ignore[attr-defined]
    else:
        chain = names_of(tree.func if isinstance(tree, ast.Call) else tree)
    return tree, chain, frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _start(name: str, value: Any) -> tuple[str, ...] | None:
    """How what a name stands for is found in another process, if it is part of a library."""
    if isinstance(value, types.ModuleType):
        if value.__name__ == "__main__" or modules.is_users(value) or value.__name__ in rebuild.MADE:
            return None
        return ("module", value.__name__)
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        place = f"{value.__module__}:{value.__qualname__}"
        home = sys.modules.get(value.__module__ or "")
        if home is None or value.__module__ == "__main__" or modules.is_users(home) or home.__name__ in rebuild.MADE:
            return None
        exists, found = places.get(place)
        return ("place", place) if exists and found is value else _public(name, value)
    place_of_object = imported.of_value(value) or places.of_object(name, value)
    return ("place", place_of_object) if place_of_object else None


def _public(name: str, value: Any) -> tuple[str, ...] | None:
    """The place where a library shows a function that was made elsewhere under another name."""
    top = sys.modules.get((value.__module__ or "").partition(".")[0])
    return ("place", f"{top.__name__}:{name}") if top is not None and vars(top).get(name) is value else None


def _covered(start: tuple[str, ...], chain: list[str]) -> bool:
    home, _, rest = start[1].partition(":")
    full = ".".join([home, *([rest] if rest else []), *chain[1:]])
    return home.partition(".")[0] in _COVERED or full in _COVERED_CALLS


def _function(root: Any, call: ast.expr) -> Any:
    """What is called, without calling anything on the way; None if that takes a call."""
    node = call.func if isinstance(call, ast.Call) else call
    steps: list[str] = []
    while isinstance(node, ast.Attribute):
        steps.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    for step in reversed(steps):
        root = getattr(root, step, None)
    return root


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a call can't be about changing this: data without an owner, code, or part of a library."""
    if isinstance(value, (*_PLAIN, types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType)):
        return True
    if isinstance(value, (types.MethodType, functools.partial)):
        return True
    if type(value) in _CONTAINERS and depth < 3 and len(value) <= 100:
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        return all(_is_plain(part, depth + 1) for part in parts)
    try:
        hash(value)
        return type(value).__module__ != "__main__" and not hasattr(value, "__dict__")  # a dtype, a device, a date
    except Exception:
        return False


def _held(value: Any, function: Any) -> bool:
    """Whether the library keeps what it was given: then giving it was the setting."""
    owner = getattr(function, "__self__", None)
    scope = getattr(getattr(function, "__func__", function), "__globals__", {})
    looked = [*scope.values(), *([owner] if owner is not None and not isinstance(owner, types.ModuleType) else [])]
    return any(one is value or any(part is value for part in _parts(one)) for one in looked)


def _parts(one: Any) -> list[Any]:
    """What an object of a library's holds in attributes and slots."""
    if isinstance(one, (types.ModuleType, type)):
        return []
    try:
        held = list(object.__getattribute__(one, "__dict__").values())
    except AttributeError:
        held = []
    for cls in type(one).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            with contextlib.suppress(AttributeError):
                held.append(object.__getattribute__(one, slot))
    return held


def _impure(call: ast.expr, names: Mapping[str, Any], namespace: Mapping[str, Any]) -> str:
    """Why the call is not to be made again, "" if it may be: what its arguments call is the library's, and gives the same again."""
    inner = [n for n in ast.walk(call) if isinstance(n, ast.Call) and n is not call]
    if any(isinstance(n, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)) for n in ast.walk(call)):
        return "its arguments do more than compute"
    lambdas = {id(n) for one in ast.walk(call) if isinstance(one, ast.Lambda) for n in ast.walk(one)}
    for one in inner:
        chain = names_of(one.func)
        if id(one) in lambdas:
            continue
        known = chain and (names.get(chain[0], ("value",))[0] != "value" or hasattr(builtins, chain[0]))
        if isinstance(one.func, ast.Attribute) and isinstance(one.func.value, ast.Constant):
            continue  # "{:.1f}".format(…)
        if not known or _IMPURE.match(chain[-1]):
            return "its arguments are computed by code that is not run again"
    return ""


def _keep(entry: dict[str, Any], every: bool) -> None:
    """Add to the ledger. Of settings that were made twice alike only the last counts; ``every``: twice is not once."""
    entries = _ledger.entries
    if not every:
        alike = [e for e in entries if e["text"] == entry["text"] and _same_names(e["names"], entry["names"])]
        for one in alike:
            entries.remove(one)
    if len(entries) < MOST:
        entries.append(entry)
    elif entries[-1]["text"]:
        entries.append({"text": "", "names": {}, "why": f"there are more than {MOST} such calls", "given": None})


def _same_names(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.keys() == other.keys() and all(
        a is b or (a[0] == b[0] and (a[1] is b[1] or (a[0] != "value" and a[1] == b[1])))
        for a, b in ((one[k], other[k]) for k in one)
    )


# Saving


def _baseline(shell: Any) -> None:
    _ledger.namespace = shell.user_ns
    setattr(builtins, RECORDER, record)
    setattr(builtins, DECORATED, recorded_decorator)
    setattr(builtins, INSIDE, record_inside)


def _is_late(entry: dict[str, Any]) -> bool:
    """Whether it needs something of the user's, which is there only after the variables are loaded."""
    return entry["given"] is not None or any(
        kind == "value" and not isinstance(value, _PLAIN) for kind, value in entry["names"].values()
    )


def _library(entry: dict[str, Any]) -> str:
    first = next(iter(entry["names"].values()), ("", ""))[1]
    return str(first).partition(":")[0].partition(".")[0]


def _split() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Calls to make first and calls to make at the end; those of one library stay in their order."""
    early: list[dict[str, Any]] = []
    late: list[dict[str, Any]] = []
    waiting: set[str] = set()
    for entry in _ledger.entries:
        if _is_late(entry) or _library(entry) in waiting:
            waiting.add(_library(entry))
            late.append(entry)
        else:
            early.append(entry)
    return early, late


# Restoring


def _again(shell: Any, state: list[dict[str, Any]]) -> list[Told]:
    told: list[Told] = []
    for entry in state:
        problem = entry["why"] or _make(shell.user_ns, entry)
        _ledger.entries.append(entry)
        if problem:
            name = ".".join(_parsed(entry["text"])[1]) if entry["text"] and "…" not in entry["text"] else entry["text"]
            reason = f"what {entry['text'] or 'more calls'} set is not kept: {problem}. Run it again."
            told.append(Told(name or "settings of libraries", Cause.LIVE_RESOURCE, reason))
    return told


def _make(namespace: dict[str, Any], entry: dict[str, Any]) -> str:
    """Make a call again; what went wrong, or ""."""
    blocked: list[str] = []
    try:
        names = {name: _found(*found) for name, found in entry["names"].items()}
        if any(_lost(value) for value in (*names.values(), entry["given"])):
            return "what it was given could not be kept"
        code = compile(ast.Expression(_parsed(entry["text"])[0]), "<setting>", "eval")
        with _quiet(), _inside(blocked):
            made = eval(code, namespace, names)
            if entry["given"] is not None:
                made(entry["given"])
    except BaseException as error:  # a library's code may raise anything
        if isinstance(error, KeyboardInterrupt):
            raise
        if not blocked:
            return f"it raised {type(error).__name__}: {str(error)[:200]}"
    return f"it would have reached outside the process ({blocked[0]})" if blocked else ""


def _found(kind: str, value: Any) -> Any:
    if kind == "module":
        return rebuild.module(value)
    if kind == "place":
        exists, found = places.get(value)
        if not exists:
            raise LookupError(f"{value.replace(':', '.')} is not here")
        return found
    return value


def _lost(value: Any) -> bool:
    parts = value if isinstance(value, (list, tuple)) else value.values() if isinstance(value, dict) else ()
    return told_of(value) is not None or any(told_of(part) is not None for part in parts)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What it showed was seen the first time."""
    from IPython.utils.capture import capture_output

    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with capture_output():
            yield
    finally:
        sys.dont_write_bytecode = before


_REACHING = frozenset({
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.system",
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.kill", "os.startfile", "shutil.copyfile", "shutil.move",
    "shutil.rmtree", "subprocess.Popen", "socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "sqlite3.connect",
    "tempfile.mkstemp", "tempfile.mkdtemp", "webbrowser.open", "smtplib.connect", "urllib.Request",
})  # fmt: skip
_guarded: dict[int, list[str]] = {}


class ReachesOutside(PermissionError):
    """A call that is made again tried to write, to connect, or to start something."""


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _guarded:
        return
    blocked = _guarded.get(threading.get_ident())
    if blocked is None:
        return
    writes = event == "open" and len(arguments) > 2 and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if (writes and arguments[0] != os.devnull) or event in _REACHING:
        blocked.append(event if not writes else f"writing {arguments[0]}")
        raise ReachesOutside(f"not done again: {blocked[-1]}")


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@functools.cache
def _hook() -> None:
    sys.addaudithook(_audit)


@contextlib.contextmanager
def _inside(blocked: list[str]) -> Iterator[None]:
    """While the body runs, this thread can't write files, connect, or start processes (PEP 578)."""
    _hook()
    _guarded[threading.get_ident()] = blocked
    try:
        yield
    finally:
        del _guarded[threading.get_ident()]


def _capture(late: bool) -> Callable[[Any, Any], list[dict[str, Any]] | None]:
    return lambda *_: _split()[late] or None


provide(Provider("calls", "settings of libraries", EARLY, _baseline, _capture(False), _again, order=CALLS))
provide(Provider("calls.late", "settings of libraries", LATE, lambda _: None, _capture(True), _again, order=CALLS))
