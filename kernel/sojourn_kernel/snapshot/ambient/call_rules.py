"""What a call in a cell is about, judged by its text and by what its names stand for: a library's setting, or something else."""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import io
import operator
import re
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

from ...observe.setting_calls import fluent_names, names_of
from ..libraries import imported, places, whose
from ..looking import classes
from ..looking.attributes import attributes_here, name_of
from ..looking.classes import module_of

# Kept by providers of their own, or no settings at all.
COVERED = frozenset({
    "IPython", "asyncio", "atexit", "builtins", "contextvars", "copy", "faulthandler", "functools", "gc", "heapq", "ipykernel",
    "ipywidgets", "locale", "logging", "matplotlib", "operator", "os", "posix", "random", "signal", "sojourn_kernel", "subprocess",
    "sys", "threading", "time", "tracemalloc", "traitlets", "unittest", "warnings", "weakref", "collections", "itertools",
    "shelve", "getpass", "keyring", "abc", "decimal", "typing", "typing_extensions",
})  # fmt: skip
_COVERED_CALLS = frozenset({
    "pandas.set_option", "pandas.reset_option", "numpy.set_printoptions", "numpy.seterr", "numpy.seterrcall", "sklearn.set_config",
    "socket.setdefaulttimeout", "csv.register_dialect", "csv.unregister_dialect", "mimetypes.add_type", "codecs.register",
    "codecs.unregister", "decimal.setcontext", "numpy.random.seed", "torch.random.set_rng_state", "torch.set_rng_state", "torch.manual_seed", "torch.random.manual_seed",
})  # fmt: skip
_NOT_COVERED = re.compile(
    r"matplotlib\.(?:pyplot\.)?(?:colormaps|color_sequences|colors|cm|dates|units|scale|projections|font_manager|animation|category|backends)\b"
)
"""What no provider reads out of libraries whose settings are."""
SECRET = re.compile(
    r"(?:password|passwd|secret|(?<!normalize_)token|credential|api_?key|(?<!contrib\.)auth)(?![a-z])|login",
    re.IGNORECASE,
)
SAYS = re.compile(
    r"debug|info|warn|warning|error|critical|fatal|exception|log|trace|success|notice|print|echo|write|emit|send\w*|publish|notify|"
    r"dispatch|fire|trigger|run|run_all|run_pending|save(?:_\w+|fig|txt|z\w*)?|to_\w+|tofile|dump|export(?:_\w+)?|download"
)
"""Calls that say, store or do something now: to make them again would do it twice."""
NOT_AGAIN = re.compile(r"init$|initialize$|seed$", re.IGNORECASE)
_IMPURE = re.compile(
    r"^(?:input|open|exec|eval|getpass|time|now|today|random|uuid\d|urandom|globals|locals|vars|next)$"
)
PLAIN = (int, float, complex, str, bytes, bool, type(None), type(Ellipsis))
_CONTAINERS = (list, dict, set, tuple, frozenset)
_MANY = 1000  # entries of a library's container, up to which they are compared
_MANY_BY_IDENTITY = 20_000
_STACK = 20  # entries of a list of a library's, up to which what they hold is looked at


@functools.lru_cache(maxsize=512)
def parsed(text: str) -> tuple[ast.expr, list[str], frozenset[str]]:
    tree = ast.parse(text, mode="eval").body
    tree = tree.value if isinstance(tree, ast.Await) else tree
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "setattr":
        chain = names_of(ast.Attribute(tree.args[0].func, "", ast.Load()))[:-1]  # type: ignore[attr-defined]
    else:
        chain = names_of(tree.func if isinstance(tree, ast.Call) else tree) or fluent_names(tree)
    return tree, chain, frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def start_of(name: str, value: Any) -> tuple[str, ...] | None:
    """How what a name stands for is found in another process, if it is part of a library."""
    if isinstance(value, types.ModuleType):
        return None if whose.of_cells(name_of(value)) or whose.is_users(value) else ("module", name_of(value))
    if issubclass(type(value), (type, types.FunctionType, types.BuiltinFunctionType)):
        place = f"{value.__module__}:{value.__qualname__}"
        if value.__module__ not in sys.modules or whose.of_the_users(value.__module__):
            return None
        exists, found = places.get(place)
        return ("place", place) if exists and found is value else _public(name, value)
    found_at = imported.of_value(value) or places.of_object(name, value) or _of_compiled_function(value)
    return ("place", found_at) if found_at else None


def _of_compiled_function(value: Any) -> str | None:
    """The place of what binding generators make of functions (``Boost.Python.function``, ``nb_func``), each of a class of its own."""
    home = getattr(value, "__module__", None) if callable(value) else None
    name = getattr(value, "__name__", None)
    if module_of(type(value)) == "__main__" or type(home) is not str or type(name) is not str:
        return None
    place = f"{home}:{name}"
    known = home in sys.modules and not whose.of_the_users(home)
    return place if known and places.get(place)[1] is value else None


def _public(name: str, value: Any) -> tuple[str, ...] | None:
    """The place where a library shows a function that was made elsewhere under another name."""
    top = sys.modules.get((value.__module__ or "").partition(".")[0])
    return ("place", f"{top.__name__}:{name}") if top is not None and vars(top).get(name) is value else None


def is_covered(start: tuple[str, ...], chain: list[str]) -> bool:
    home, _, rest = start[1].partition(":")
    full = ".".join([home, *([rest] if rest else []), *chain[1:]])
    if _NOT_COVERED.match(full):
        return False
    return home.partition(".")[0] in COVERED or full in _COVERED_CALLS


def function_of(root: Any, call: ast.expr) -> Any:
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


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a call can't be about changing this: data without an owner, code, or part of a library."""
    if isinstance(value, (*PLAIN, types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType)):
        return True
    if isinstance(value, (types.MethodType, functools.partial)):
        return True
    if isinstance(value, io.TextIOBase):  # a setting says where to write
        return True
    if type(value) in _CONTAINERS and depth < 3 and len(value) <= 100:
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        return all(is_plain(part, depth + 1) for part in parts)
    try:
        hash(value)
        return type(value).__module__ != "__main__" and not hasattr(value, "__dict__")  # a dtype, a device, a date
    except Exception:
        return False


def given_directly(call: ast.expr) -> set[str]:
    """Names that are arguments of a call themselves, alone or in a container: of those inside of other calls something else is made."""
    todo: list[ast.AST] = [*call.args, *(one.value for one in call.keywords)] if isinstance(call, ast.Call) else [call]
    found: set[str] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif not isinstance(node, ast.Call):
            todo += ast.iter_child_nodes(node)
    return found


def is_of_getter(call: ast.expr) -> bool:
    """Whether it is a call of what another call gives: ``get_mapping().update(…)``."""
    function = call.func if isinstance(call, ast.Call) else None
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Call)


def owner_from_getter(root: Any, call: ast.expr) -> Any:
    """What ``curdoc()`` gives in ``curdoc().add_root(plot)``: a library's getter is called once more, without arguments; None for other calls."""
    function = call.func if isinstance(call, ast.Call) else None
    inner = function.value if isinstance(function, ast.Attribute) else None
    if not isinstance(inner, ast.Call) or inner.args or inner.keywords or not names_of(call.func):  # type: ignore[attr-defined]
        return None
    getter = function_of(root, inner)
    return getter() if isinstance(getter, (types.FunctionType, types.MethodType)) else None


def is_held(value: Any, function: Any, owner: Any = None) -> bool:
    """Whether the library keeps what it was given, or an equal of it: then giving it was the setting."""
    owner = getattr(function, "__self__", None) if owner is None else owner
    scope = getattr(getattr(function, "__func__", function), "__globals__", {})
    if any(_is_or_has(part, value, _are_equal) for part in _parts(owner)):
        return True
    holders = [one for held in scope.values() for one in (held, *_stacked(held))]
    return any(
        one is value or any(_is_or_has(part, value, operator.is_) for part in (*_parts(one), *_of_class(one)))
        for one in (*holders, *(owner.__mro__ if isinstance(owner, type) else ()))
    )


def _stacked(held: Any) -> Any:
    """What is in a short list: libraries keep a stack of settings, or of registries, of which the last holds."""
    return held if type(held) in (list, tuple) and len(held) <= _STACK else ()


def _of_class(one: Any) -> Any:
    return classes.names_of(one).values() if isinstance(one, type) else ()


def _is_or_has(part: Any, value: Any, same: Callable[[Any, Any], bool]) -> bool:
    if type(part) not in (list, tuple, dict) or len(part) > (_MANY_BY_IDENTITY if same is operator.is_ else _MANY):
        return part is value
    return part is value or any(same(one, value) for one in (part.values() if type(part) is dict else part))


def _are_equal(one: Any, other: Any) -> bool:
    """Of objects that compare themselves: a register may hold copies."""
    if one is other or type(one) is not type(other) or type(one).__eq__ is object.__eq__:
        return one is other
    try:
        return (one == other) is True
    except Exception:
        return False


def _parts(one: Any) -> list[Any]:
    """What an object of a library's holds in attributes and slots."""
    if isinstance(one, (types.ModuleType, type)):
        return []
    held = list(attributes_here(one).values())
    for cls in type(one).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            with contextlib.suppress(AttributeError):
                held.append(object.__getattribute__(one, slot))
    return held


def why_not(call: ast.expr, names: Mapping[str, Any], namespace: Mapping[str, Any]) -> str:
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
