"""The calls of cells that set something of a library's, in the order in which they were made: what records them as they run.

Only calls that change a library's own state are kept: they begin at a module (``xr.set_options``), they stand alone or as a
decorator, and what they are given is plain, a definition of the user's, or something that the library is seen to hold.
"""

from __future__ import annotations

import builtins
import contextlib
import types
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...observe.entering import ENTERED, ENTERING
from ...observe.setting_calls import (
    BEFORE,
    DECORATED,
    IMPORTED,
    INSIDE,
    PROFILER,
    RECORDER,
    STORED,
    WATCHED,
    Known,
    is_container_verb,
)
from ..libraries import imported, patches, places, whose
from . import decorating, entered_contexts, standing
from . import inside_functions as inside
from . import unnamed_settings as unnamed
from .call_rules import (
    NOT_AGAIN,
    PLAIN,
    SAYS,
    SECRET,
    function_of,
    given_directly,
    is_covered,
    is_held,
    is_of_getter,
    is_plain,
    owner_from_getter,
    parsed,
    start_of,
    why_not,
)
from .reached_state import Change
from .seeding import only_seeds

MOST = 1000  # calls that are kept


@dataclass
class Ledger:
    """Calls in the order in which they were made.

    entries: text of the call → what its names stood for; ``made``: what leads to the object that it registered and gave back, if it did;
    ``set``: what of the library it was seen to change, of one whose object can take that back.
    """

    entries: list[dict[str, Any]] = field(default_factory=list)
    namespace: Mapping[str, Any] = field(default_factory=dict)

    def is_called(self, place: str) -> bool:
        """Whether a call is made again that is made on, or by way of, what a library has at a place."""
        return any(("place", place) in entry["names"].values() for entry in self._in_force() if not entry["why"])

    def to_make_again(self) -> list[dict[str, Any]]:
        """Those whose object is not the session's own by now, which comes back in other ways."""
        own = {id(value) for value in list(self.namespace.values())}
        return [
            {key: one for key, one in entry.items() if key not in ("made", "set")}
            for entry in self._in_force()
            if "made" not in entry or id(entry["made"]()) not in own
        ]

    def _in_force(self) -> list[dict[str, Any]]:
        """Those that nothing has taken back since; what takes back something only if that is made again."""
        found: list[dict[str, Any]] = []
        for entry in self.entries:
            if _is_of_cells(entry):
                continue
            if standing.stands(entry.get("set", ())) and (
                not entry.get("takes_back") or _are_given_the_same(entry, found)
            ):
                found.append(entry)
        return found


ledger = Ledger()
_settled: set[str] = set()
"""Texts of calls of the cell that runs that were seen to be about no library: a loop may make a million."""


def known(namespace: Mapping[str, Any]) -> Known:
    """What the names of a namespace say about the calls of a cell that is about to be compiled."""

    _settled.clear()
    decorating.begin()

    def own_name(name: str) -> str:
        """What a function is called where it was made: ``wide`` may be ``set_options``."""
        value = namespace.get(name)
        found = value.__name__ if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)) else name
        return found if isinstance(found, str) else name

    return Known(
        _else(False, lambda name: start_of(name, namespace.get(name)) is not None),
        lambda name: _else(name, own_name)(name),
        _else(False, lambda chain: inside.sets(chain, namespace)),
        _else(False, lambda name: PROFILER in [cls.__name__ for cls in type(namespace.get(name)).__mro__]),
    )


def _else(default: Any, ask: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same question, answered by the default where an object of the user's answers none."""

    def asked(about: Any) -> Any:
        try:
            return ask(about)
        except Exception:
            return default

    return asked


def record(text: str, result: Any) -> Any:
    """What a cell's code hands each setting call to; gives back the call's result."""
    if text not in _settled and not _is_data(result):
        with contextlib.suppress(Exception):  # never the user's trouble
            _note(text, ledger.namespace, None)
        if text in _settled:  # no library's function: the user's own may call one
            _settled.remove(text)
            record_inside(text, None)
    return result


def record_inside(text: str, result: Any) -> Any:
    """What a cell's code hands each call of a function that sets something inside to; gives back the call's result."""
    if text not in _settled:
        with contextlib.suppress(Exception):
            if not inside.note(text, ledger.namespace, _note):
                _settled.add(text)
    return result


@dataclass(frozen=True)
class Before:
    """What a call of a library was about to do. named: its name says that it sets something; else what ``state`` shows decides.

    looked: what was seen before a call that may give an object that takes its setting back. about: it is a function that is called like
    a method of a container, given what a setting of its library was given (``event.remove(Engine, …, hook)``).
    whole: places of the library's objects that were as they were seen, so that the call accounts for what they are after it.
    says: it says or runs something (``logger.info(…)``), and what the library keeps by the way is its own business.
    """

    named: bool
    state: unnamed.Before | None
    whole: list[str]
    users: bool = False
    says: bool = False
    looked: unnamed.Before | None = None
    about: bool = False


def before(text: str, named: bool) -> Before | None:
    """What a cell's code asks before a call of a library."""
    if text in _settled:
        return None
    try:
        chain = parsed(text)[1]
        start = start_of(chain[0], ledger.namespace.get(chain[0]))
        if start is not None and not is_covered(start, chain):
            if not named and SAYS.fullmatch(chain[-1]):
                return Before(False, None, imported.as_seen(places.library_of(start[1])), says=True)
            about = False
            # np.append, cv2.add: what it changes says whether it sets something
            if named and _is_called_like_a_method(text):
                named, about = False, _is_about_a_setting(text)
            state = None if named else unnamed.before(text, ledger.namespace)
            if named or about or state is not None:
                looked = state
                if named and not is_of_getter(parsed(text)[0]):
                    looked = standing.seen_before(text, ledger.namespace)
                whole = imported.as_seen(places.library_of(start[1]))
                return Before(named, state, whole, looked=looked, about=about)
        elif start is None and inside.sets(chain, ledger.namespace):
            return Before(False, None, [], users=True)
    except Exception:  # never the user's trouble
        return Before(named, None, [])
    _settled.add(text)
    return None


def watched(text: str, was: Before | None, result: Any, kept: bool) -> Any:
    """What a cell's code hands such a call to; gives back the call's result."""
    if was is not None and was.users:
        return record_inside(text, result)
    if was is not None and was.says:
        with contextlib.suppress(Exception):
            imported.see_again(was.whole)
    elif was is not None and not (kept and _is_data(result)):
        with contextlib.suppress(Exception):
            sets = was.named or was.about or (was.state is not None and unnamed.is_setting(was.state, result, kept))
            made = _leading_to(result) if was.state is not None and was.state.fluent else None
            changes = standing.set_by(was.looked) if sets and standing.can_be_taken_back(result) else ()
            more = {"takes_back": True} if was.about else {}
            if sets and _note(text, ledger.namespace, None, made=made, changes=changes, seen=True, more=more):
                imported.see_again(was.whole)
    return result


def _is_data(result: Any) -> bool:
    """Whether a call was made for what it gives: ``sm.add_constant(x ** 2)`` gives an array or a table, and sets nothing."""
    return hasattr(type(result), "__array__")


def _leading_to(result: Any) -> Callable[[], Any]:
    """Its object, as long as that is there; what can't be referred to weakly is taken for gone."""
    try:
        return weakref.ref(result)
    except TypeError:
        return object


def recorded_decorator(text: str, decorator: Any) -> Any:
    """The decorator, noting what it is given."""

    def decorate(value: Any) -> Any:
        result = decorator(value)
        with contextlib.suppress(Exception):
            if result is value:  # else the registration is part of what the name stands for
                _note(text, ledger.namespace, value)
        return result

    return decorate


def record_stored(text: str, owner: Any, key: Any) -> None:
    """What a cell's code hands a container of a library's to, once the cell has put something in it under a key that is no text."""
    if isinstance(key, (str, int)):
        return
    with contextlib.suppress(Exception):
        first, *rest = text.split(".")
        start = start_of(first, ledger.namespace.get(first))
        if start is None or is_covered(start, [first, *rest]):
            return
        names = {first: start, "its_key": start_of("", key) or ("value", key), "its_value": ("value", owner[key])}
        _keep({"text": f"{text}.__setitem__(its_key, its_value)", "names": names, "why": "", "given": None}, False)


def record_import(text: str) -> None:
    """What a cell's code hands each statement to that takes something of a module's by its name."""
    with contextlib.suppress(Exception):
        imported.note_taken(text, ledger.namespace, whose.is_of_the_session)


def _note(
    text: str,
    namespace: Mapping[str, Any],
    given: Any = None,
    why: str = "",
    made: Any = None,
    changes: tuple[Change, ...] = (),
    seen: bool = False,
    more: Mapping[str, Any] | None = None,
) -> bool:
    """Add a call to the ledger if it set something of a library's. Gives back whether it is there to be made again.

    made: leads to the object that the call registered: a second one alike registers one more. changes: what it is seen to have set,
    if its object can take that back. seen: it was looked at what the call did. more: what else is known of it.
    """
    call, chain, names = parsed(text)
    root = namespace.get(chain[0], vars(builtins).get(chain[0]))
    start = start_of(chain[0], root)
    if start is None or is_covered(start, chain):
        _settled.add(text)
        return False
    entry: dict[str, Any] = {"text": text, "names": {chain[0]: start}, "why": "", "given": given}
    function = function_of(root, call)
    if isinstance(function, type) and chain[-1][:1].isupper():
        _settled.add(text)  # a class whose name reads so: its object is the cell's
        return False
    if not seen and _is_called_like_a_method(text, namespace):
        _settled.add(text)
        return False
    if why:
        entry["why"] = why
    elif SECRET.search(chain[-1]) or SECRET.search(_given(text)):
        entry |= {"text": f"{'.'.join(chain)}(…)", "why": "secrets are not written to a checkpoint", "given": None}
    elif NOT_AGAIN.search(chain[-1]):
        if only_seeds(function, call):
            return False
        entry["why"] = "it may do more than set something, so it is not made again by itself"
    else:
        direct = given_directly(call)
        for name in names - {chain[0]}:
            if name not in namespace:
                continue
            value = namespace[name]
            acts = name in direct and not is_plain(value)
            if acts and not is_held(value, function, owner_from_getter(root, call)):
                return False  # it acts on what it is given
            entry["names"][name] = start_of(name, value) or ("value", value)
        entry["why"] = why_not(call, entry["names"], namespace)
    if made is not None:
        entry["made"] = made
    entry |= more or {}
    if changes:
        entry |= {"set": changes, "can_be_taken_back": True}
    _keep(entry, made is not None or given is not None or is_container_verb(chain[-1]))
    return not entry["why"]


def _is_called_like_a_method(text: str, namespace: Mapping[str, Any] | None = None) -> bool:
    """Whether a function of a module is called that has the name of a method of lists, dicts or sets."""
    call, chain, _ = parsed(text)
    if not is_container_verb(chain[-1]) or is_of_getter(call):
        return False
    root = (ledger.namespace if namespace is None else namespace).get(chain[0], vars(builtins).get(chain[0]))
    return isinstance(getattr(function_of(root, call), "__self__", None), (types.ModuleType, type(None)))


def _is_about_a_setting(text: str) -> bool:
    """Whether a call is given an object of the session's that a recorded call of the same library was given."""
    _, chain, names = parsed(text)
    start = start_of(chain[0], ledger.namespace.get(chain[0])) or ("module", "")
    held = {name: ("value", ledger.namespace[name]) for name in names - {chain[0]} if name in ledger.namespace}
    return _are_given_the_same({"names": {chain[0]: start, **held}, "given": None}, ledger.entries)


def _are_given_the_same(entry: dict[str, Any], others: list[dict[str, Any]]) -> bool:
    """Whether any of other calls of the same library was given an object that a call is given."""
    library, given = _given_objects(entry)
    return any(library == home and given & held for home, held in map(_given_objects, others))


def _given_objects(entry: dict[str, Any]) -> tuple[str, set[int]]:
    """The library of a call, and the ids of what it was given of the session's."""
    homes = [place for _, place in entry["names"].values()][:1]
    held = [entry["given"], *(value for kind, value in entry["names"].values() if kind == "value")]
    return places.library_of(*homes) if homes else "", {id(one) for one in held if not issubclass(type(one), PLAIN)}


def _is_of_cells(entry: dict[str, Any]) -> bool:
    """Whether a call is made on what cells put in a module (``string.cache = {}``): it comes back as it is by now."""
    if "…" in entry["text"] or not entry["text"]:
        return False
    first, *steps = parsed(entry["text"])[1]
    kind, place = entry["names"].get(first, ("", ""))
    if kind not in ("module", "place"):
        return False
    owners = [".".join(steps[:number]) for number in range(1, len(steps))]
    return any(f"{place}{':' if kind == 'module' else '.'}{one}" in patches.SET for one in owners)


def _given(text: str) -> str:
    """The text of what a call is given: the names before it may be a library's (``spacy.tokens.Token``)."""
    return text.partition("(")[2]


def _keep(entry: dict[str, Any], every: bool) -> None:
    """Add to the ledger. Of settings that were made twice alike only the last counts; ``every``: twice is not once."""
    entries = ledger.entries
    if len(entries) > MOST:  # told; a loop of them costs nothing more
        return
    if not every:
        alike = [e for e in entries if e["text"] == entry["text"] and _same_names(e["names"], entry["names"])]
        for one in alike:
            entries.remove(one)
    if len(entries) == MOST:
        entry = {"text": "", "names": {}, "why": f"there are more than {MOST} such calls", "given": None}
    entries.append(entry)


def _same_names(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.keys() == other.keys() and all(
        a is b or (a[0] == b[0] and (a[1] is b[1] or (a[0] != "value" and a[1] == b[1])))
        for a, b in ((one[k], other[k]) for k in one)
    )


def start(namespace: Mapping[str, Any]) -> None:
    """Put the recorders where the code of cells finds them. namespace: the session's."""
    ledger.namespace = namespace
    setattr(builtins, RECORDER, record)
    setattr(builtins, DECORATED, recorded_decorator)
    decorating.start(_note, lambda: ledger.namespace)
    setattr(builtins, INSIDE, record_inside)
    setattr(builtins, STORED, record_stored)
    setattr(builtins, BEFORE, before)
    setattr(builtins, WATCHED, watched)
    setattr(builtins, IMPORTED, record_import)
    setattr(builtins, ENTERING, entered_contexts.entering)
    setattr(builtins, ENTERED, entered_contexts.entered)
