"""pygame: surfaces by their pixels and what is set of them; parts of one share its pixels. What is shown on a display is the display's."""

from __future__ import annotations

import sys
from typing import Any

from ...told import Cause
from . import CannotKeep, reducer

_WITH_ALPHA, _BY_RUNS, _AS_RUNS = (
    0x10000,
    0x2000,
    0x4000,
)  # SRCALPHA, RLEACCELOK and RLEACCEL of SDL: the last comes and goes with use
_SHOWN = ("bitsize", "masks", "shifts", "size", "pitch", "offset", "colorkey", "alpha", "clip", "blendmode")


@reducer("pygame.surface:Surface")
def surface(value: Any) -> Any:
    pygame: Any = sys.modules["pygame"]
    if type(value) is not pygame.Surface:
        return NotImplemented
    if value.get_abs_parent() is pygame.display.get_surface():
        raise CannotKeep(Cause.LIVE_RESOURCE, "it is what a display shows; open that again")
    if value.get_locked():
        raise CannotKeep(Cause.LIVE_RESOURCE, "it is locked: an array or another object looks into its pixels")
    parent, size = value.get_parent(), value.get_size()
    clip = tuple(value.get_clip())
    settings = value.get_colorkey(), bool(value.get_flags() & _BY_RUNS), value.get_alpha(), clip
    if parent is not None:
        reduced: Any = make_part, (parent, (*value.get_offset(), *size), settings)
    else:
        form = size, value.get_flags() & _WITH_ALPHA, value.get_bitsize(), tuple(value.get_masks())
        reduced = make_surface, (form, value.get_buffer().raw, settings)
    make, arguments = reduced
    if value.get_bitsize() == 8 or _shown(make(*arguments)) != _shown(value):  # colours of a palette need a display
        raise CannotKeep(Cause.UNPICKLABLE, "a surface of this format can't be made again as it is")
    return reduced


def _shown(value: Any) -> list[Any]:
    shown = [getattr(value, f"get_{name}")() for name in _SHOWN if hasattr(value, f"get_{name}")]
    return [value.get_flags() & ~_AS_RUNS, *shown]


def make_surface(form: tuple[Any, ...], pixels: bytes, settings: tuple[Any, ...]) -> Any:
    import pygame

    made = pygame.Surface(*form)
    buffer = made.get_buffer()
    if buffer.length != len(pixels):
        raise ValueError("its rows have another length here")
    buffer.write(pixels)
    del buffer  # it locks the surface
    return _with(made, *settings)


def make_part(parent: Any, place: tuple[int, ...], settings: tuple[Any, ...]) -> Any:
    return _with(parent.subsurface(place), *settings)


def _with(made: Any, colorkey: Any, by_runs: bool, alpha: Any, clip: tuple[int, ...]) -> Any:
    if made.get_colorkey() != colorkey:
        made.set_colorkey(colorkey, _AS_RUNS if by_runs else 0)
    if made.get_alpha() != alpha:
        made.set_alpha(alpha)
    made.set_clip(clip)
    return made
