"""Photos as residents' phones make them, turned into pictures that may be published.

A photo is decoded and encoded anew, so that nothing of the file that came in is kept: no place, no camera, no hidden
script. What cannot be decoded as one of three formats, or would need too much memory, is refused.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from PIL import Image, ImageOps

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
SIDE = 1600
THUMBNAIL_SIDE = 400
QUALITY = 82

# What Pillow raises on damaged or hostile files.
UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    OverflowError,
)


class NotAPhoto(Exception):
    """The file is none of the formats, is damaged, or is too large."""


class TooManyPixels(NotAPhoto):
    """The picture would need too much memory, however small its file is."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to publish: JPEG, upright, without metadata, sides in pixels; `digest` is SHA-256 of the bytes."""

    data: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()


def develop(file: BinaryIO, *, side: int = SIDE, most: int = MAX_BYTES) -> Photo:
    """The photo in `file` of `most` bytes, at most `side` pixels wide and high. Raises `NotAPhoto`."""
    data = file.read(most + 1)
    if len(data) > most:
        raise NotAPhoto
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            # The header tells the size; nothing is decoded before it is known to be bearable.
            if image.width * image.height > MAX_PIXELS:
                raise TooManyPixels
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((side, side))
            picture = _on_white(upright)
    # Far too many pixels, which Pillow itself sees first. The warning is an error where warnings are errors.
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except UNREADABLE as error:
        raise NotAPhoto from error
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Photo(data=out.getvalue(), width=picture.width, height=picture.height)


def _on_white(image: Image.Image) -> Image.Image:
    """Opaque and in plain colours, with nothing in `info` that an encoder would write into the file."""
    rgba = image.convert("RGBA")
    picture = Image.new("RGB", rgba.size, "white")
    picture.paste(rgba, mask=rgba.getchannel("A"))
    return picture
