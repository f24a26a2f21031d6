"""From a `ContestArchive` to files, byte for byte the same for the same contest."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from contests.archive.compute import counts
from contests.archive.layout import (
    FORMAT,
    INPUT_FILES,
    RESULTS_FILE,
    RULES_FILE,
    TABLES,
    TALLY_FILE,
    VERIFY_FILE,
    FileSpec,
)
from contests.archive.results import COLUMNS, ResultRow, in_order
from contests.archive.rows import ContestArchive
from contests.archive.rules_file import Header, write_rules
from contests.ruleset import sha256

VERIFY_SOURCE = Path(__file__).with_name(VERIFY_FILE)


def write(
    archive: ContestArchive,
    folder: Path,
    results: Sequence[ResultRow] | None = None,
    computed_at: datetime | None = None,
) -> None:
    """Write the archive into `folder`, which is made if need be; files of an earlier archive there are replaced.

    With `results` (and the time they were computed at) also `results.csv`, `tally.json` and `verify.py`.
    """
    files = archive_files(archive, results, computed_at)
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*INPUT_FILES, RESULTS_FILE, TALLY_FILE, VERIFY_FILE):
        if name in files:
            (folder / name).write_bytes(files[name])
        else:
            # A file left over from an earlier export would count as an input of this one.
            (folder / name).unlink(missing_ok=True)


def archive_files(
    archive: ContestArchive, results: Sequence[ResultRow] | None = None, computed_at: datetime | None = None
) -> dict[str, bytes]:
    """The files of the archive by name, in the order of the format; see `write`."""
    files = input_files(archive)
    if results is None:
        return files
    if computed_at is None:
        raise ValueError("results have a time at which they were computed")
    results_csv = results_file(results)
    summary = {
        "format": FORMAT,
        "counts": counts(archive),
        "rules_sha256": sha256(archive.ruleset),
        "inputs_sha256": inputs_sha256(files),
        "results_sha256": hashlib.sha256(results_csv).hexdigest(),
        "computed_at": computed_at.isoformat(timespec="seconds"),
    }
    return {
        **files,
        RESULTS_FILE: results_csv,
        TALLY_FILE: (json.dumps(summary, indent=2) + "\n").encode("ascii"),
        VERIFY_FILE: VERIFY_SOURCE.read_bytes(),
    }


def input_files(archive: ContestArchive) -> dict[str, bytes]:
    """The canonical input files by name; an optional file without rows is left out."""
    header = Header(archive.name, archive.subdistrict, archive.year)
    files = {RULES_FILE: write_rules(header, archive.ruleset).encode()}
    for spec in TABLES:
        rows = getattr(archive, spec.stem)
        if rows or spec.required:
            files[spec.name] = _table(spec, rows)
    return files


def inputs_sha256(files: Mapping[str, bytes]) -> str:
    """Hexadecimal SHA-256 over name, length and bytes of each input file present, in the order of the format."""
    digest = hashlib.sha256()
    for name in INPUT_FILES:
        if name in files:
            digest.update(name.encode() + b"\x00" + str(len(files[name])).encode() + b"\x00" + files[name])
    return digest.hexdigest()


def results_file(rows: Iterable[ResultRow]) -> bytes:
    """`results.csv` of these rows."""
    return csv_bytes(COLUMNS, (row.cells() for row in in_order(rows)))


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8, LF, quotes only where they are needed."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue().encode()


def _table(spec: FileSpec, rows: Iterable[object]) -> bytes:
    texts = ([column.cell.write(getattr(row, column.name)) for column in spec.columns] for row in rows)
    return csv_bytes([column.name for column in spec.columns], sorted(texts))
