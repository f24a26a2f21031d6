"""Files that are handed in with a proposal: what is taken, and in which form it is kept.

A file is taken for what its first bytes say, and only if its name says the same. Photos and drawings are encoded anew.
A PDF, a Word document or slides are kept as they came, so they are looked through first: nothing that runs or opens something else,
no other file before, behind or inside them, nothing that unpacks to far more than it is.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import filetype
from lxml import etree

from proposals.document_enums import AttachmentKind
from proposals.photos import NotAPhoto, develop

MAX_BYTES = 10 * 1024 * 1024
NAME_LENGTH = 80
PICTURE_SIDE = 2400

SUFFIXES = {
    ".pdf": AttachmentKind.PDF,
    ".jpg": AttachmentKind.JPG,
    ".jpeg": AttachmentKind.JPG,
    ".png": AttachmentKind.PNG,
    ".docx": AttachmentKind.DOCX,
    ".pptx": AttachmentKind.PPTX,
}
MAGIC = {
    "application/pdf": {AttachmentKind.PDF},
    "image/jpeg": {AttachmentKind.JPG},
    "image/png": {AttachmentKind.PNG},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {AttachmentKind.DOCX},
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": {AttachmentKind.PPTX},
    # A document whose parts stand in an unusual order; what is inside decides.
    "application/zip": {AttachmentKind.DOCX, AttachmentKind.PPTX},
}

# PDF 32000-1: names may be written with #xx, and objects may lie compressed in streams of the type ObjStm.
ACTIVE_PDF = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA", b"/Encrypt")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"(?<!end)stream\r?\n")
OBJECT_STREAM = b"/ObjStm"

MAX_PARTS = 1000
MAX_UNPACKED = 60 * 1024 * 1024
CHUNK = 1024 * 1024
MAIN_PARTS = {AttachmentKind.DOCX: "word/document.xml", AttachmentKind.PPTX: "ppt/presentation.xml"}
CONTENT_TYPES = "[Content_Types].xml"
PART_SUFFIXES = {
    ".xml",
    ".rels",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".bmp",
    ".tif",
    ".tiff",
    ".emf",
    ".wmf",
    ".odttf",
    ".fntdata",
}
LINK = "/hyperlink"
MAX_SLIDES = 15
# ECMA-376-1, 19.2.1.33: each slide that is shown stands in the list of the main part, whatever its own part is called.
SLIDE = "{*}sldIdLst/{*}sldId"


class NotAnAttachment(Exception):
    """The file is too large, or holds more than a document should."""


class AnotherKind(NotAnAttachment):
    """The file is none of the kinds, or is named as another."""


class TooManySlides(NotAnAttachment):
    """The slides are too many to be shown in a pitch."""

    def __init__(self, slides: int) -> None:
        super().__init__(slides)
        self.slides = slides


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to keep; `name` is safe to show and to download, `digest` is SHA-256 of the bytes."""

    kind: AttachmentKind
    name: str
    data: bytes

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()


def examine(file: BinaryIO, name: str) -> Paper:
    """What is kept of the file that came under `name`. Raises `NotAnAttachment`."""
    data = file.read(MAX_BYTES + 1)
    path = PurePosixPath(_visible(name.replace("\\", "/")))
    kind = SUFFIXES.get(path.suffix.lower())
    guessed = filetype.guess(data)
    if len(data) > MAX_BYTES:
        raise NotAnAttachment
    if kind is None or guessed is None or kind not in MAGIC.get(guessed.mime, ()):
        raise AnotherKind
    if kind in {AttachmentKind.JPG, AttachmentKind.PNG}:
        return Paper(AttachmentKind.JPG, _short(path.stem, ".jpg"), _picture(data))
    if kind == AttachmentKind.PDF:
        _look_through_pdf(data)
    else:
        _look_through_office(data, MAIN_PARTS[kind])
    return Paper(kind, _short(path.stem, path.suffix.lower()), data)


def _visible(name: str) -> str:
    """Without line ends and marks that turn or hide text."""
    text = unicodedata.normalize("NFC", name)
    return "".join(character for character in text if unicodedata.category(character)[0] != "C").strip()


def _short(stem: str, suffix: str) -> str:
    return stem[: NAME_LENGTH - len(suffix)].strip(". ") + suffix


def _picture(data: bytes) -> bytes:
    try:
        return develop(BytesIO(data), side=PICTURE_SIDE, most=MAX_BYTES).data
    except NotAPhoto as error:
        raise NotAnAttachment from error


def _look_through_pdf(data: bytes) -> None:
    if not data.startswith(b"%PDF-") or not data.rstrip(b"\0\r\n \t").endswith(b"%%EOF"):
        raise NotAnAttachment
    if zipfile.is_zipfile(BytesIO(data)):
        raise NotAnAttachment
    for text in (data, *_objects_in_streams(data)):
        plain = ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), text)
        if any(name in plain for name in ACTIVE_PDF):
            raise NotAnAttachment


def _objects_in_streams(data: bytes) -> Iterator[bytes]:
    """The unpacked streams that hold objects; one that cannot be read is refused."""
    left = MAX_UNPACKED
    for match in STREAM.finditer(data):
        # However long it is: a short look back would miss what stands before a filler.
        begin = max(data.rfind(b" obj", 0, match.start()), 0)
        dictionary = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data[begin : match.start()])
        if OBJECT_STREAM not in dictionary or b"/Filter" not in dictionary:
            continue
        end = data.find(b"endstream", match.end())
        try:
            unpacked = zlib.decompressobj().decompress(data[match.end() : end], left)
        except zlib.error as error:
            raise NotAnAttachment from error
        left -= len(unpacked)
        if left <= 0:
            raise NotAnAttachment
        yield unpacked


def _look_through_office(data: bytes, main: str) -> None:
    """A Word document or slides, by its main part."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            _refuse_strange_parts(parts, data, main)
            for part in parts:
                content = _read(archive, part)
                _look_through_part(part.filename, content)
                if part.filename == main == MAIN_PARTS[AttachmentKind.PPTX]:
                    _count_slides(content)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise NotAnAttachment from error


def _refuse_strange_parts(parts: list[zipfile.ZipInfo], data: bytes, main: str) -> None:
    """One archive from the first byte to the last, of the parts that a document without macros has."""
    names = [part.filename for part in parts]
    if main not in names:
        raise AnotherKind
    ends_at_once = data[-22:-18] == b"PK\5\6"
    begins_at_once = min((part.header_offset for part in parts), default=-1) == 0
    usual = all(f".{name.lower().rpartition('.')[2]}" in PART_SUFFIXES for name in names)
    inside = not any(name.startswith("/") or "\\" in name or ".." in name for name in names)
    once = len({name.lower() for name in names}) == len(names) <= MAX_PARTS
    plain = not any(part.flag_bits & 1 for part in parts)
    small = sum(part.file_size for part in parts) <= MAX_UNPACKED
    apart = sum(part.compress_size for part in parts) <= len(data)
    if not all((ends_at_once, begins_at_once, usual, inside, once, plain, small, apart, CONTENT_TYPES in names)):
        raise NotAnAttachment


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The unpacked part; its size was told in advance and is not believed."""
    with archive.open(part) as file:
        content = file.read(part.file_size + 1)
        if len(content) != part.file_size or file.read(CHUNK):
            raise NotAnAttachment
    return content


def _look_through_part(name: str, content: bytes) -> None:
    if not name.lower().endswith((".xml", ".rels")):
        return
    plain = content.replace(b"\0", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain or b"macroEnabled" in plain:
        raise NotAnAttachment
    if name.lower().endswith(".rels"):
        for relation in _parsed(content):
            # Templates, objects and pictures from elsewhere would be fetched when the document is opened.
            if relation.get("TargetMode") == "External" and not str(relation.get("Type")).endswith(LINK):
                raise NotAnAttachment


def _count_slides(content: bytes) -> None:
    slides = len(_parsed(content).findall(SLIDE))
    if slides > MAX_SLIDES:
        raise TooManySlides(slides)


def _parsed(content: bytes) -> Any:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise NotAnAttachment from error
