"""The pickler of pieces: C speed for plain data, by value for what cells define, placeholders for what can't be kept."""

from __future__ import annotations

import pickle
import sys
import types
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import cloudpickle.cloudpickle as cp

from ..told import Cause, Told
from . import markers, rebuild
from .libraries import imported, modules, originals, places, whose
from .looking.attributes import attributes_of, name_of
from .looking.classes import holds_more_than_attributes, learn_slots, module_of, names_of, qualname_of
from .lost import Lost
from .objects import (
    added,
    as_its_class,
    code_first,
    constructed_again,
    contents,
    errors,
    foreign,
    kept_back,
    listed_weakrefs,
    loose_modules,
    old_hashes,
    open_numbers,
    plain_first,
    proxies,
    reductions,
    refusing,
    shared_dicts,
    structs,
    swig,
    tracebacks,
)
from .objects.definitions import Definitions, is_definition, is_unreachable, reduce_cell, reduce_code, reduce_function
from .objects.emptiness import (
    answers_everything,
    looks_at_what_is_asked,
    refuses_its_own_state,
    refuses_its_slots,
    wants_arguments,
)
from .process.interruption import Interruption
from .reducers import CannotKeep, KeptBut, reduced_class, reducer_for

OUT_OF_BAND = 16 << 10  # bytes from which a buffer is a blob of its own

Decision = Callable[[Any], Any] | None
_BY_THE_STREAM = (type, types.FunctionType, types.ModuleType, Lost)  # how these are reduced depends on the stream


@dataclass(frozen=True)
class Known:
    """What the picklers of one save need find out only once of libraries' classes. By their ids: a metaclass may answer no hash.

    decisions: how their objects are reduced. by_name: those that pickle finds by their names.
    """

    decisions: dict[int, tuple[type, Decision]] = field(default_factory=dict)
    by_name: dict[int, type] = field(default_factory=dict)


class Reductions:
    """How the objects of one piece are reduced; the base of both picklers.

    definitions: where functions and classes made in cells go; None inside the definitions' own piece.
    lose: called for an object that can't be kept; returns what to tell. None: raise instead (the fast way).
    live: what is found by name where the session goes on, by id; live_types: types of those of them that libraries hold.
    sharers: ids of objects whose ``__dict__`` something else holds as well. ends: ids of objects that are met, and not gone into.
    known: what others have found out; None: this one is of another kind than those.
    """

    dispatch_table = cp.Pickler.dispatch_table

    def __init__(
        self,
        file: Any,
        main: dict[str, Any],
        live: dict[int, str],
        definitions: Definitions | None,
        buffer_callback: Callable[[Any], Any] | None = None,
        lose: Callable[[Any, Cause, str], Told] | None = None,
        live_types: frozenset[type] = frozenset(),
        sharers: Collection[int] = (),
        ends: Collection[int] = (),
        known: Known | None = None,
    ) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffer_callback)  # type: ignore[call-arg]
        self.live_types, self.sharers, self.ends = live_types, sharers, ends
        self.came_to_an_end = False
        self.main, self.live, self.definitions, self.lose = main, live, definitions, lose
        self._known = known
        self._decisions = dict(known.decisions) if known is not None else {}
        self.loose_modules: list[types.ModuleType] = []
        "Modules that the stream makes, since no name leads to them."
        self.without_slotnames: list[type] = []
        "Classes made in cells, of objects met here, in which pickling leaves the names of their slots."

    def let_go(self) -> None:
        """Hold nothing of the session's any more: what it decided with leads back to itself, and would keep all that it met until it is collected."""
        self.clear_memo()  # type: ignore[attr-defined]
        self._decisions.clear()
        self.loose_modules.clear()
        self.without_slotnames.clear()

    def reducer_override(self, value: Any) -> Any:
        if id(value) in self.ends:
            self.came_to_an_end = True
            return object, ()
        reduced = self._reduced(value)
        return reduced if id(value) not in self.sharers else reductions.with_its_dict(value, reduced)

    def _reduced(self, value: Any) -> Any:
        cls = type(value)
        try:
            _, decision = self._decisions[id(cls)]
        except KeyError:
            of_cells = module_of(cls) == "__main__"
            if of_cells and "__slotnames__" not in names_of(cls):
                self.without_slotnames.append(cls)
                learn_slots(cls)
            decision = self._decide_or_lose(cls)
            self._decisions[id(cls)] = cls, decision
            if self._known is not None and not of_cells and not issubclass(cls, _BY_THE_STREAM):
                self._known.decisions[id(cls)] = cls, decision
        if decision is None:
            return NotImplemented
        if self.lose is None:
            return decision(value)
        try:
            return decision(value)
        except CannotKeep as refusal:
            return self._lost(value, refusal.cause, refusal.reason)
        except KeptBut as kept:
            self.lose(value, Cause.STALE, kept.reason)
            return kept.reduced
        except Interruption:
            raise
        except BaseException as error:  # whatever a user's __reduce__ raises
            if isinstance(error, Exception) and (reduced := refusing.reduced(value)) is not None:
                return reduced
            return self._lost(
                value, Cause.UNPICKLABLE, f"a {qualname_of(cls)} can't be serialised: {reductions.shown(error)}"
            )

    def _lost(self, value: Any, cause: Cause, reason: str) -> Any:
        assert self.lose is not None
        return Lost, (self.lose(value, cause, reason),)

    def _decide_or_lose(self, cls: type) -> Decision:
        try:
            return self._decide(cls)
        except Interruption:
            raise
        except BaseException as error:
            reason = f"its class {qualname_of(cls)} can't be asked how it is kept: {reductions.shown(error)}"

            def refuse(value: Any) -> Any:
                raise CannotKeep(Cause.UNPICKLABLE, reason)

            return refuse

    def _decide(self, cls: type) -> Decision:
        """How objects of a type are reduced; None leaves them to the C pickler."""
        if cls is Lost:
            return self._reduce_lost
        if issubclass(cls, type):
            return self._reduce_class
        for base, decision in self._fixed().items():
            if cls is base:
                return decision
        if issubclass(cls, types.ModuleType):  # one that was given another class
            return self._reduce_dressed_module
        found = reducer_for(cls) or proxies.decision(cls) or structs.decision(cls) or swig.decision(cls)
        found = found or (markers.reduce_marker if markers.may_be_marker(cls) else None)
        fallback: Decision = self._reduce_careful if self.lose is not None else None
        if found is not None and found is not markers.reduce_marker:  # and leaves some to their class's own pickling
            fallback = kept_back.of_class(cls, fallback, self.can_be_kept_whole)
            fallback = as_its_class.of_class(cls, fallback)
        decision = self._with_live(cls, found, fallback)
        if found is None:
            decision = open_numbers.of_class(cls, decision)
            decision = shared_dicts.of_class(cls, decision)
            decision = listed_weakrefs.of_class(cls, decision)
            decision = kept_back.of_class(cls, decision, self.can_be_kept_whole)
            decision = constructed_again.of_class(cls, decision) if is_definition(cls) else decision
            decision = as_its_class.of_class(cls, decision)
        return plain_first.of_class(cls, added.kept_with_them(cls, decision, found is not None))

    def meets(self, cls: type) -> None:
        """Called before the first object of a class is pickled the way that foreign code says."""

    def can_be_kept_whole(self, value: Any) -> bool:
        """Whether an object that its holder's own pickling keeps back is to be kept: where nothing in it would have to be told."""
        return False

    def _fixed(self) -> dict[type, Decision]:
        return {
            types.FunctionType: self._reduce_function,
            types.BuiltinFunctionType: reductions.builtin,
            types.CodeType: reduce_code,
            types.CellType: reduce_cell,
            types.ModuleType: self._reduce_module,
            types.MethodType: reductions.method,
            types.TracebackType: tracebacks.reduce,
            old_hashes.WithOldHashes: old_hashes.reduce,
            loose_modules.DictOf: loose_modules.reduce_dict,
            code_first.CodeOf: code_first.reduce,
        }

    def _with_live(self, cls: type, found: Decision, fallback: Decision) -> Decision:
        decision = self._without_live(cls, found, fallback)
        if cls not in self.live_types and cls.__name__ not in _LIVE_NAMES:
            return decision

        live = self.live

        def live_first(value: Any) -> Any:
            name = live.get(id(value))
            return (rebuild.live, (name,)) if name else (decision or reductions.leave)(value)

        return live_first

    def _without_live(self, cls: type, found: Decision, fallback: Decision) -> Decision:
        if found is None:
            return self._usual(cls, fallback)
        if found is markers.reduce_marker:  # most objects of such a class are none
            fallback = self._usual(cls, fallback)
        if fallback is None:
            return found

        def found_or_careful(value: Any) -> Any:
            reduced = found(value)
            return fallback(value) if reduced is NotImplemented else reduced

        return found_or_careful

    def _usual(self, cls: type, fallback: Decision) -> Decision:
        """How objects are reduced of a class that has no reducer."""
        by_content = contents.decision(cls, whole=fallback is None)
        if by_content is not None:
            return by_content
        as_it_says = self._as_it_says(cls, fallback)
        if not foreign.is_pickled_by_foreign_code(cls):
            return as_it_says
        self.meets(cls)
        return foreign.never_emptying(as_it_says)

    def _as_it_says(self, cls: type, fallback: Decision) -> Decision:
        """How objects are reduced of a class that is asked for their state."""
        if looks_at_what_is_asked(cls):
            return contents.by_state if wants_arguments(cls) else reductions.made_by_its_class
        if answers_everything(cls) or refuses_its_slots(cls):
            return reductions.bare_by_default if wants_arguments(cls) else reductions.by_default
        if refuses_its_own_state(cls):
            return reductions.set_behind_its_back
        if issubclass(cls, BaseException):
            return errors.reduce
        if isinstance(getattr(cls, "__reduce__", None), types.FunctionType) and fallback is None:
            return self._by_its_own_reduce if self.definitions is None else reductions.by_its_own_reduce
        return reductions.bare if wants_arguments(cls) else contents.with_its_base(cls, fallback)

    def _reduce_lost(self, value: Any) -> Any:
        told = object.__getattribute__(value, "_sojourn_told")
        if self.lose is None:
            raise CannotKeep(told.cause, told.reason)
        self.lose(value, told.cause, told.reason)
        return Lost, (told,)

    def _reduce_class(self, value: type) -> Any:
        if self._known is not None and id(value) in self._known.by_name:
            return NotImplemented
        if (name := self.live.get(id(value))) is not None:  # one that no module has by its name
            return rebuild.live, (name,)
        if (place := places.of_class(value)) is not None:
            return rebuild.live, (rebuild.PLACE + place,)
        if (reduced := reduced_class(value)) is not NotImplemented:
            return reduced
        if is_definition(value):
            if not whose.has_class(value) and (place := places.of_class_elsewhere(value)) is not None:
                return rebuild.live, (rebuild.PLACE + place,)
            if self.definitions is not None:
                return rebuild.definition, (self.definitions.key(value),)
            learned = any(one is value for one in self.without_slotnames)  # in this very stream
            return reductions.class_by_value(value, {"__slotnames__"} if learned else set())
        replaced = originals.reduce(value)
        reduced = cp._class_reduce(value) if replaced is NotImplemented else replaced
        if reduced is NotImplemented:
            if self._known is not None:
                self._known.by_name[id(value)] = value
        elif len(reduced) == 6 and is_unreachable(value):  # by value
            if (place := places.of_class_elsewhere(value) or places.of_class_by_another_name(value)) is not None:
                return rebuild.live, (rebuild.PLACE + place,)
            if (made := places.made_by_metaclass(value)) is not None:
                return type, (made,)
            raise CannotKeep(Cause.UNPICKLABLE, f"{qualname_of(value)} is a class that no module has by its name")
        return reduced

    def _reduce_function(self, value: types.FunctionType) -> Any:
        if not is_definition(value):
            home = modules.home_of_function(value)
            return originals.reduce(value) if home is None else (getattr, home)
        if self.definitions is not None:
            return rebuild.definition, (self.definitions.key(value),)
        return reduce_function(value, self.main)

    def _reduce_module(self, value: types.ModuleType) -> Any:
        if attributes_of(value) is self.main:
            return rebuild.live, ("main module",)
        name = whose.imported_as(value)
        if loose_modules.is_found(value, name):
            parts = imported.parts_of(name)
            return (imported.module_with, (name, parts)) if parts else (rebuild.module, (name,))
        parent, _, last = name.rpartition(".")
        if name not in sys.modules and getattr(sys.modules.get(parent), last, None) is value:
            return getattr, (sys.modules[parent], last)  # sys.monitoring, which no import finds
        loose_modules.check(value, name)
        if self.definitions is not None:  # where its functions are
            return rebuild.definition, (self.definitions.key(value),)
        self.loose_modules.append(value)
        return loose_modules.reduce(value)

    def _reduce_dressed_module(self, value: types.ModuleType) -> Any:
        by_name = loose_modules.is_found(value, name_of(value))
        if by_name or loose_modules.is_kept_by_content(type(value)):
            return self._reduce_module(value)
        return self._reduce_careful(value)

    def _reduce_careful(self, value: Any) -> Any:
        """Compute the reduction here, where an exception costs this object only."""
        cls = type(value)
        table = self.dispatch_table.get(cls)
        if table is not None:
            return table(value)
        reduced = value.__reduce_ex__(5)
        if not isinstance(reduced, (tuple, str)):
            raise TypeError(f"__reduce_ex__ returned a {type(reduced).__name__}")
        of_c = reductions.holds_pointer(reduced) or refusing.is_one_of_c(value, reduced)
        if of_c and not all(map(is_definition, cls.__mro__[:-1])):
            raise CannotKeep(
                Cause.LIVE_RESOURCE, f"a {qualname_of(cls)} stands for something in the memory of a C library"
            )
        return self._by_state_if_it_must_be(value, reduced)

    def _by_its_own_reduce(self, value: Any) -> Any:
        return self._by_state_if_it_must_be(value, value.__reduce_ex__(5))

    def _by_state_if_it_must_be(self, value: Any, reduced: Any) -> Any:
        """Where its class is made again, an object that the class holds can't be made by calling it: the class is not filled yet."""
        calls = isinstance(reduced, tuple) and isinstance(reduced[0], type) and is_definition(reduced[0])
        if calls and self.definitions is None and not holds_more_than_attributes(type(value)):
            return contents.by_state(value)
        return reductions.by_state_if_named(value, reduced)


class PiecePickler(Reductions, pickle.Pickler):
    """Pickles one piece."""


class DeepPickler(Reductions, pickle._Pickler):  # type: ignore[name-defined,misc]
    """The same in Python, and slow: for nesting deeper than C code may recurse, which Python 3.12 and 3.13 limit to a constant."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        reduce = pickle._Pickler.save_reduce  # type: ignore[attr-defined]

        def save_reduce(*parts: Any, obj: Any = None) -> None:
            reduce(self, *parts, obj=obj)

        self.save_reduce = save_reduce  # a plain function: the way that it is called, a method would go through C code

    def reducer_override(self, value: Any) -> Any:
        return NotImplemented if type(value) in _PLAIN else super().reducer_override(value)


# The C pickler asks nobody about these.
_PLAIN = frozenset({int, float, bool, str, bytes, bytearray, type(None), list, tuple, dict, set, frozenset, pickle.PickleBuffer})  # fmt: skip


_LIVE_NAMES = {
    "_Environ", "OutStream", "TextIOWrapper", "ZMQInteractiveShell", "InteractiveShell", "TerminalInteractiveShell",
    "SojournKernel", "IPythonKernel", "_MainThread", "_UnixSelectorEventLoop", "HistoryAccessor", "Loop",
    "_TestShell", "ZMQDisplayPublisher", "OutList", "SojournShell", "Manager",
}  # fmt: skip
