"""lxml: trees are kept as text, elements as places in their tree. Text that does not give the same tree again is told."""

from __future__ import annotations

import importlib
from typing import Any

from ...told import Cause
from .. import rebuild
from ..libraries import places
from . import CannotKeep, reducer


@reducer("lxml.etree:_Element")
def element(value: Any) -> Any:
    top = value.getroottree().getroot()
    if value is not top and top is not None:
        return part_of, (top, _steps(value, top))
    return tree_of(value)


def _steps(value: Any, top: Any) -> list[int]:
    """The way down to an element: its number among its siblings, at each level."""
    steps: list[int] = []
    while value is not top:
        above = value.getparent()
        if above is None:  # a comment beside the root
            raise CannotKeep(Cause.UNPICKLABLE, "it stands outside the root of its tree")
        steps.append(above.index(value))
        value = above
    return steps[::-1]


def part_of(top: Any, steps: list[int]) -> Any:
    for step in steps:
        top = top[step]
    return top


def tree_of(top: Any) -> Any:
    """How a root is kept: the first way of writing it that reads as the same tree again."""
    from lxml import etree

    tree = top.getroottree()
    if (place := _place_of_parser(top, tree.parser)) is not None:
        return read_by_library, (etree.tostring(tree, encoding="utf-8"), place, tree.docinfo.URL)
    is_html = isinstance(tree.parser, etree.HTMLParser)
    for method in ("html", "xml") if is_html else ("xml",):
        text = etree.tostring(tree, method=method, encoding="utf-8")
        kind = _kind(top, is_html)
        try:
            made = make_tree(text, kind, method, tree.docinfo.URL)
        except etree.LxmlError:
            continue
        if type(made) is type(top) and _alike(made, top):
            return make_tree, (text, kind, method, tree.docinfo.URL)
    raise CannotKeep(Cause.UNPICKLABLE, "its text does not give the same tree again")


def _place_of_parser(top: Any, parser: Any) -> str | None:
    """Where a library that makes elements of its own classes (python-docx, python-pptx) has the parser that makes them."""
    library = type(top).__module__.partition(".")[0]
    if library == "lxml" or parser is None:
        return None
    held = (
        (name, key, one)
        for name, module in places.modules_of_library(library)
        for key, one in list(vars(module).items())
    )
    return next((f"{name}:{key}" for name, key, one in held if one is parser), None)


def read_by_library(text: bytes, place: str, url: str | None) -> Any:
    from lxml import etree

    module, _, name = place.partition(":")
    return etree.fromstring(text, getattr(importlib.import_module(module), name), base_url=url)


def _kind(top: Any, is_html: bool) -> str:
    home = type(top).__module__
    return home if home in ("lxml.objectify", "lxml.html") else "html" if is_html else "lxml.etree"


def make_tree(text: bytes, kind: str, method: str, url: str | None) -> Any:
    from lxml import etree

    parser: Any
    if kind == "lxml.objectify":
        from lxml import objectify

        parser = objectify.makeparser(remove_blank_text=False, huge_tree=True)
    elif kind == "lxml.html":
        from lxml import html

        makes = html.HTMLParser if method == "html" else html.XHTMLParser
        parser = makes(encoding="utf-8", huge_tree=True)
    else:
        makes = etree.HTMLParser if method == "html" else etree.XMLParser
        parser = makes(encoding="utf-8", huge_tree=True, **({} if method == "html" else {"strip_cdata": False}))
    return etree.fromstring(text, parser, base_url=url)


def _alike(one: Any, other: Any) -> bool:
    from itertools import zip_longest

    for a, b in zip_longest(one.iter(), other.iter()):
        if a is None or b is None or a.tag != b.tag or a.text != b.text or a.tail != b.tail:
            return False
        if isinstance(a.tag, str) and (a.attrib.items() != b.attrib.items() or a.nsmap != b.nsmap):
            return False
    return True


@reducer("lxml.etree:_ElementTree")
def tree(value: Any) -> Any:
    return make_element_tree, (value.getroot(),)


def make_element_tree(top: Any) -> Any:
    from lxml import etree

    return etree.ElementTree(top)


# parsel, and scrapy, which refuse to be pickled because of lxml's elements


@reducer("parsel.selector:Selector")
def selector(value: Any) -> Any:
    names = {name for cls in type(value).__mro__ for name in cls.__dict__.get("__slots__", ())} - {"__weakref__"}
    slots = {name: getattr(value, name) for name in names if hasattr(value, name)}
    return rebuild.bare, (type(value),), (getattr(value, "__dict__", None), slots), None, None, rebuild.set_state


@reducer("parsel.selector:SelectorList")
def selectors(value: Any) -> Any:
    return make_selectors, (type(value),), None, iter(list(value))


def make_selectors(cls: type) -> Any:
    return cls()
