"""What becomes of the files that residents send as photos."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from proposals.photos import MAX_BYTES, SIDE, NotAPhoto, TooManyPixels, develop

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def opened(photo) -> Image.Image:
    return Image.open(io.BytesIO(photo.data))


def half_red(width=40, height=20) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "RGBA", "P", "I;16", "1"])
def test_formats_and_modes(kind, mode):
    writable = {"JPEG": {"RGB", "L", "CMYK"}, "PNG": {"RGB", "L", "RGBA", "P", "I;16", "1"}, "WEBP": {"RGB", "RGBA"}}
    image = Image.new(mode if mode in writable[kind] else "RGB", (30, 20))
    picture = opened(develop(encoded(image, kind)))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (30, 20))


def test_place_and_camera_are_gone():
    exif = Image.Exif()
    exif[MAKER] = "Phone 12"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (39.0, 59.0, 30.0)
    photo = develop(encoded(half_red(), exif=exif, comment=b"<script>alert(1)</script>", icc_profile=b"secret profile"))
    assert not opened(photo).getexif()
    assert {"exif", "comment", "icc_profile"}.isdisjoint(opened(photo).info)
    for trace in (b"Phone", b"script", b"secret", b"Exif"):
        assert trace not in photo.data


def test_turned_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    photo = develop(encoded(half_red(400, 200), exif=exif, quality=95))
    picture = opened(photo)
    assert picture.size == (photo.width, photo.height) == (200, 400)
    assert picture.getpixel((100, 50))[0] > 200
    assert picture.getpixel((100, 350))[2] > 200


def test_large_becomes_smaller_and_small_stays():
    assert opened(develop(encoded(Image.new("RGB", (4000, 1000))))).size == (SIDE, 400)
    assert opened(develop(encoded(Image.new("RGB", (30, 20))), side=400)).size == (30, 20)


def test_what_is_transparent_becomes_white():
    picture = opened(develop(encoded(Image.new("RGBA", (9, 9), (255, 0, 0, 0)), "PNG")))
    assert min(picture.getpixel((4, 4))) > 250


def test_a_script_behind_the_picture_is_gone():
    file = encoded(half_red())
    file.seek(0, io.SEEK_END)
    file.write(b"<?php system($_GET['c']); ?><script>alert(1)</script>")
    file.seek(0)
    assert b"script" not in develop(file).data


def png_that_claims(width: int, height: int) -> io.BytesIO:
    """A few bytes that say they are a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + body)


def png_with_endless_text() -> io.BytesIO:
    text = PngInfo()
    text.add_text("comment", "0" * 3_000_000, zip=True)
    return encoded(half_red(), "PNG", pnginfo=text)


REFUSED = {
    "nothing": io.BytesIO(),
    "a text": io.BytesIO(b"<script>alert(1)</script>"),
    "a drawing": io.BytesIO(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "an animation": encoded(half_red(), "GIF"),
    "a bitmap": encoded(half_red(), "BMP"),
    "half a photo": io.BytesIO(encoded(Image.effect_noise((300, 300), 90)).getvalue()[:9000]),
    "a bomb": png_that_claims(60_000, 60_000),
    "a large one": png_that_claims(8000, 8000),
    "a bomb of text": png_with_endless_text(),
    "too many bytes": io.BytesIO(encoded(half_red()).getvalue() + bytes(MAX_BYTES)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    REFUSED[name].seek(0)
    with pytest.raises(NotAPhoto):
        develop(REFUSED[name])


@pytest.mark.parametrize("name", ["a bomb", "a large one"])
def test_too_many_pixels_are_told_from_what_is_no_photo(name):
    REFUSED[name].seek(0)
    with pytest.raises(TooManyPixels):
        develop(REFUSED[name])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2000), st.binary(max_size=40), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_damage_is_refused_or_mended_but_never_an_accident(place, damage, kind):
    data = bytearray(encoded(half_red(200, 100), kind).getvalue())
    data[place : place + len(damage)] = damage
    try:
        photo = develop(io.BytesIO(bytes(data)))
    except NotAPhoto:
        return
    assert opened(photo).format == "JPEG"
