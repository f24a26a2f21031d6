import gettext
import os
from pathlib import Path

import pytest

from config.translations import compile_catalogues

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Idea"
msgstr "金点子"

msgctxt "verb"
msgid "Second"
msgstr "附议"

#, python-format
msgid "%(count)s idea"
msgid_plural "%(count)s ideas"
msgstr[0] "%(count)s 条金点子"

#, fuzzy
msgid "Proposal"
msgstr "猜测"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    path = folder / "django.po"
    path.write_text(CATALOGUE, "utf-8")
    return path


def test_compiled_catalogue_is_what_gettext_reads(tmp_path: Path, source: Path) -> None:
    assert compile_catalogues(tmp_path) == [source.with_suffix(".mo")]
    with source.with_suffix(".mo").open("rb") as file:
        messages = gettext.GNUTranslations(file)
    assert messages.gettext("Idea") == "金点子"
    assert messages.pgettext("verb", "Second") == "附议"
    assert messages.ngettext("%(count)s idea", "%(count)s ideas", 3) == "%(count)s 条金点子"
    assert messages.gettext("Proposal") == "Proposal"
    assert sorted(path.name for path in source.parent.iterdir()) == ["django.mo", "django.po"]


def test_only_what_changed_is_compiled(tmp_path: Path, source: Path) -> None:
    target = source.with_suffix(".mo")
    compile_catalogues(tmp_path)
    assert compile_catalogues(tmp_path) == []
    later = target.stat().st_mtime + 1
    os.utime(source, (later, later))
    assert compile_catalogues(tmp_path) == [target]


def test_broken_catalogue_is_refused(tmp_path: Path, source: Path) -> None:
    source.write_text('msgid "Idea"\nmsgstr "金点子"\n金点子\n', "utf-8")
    with pytest.raises(OSError, match=r"django\.po"):
        compile_catalogues(tmp_path)
    assert not source.with_suffix(".mo").exists()
