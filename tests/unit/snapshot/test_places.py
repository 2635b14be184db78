"""Places in libraries: found, set, removed; objects imported by name; paths to what was lost."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator

import polars as pl
import pytest
from sojourn_kernel.snapshot.libraries import imported, patches, places
from sojourn_kernel.snapshot.objects.definitions import is_definition, is_unreachable
from sojourn_kernel.snapshot.paths import path_to, paths_to


class Options:
    """A library's object, as far as its module says."""

    def __init__(self) -> None:
        self.width = 80


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    module = types.ModuleType("lib_of_others")
    monkeypatch.setattr(Options, "__module__", module.__name__)
    module.options, module.table = Options(), {"a": 1, "deep": {"b": 2}}  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, module.__name__, module)
    imported._seen.clear()
    yield module
    imported._seen.clear()


def note(source: str) -> None:
    imported.note(source, {}, lambda module: False)


def test_an_attribute_of_a_librarys_object_has_a_place(library: types.ModuleType) -> None:
    found = patches.find("lib.options.width = 3", {"lib": library})
    assert found == ({"lib_of_others:options.width"}, set())


def test_an_entry_that_is_deleted_has_a_place(library: types.ModuleType) -> None:
    assert patches.find("del lib.table['a']", {"lib": library}) == (set(), {"lib_of_others:table['a']"})


def test_an_entry_of_a_dict_imported_by_name_has_a_place(library: types.ModuleType) -> None:
    assert patches.find("del table['a']", {"table": library.table}) == (set(), set())
    note("from lib_of_others import table")
    assert patches.find("del table['a']", {"table": library.table}) == (set(), {"lib_of_others:table['a']"})


def test_what_is_put_is_got_and_removed(library: types.ModuleType) -> None:
    place = "lib_of_others:table['new']"
    assert places.get(place) == (False, None)
    places.put(place, 7)
    assert places.get(place) == (True, 7)
    places.remove(place)
    assert places.get(place) == (False, None)


def test_an_object_imported_by_name_is_the_librarys_while_it_is_as_it_was(library: types.ModuleType) -> None:
    note("from lib_of_others import options as o, table")
    assert set(imported.held(set())) == {"lib_of_others:options", "lib_of_others:table"}


def test_an_object_changed_by_unknown_means_is_kept_by_value(library: types.ModuleType) -> None:
    note("from lib_of_others import options")
    library.options.width = 3
    assert imported.held(set()) == {}


def test_an_object_changed_deep_inside_by_unknown_means_is_kept_by_value(library: types.ModuleType) -> None:
    library.options.inner = Options()
    note("from lib_of_others import options")
    library.options.inner.width = 3
    assert imported.held(set()) == {}


def test_an_object_whose_change_is_made_again_stays_the_librarys(library: types.ModuleType) -> None:
    note("from lib_of_others import options")
    library.options.width = 3
    assert set(imported.held({"lib_of_others:options.width"})) == {"lib_of_others:options"}


def test_contents_of_a_container_are_kept_only_if_they_changed_and_inner_ones_keep_their_identity(
    library: types.ModuleType,
) -> None:
    note("from lib_of_others import table")
    assert imported.changed() == {}
    inner = library.table["deep"]
    inner["b"] = 3
    kept = imported.changed()["lib_of_others:table"]
    inner["b"] = 2
    imported.put("lib_of_others:table", kept)
    assert library.table == {"a": 1, "deep": {"b": 3}}
    assert library.table["deep"] is inner


@pytest.mark.parametrize(
    "source", ["mine = lib.options", "a = b = lib.options", "x, mine = 1, lib.options", "(mine := lib.options)"]
)
def test_an_object_named_by_a_cell_is_the_librarys_too(library: types.ModuleType, source: str) -> None:
    imported.note(source, {"lib": library}, lambda module: False)
    assert set(imported.held(set())) == {"lib_of_others:options"}


def test_an_attribute_of_what_is_no_module_is_left_alone(library: types.ModuleType) -> None:
    imported.note("mine = lib.options", {"lib": library.options}, lambda module: False)
    assert imported.held(set()) == {}


def test_modules_of_the_users_are_left_alone(library: types.ModuleType) -> None:
    imported.note("from lib_of_others import options", {}, lambda module: True)
    assert imported.held(set()) == {}


def test_paths_to_several_targets_are_found_in_one_walk() -> None:
    one, two, missing = object(), object(), object()
    root = {"a": [one], "b": types.SimpleNamespace(two=two)}
    assert paths_to(root, [one, two, missing]) == {id(one): "['a'][0]", id(two): "['b'].two"}


def test_a_path_to_the_root_is_empty() -> None:
    root: list[int] = []
    assert path_to(root, root) == ""


class Proxy(Options):
    """Answers no question about its class, as a proxy of flask's outside of a request."""

    @property
    def __class__(self) -> type:
        raise RuntimeError("outside of a request")

    @__class__.setter
    def __class__(self, value: type) -> None: ...


def test_an_imported_object_that_answers_no_question_is_kept_by_its_place(
    library: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Proxy, "__module__", library.__name__)
    library.proxy = Proxy()  # type: ignore[attr-defined]
    note("from lib_of_others import proxy")
    assert "lib_of_others:proxy" in imported.held(set())


def test_a_class_is_found_below_the_one_extension_module_of_its_library() -> None:
    hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
    place = places.of_class(hashes.Hash)
    assert place is not None
    assert places.get(place)[1] is hashes.Hash


def test_a_class_made_in_c_is_never_kept_by_value() -> None:
    scanner = type(re.compile("a").scanner("b"))
    assert is_unreachable(scanner)
    assert not is_definition(scanner)
    assert not is_unreachable(Options)


def test_a_class_of_rust_without_methods_is_never_kept_by_value() -> None:
    properties = pl.ParquetDecryptionProperties(footer_key=b"0123456789012345")
    inner = type(next(iter(vars(properties).values())))
    assert is_unreachable(inner)
    assert not is_definition(inner)
