"""Settings of libraries, if the user has imported them: only what was changed."""

from __future__ import annotations

import contextlib
import copy
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any, cast

from ...told import Cause, Told
from .provider import EARLY, LATE, Provider, provide


def _module(name: str) -> Any:
    return sys.modules.get(name)


def _nothing(_: Any) -> None:
    return None


# numpy


def _numpy(*_: Any) -> Any:
    np = _module("numpy")
    if np is None or not hasattr(np, "get_printoptions"):
        return None
    options = {k: v for k, v in np.get_printoptions().items() if k != "override_repr"}
    return {"print": options, "err": np.geterr(), "call": np.geterrcall()}


def _put_numpy(_: Any, state: Any) -> None:
    import numpy as np

    np.set_printoptions(**state["print"])
    np.seterr(**state["err"])
    np.seterrcall(state["call"])


def _hold_numpy(_: Any) -> Callable[[], object]:
    before = _numpy()
    return lambda: _put_numpy(None, before) if before is not None and _numpy() != before else None


provide(
    Provider("numpy.settings", "numpy's print and error settings", LATE, _nothing, _numpy, _put_numpy, hold=_hold_numpy)
)


# pandas


def _pandas_defaults() -> Any:
    config = _module("pandas._config.config")
    return (config, getattr(config, "_registered_options", {})) if config else (None, {})


def _pandas(*_: Any) -> Any:
    config, registered = _pandas_defaults()
    if config is None:
        return None
    import pandas as pd

    changed = {}
    for key, option in registered.items():
        if getattr(config, "_get_deprecated_option", lambda k: None)(key):
            continue
        now = pd.get_option(key)
        if now is not option.defval and now != option.defval:
            changed[key] = now
    return changed


def _put_pandas(_: Any, state: dict[str, Any]) -> None:
    """What is not among them was as pandas has it, whatever a call that was made again has set."""
    if not state and _module("pandas") is None:
        return
    import pandas as pd

    now, (_, registered) = _pandas() or {}, _pandas_defaults()
    for key in {**now, **state}:
        pd.set_option(key, state[key] if key in state else registered[key].defval)


def _hold_pandas(_: Any) -> Callable[[], object]:
    before = _pandas() or {}
    return lambda: _put_pandas(None, before)


provide(Provider("pandas.options", "pandas options", EARLY, _nothing, _pandas, _put_pandas, hold=_hold_pandas))


# matplotlib


def _matplotlib() -> Any:
    """matplotlib, once it has its parameters."""
    found = _module("matplotlib")
    return found if hasattr(found, "rcParamsDefault") else None


def _rcparams(*_: Any) -> Any:
    if (matplotlib := _matplotlib()) is None:
        return None
    now = matplotlib.rcParams
    keys = [key for key in now if key != "backend"]
    changed = {key: dict.__getitem__(now, key) for key in keys if not _is_default(key)}
    return {"changed": changed, "backend": str(dict.get(now, "backend")), "pyplot": "matplotlib.pyplot" in sys.modules}


def _is_default(key: str) -> bool:
    import matplotlib

    now, default = cast("list[dict[str, Any]]", [matplotlib.rcParams, matplotlib.rcParamsDefault])
    return bool(dict.get(now, key) == dict.get(default, key))


def _put_rcparams(_: Any, state: Any) -> None:
    """What is not among them was as matplotlib has it, whatever a call that was made again has set."""
    import matplotlib

    if isinstance(state["backend"], str) and state["backend"] and not state["backend"].startswith("<"):
        _use(state["backend"], force=state["pyplot"])
    builtin = cast("dict[str, Any]", matplotlib.rcParamsDefault)
    others = [key for key in matplotlib.rcParams if key != "backend" and not _is_default(key)]
    default = {key: copy.copy(dict.get(builtin, key)) for key in others}
    for key, value in {**default, **state["changed"]}.items():
        dict.__setitem__(matplotlib.rcParams, key, value)


def _use(backend: str, force: bool) -> None:
    import matplotlib

    matplotlib.use(backend, force=force)
    fallback = matplotlib.rcParamsDefault["backend_fallback"]  # no longer, once a backend was asked for by name
    dict.__setitem__(matplotlib.rcParams, "backend_fallback", fallback)


def _hold_rcparams(_: Any) -> Callable[[], object]:
    if (matplotlib := _matplotlib()) is None:
        return lambda: None
    params = matplotlib.rcParams
    before = dict(dict.items(params))

    def put_back() -> None:
        changed = {key: one for key, one in before.items() if (now := dict.get(params, key)) is not one and now != one}
        backend = changed.pop("backend", None)
        if isinstance(backend, str):  # else it was not chosen yet
            _use(backend, force=True)
            changed["backend_fallback"] = before["backend_fallback"]
        for key, one in changed.items():
            dict.__setitem__(params, key, one)

    return put_back


@contextlib.contextmanager
def options_held() -> Iterator[None]:
    """Options of pandas and matplotlib that were put back already, while calls are made again that may set them."""
    put_back = _hold_pandas(None) if _module("pandas") is not None else None
    try:
        with rcparams_held():
            yield
    finally:
        if put_back is not None:
            put_back()


@contextlib.contextmanager
def rcparams_held() -> Iterator[None]:
    """What libraries set of matplotlib's as they are imported meanwhile is in what was put back already, or was undone since."""
    put_back = _hold_rcparams(None)
    try:
        yield
    finally:
        put_back()


provide(
    Provider(
        "matplotlib.rcParams", "matplotlib's rcParams", EARLY, _nothing, _rcparams, _put_rcparams, hold=_hold_rcparams
    )
)


def _figures(*_: Any) -> Any:
    gcf = _module("matplotlib._pylab_helpers")
    if gcf is None or not gcf.Gcf.figs:
        return None
    return [(number, manager.canvas.figure) for number, manager in gcf.Gcf.figs.items()]


def _put_figures(_: Any, state: list[tuple[int, Any]]) -> None:
    """Figures under the numbers that they had, the last one active; a figure that was unpickled has taken the next free number."""
    from matplotlib import pyplot
    from matplotlib._pylab_helpers import Gcf

    managers = {id(manager.canvas.figure): manager for manager in Gcf.figs.values()}
    Gcf.figs.clear()
    for number, figure in state:
        manager = managers.pop(id(figure), None)
        if manager is None:
            manager = pyplot._get_backend_mod().new_figure_manager_given_figure(number, figure)  # type: ignore[attr-defined]
        manager.num = number
        Gcf._set_new_active_manager(manager)
    for manager in managers.values():  # made since
        if manager.num in Gcf.figs:
            manager.num = max(Gcf.figs) + 1
        Gcf._set_new_active_manager(manager)
    inline = _module("matplotlib_inline.backend_inline")
    if inline is not None:  # figures that were shown, or not to be, are nothing that the next cell has drawn
        inline.show._draw_called, inline.show._to_draw = False, []


def _hold_figures(_: Any) -> Callable[[], object]:
    gcf = _module("matplotlib._pylab_helpers")
    before = dict(gcf.Gcf.figs) if gcf is not None else {}

    def put_back() -> None:
        if (gcf := _module("matplotlib._pylab_helpers")) is not None and gcf.Gcf.figs != before:
            gcf.Gcf.figs.clear()
            gcf.Gcf.figs.update(before)  # in the order of their use

    return put_back


provide(Provider("matplotlib.figures", "open figures", LATE, _nothing, _figures, _put_figures, hold=_hold_figures))


# polars, scikit-learn


def _polars(*_: Any) -> Any:
    polars = _module("polars")
    return polars.Config.save() if polars and hasattr(polars, "Config") else None


def _put_polars(_: Any, state: str) -> None:
    import polars

    polars.Config.load(state)


provide(Provider("polars.config", "polars' Config", EARLY, _nothing, _polars, _put_polars))


def _sklearn(*_: Any) -> Any:
    sklearn = _module("sklearn")
    return sklearn.get_config() if sklearn and hasattr(sklearn, "get_config") else None


def _put_sklearn(_: Any, state: dict[str, Any]) -> None:
    import sklearn

    known = sklearn.get_config()  # another version knows others
    sklearn.set_config(**{name: value for name, value in state.items() if name in known})


provide(Provider("sklearn.config", "scikit-learn's config", EARLY, _nothing, _sklearn, _put_sklearn))


# logging


_AS_MADE: tuple[Any, ...] = (logging.NOTSET, [], True, False, [])
"""A logger's state at first."""


def _loggers() -> dict[str, Any]:
    found: dict[str, logging.Logger] = {"": logging.root}
    found |= {name: one for name, one in logging.root.manager.loggerDict.items() if isinstance(one, logging.Logger)}
    return {
        name: (one.level, list(one.handlers), one.propagate, one.disabled, [f for f in one.filters if not _is_ours(f)])
        for name, one in found.items()
    }


def _logging(shell: Any, base: dict[str, Any]) -> Any:
    changed = {}
    cells = [cell for cell in shell.user_ns.get("_ih", ()) if "getLogger" in cell]
    for name, now in _loggers().items():
        was = base.get(name, _AS_MADE)
        if now == was and not (cells and name and _is_librarys(name) and _is_named(name, cells)):
            continue
        mine = [h for h in now[1] if not any(h is old for old in was[1])]
        if name and _is_librarys(name) and not _is_named(name, cells):
            continue
        changed[name] = {"level": now[0], "handlers": mine, "propagate": now[2], "disabled": now[3], "filters": now[4]}
    disable, levels = logging.root.manager.disable, _level_names()
    return {"loggers": changed, "disable": disable, "levels": levels} if changed or disable or levels else None


def _is_ours(of_logger: Any) -> bool:
    """Whether a filter is Sojourn's own: it keeps its own requests out of the user's logs."""
    return type(of_logger).__module__.startswith("sojourn_kernel.")


def _level_names() -> dict[int, str]:
    """Names that the user gave to levels."""
    own = dict(logging._levelToName)
    return {level: name for level, name in own.items() if level % 10 or level > logging.CRITICAL}


def _is_librarys(name: str) -> bool:
    """Loggers of imported libraries set themselves up again."""
    top = sys.modules.get(name.split(".")[0])
    return top is not None and "site-packages" in str(getattr(top, "__file__", ""))


def _is_named(name: str, cells: list[str]) -> bool:
    """Whether code of cells that ask for loggers names one of a library's: then its settings are the user's."""
    return any(f'"{name}"' in cell or f"'{name}'" in cell for cell in cells)


def _put_logging(_: Any, state: Any) -> None:
    for level, level_name in state.get("levels", {}).items():
        logging.addLevelName(level, level_name)
    for name, want in state["loggers"].items():
        logger = logging.getLogger(name or None)
        logger.setLevel(want["level"])
        logger.propagate, logger.disabled = want["propagate"], want["disabled"]
        _put_handlers(logger, want["handlers"])
        logger.filters[:] = [*filter(_is_ours, logger.filters), *want["filters"]]
    logging.disable(state["disable"])


_kept: list[logging.Logger] = []
"""Those whose handlers are the session's."""
_of_the_kernel: list[logging.Handler] = []


def _put_handlers(logger: logging.Logger, wanted: list[logging.Handler]) -> None:
    """A library's own was in the session as well, or was removed there: what an import has added again goes."""
    logger.handlers[:] = [one for one in logger.handlers if any(one is own for own in _of_the_kernel)]
    for handler in wanted:
        logger.addHandler(handler)
    _kept.append(logger)


@contextlib.contextmanager
def handlers_held() -> Iterator[None]:
    """While inside, what is imported adds no handler to loggers that have those of the session."""
    before = [(logger, list(logger.handlers)) for logger in _kept]
    try:
        yield
    finally:
        for logger, handlers in before:
            logger.handlers[:] = handlers


def _loggers_at_start(_: Any) -> dict[str, Any]:
    found = _loggers()
    _of_the_kernel[:] = [handler for state in found.values() for handler in state[1]]
    return found


def _hold_logging(_: Any) -> Callable[[], object]:
    before = _loggers()

    def put_back() -> None:
        for name, now in _loggers().items():
            was = before.get(name, _AS_MADE)
            if now != was and not (name and _is_librarys(name)):
                logger = logging.getLogger(name or None)
                logger.setLevel(was[0])
                logger.handlers[:], logger.propagate, logger.disabled = was[1:4]
                logger.filters[:] = [*filter(_is_ours, logger.filters), *was[4]]

    return put_back


provide(Provider("logging", "logging", LATE, _loggers_at_start, _logging, _put_logging, hold=_hold_logging))


# sqlite3 adapters and converters made in cells


def _sqlite(*_: Any) -> Any:
    sqlite = _module("sqlite3")
    if sqlite is None:
        return None
    adapters = {k: v for k, v in sqlite.adapters.items() if getattr(v, "__module__", "") == "__main__"}
    converters = {k: v for k, v in sqlite.converters.items() if getattr(v, "__module__", "") == "__main__"}
    return (list(adapters.items()), converters) if adapters or converters else None


def _put_sqlite(_: Any, state: Any) -> list[Told]:
    import sqlite3

    sqlite3.adapters.update(state[0])
    sqlite3.converters.update(state[1])
    return []


provide(Provider("sqlite3", "sqlite3 adapters", LATE, _nothing, _sqlite, _put_sqlite))


# time-machine, which stops Python's clocks below Python


def _travels(*_: Any) -> int | None:
    library = _module("time_machine")
    stack = getattr(library, "traveller_stack", None) or getattr(library, "coordinates_stack", None)
    return len(stack) if stack else None


def _put_travels(_: Any, state: int) -> list[Told]:
    reason = "a travel in time was under way; the clock is right here until it is started again."
    return [Told("time_machine", Cause.LIVE_RESOURCE, reason)]


provide(Provider("time_machine", "travels in time", LATE, _nothing, _travels, _put_travels))
