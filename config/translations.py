"""`python -m config.translations` compiles the message catalogues without GNU gettext on the machine."""

import os
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def compile_catalogues(root: Path) -> list[Path]:
    """Write each `locale/*/LC_MESSAGES/*.mo` that is missing or older than its `.po`; return those written.

    Raises `OSError` for a catalogue that cannot be parsed.
    """
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        # A running site may be reading the old file.
        unfinished = target.with_suffix(f".mo.{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(unfinished))
        unfinished.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_catalogues(ROOT):
        print(path.relative_to(ROOT))
