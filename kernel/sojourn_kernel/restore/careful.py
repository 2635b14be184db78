"""Loading a piece whose stream raises: an object at a time, so that what raises costs itself and not its neighbours.

Slower than the C unpickler by a factor of ten or more, and used only after that one has failed.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from ..snapshot.lost import Lost, SojournLost, lose
from ..snapshot.process.interruption import Interruption
from ..snapshot.process.watchdog import StoodStill
from ..snapshot.rebuild import set_state
from ..store import StoreUnavailable
from ..told import Cause
from .finding import Finding
from .newer import of_python

STOOD_STILL = "loading it stood still: it waits for something that does not come"
_Python: Any = pickle._Unpickler  # type: ignore[attr-defined]


def costs_itself(error: BaseException) -> bool:
    """Whether what ended the loading of an object is its own doing: others go on."""
    return isinstance(error, StoodStill) or not isinstance(error, (StoreUnavailable, Interruption))


class CarefulUnpickler(Finding, _Python):
    """An unpickler that puts a placeholder where making or filling an object raises."""

    dispatch: dict[int, Callable[[Any], None]] = dict(_Python.dispatch)
    _failed_setter: tuple[Any, Any] | None = None

    def _make(self, load: Callable[[Any], None], operands: int) -> None:
        """Run a load function that replaces its operands on the stack by what it makes."""
        stack, below = self.stack, len(self.stack) - operands
        arguments = stack[-1]
        try:
            load(self)
        except BaseException as error:
            if not costs_itself(error):
                raise
            del stack[below:]
            stack.append(_loss(error))
            if load is _Python.load_reduce and isinstance(arguments, tuple) and arguments:
                self._failed_setter = (stack[-1], arguments[0])

    def load_reduce(self) -> None:
        self._make(_Python.load_reduce, 2)

    def load_newobj(self) -> None:
        self._make(_Python.load_newobj, 2)

    def load_newobj_ex(self) -> None:
        self._make(_Python.load_newobj_ex, 3)

    def load_build(self) -> None:
        state, made = self.stack[-1], self.stack[-2]
        try:
            _Python.load_build(self)
        except BaseException as error:
            if not costs_itself(error):
                raise
            if self.stack[-1] is state:
                self.stack.pop()
            if not _filled_as_far_as_it_goes(made, state):
                self._replace(made, _loss(error))

    def load_pop(self) -> None:
        """A state setter's result is popped: if it failed, what it was to fill is lost too."""
        popped = self.stack[-1] if self.stack else None
        _Python.load_pop(self)
        failed, self._failed_setter = self._failed_setter, None
        if failed is not None and failed[0] is popped and self.stack and self.stack[-1] is failed[1]:
            self._replace(failed[1], popped)

    def _replace(self, made: Any, lost: Any) -> None:
        if type(made) is Lost:
            return
        self.stack[-1] = lost
        for key, value in list(self.memo.items()):
            if value is made:
                self.memo[key] = lost

    def load(self) -> Any:
        self._later: dict[int, tuple[Any, list[Any]]] = {}
        whole = super().load()
        for put, items in self._later.values():
            _each(put, items)
        return whole

    def load_setitem(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        target = self.stack[-1]
        self._fill(target, lambda pair: target.__setitem__(*pair), [(key, value)])

    def load_setitems(self) -> None:
        items = self.pop_mark()
        target = self.stack[-1]
        pairs = list(zip(items[::2], items[1::2], strict=True))
        self._fill(target, lambda pair: target.__setitem__(*pair), pairs)

    def load_additems(self) -> None:
        items = self.pop_mark()
        self._fill(self.stack[-1], self.stack[-1].add, items)

    def _fill(self, target: Any, put: Callable[[Any], Any], items: list[Any]) -> None:
        """Put items in their order. A key in a cycle may have no hash yet: it and all behind it wait until all is made."""
        later = self._later.get(id(target))
        for number, item in enumerate(items):
            if later is None:
                try:
                    put(item)
                    continue
                except Interruption:
                    raise
                except BaseException:
                    later = self._later[id(target)] = (put, [])
            later[1].extend(items[number:])
            return

    def load_frozenset(self) -> None:
        items = self.pop_mark()
        kept: set[Any] = set()
        _each(kept.add, items)
        self.stack.append(frozenset(kept))

    dispatch[pickle.SETITEM[0]] = load_setitem
    dispatch[pickle.SETITEMS[0]] = load_setitems
    dispatch[pickle.ADDITEMS[0]] = load_additems
    dispatch[pickle.FROZENSET[0]] = load_frozenset
    dispatch[pickle.REDUCE[0]] = load_reduce
    dispatch[pickle.NEWOBJ[0]] = load_newobj
    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex
    dispatch[pickle.BUILD[0]] = load_build
    dispatch[pickle.POP[0]] = load_pop


def _filled_as_far_as_it_goes(made: Any, state: Any) -> bool:
    """Fill an object of Python's own with the slots that its class has here; of another version it had more."""
    if not (isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict) and of_python(type(made))):
        return False
    try:
        set_state(made, (state[0], {name: value for name, value in state[1].items() if hasattr(type(made), name)}))
    except Exception:
        return False
    return True


def _each(put: Callable[[Any], Any], items: list[Any]) -> None:
    """Put every item; one that can't be put, such as a lost key, is told and left out."""
    for item in items:
        try:
            put(item)
        except Interruption:
            raise
        except BaseException as error:
            _loss(error)


def _loss(error: BaseException) -> Lost:
    if isinstance(error, SojournLost):
        return lose(error.told.cause, f"it can't be made without what is lost: {error.told.reason}")
    if isinstance(error, StoodStill):
        return lose(Cause.UNLOADABLE, f"{STOOD_STILL}.")
    cause = getattr(error, "cause", Cause.UNLOADABLE)
    said = f"{type(error).__name__}: {str(error)[:200]}"
    return lose(cause if isinstance(cause, Cause) else Cause.UNLOADABLE, f"loading it raised {said}.")
