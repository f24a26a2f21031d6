import os
import shutil
import stat
import zipfile

import pytest

from contests.archive import layout
from contests.archive.problems import ArchiveErrors
from contests.archive.reading import read
from contests.archive.source import load
from tests.contests.cases import DATA, places

EXAMPLE = DATA / "archives" / "worked-example"


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "contest"
    shutil.copytree(EXAMPLE, copy)
    return copy


def zipped(target, files):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


@pytest.fixture
def files():
    return {path.name: path.read_bytes() for path in EXAMPLE.iterdir()}


@pytest.mark.parametrize("top", ["", "worked-example/", "a/b/"])
def test_a_zip_is_read_like_a_folder(tmp_path, files, top):
    path = zipped(tmp_path / "contest.zip", {top + name: data for name, data in files.items()})
    assert read(path) == read(EXAMPLE)


@pytest.mark.parametrize("name", ["contest.toml", "marks.csv"])
def test_files_are_bounded(folder, name, monkeypatch, tmp_path, files):
    limit = len(files[name]) - 1
    monkeypatch.setattr(f"contests.archive.source.{'MAX_RULES_BYTES' if 'toml' in name else 'MAX_FILE_BYTES'}", limit)
    assert name in {file for file, _row, _column in places(folder)}
    assert name in {file for file, _row, _column in places(zipped(tmp_path / "contest.zip", files))}


def test_the_whole_is_bounded(folder, monkeypatch, tmp_path, files):
    monkeypatch.setattr("contests.archive.source.MAX_TOTAL_BYTES", 30_000)
    assert places(folder)
    assert places(zipped(tmp_path / "contest.zip", files))


def test_a_zip_bomb_is_not_unpacked(tmp_path, files):
    path = zipped(tmp_path / "bomb.zip", {**files, "marks.csv": b"0" * (layout.MAX_FILE_BYTES + 1)})
    assert path.stat().st_size < 200_000
    assert places(path) == [("marks.csv", 0, "")]


def test_a_bomb_beside_the_files_is_never_opened(tmp_path, files):
    assert read(zipped(tmp_path / "contest.zip", {**files, "other.csv": b"0" * 80_000_000})) == read(EXAMPLE)


@pytest.mark.parametrize(
    "name", ["../entries.csv", "/etc/entries.csv", "a/../../entries.csv", "..\\entries.csv", "C:entries.csv"]
)
def test_paths_that_lead_out_of_a_zip_are_refused(tmp_path, files, name):
    assert places(zipped(tmp_path / "contest.zip", {**files, name: b"x"})) == [("contest.zip", 0, "")]


def test_a_link_in_a_zip_is_refused(tmp_path, files):
    link = zipfile.ZipInfo("voids.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    del files["voids.csv"]
    assert places(zipped(tmp_path / "contest.zip", {**files, link: "/etc/passwd"})) == [("contest.zip", 0, "")]


def test_a_link_in_a_folder_is_refused(folder):
    target = folder / "elsewhere"
    (folder / "voids.csv").rename(target)
    (folder / "voids.csv").symlink_to(target)
    assert places(folder) == [("voids.csv", 0, "")]


def test_a_pipe_in_a_folder_is_refused(folder):
    (folder / "voids.csv").unlink()
    os.mkfifo(folder / "voids.csv")
    assert places(folder) == [("voids.csv", 0, "")]


def test_a_file_twice_in_a_zip_is_refused(tmp_path, files):
    path = tmp_path / "contest.zip"
    with zipfile.ZipFile(zipped(path, files), "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("marks.csv", b"x")
    assert places(path) == [("marks.csv", 0, "")]


@pytest.mark.parametrize("extra", [{}, {"a/contest.toml": b"", "b/contest.toml": b""}])
def test_a_zip_holds_one_contest(tmp_path, extra):
    assert places(zipped(tmp_path / "contest.zip", {"readme.txt": b"", **extra})) == [("contest.zip", 0, "")]


def test_members_of_a_zip_are_bounded(tmp_path, files):
    many = {f"{number}.txt": b"" for number in range(layout.MAX_ZIP_MEMBERS)}
    assert places(zipped(tmp_path / "contest.zip", {**files, **many})) == [("contest.zip", 0, "")]
    many = {f"{number}.txt": b"" for number in range(2000)}
    assert places(zipped(tmp_path / "contest.zip", {**files, **many})) == [("contest.zip", 0, "")]


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"not a zip", b"PK\x03\x04" + b"x" * 500])
def test_what_is_no_zip_is_refused(tmp_path, data):
    path = tmp_path / "contest.zip"
    path.write_bytes(data)
    assert places(path) == [("contest.zip", 0, "")]


@pytest.mark.parametrize("at", range(0, 3000, 171))
def test_a_damaged_zip_never_breaks_the_reader(tmp_path, files, at):
    path = zipped(tmp_path / "contest.zip", files)
    data = bytearray(path.read_bytes())
    for place in (at, len(data) - 1 - at):
        data[place] ^= 0xFF
    path.write_bytes(data)
    try:
        archive = read(path)
    except ArchiveErrors:
        return
    # The bytes that were turned meant nothing to the files.
    assert archive == read(EXAMPLE)


def test_an_encrypted_zip_is_refused(tmp_path, files):
    path = zipped(tmp_path / "contest.zip", files)
    data = bytearray(path.read_bytes())
    # Bit 0 of the flags in every local header and directory record says that the member is encrypted.
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    path.write_bytes(data)
    assert places(path) == [("contest.zip", 0, "")]


def test_a_missing_path_is_refused(tmp_path):
    assert places(tmp_path / "nothing") == [("nothing", 0, "")]


def test_only_input_files_are_loaded(folder):
    (folder / "verify.py").write_text("raise SystemExit")
    assert set(load(folder)) <= set(layout.INPUT_FILES)
