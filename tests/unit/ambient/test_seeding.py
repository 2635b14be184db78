"""A library's call that seeds streams which are kept anyway is nothing to make again; one that may do more is."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
from sojourn_kernel.snapshot.ambient.seeding import only_seeds

LIBRARY = """
import random
import numpy as np
from random import seed as seed_it
import {name}_other

def plain(seed): random.seed(seed); np.random.seed(seed)
def by_name(seed): seed_it(seed)
def imports(seed):
    import numpy
    numpy.random.seed(seed)
def by_way_of_another(seed): seed_plainly(seed)
seed_plainly = plain
def not_loaded(seed):
    random.seed(seed)
    try:
        import no_such_library as other
        other.random.set_seed(seed)
    except ImportError:
        pass
def never_imported(seed):
    random.seed(seed)
    if False:
        xm.set_rng_state(seed)
def option(seed, deterministic=False):
    random.seed(seed)
    if deterministic:
        other.use_deterministic(True)

_seed = None
def own_state(seed):
    global _seed
    _seed = seed
    random.seed(seed)
def attribute(seed):
    random.seed(seed)
    np.cached = seed
def others(seed):
    random.seed(seed)
    {name}_other.set_seed(seed)
def of_a_local(seed, make=dict):
    random.seed(seed)
    engine = make()
    engine.seed(seed)
def of_a_result(seed):
    random.seed(seed)
    make().manual_seed(seed)
def relative(seed):
    from . import engine
    engine.set_seed(seed)
def nothing(seed): return seed
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder, name = tmp_path_factory.mktemp("libraries"), "seeding_library"
    (folder / f"{name}_other.py").write_text("def set_seed(seed, state=[]): state.append(seed)\n")
    (folder / f"{name}.py").write_text(LIBRARY.format(name=name))
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(Path(folder)))
        for one in (name, f"{name}_other"):
            del sys.modules[one]


def call(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    "name", ["plain", "by_name", "imports", "by_way_of_another", "not_loaded", "never_imported", "option"]
)
def test_streams_that_are_kept(library: Any, name: str) -> None:
    assert only_seeds(getattr(library, name), call("f(3)"))


@pytest.mark.parametrize(
    "name", ["own_state", "attribute", "others", "of_a_local", "of_a_result", "relative", "nothing"]
)
def test_what_may_do_more(library: Any, name: str) -> None:
    assert not only_seeds(getattr(library, name), call("f(3)"))


@pytest.mark.parametrize("text", ["f(3, deterministic=True)", "f()", "f"])
def test_a_call_that_is_given_more_or_less_than_a_seed(library: Any, text: str) -> None:
    assert not only_seeds(library.option, call(text))


def test_what_is_not_written_in_python() -> None:
    assert not only_seeds(dict, call("f(3)"))
