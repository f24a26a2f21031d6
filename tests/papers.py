"""Files to attach, made in memory: good ones, and parts to make bad ones of."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import docx
from PIL import Image


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "grey").save(file, kind)
    return file.getvalue()


@cache
def pdf() -> bytes:
    """Once for all, since the moment it was made stands in it."""
    return picture("PDF")


def word(text: str = "A survey of sixty residents.") -> bytes:
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def slides(number: int = 3, **more: bytes) -> bytes:
    """A presentation of so many empty slides; `more` are other parts of `ppt/` by their names, without ending."""
    main = "http://schemas.openxmlformats.org/presentationml/2006/main"
    listed = "".join(f'<p:sldId id="{256 + place}"/>' for place in range(number))
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{main}"><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>',
        **{f"ppt/slides/slide{place}.xml": f'<p:sld xmlns:p="{main}"/>' for place in range(1, number + 1)},
        **{f"ppt/{name}.xml": content for name, content in more.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def word_with(name: str, content: bytes) -> bytes:
    """A Word document with one part more, or another content of a part."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return file.getvalue()
