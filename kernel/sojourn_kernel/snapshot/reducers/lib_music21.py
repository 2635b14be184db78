"""music21: notes and streams by what they hold. Their own pickling leaves out which stream a note is in, and what it was made of."""

from __future__ import annotations

from typing import Any

from .. import contents
from . import reducer


@reducer("music21.base:Music21Object", "music21.sites:Sites", "music21.sites:SiteRef", "music21.derivation:Derivation")
def by_what_it_holds(value: Any) -> Any:
    return contents.by_state(value)
