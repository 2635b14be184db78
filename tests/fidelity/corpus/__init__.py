"""The corpus: one module a topic, each with a list ``CASES``."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace

from ..case import Case


def load() -> list[Case]:
    """All cases, in the order of topics; names are unique."""
    cases: list[Case] = []
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        cases += [replace(case, topic=info.name) for case in module.CASES]
    names = [case.name for case in cases]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two cases have one name: {sorted(twice)}")
    return cases
