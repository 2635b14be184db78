"""Pillow: images are opened from their files again, with the pixels that they have; a pen over an image is made again over the same image."""

from __future__ import annotations

import ctypes
import io
import os
import sys
from typing import Any

from ...told import Cause
from ..aliasing import lenders
from ..looking import pointers
from ..looking.classes import module_of
from ..process import by_number
from . import CannotKeep, reducer, variables
from .files import FileGone

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


@reducer("PIL.Image:Image")
def image(value: Any) -> Any:
    """Over the array whose pixels it shows; with what was written into its EXIF data, which Pillow's own pickling leaves out."""
    reduced = value.__reduce_ex__(5)
    state = reduced[2]
    if (held := _lent(value, state[-1])) is not None:
        return image_over, (*held, value.mode, value.size), (state[:-1], value._exif), None, None, fill_over
    return _with_what_is_left_out(reduced, value._exif, {})


def _with_what_is_left_out(reduced: Any, exif: Any, found: dict[str, Any]) -> Any:
    """Pillow's own reduction of an image with its EXIF data, and what its format's reader found."""
    made, arguments, state = reduced[:3]
    if exif is None and not found:
        return reduced
    return made, arguments, (state, exif, found), None, None, fill_pixels_and_exif


def fill_pixels_and_exif(made: Any, parts: tuple[Any, ...]) -> None:
    """parts: in older streams without what its format's reader found."""
    state, exif, *found = parts
    made.__setstate__(state)
    made._exif = exif
    for one in found:
        vars(made).update(one)


_IN_ITS_STATE = frozenset({"im", "_im", "_mode", "_size", "readonly", "_readonly", "palette", "pyaccess", "info", "_exif", "filename", "layer", "layers"})  # fmt: skip
_PLAIN = (int, float, str, bytes, bool, type(None))


def _found_by_its_reader(value: Any) -> dict[str, Any]:
    """Quantization tables, texts, tags."""
    return {name: held for name, held in vars(value).items() if name not in _IN_ITS_STATE and _is_data(held)}


def _is_data(held: Any, depth: int = 5) -> bool:
    """Numbers and texts, containers of them, and the tags of a TIFF file. By identity: a metaclass of the user's may answer no comparison."""
    cls = type(held)
    if any(cls is one for one in _PLAIN):
        return True
    if cls is dict or cls is list or cls is tuple:
        parts = (*held.keys(), *held.values()) if cls is dict else held
    elif module_of(cls) == "PIL.TiffImagePlugin":
        parts = vars(held).values() if hasattr(held, "__dict__") else ()
    else:
        return False
    return depth > 0 and all(_is_data(one, depth - 1) for one in parts)


_MAPPED = ("L", "P", "RGBX", "RGBA", "CMYK", "I;16", "I;16L", "I;16B")  # modes of images that can use another's memory


def _lent(value: Any, pixels: bytes) -> tuple[Any, int] | None:
    """The array whose memory an image uses (``Image.fromarray(array)`` takes no copy of some kinds), and where in it."""
    if not value.readonly or value.mode not in _MAPPED or type(value).__name__ != "Image":
        return None
    start = _memory_of(value)
    held = lenders.holder(start, len(pixels)) if start else None
    return held if held is not None and lenders.lent(*held, len(pixels), False).tobytes() == pixels else None


class _ArrowArray(ctypes.Structure):
    """The beginning of the structure of Arrow's C data interface."""


_ArrowArray._fields_ = [
    ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)), ("children", ctypes.POINTER(ctypes.POINTER(_ArrowArray))),
]  # fmt: skip


def _memory_of(value: Any) -> int | None:
    """Where an image's pixels lie, as it tells Arrow; None where it tells nothing."""
    try:
        _, capsule = value.__arrow_c_array__()
    except Exception:  # an older Pillow, or pixels in several pieces
        return None
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    array = _ArrowArray.from_address(pointer(capsule, b"arrow_array"))
    if array.n_children:
        array = array.children[0].contents
    return array.buffers[1] if array.n_buffers == 2 else None


def image_over(owner: Any, offset: int, mode: str, size: tuple[int, int]) -> Any:
    from PIL import Image

    pixels = size[0] * size[1] * (4 if len(mode) == 4 and ";" not in mode else 2 if ";" in mode else 1)
    return Image.frombuffer(mode, size, lenders.lent(owner, offset, pixels, True), "raw", mode, 0, 1)


def fill_over(made: Any, parts: tuple[Any, Any]) -> None:
    (info, mode, _, palette), made._exif = parts
    made.info = info
    if mode == "P" and palette:
        made.putpalette(palette)


@reducer("PIL.ImageFile:ImageFile")
def opened(value: Any) -> Any:
    """Metadata, frames and what reads them are in the file; Pillow's own pickling keeps the pixels alone."""
    value.load()  # which may be the last that it reads of its file
    source = _source(value)
    if not source:  # nothing leads to it
        return _with_what_is_left_out(value.__reduce_ex__(5), value._exif, _found_by_its_reader(value))
    state = value.__getstate__()
    frame = value.tell() if getattr(value, "is_animated", False) else None
    name = getattr(value, "filename", "")
    return open_image, (type(value), source, frame), (state, name, value._exif), None, None, fill_image


def _source(value: Any) -> Any:
    """The path of its file, or the file in memory that it reads."""
    name = getattr(value, "filename", None)
    if isinstance(name, (str, bytes, os.PathLike)) and name:
        return by_number.path_of_file(getattr(value, "fp", None), os.fsdecode(name))
    files = [getattr(value, attribute, None) for attribute in ("fp", "_fp")]
    if memory := next((file for file in files if type(file) is io.BytesIO and not file.closed), None):
        return memory
    named = (file for file in files if isinstance(file, io.BufferedReader) and isinstance(file.name, str))
    return next((by_number.path_of_file(file, file.name) for file in named), None)


def open_image(cls: type, source: Any, frame: int | None) -> Any:
    from PIL import Image

    place = source.tell() if isinstance(source, io.BytesIO) else None
    try:
        made: Any = Image.open(source)
        if type(made) is cls:
            made.seek(frame or 0)
            made.load()
            return made
    except (OSError, EOFError, SyntaxError):
        pass
    finally:
        if place is not None:
            source.seek(place)
    if frame is not None:
        raise FileGone(f"the file {source} of its frames is not here, or is another")
    return without_its_file(cls)


def without_its_file(cls: type) -> Any:
    """An image whose pixels are all that there is of it."""
    made = cls.__new__(cls)
    made.__dict__.update(fp=None, _fp=None, _exclusive_fp=False, custom_mimetype=None, tile=[], readonly=0)
    return made


def fill_image(made: Any, parts: tuple[Any, ...]) -> None:
    """Its pixels, where the session had changed them, and its EXIF data, where it had asked for them."""
    state, name, *exif = parts
    made.filename = name
    pixels = [
        held for attribute, held in vars(made).items() if attribute in ("im", "_im")
    ]  # which of them, depends on the version
    if pixels in ([], [None]) or made.__getstate__()[1:] != state[1:]:
        made.__setstate__(state)
    made.info, made.filename = state[0], name
    if exif and exif[0] is not None:
        made._exif = exif[0]


@reducer("builtins:PixelAccess")
def pixels(value: Any) -> Any:
    """What ``load()`` gives, by the variable whose image's it is: it holds that image's memory, and shows it to nobody."""
    library = sys.modules.get("PIL.Image")
    if library is None or type(value).__basicsize__ < pointers.FIRST + pointers.SIZE:
        return NotImplemented
    memory = pointers.held_at(value, pointers.FIRST)
    for one in variables():
        if isinstance(one, library.Image) and memory in (id(vars(one).get("im")), id(vars(one).get("_im"))):
            return pixels_of, (one,)
    raise CannotKeep(Cause.UNPICKLABLE, "no variable has the image whose pixels it gives access to")


def pixels_of(image: Any) -> Any:
    return image.load()


@reducer("PIL.ImageFont:FreeTypeFont")
def font(value: Any) -> Any:
    content = getattr(value, "font_bytes", None)
    if content is None:
        return NotImplemented
    return open_font, (type(value), content, value.size, value.index, value.encoding, value.layout_engine)


def open_font(cls: Any, content: bytes, *how: Any) -> Any:
    return cls(io.BytesIO(content), *how)
