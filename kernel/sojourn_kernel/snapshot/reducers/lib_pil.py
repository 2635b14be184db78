"""Pillow: a pen over an image is made again over the same image."""

from __future__ import annotations

from typing import Any

from ...told import Cause
from . import CannotKeep, reducer

_MADE = ("im", "draw", "_image")


def new_draw(cls: type, image: Any, mode: str) -> Any:
    return cls(image, mode)


@reducer("PIL.ImageDraw:ImageDraw")
def draw(value: Any) -> Any:
    image = getattr(value, "_image", None)
    if image is None or getattr(image, "im", None) is not value.im:
        raise CannotKeep(Cause.UNPICKLABLE, "the image that it draws on has changed its size or is not known")
    state = {name: held for name, held in vars(value).items() if name not in _MADE}
    return new_draw, (type(value), image, value.mode), state
