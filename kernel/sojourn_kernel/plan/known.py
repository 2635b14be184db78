"""What is known of library code: which calls have no effect but on their arguments, and give the same again.

The tables name whole libraries and take out what reads the world (clocks, files, the network, unseeded randomness). What is in no
table is not known, and what is not known is never run again unless the user allows it.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
from dataclasses import dataclass
from typing import Any

from ..observe.accesses import LIBRARIES


@dataclass(frozen=True)
class Call:
    """What calling something does. why: the reason not to call it again, "" if there is none. steady: gives the same bits on
    any machine, not only on one alike. changes: may change its arguments or use them up."""

    why: str = ""
    steady: bool = True
    changes: bool = False


_BUILTINS = frozenset(
    {"abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes", "callable", "chr", "complex", "dict", "divmod", "enumerate",
     "filter", "float", "format", "frozenset", "hex", "int", "isinstance", "issubclass", "iter", "len", "list",
     "map", "max", "memoryview", "min", "next", "object", "oct", "ord", "pow", "print", "property", "range", "repr", "reversed", "round",
     "set", "slice", "sorted", "staticmethod", "classmethod", "str", "sum", "super", "tuple", "type", "zip", "anext", "aiter"}
)  # fmt: skip
_ORDERED_BY_HASH = frozenset({"hash", "id"})
# Libraries of which every function only computes; the value says whether its results are the same bits on any machine.
_LIBRARIES = {
    "math": False, "cmath": False, "operator": True, "itertools": True, "functools": True, "collections": True, "fractions": True,
    "decimal": True, "statistics": False, "string": True, "re": True, "copy": True, "json": True, "textwrap": True, "heapq": True,
    "bisect": True, "dataclasses": True, "enum": True, "typing": True, "hashlib": True, "_hashlib": True, "hmac": True, "zlib": True,
    "base64": True, "binascii": True, "struct": True, "array": True, "datetime": True, "calendar": True, "types": True, "abc": True,
    "numbers": True, "contextlib": True, "queue": True, "io": True, "csv": True, "difflib": True, "unicodedata": True, "_sre": True,
    "_io": True, "_csv": True, "_json": True, "_struct": True, "_collections": True, "_functools": True, "_operator": True,
    "_random": True, "_heapq": True, "_bisect": True, "_datetime": True, "_decimal": True, "_queue": True,
    "_blake2": True, "_sha3": True, "_md5": True, "_sha1": True, "_sha2": True, "_sha256": True, "_sha512": True, "zoneinfo": True,
    "numpy": False, "pandas": False, "scipy": False, "sklearn": False, "networkx": False, "sympy": False, "polars": False,
}  # fmt: skip
# In those, what looks at the world or changes the process.
_DENIED = frozenset(
    {"now", "today", "utcnow", "localtime", "time", "read", "read_bytes", "read_text", "load", "loadtxt", "genfromtxt", "fromfile", "memmap",
     "open", "open_memmap", "open_code", "FileIO", "save", "savez", "savez_compressed", "savetxt", "tofile", "dump", "set_option", "reset_option",
     "seterr", "seterrcall", "setbufsize", "set_printoptions", "set_string_function", "setcontext", "getcontext", "localcontext", "seed", "set_state",
     "DataSource", "HDFStore", "ExcelWriter", "ExcelFile", "set_config", "config_context", "init_printing", "preview", "register",
     "singledispatch", "cache", "field_size_limit", "register_dialect", "purge", "eval", "query", "get_config", "show_versions", "test", "plot",
     "hist", "boxplot", "savefig", "to_sql", "to_csv", "to_parquet", "to_pickle", "to_json", "to_excel", "to_hdf", "to_feather", "to_clipboard",
     "to_html", "to_latex", "to_stata", "to_gbq", "to_orc", "to_xml", "to_markdown", "to_string", "write", "write_text", "write_bytes",
     "connect", "connect_ex", "send", "sendall", "sendto", "sendmsg", "recv", "recvfrom", "accept", "system", "popen", "unlink", "remove_file",
     "redirect_stdout", "redirect_stderr", "chdir", "execute", "executemany", "executescript", "commit", "submit", "savemat",
     "loadmat", "mmwrite", "mmread", "save_npz", "load_npz", "netcdf_file", "FortranFile", "hb_write", "hb_read", "dump_svmlight_file", "load_svmlight_file",
     "load_files", "methodcaller", "set_global_backend", "set_backend", "register_backend", "set_workers", "draw", "show"}
)  # fmt: skip
# Of frames and distributions: unseeded unless they are told how (a stream of the session's own is given what to draw from).
_DRAWING = frozenset({"sample", "rvs", "resample", "shuffle"})
SEEDS = frozenset({"random_state", "seed", "rng"})
"""Arguments by which a library is told how to draw."""
_DENIED_STARTS = ("read_", "write_", "scan_", "sink_", "fetch_", "set_default", "_get", "__")
# Of plain data these names are harmless again: they only look or change the object itself.
_HARMLESS = frozenset(
    {"read", "write", "cache", "send", "remove", "time", "__next__", "__iter__", "__len__", "__getitem__"}
)
# Whatever rounds (powers, sines, sums in blocks) or leaves the order of equals open (argsort) depends on the processor.
_ONE_MACHINE_IS_LIKE_ANOTHER = frozenset(
    {"zeros", "ones", "full", "zeros_like", "ones_like", "full_like", "arange", "eye", "identity", "array", "asarray",
     "ascontiguousarray", "tile", "repeat", "concatenate", "stack", "vstack", "hstack", "column_stack", "reshape", "ravel", "transpose",
     "where", "sort", "unique", "flip", "roll", "take", "copy", "astype", "dtype", "int8", "int16", "int32", "int64", "uint8",
     "uint16", "uint32", "uint64", "float32", "float64", "bool_", "indices", "meshgrid", "triu", "tril", "diag", "linspace",
     "DataFrame", "Series", "Index", "RangeIndex", "MultiIndex", "Categorical", "date_range", "Timestamp", "Timedelta", "concat",
     "iterrows", "itertuples", "items", "head", "tail", "groupby", "get_group", "reset_index", "set_index", "drop", "rename",
     "floor", "ceil", "trunc", "sqrt", "isqrt", "gcd", "lcm", "factorial", "comb", "perm", "isnan", "isinf", "isfinite", "isclose"}
)  # fmt: skip
# What changes no argument and uses none up, for arguments that are not iterators; of any other call both are assumed.
_LOOKING = frozenset(
    {"abs", "all", "any", "bool", "dict", "float", "format", "frozenset", "int", "isinstance", "len", "list", "max", "min", "print", "range",
     "repr", "round", "set", "sorted", "str", "sum", "tuple", "type", "DataFrame", "Series", "mean", "std", "var", "median", "head", "tail",
     "describe", "astype", "copy", "groupby", "merge", "join", "to_numpy", "tolist", "keys", "values", "items", "get", "count", "index", "split",
     "strip", "lower", "upper", "replace", "startswith", "endswith", "hexdigest", "digest", "dot", "reshape", "transpose", "unique",
     "value_counts", "info", "isna", "notna", "fillna", "dropna", "sort_values", "set_index", "reset_index", "agg", "nunique", "is_set", "wait", "is_alive", "locked", "search", "match", "findall", "solve"}
)  # fmt: skip
# They only go through what they are given, and use up iterators.
_GOING_THROUGH = frozenset({"enumerate", "zip", "reversed", "iter"})
_LOOKING_LIBRARIES = ("numpy", "pandas", "math", "statistics", "scipy")
_CHANGING = frozenset({"copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis", "shuffle", "heappush", "heappop", "heapify",
                       "insort", "insort_left", "insort_right", "setitem", "delitem", "iadd", "next", "pack_into", "deepcopy"})  # fmt: skip
_SEEDED = {("numpy.random", "default_rng"), ("numpy.random", "RandomState"), ("numpy.random", "SeedSequence"), ("numpy.random", "PCG64"),
           ("numpy.random", "MT19937"), ("numpy.random", "Philox"), ("random", "Random")}  # fmt: skip
# Things that live in a process and do nothing by being made.
_MADE_ONLY = {
    ("threading", "Thread"), ("threading", "Lock"), ("threading", "RLock"), ("threading", "Event"), ("threading", "Condition"),
    ("threading", "Semaphore"), ("threading", "Timer"), ("threading", "local"), ("_thread", "allocate_lock"), ("_thread", "lock"), ("_thread", "RLock"),
    ("socket", "socket"), ("socket", "socketpair"), ("asyncio", "Queue"), ("asyncio", "Lock"), ("asyncio", "Event"), ("time", "sleep"),
    ("concurrent.futures", "ThreadPoolExecutor"), ("selectors", "DefaultSelector"), ("_contextvars", "ContextVar"), ("contextvars", "ContextVar"),
}  # fmt: skip


def call_of(target: Any, given: int, keywords: frozenset[str]) -> Call:
    """What calling a library's function or class does; ``given``: number of arguments by position, without None for a seed."""
    name = getattr(target, "__name__", "") or type(target).__name__
    module = getattr(target, "__module__", None)
    owner = getattr(target, "__self__", None) if not isinstance(target, types.FunctionType) else None
    if module is None and isinstance(owner, types.ModuleType):
        module = owner.__name__
    if owner is not None and not isinstance(owner, types.ModuleType):  # a method: where it is written says nothing
        module = (owner if isinstance(owner, type) else type(owner)).__module__
    if module is None and isinstance(target, getattr(sys.modules.get("numpy"), "ufunc", ())):
        module = "numpy"
    module = module or ""
    if module == "builtins" and (owner is None or isinstance(owner, types.ModuleType)):
        if name in _BUILTINS:
            return Call(steady=name not in ("set", "frozenset"), changes=name not in _LOOKING | _GOING_THROUGH)
        if isinstance(target, type) and issubclass(target, BaseException):
            return Call()
        return Call(f"{name}() depends on the process" if name in _ORDERED_BY_HASH else f"{name}() may do anything")
    if module == "builtins":  # a method of a built-in class: dict.fromkeys, str.maketrans
        return Call(changes=name not in _LOOKING)
    place = _public(module)
    if (place, name) in _SEEDED:
        return Call(steady=place == "random") if given or "seed" in keywords else Call(f"{name}() without a seed")
    if (place, name) in _MADE_ONLY:
        return Call(changes=True)
    if place.startswith(("numpy.random", "random")):
        return Call(f"{place}.{name}() draws from the process's random stream")
    root = place.split(".", 1)[0]
    if not is_known(root):
        return Call(f"it is not known what {place + '.' if place else ''}{name}() does")
    if name in _DENIED or name.startswith(_DENIED_STARTS):
        return Call(f"{root}'s {name}() reads or changes what lies outside")
    if not _is_seeded(target, given, keywords) or (name in _DRAWING and keywords.isdisjoint(SEEDS)):
        return Call(f"{name}() without a random_state")
    looks = name in _LOOKING or (root in _LOOKING_LIBRARIES and name not in _CHANGING)
    changes = not looks or bool(keywords & {"out", "inplace", "copy"})
    return Call(steady=_LIBRARIES[root] or name in _ONE_MACHINE_IS_LIKE_ANOTHER, changes=changes)


def is_exact(operator: ast.operator, right: ast.expr) -> bool:
    """Whether an operator gives the same bits on any machine: how a product of matrices or a power is rounded depends on the processor."""
    if isinstance(operator, ast.Pow):
        return isinstance(right, ast.Constant) and right.value in (1, 2)
    return not isinstance(operator, ast.MatMult)


def is_known(root: str) -> bool:
    """Whether every function of a library only computes; of a file of the user's with such a name (calendar.py) that is not known."""
    path = getattr(sys.modules.get(root), "__file__", None)
    return root in _LIBRARIES and (path is None or any(part in path for part in LIBRARIES))


def method_of_data(name: str, keywords: frozenset[str], given: int = 0) -> Call:
    """What a method does, of an object that only such calls have made; ``given``: number of arguments by position."""
    if name in _DRAWING and given < 2 and keywords.isdisjoint(SEEDS):
        return Call(f".{name}() may draw from the process's random stream")
    private = name.startswith("__") and not name.endswith("__")  # of the session's own classes
    if name not in _HARMLESS and not private and (name in _DENIED or name.startswith(_DENIED_STARTS)):
        return Call(f".{name}() may reach outside")
    changes = name not in _LOOKING or bool(keywords & {"out", "inplace", "copy"})
    steady = name in _ONE_MACHINE_IS_LIKE_ANOTHER or name in _PLAIN_METHODS
    return Call(steady=steady, changes=changes)


_PLAIN_METHODS = frozenset(
    name for cls in (str, bytes, bytearray, list, tuple, dict, set, frozenset, int) for name in dir(cls) if not name.startswith("_")
) | {"hexdigest", "digest", "start", "bind", "listen", "setsockopt", "settimeout", "setblocking", "appendleft", "popleft", "most_common",
     "put", "put_nowait", "get_nowait", "acquire", "release", "send", "__next__", "throw", "close", "wait", "is_set", "search", "match",
     "finditer", "findall", "sub", "group", "groups", "seek", "tell", "read", "write", "getvalue", "readline"}  # fmt: skip


_PRIVATE = ("mtrand", "bit_generator", "thread")  # by use, not by name


def _public(module: str) -> str:
    """``numpy.random._generator`` is ``numpy.random``: a private module's contents belong to the public one around it."""
    first, *rest = module.split(".")
    public = [part for part in rest if not part.startswith("_") and part not in _PRIVATE]
    return ".".join([first, *public])


def _is_seeded(target: Any, given: int, keywords: frozenset[str]) -> bool:
    """Whether a function that takes a seed is given one."""
    if not keywords.isdisjoint(SEEDS):
        return True
    try:
        parameters = inspect.signature(target).parameters
    except (TypeError, ValueError):
        return True
    by_position = []
    for name, one in parameters.items():
        if one.kind not in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD):
            break
        by_position.append(name)
    return SEEDS.isdisjoint(parameters) or not SEEDS.isdisjoint(by_position[:given])
