"""The picture that a chat app shows beside a link to a page: 1200 × 630 pixels, PNG (Open Graph).

Pages have the device's own fonts, but a picture needs one on this machine: `SHARE_CARD_FONT`, or the first found of
those that systems bring along. Without any, a card has the site's colours and no words.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.cache import cache as kept
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
MARGIN = 84
BAND = 28
TITLE_LINES = 3
DAY = 24 * 3600

# The light values of static/css/tokens.css: a chat app knows nothing of dark mode.
INK = "#211c15"
INK_SOFT = "#4a4236"
PAPER = "#faf6ec"
LINE = "#ddd2ba"
GOLD = "#e2b23f"
SEAL = "#a32c22"
WHITE = "#ffffff"

# Fonts with Chinese characters where systems put them, the ones with serifs first, as headings on the pages.
FONT_PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/google-noto-serif-cjk-vf-fonts/NotoSerifCJK-VF.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/Supplemental/Songti.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/simsun.ttc",
)
# In the collections of Noto CJK the third face has the forms of mainland China.
FACES = {"NotoSerifCJK-Bold.ttc": 2, "NotoSansCJK-Bold.ttc": 2, "NotoSerifCJK-VF.ttc": 2}
NEVER_FIRST = set("，。、；：？！）》」』”’…—·,.;:?!)")
# What a text font has no picture for: emoji, their modifiers, and signs that only steer other characters.
UNDRAWN = {"So", "Sk", "Cf", "Cs", "Co", "Cn", "Cc", "Mn", "Me"}


@dataclass(frozen=True, slots=True)
class ShareCard:
    """What stands on a card: a line above, the title, lines below, and whose site it is."""

    kicker: str
    title: str
    lines: tuple[str, ...]
    site: str

    @property
    def tag(self) -> str:
        """Changes when the picture would; for the ETag and the cache."""
        return sha256(repr((astuple(self), font_path())).encode()).hexdigest()[:32]


def respond(request: HttpRequest, card: ShareCard) -> HttpResponseBase:
    """The picture, or word that the asker's copy is still good. Anyone may keep it for an hour."""
    etag = f'"{card.tag}"'
    answer = get_conditional_response(request, etag=etag) or HttpResponse(png(card), content_type="image/png")
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


def png(card: ShareCard) -> bytes:
    """The picture, drawn once a day at most."""
    key = f"share-card:{card.tag}"
    picture: bytes | None = kept.get(key)
    if picture is None:
        picture = draw(card)
        kept.set(key, picture, DAY)
    return picture


@cache
def font_path() -> str:
    """The font that cards are written in; empty if this machine has none."""
    if settings.SHARE_CARD_FONT:
        return str(settings.SHARE_CARD_FONT)
    return next((place for place in FONT_PLACES if Path(place).is_file()), "")


def draw(card: ShareCard) -> bytes:
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    for x in range(0, SIZE[0], 48):
        pen.line([(x, 0), (x, SIZE[1])], fill="#f1ead8")
    pen.rectangle([0, 0, BAND, SIZE[1]], fill=INK)
    pen.rectangle([BAND, 0, BAND + 8, SIZE[1]], fill=GOLD)
    pen.rectangle([MARGIN, 502, SIZE[0] - MARGIN, 504], fill=LINE)
    pen.rounded_rectangle([MARGIN, 530, MARGIN + 64, 594], radius=6, fill=SEAL)
    if font_path():
        _write(pen, card)
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def _write(pen: ImageDraw.ImageDraw, card: ShareCard) -> None:
    room = SIZE[0] - 2 * MARGIN
    pen.text((MARGIN, 62), _fitting(card.kicker, _font(32), room), INK_SOFT, _font(32))
    size = 76 if len(card.title) <= 26 else 60
    y = 130
    for line in list(wrapped(_drawable(card.title), _font(size), room))[:TITLE_LINES]:
        pen.text((MARGIN, y), line, INK, _font(size))
        y += round(size * 1.35)
    y = max(y + 30, 300)
    for line in card.lines:
        if y < 460:
            pen.text((MARGIN, y), _fitting(line, _font(34), room), INK_SOFT, _font(34))
            y += 52
    pen.text((MARGIN + 32, 562), card.site[:1], WHITE, _font(40), anchor="mm")
    pen.text((MARGIN + 84, 562), card.site, INK, _font(34), anchor="lm")


def wrapped(text: str, font: ImageFont.FreeTypeFont, room: float) -> Iterator[str]:
    """Lines no wider than `room` pixels; a punctuation mark that may not begin a line hangs over instead."""
    line = ""
    for character in text:
        if line and font.getlength(line + character) > room and character not in NEVER_FIRST:
            yield line
            line = ""
        line += character
    if line:
        yield line


def _fitting(text: str, font: ImageFont.FreeTypeFont, room: float) -> str:
    """The text on one line, ended by an ellipsis where it is too long."""
    text = _drawable(text)
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"


def _drawable(text: str) -> str:
    return " ".join("".join(c for c in text if unicodedata.category(c) not in UNDRAWN).split())


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    path = font_path()
    return ImageFont.truetype(path, size, index=FACES.get(Path(path).name, 0))
