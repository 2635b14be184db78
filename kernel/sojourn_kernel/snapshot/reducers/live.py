"""Live things with a sensible meaning elsewhere: locks, queues, connections, contexts. The rest is refused with a reason."""

from __future__ import annotations

import concurrent.futures
import contextvars
import gc
import os
import queue
import re
import sys
import threading
from typing import Any

from ...told import Cause
from .. import rebuild
from ..libraries import whose
from ..libraries.context_places import default_of, place_of, variable_at
from ..looking.classes import module_of
from ..process import settling
from . import CannotKeep, KeptBut, lib_h5py, lib_tqdm, reducer

# Locks


def make_lock(locked: bool) -> Any:
    lock = threading.Lock()
    if locked:
        lock.acquire()
    return lock


@reducer("_thread:lock")
def lock(value: Any) -> Any:
    return make_lock, (value.locked(),)


def make_rlock(count: int) -> Any:
    made = threading.RLock()
    for _ in range(count):
        made.acquire()
    return made


def make_rlock_of_another(count: int) -> Any:
    """One that a thread holds which has ended: nobody can release it."""
    made = threading.RLock()
    holder = threading.Thread(target=lambda: [made.acquire() for _ in range(count)])
    holder.start()
    holder.join()
    return made


@reducer("_thread:RLock")
def rlock(value: Any) -> Any:
    """Its text is all that says who holds it, and how often."""
    said = re.search(r"owner=(\d+) count=(\d+)", repr(value))
    owner, count = map(int, said.groups()) if said else (0, 0)
    if not count or owner == threading.main_thread().ident:
        return make_rlock, (count,)
    if settling.runs_as(owner):
        raise KeptBut((make_rlock, (0,)), "a running thread held it, which can't be kept: nobody holds it now")
    return make_rlock_of_another, (count,)


def make_plain(cls: type) -> Any:
    return cls.__new__(cls)


@reducer(
    "threading:Condition", "threading:Event", "threading:Semaphore", "threading:BoundedSemaphore", "threading:Barrier"
)
def synchroniser(value: Any) -> Any:
    """Their state is plain: a lock and counters. Threads that wait on one, which are told as running, are not part of it."""
    state = {
        k: v
        for k, v in vars(value).items()
        if k not in ("acquire", "release", "_release_save", "_acquire_restore", "_is_owned", "_waiters")
    }
    if isinstance(value, threading.Barrier) and not state["_state"]:  # those that had come and wait for the others
        state["_count"] = 0
    return make_synchroniser, (type(value),), state, None, None, fill_synchroniser


def make_synchroniser(cls: type) -> Any:
    return cls.__new__(cls)


def fill_synchroniser(made: Any, state: dict[str, Any]) -> None:
    if isinstance(made, threading.Condition):
        threading.Condition.__init__(made, state["_lock"])
    # A stream of before they were left out has them.
    made.__dict__.update({k: v for k, v in state.items() if k != "_waiters"})
    guard = getattr(state.get("_cond"), "_lock", None)
    if type(guard) is type(threading.Lock()) and guard.locked():  # for a moment, by a thread that was about to ask
        guard.release()


def make_queue(cls: type, items: list[Any], state: dict[str, Any]) -> Any:
    made = cls.__new__(cls)
    queue.Queue.__init__(made, state.get("maxsize", 0))
    made.queue.extend(items)
    made.unfinished_tasks = state.get("unfinished_tasks", len(items))
    return made


@reducer("queue:Queue")
def queue_(value: Any) -> Any:
    """With its own lock, conditions and container, which variables may hold."""
    return make_plain, (type(value),), dict(vars(value)), None, None, fill_queue


def fill_queue(made: Any, state: dict[str, Any]) -> None:
    queue.Queue.__init__(made, state.get("maxsize", 0))
    conditions = {k: threading.Condition(state["mutex"]) for k in ("not_empty", "not_full", "all_tasks_done")}
    made.__dict__.update(conditions | state)
    if type(made.mutex) is type(threading.Lock()) and made.mutex.locked():  # by a thread that was about to take an item
        made.mutex.release()


def make_simple_queue(items: list[Any]) -> Any:
    made: Any = queue.SimpleQueue()
    for item in items:
        made.put(item)
    return made


@reducer("_queue:SimpleQueue")
def simple_queue(value: Any) -> Any:
    items = []
    while True:  # there is no other way to look inside; what was taken is put back in the same order
        try:
            items.append(value.get_nowait())
        except queue.Empty:
            break
    for item in items:
        value.put(item)
    return make_simple_queue, (items,)


def make_local(state: dict[str, Any]) -> Any:
    made = threading.local()
    made.__dict__.update(state)
    return made


def make_own_local(cls: type, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    return cls.__new__(cls, *arguments, **keywords)


def fill_local(made: Any, state: dict[str, Any]) -> None:
    made.__dict__.clear()
    made.__dict__.update(state)


class ThisProcess:
    """Stands for the id of the process, by which libraries see that they were forked, and let go of connections."""


_THIS_PROCESS = ThisProcess()


@reducer(f"{__name__}:ThisProcess")
def this_process(_: ThisProcess) -> Any:
    return os.getpid, ()


def _of_this_process(state: dict[str, Any]) -> dict[str, Any]:
    """What a library's local has, with the id of the process as that of the one where it is loaded."""
    ours = os.getpid(), os.getppid()  # a save runs in a fork of the kernel, or in that
    named = {name for name in ("pid", "_pid", "process_id") if type(state.get(name)) is int and state[name] in ours}
    return state | dict.fromkeys(named, _THIS_PROCESS)


@reducer("_thread:_local", "threading:local")
def local(value: Any) -> Any:
    """What the cells' own thread sees of it; the other threads are gone."""
    if type(value) is threading.local:
        return make_local, (dict(value.__dict__),)
    # What its __init__ is given in each new thread is held, and shown to nobody but the collector.
    held = [one for one in gc.get_referents(value) if one is not value.__dict__]
    arguments = next((one for one in held if type(one) is tuple), ())
    keywords = next((one for one in held if type(one) is dict and all(type(key) is str for key in one)), {})
    state = dict(value.__dict__)
    if module_of(type(value)) != "__main__":
        state = _of_this_process(state)
    return make_own_local, (type(value), arguments, keywords), state, None, None, fill_local


# Threads, processes, sockets


def make_finished_thread(name: str, daemon: bool) -> Any:
    made = threading.Thread(target=_nothing, name=name, daemon=daemon)
    made.start()
    made.join()
    return made


def _nothing() -> None:
    return None


def make_new_thread(state: dict[str, Any]) -> Any:
    return threading.Thread(
        target=state["target"], name=state["name"], args=state["args"], kwargs=state["kwargs"], daemon=state["daemon"]
    )


def make_thread(cls: type, name: str, daemon: bool, finished: bool) -> Any:
    made = cls.__new__(cls)
    threading.Thread.__init__(made, name=name, daemon=daemon)
    if finished:
        made.run = _nothing
        threading.Thread.start(made)
        threading.Thread.join(made)
        del made.run
    return made


@reducer("threading:Thread")
def thread(value: Any) -> Any:
    """One that has not started, with what it is to do; one that is done; its class's own attributes with it."""
    if value.ident is not None and settling.runs(value):
        raise CannotKeep(Cause.LIVE_RESOURCE, "a running thread can't be kept")
    usual = vars(threading.Thread()).keys() - {"_target", "_args", "_kwargs"}
    own = {name: held for name, held in vars(value).items() if name not in usual}
    make = (type(value), value.name, value.daemon, value.ident is not None)
    return make_thread, make, own, None, None, rebuild.fill_attributes


def _refuse(reason: str) -> Any:
    def refuse(value: Any) -> Any:
        raise CannotKeep(Cause.LIVE_RESOURCE, reason)

    return refuse


reducer("_socket:socket")(_refuse("a socket's connection ends with its process"))
reducer("concurrent.futures.process:ProcessPoolExecutor")(_refuse("a pool of processes ends with its node"))


def make_future(state: str, result: Any, error: Any, cls: Any = concurrent.futures.Future) -> Any:
    made: Any = cls.__new__(cls)
    concurrent.futures.Future.__init__(made)
    if state == "CANCELLED_AND_NOTIFIED" or state == "CANCELLED":
        made.cancel()
    elif error is not None:
        made.set_exception(error)
    elif state == "FINISHED":
        made.set_result(result)
    return made


@reducer("concurrent.futures._base:Future")
def future(value: Any) -> Any:
    if value._state in ("RUNNING", "PENDING") and not _is_the_users_own(value):
        raise CannotKeep(Cause.LIVE_RESOURCE, "its work was not done, and the thread that does it can't be kept")
    usual = vars(concurrent.futures.Future())
    own = {name: held for name, held in vars(value).items() if name not in usual}
    if value._done_callbacks:
        own["_done_callbacks"] = list(value._done_callbacks)
    made = (value._state, value._result, value._exception, type(value))
    return make_future, made, own or None, None, None, rebuild.fill_attributes


def _is_the_users_own(value: Any) -> bool:
    """Whether a future waits for code of the session's to set it: it has not begun, nobody waits for it, and no pool has work that waits."""
    waiting = list(getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", {}).values())
    at_work = getattr(sys.modules.get("concurrent.futures.process"), "_threads_wakeups", {})
    return value._state == "PENDING" and not value._waiters and not at_work and not any(one.qsize() for one in waiting)


_Pool = concurrent.futures.ThreadPoolExecutor


def make_executor(
    workers: int, prefix: str, start: Any, arguments: tuple[Any, ...], shut: bool, cls: Any = _Pool
) -> Any:
    made = cls.__new__(cls)
    _Pool.__init__(made, workers, prefix, start, arguments)
    if shut:
        _Pool.shutdown(made)
    return made


@reducer("concurrent.futures.thread:ThreadPoolExecutor")
def executor(value: Any) -> Any:
    waiting = value._work_queue.qsize() - value._shutdown  # what told its threads to end is left
    threads = sum(settling.runs(thread) for thread in list(value._threads))
    idle = 0 if value._shutdown else value._idle_semaphore._value  # one that was told to end was not idle before
    if waiting > 0 or idle < threads:
        raise CannotKeep(Cause.LIVE_RESOURCE, "its threads are at work, and threads can't be kept")
    own = {name: held for name, held in vars(value).items() if name not in vars(_Pool(1))}
    how = (value._max_workers, value._thread_name_prefix, value._initializer, value._initargs)
    return make_executor, (*how, value._shutdown, type(value)), own or None, None, None, rebuild.fill_attributes


# Contexts


def make_context_var(name: str, default: Any, has_default: bool, value: Any, has_value: bool) -> Any:
    made: Any = contextvars.ContextVar(name, default=default) if has_default else contextvars.ContextVar(name)
    if has_value:
        made.set(value)
    return made


_UNSET = object()


@reducer("_contextvars:ContextVar", "builtins:ContextVar")
def context_var(value: Any) -> Any:
    """A library's is the library's own; one that cells or their modules made, with its value."""
    place = place_of(value)
    if place is not None and not whose.of_the_users(place.partition(":")[0]):
        return variable_at, (place, value.name, default_of(value))
    given = default_of(value)
    plain = given.get("default", _UNSET)
    now = value.get(_UNSET)
    has_value = now is not _UNSET and now is not plain
    return make_context_var, (
        value.name,
        None if plain is _UNSET else plain,
        plain is not _UNSET,
        now if has_value else None,
        has_value,
    )


_NUMPYS_ERRORS = "numpy.ufunc.extobj"  # of which numpy's functions show what C code keeps in it


def make_context(items: list[tuple[Any, Any]], errors: tuple[Any, ...] = ()) -> Any:
    made = contextvars.Context()
    for variable, value in items:
        made.run(variable.set, value)
    if errors:
        made.run(_set_errors, *errors)
    return made


def _set_errors(how: dict[str, str], call: Any, size: int) -> None:
    import numpy as np

    np.seterr(**how)  # type: ignore[arg-type]
    np.seterrcall(call)
    np.setbufsize(size)


@reducer("_contextvars:Context", "builtins:Context")
def context(value: Any) -> Any:
    left_out = ("parent_header", "_parent_header", _NUMPYS_ERRORS)
    items = [(k, v) for k, v in value.items() if k.name not in left_out]
    if all(k.name != _NUMPYS_ERRORS for k in value):
        return make_context, (items,)
    import numpy as np

    seen = value.copy()  # the session's own may be in force, and is not to be entered twice
    return make_context, (items, (seen.run(np.geterr), seen.run(np.geterrcall), seen.run(np.getbufsize)))


# Text and bytes in memory are picklable; subclasses that hold a live stream are not


@reducer("hashlib:HASH", "_hashlib:HASH", "_hashlib:HMAC", "hmac:HMAC")
def hash_(value: Any) -> Any:
    raise CannotKeep(Cause.UNPICKLABLE, "a hash in the making can't be read out")


from .lib_sqlite import make_cursor, make_sqlite  # noqa: E402, F401  # where streams look for them

# Databases


def make_duckdb(path: str, tables: dict[str, Any], statements: list[str]) -> Any:
    import duckdb

    made = duckdb.connect(path)
    for sql in statements:
        made.execute(sql)
    for name, table in tables.items():
        made.register("_sojourn_table", table)
        made.execute(f"INSERT INTO {name} SELECT * FROM _sojourn_table")
        made.unregister("_sojourn_table")
    return made


def make_engine(url: str, image: bytes | None) -> Any:
    import sqlalchemy

    made = sqlalchemy.create_engine(url)
    if image:
        with made.connect() as connection:
            connection.connection.driver_connection.deserialize(image)
    return made


# What streams name that were written before these had modules of their own


def make_h5(path: str, mode: str) -> Any:
    return lib_h5py.open_file(path, mode, 0)


make_h5_item = lib_h5py.item_of
make_tqdm = lib_tqdm.make_tqdm
