"""The input files of an archive as bytes, from a folder or a zip that may be hostile."""

import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contests.archive.layout import (
    INPUT_FILES,
    MAX_FILE_BYTES,
    MAX_RULES_BYTES,
    MAX_TOTAL_BYTES,
    MAX_ZIP_BYTES,
    MAX_ZIP_DIRECTORY_BYTES,
    MAX_ZIP_MEMBERS,
    RULES_FILE,
)
from contests.archive.problems import ArchiveErrors, Message, Problem, ProblemList, expected, shown

# The end-of-central-directory record of a zip: its signature, its length, and the longest comment after it.
END_RECORD = b"PK\x05\x06"
END_LENGTH = 22
LONGEST_COMMENT = 65535
ZIP64_LOCATOR = b"PK\x06\x07"
UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def load(path: Path) -> dict[str, bytes]:
    """The bytes of each input file that is present, by name. Other files are never opened.

    `path` is a folder, or a zip that holds the files at its top or in one folder. Raises `ArchiveErrors` for anything
    that is neither, for links, for paths that lead out of the archive and for files beyond the bounds of the layout.
    """
    try:
        if path.is_dir():
            return _from_folder(path)
        if path.is_file():
            return _from_zip(path)
    except OSError as error:
        raise _refusal(path.name, format_lazy(_("cannot be read: {reason}"), reason=error.strerror or "")) from error
    raise _refusal(path.name, _("there is no such folder or zip file"))


def _refusal(name: str, message: Message) -> ArchiveErrors:
    return ArchiveErrors([Problem(name, 0, "", message)])


def _limit(name: str) -> int:
    return MAX_RULES_BYTES if name == RULES_FILE else MAX_FILE_BYTES


def _too_large(limit: int) -> Message:
    return format_lazy(_("larger than {limit} bytes"), limit=limit)


def _from_folder(folder: Path) -> dict[str, bytes]:
    problems = ProblemList()
    files: dict[str, bytes] = {}
    for name in INPUT_FILES:
        path = folder / name
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(mode):
            problems.add(name, 0, "", _("must be a plain file, not a link or a folder"))
            continue
        with path.open("rb") as stream:
            data = stream.read(_limit(name) + 1)
        if len(data) > _limit(name):
            problems.add(name, 0, "", _too_large(_limit(name)))
            continue
        files[name] = data
        if sum(map(len, files.values())) > MAX_TOTAL_BYTES:
            problems.add(folder.name, 0, "", _too_large(MAX_TOTAL_BYTES))
            break
    problems.raise_if_any()
    return files


def _from_zip(path: Path) -> dict[str, bytes]:
    if path.stat().st_size > MAX_ZIP_BYTES:
        raise _refusal(path.name, _too_large(MAX_ZIP_BYTES))
    if not _has_small_directory(path):
        raise _refusal(path.name, expected(_("a folder or a zip file with few members"), path.name))
    try:
        with zipfile.ZipFile(path) as archive:
            return _members(archive, path.name)
    except UNREADABLE as error:
        if isinstance(error, ArchiveErrors):
            raise
        raise _refusal(path.name, _("the zip file is damaged, encrypted or of an unknown kind")) from error


def _has_small_directory(path: Path) -> bool:
    """Whether the zip's list of members is small, so that reading the list cannot exhaust the memory."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - END_LENGTH - LONGEST_COMMENT))
        tail = stream.read()
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) - at < END_LENGTH or ZIP64_LOCATOR in tail[max(0, at - 20) : at]:
        return False
    (length,) = struct.unpack("<L", tail[at + 12 : at + 16])
    return bool(length <= MAX_ZIP_DIRECTORY_BYTES)


def _members(archive: zipfile.ZipFile, zip_name: str) -> dict[str, bytes]:
    problems = ProblemList()
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MAX_ZIP_MEMBERS:
        raise _refusal(zip_name, format_lazy(_("holds more than {limit} files"), limit=MAX_ZIP_MEMBERS))
    for info in members:
        if not _is_safe(info):
            problems.add(
                zip_name,
                0,
                "",
                format_lazy(_("{name} is a link or leads out of the archive"), name=shown(info.filename)),
            )
    problems.raise_if_any()
    tops = {PurePosixPath(info.filename).parent for info in members if PurePosixPath(info.filename).name == RULES_FILE}
    if len(tops) != 1:
        raise _refusal(zip_name, format_lazy(_("must hold exactly one {name}"), name=RULES_FILE))
    (top,) = tops
    files: dict[str, bytes] = {}
    for name in INPUT_FILES:
        found = [info for info in members if PurePosixPath(info.filename) == top / name]
        if len(found) > 1:
            problems.add(name, 0, "", _("is in the zip file twice"))
        elif found:
            with archive.open(found[0]) as stream:
                data = stream.read(_limit(name) + 1)
            if len(data) > _limit(name) or len(data) + sum(map(len, files.values())) > MAX_TOTAL_BYTES:
                raise _refusal(name, _too_large(_limit(name)))
            files[name] = data
    problems.raise_if_any()
    return files


def _is_safe(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    kind = stat.S_IFMT(info.external_attr >> 16)
    return (
        not path.is_absolute()
        and ".." not in path.parts
        and "\\" not in info.orig_filename
        and ":" not in info.orig_filename
        and "\x00" not in info.orig_filename
        and kind in {0, stat.S_IFREG}
    )
