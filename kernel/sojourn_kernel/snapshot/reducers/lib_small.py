"""Libraries that need a line or two: toolz, pendulum, Cython, sqlalchemy's sessions, shapely, rdkit's molecules, shared values."""

from __future__ import annotations

from typing import Any

from ..aliasing.addresses import OF_AN_EXTENSION
from ..libraries import places
from . import KeptBut, reducer
from .lib_igraph import item_of as item_of  # streams of body format 10 and before name it here
from .lib_jax import find_device as find_device  # streams of body format 7 and before name it here

# toolz finds a curried function by its name, which of one made in a cell may not be there yet


@reducer("toolz.functoolz:curry", "cytoolz.functoolz:curry")
def curried(value: Any) -> Any:
    home, name = getattr(value.func, "__module__", None), getattr(value.func, "__name__", None)
    named = places.get(f"{home}:{name}")[1] if home != "__main__" else None
    if type(named) is type(value) and named.func is value.func:  # as its own module curries it
        return NotImplemented
    return make_curried, (type(value), value.func, value.args, value.keywords), dict(vars(value)) if hasattr(value, "__dict__") else None, None, None, fill_curried  # fmt: skip


def make_curried(cls: type, function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any] | None) -> Any:
    return cls(function, *arguments, **(keywords or {}))


def fill_curried(made: Any, state: dict[str, Any] | None) -> None:
    made.__dict__.update({k: v for k, v in (state or {}).items() if k != "_partial"})


# tiktoken's encodings are pickled by their names alone once they are registered: they would be fetched again, or are a cell's own


@reducer("tiktoken.core:Encoding")
def encoding(value: Any) -> Any:
    from tiktoken import registry

    state = {
        "name": value.name,
        "pat_str": value._pat_str,
        "mergeable_ranks": value._mergeable_ranks,
        "special_tokens": value._special_tokens,
    }
    makers = registry.ENCODING_CONSTRUCTORS or {}
    is_librarys = registry.ENCODINGS.get(value.name) is value and _is_made_outside(makers.get(value.name))
    return (registered_encoding, (type(value), state)) if is_librarys else (type(value).__new__, (type(value),), state)


def _is_made_outside(maker: Any) -> bool:
    return maker is not None and getattr(maker, "__module__", "__main__") != "__main__"


def registered_encoding(cls: Any, state: dict[str, Any]) -> Any:
    """The one that tiktoken has under its name; it has this one from here on where it has none."""
    from tiktoken import registry

    found = registry.ENCODINGS.get(state["name"])
    if found is None:
        found = registry.ENCODINGS[state["name"]] = cls.__new__(cls)
        found.__setstate__(state)
    return found


# shapely's prepared geometries refuse to be pickled, and are made of their geometry


@reducer("shapely.prepared:PreparedGeometry")
def prepared(value: Any) -> Any:
    return type(value), (value.context,)


# Cython: what functions of an extension return as views of memory; each extension has a class for them that nothing shows


@reducer(f"*:{OF_AN_EXTENSION}")
def cython_view(value: Any) -> Any:
    import numpy as np

    raise KeptBut((np.asarray, (np.array(value),)), "it comes back as an array with a memory of its own")


# rdkit leaves the properties of a molecule out of its pickles, unless it is asked for all


@reducer("rdkit.Chem.rdchem:Mol")
def molecule(value: Any) -> Any:
    if type(value).__name__ != "Mol":
        return NotImplemented
    from rdkit.Chem import PropertyPickleOptions

    return type(value), (value.ToBinary(PropertyPickleOptions.AllProps),)


# multiprocessing: the other processes are gone, the value is this one's


@reducer("multiprocessing.sharedctypes:SynchronizedBase")
def shared(value: Any) -> Any:
    return make_synchronized, (value.get_obj(), value.get_lock())


def make_synchronized(held: Any, lock: Any) -> Any:
    from multiprocessing import sharedctypes

    return sharedctypes.synchronized(held, lock)


def make_shared(kind: str, element: Any, content: Any) -> Any:
    import multiprocessing

    return getattr(multiprocessing, kind)(element, content)


# addict: its own pickling leaves out the attributes that it needs for a missing key


@reducer("addict.addict:Dict")
def addict(value: Any) -> Any:
    return make_addict, (type(value),), (dict(vars(value)), list(dict.items(value))), None, None, fill_addict


def make_addict(cls: type) -> Any:
    return cls.__new__(cls)


def fill_addict(made: Any, state: tuple[dict[str, Any], list[tuple[Any, Any]]]) -> None:
    vars(made).update(state[0])
    for key, value in state[1]:
        dict.__setitem__(made, key, value)


# bidict: the two directions are one thing


@reducer("bidict._base:BidictBase", "bidict:BidictBase")
def bidict(value: Any) -> Any:
    other = value.inverse
    if other.inverse is value and id(other) < id(value):
        return other_direction, (other,)
    return value.__reduce__()


def other_direction(of: Any) -> Any:
    return of.inverse


# onnxruntime: a session is made of its model, its options and its providers


@reducer("onnxruntime.capi.onnxruntime_inference_collection:InferenceSession")
def inference_session(value: Any) -> Any:
    if value._from_model_package:
        return NotImplemented
    model = value._model_path if value._model_bytes is None else value._model_bytes
    return new_inference_session, (type(value), model, value.get_session_options(), value.get_provider_options())


def new_inference_session(cls: Any, model: Any, options: Any, providers: dict[str, dict[str, Any]]) -> Any:
    return cls(model, options, providers=list(providers.items()))


@reducer("onnxruntime.capi.onnxruntime_pybind11_state:SessionOptions")
def session_options(value: Any) -> Any:
    names = [name for name in dir(value) if not name.startswith("_") and not callable(getattr(value, name))]
    return set_options, (type(value), {name: getattr(value, name) for name in names if name != "execution_order"})


def set_options(cls: Any, values: dict[str, Any]) -> Any:
    made = cls()
    for name, one in values.items():
        if getattr(made, name) != one:
            setattr(made, name, one)
    return made


# pendulum's own pickling leaves out which of two equal hours it is, and what of a duration are months and years


@reducer("pendulum.datetime:DateTime")
def moment(value: Any) -> Any:
    return (make_moment, (type(value), value._getstate(), value.fold)) if value.fold else NotImplemented


def make_moment(cls: Any, parts: tuple[Any, ...], fold: int) -> Any:
    return cls(*parts, fold=fold)


_PARTS_OF_DURATIONS = (
    "years",
    "months",
    "weeks",
    "remaining_days",
    "hours",
    "minutes",
    "remaining_seconds",
    "microseconds",
)


@reducer("pendulum.duration:Duration")
def duration(value: Any) -> Any:
    parts = {name.removeprefix("remaining_"): getattr(value, name) for name in _PARTS_OF_DURATIONS}
    return make_duration, (type(value), parts)


def make_duration(cls: Any, parts: dict[str, int]) -> Any:
    return cls(**parts)


@reducer("pendulum.interval:Interval")
def interval(value: Any) -> Any:
    return NotImplemented
