"""The Chinese catalogue is complete and sound, and the English of the sources needs none."""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
import unfold
from django.utils import translation
from django.utils.translation.template import templatize
from django.utils.translation.trans_real import DjangoTranslation

from config.translations import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("communities", "programmes", "proposals", "contests", "projects", "config")
CATALOGUE = polib.pofile(str(ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"))
CALL = re.compile(r"(?:_|n?p?gettext(?:_lazy|_noop)?)$")
STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL_IN_TEMPLATE = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
CHINESE = "[\u3400-\u9fff\u3000-\u303f\uff01-\uff5e“”‘’…—]"
HALF_WIDTH = re.compile(rf"(?<={CHINESE})\s*[,;:?!()]|[,;:?!()]\s*(?={CHINESE})|(?<={CHINESE})\.(?:\s|$)")

FIGURE = r"(?:%\(\w+\)[a-z]|%[a-z]|\d)"
SPACED = re.compile(rf"[\u3400-\u9fff] {FIGURE}|{FIGURE} [\u3400-\u9fff]")


class Message(NamedTuple):
    """What a catalogue is asked for; `plural` is empty where nothing is counted."""

    context: str
    singular: str
    plural: str


def message(function: str, texts: list[str]) -> Message:
    context = texts.pop(0) if "pgettext" in function else ""
    return Message(context, texts[0], texts[1] if "ngettext" in function or "npgettext" in function else "")


def in_python(text: str) -> Iterator[Message]:
    """Messages of the literal calls in a Python source; a call whose text is no literal is an `AssertionError`."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        function = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if not CALL.match(function):
            continue
        count = 1 + ("pgettext" in function) + function.startswith("n")
        texts = [argument.value for argument in node.args[:count] if isinstance(argument, ast.Constant)]
        assert len(texts) == count, f"line {node.lineno}: only literal text can be collected"
        yield message(function, texts)


def in_template(text: str) -> Iterator[Message]:
    """Messages of a template's tags, as `makemessages` reads them."""
    for function, texts in CALL_IN_TEMPLATE.findall(templatize(text)):
        yield message(function, list(ast.literal_eval(f"[{texts}]")))


def in_sources() -> dict[Message, str]:
    """Every message of the project with the first file that shows it."""
    found: dict[Message, str] = {}
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.update((item, path.name) for item in in_python(path.read_text("utf-8")) if item not in found)
    for path in sorted((ROOT / "templates").rglob("*.*")):
        found.update((item, path.name) for item in in_template(path.read_text("utf-8")) if item not in found)
    return found


def key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def chinese(entry: polib.POEntry) -> str:
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


def translated(entry: polib.POEntry) -> str:
    """What the active language makes of an entry's message, for two things where it counts."""
    if entry.msgid_plural:
        return translation.ngettext(entry.msgid, entry.msgid_plural, 2)
    return translation.pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else translation.gettext(entry.msgid)


def renamed_with_literals(text: str) -> list[str]:
    """Texts that a function of Django's turns into another language under a name that `makemessages` does not know."""
    tree = ast.parse(text)
    names = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name and alias.asname and not CALL.match(alias.asname)
    }
    return [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        if isinstance(node.args[0], ast.Constant)
    ]


def test_no_text_hides_from_the_catalogue_behind_another_name():
    source = 'from django.utils.translation import gettext as said\nsaid("Hidden")\nsaid(value)'
    assert renamed_with_literals(source) == ["Hidden"]
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            assert not renamed_with_literals(path.read_text("utf-8")), path


def test_calls_are_found_in_python():
    source = """
_("One" " and two")
pgettext_lazy("verb", "Second")
ngettext("%(count)s idea", "%(count)s ideas", count)
translation.gettext("Fifth")
collect("not a message")
"""
    assert list(in_python(source)) == [
        ("", "One and two", ""),
        ("verb", "Second", ""),
        ("", "%(count)s idea", "%(count)s ideas"),
        ("", "Fifth", ""),
    ]
    with pytest.raises(AssertionError, match="line 1"):
        list(in_python("_(label)"))


def test_tags_are_found_in_templates():
    source = """{% translate "One" %} {% trans 'Two "quoted"' context "verb" %} {{ _("Three") }}
{% blocktranslate trimmed with a=b %}
  Four {{ a }},
  100 %
{% endblocktranslate %}
{% blocktranslate count counter=ideas|length %}{{ counter }} idea{% plural %}{{ counter }} ideas{% endblocktranslate %}"""
    assert list(in_template(source)) == [
        ("", "One", ""),
        ("verb", 'Two "quoted"', ""),
        ("", "Three", ""),
        ("", "Four %(a)s, 100 %%", ""),
        ("", "%(counter)s idea", "%(counter)s ideas"),
    ]


def test_everything_is_in_the_catalogue():
    known = {key(entry): entry for entry in CATALOGUE}
    missing = [
        f"{file}: {item.singular}"
        for item, file in in_sources().items()
        if (item.context, item.singular) not in known
        or (item.plural and known[item.context, item.singular].msgid_plural != item.plural)
    ]
    assert not missing, "run `make messages` and translate"


def test_counted_and_plain_texts_do_not_share_an_entry():
    plain = {(item.context, item.singular) for item in in_sources() if not item.plural}
    assert not [entry.msgid for entry in CATALOGUE if entry.msgid_plural and key(entry) in plain]


def test_nothing_in_the_catalogue_is_left_over():
    used = {(item.context, item.singular) for item in in_sources()}
    assert not [entry.msgid for entry in CATALOGUE if key(entry) not in used]
    assert not CATALOGUE.obsolete_entries()


def test_everything_is_translated():
    assert not [entry.msgid for entry in CATALOGUE if not entry.translated()]
    assert not [entry.msgid for entry in CATALOGUE if entry.fuzzy]


def test_placeholders_survive():
    def placeholders(text: str) -> set[str]:
        return set(PLACEHOLDER.findall(text))

    wrong = [
        (entry.msgid, chinese(entry))
        for entry in CATALOGUE
        if placeholders(chinese(entry)) != placeholders(entry.msgid_plural or entry.msgid)
    ]
    assert not wrong


@pytest.mark.parametrize(
    "text", ["社区,街道", "请填写。(选填)", "共%(count)s条(已通过)", "好吗?", "您好, 居民", "完成."]
)
def test_half_width_punctuation_is_noticed(text):
    assert HALF_WIDTH.search(text)


@pytest.mark.parametrize("text", ["社区，街道", "（选填）", "09:00至17:30", "{file} 第{row}行：{message}", "得分0.5分"])
def test_full_width_punctuation_passes(text):
    assert not HALF_WIDTH.search(text)


def test_punctuation_is_full_width():
    assert not [chinese(entry) for entry in CATALOGUE if HALF_WIDTH.search(chinese(entry))]


@pytest.mark.parametrize("text", ["共 %(count)s 条", "%d 条", "答复时限应为 60 日", "第%(page)s 页"])
def test_a_space_beside_a_figure_is_noticed(text):
    assert SPACED.search(text)


@pytest.mark.parametrize("text", ["共%(count)s条", "2 MB", "XLSX 或 CSV", "%(a)s / %(b)s", "按 Ctrl+P 打印"])
def test_figures_without_spaces_pass(text):
    assert not SPACED.search(text)


def test_no_space_stands_between_a_figure_and_a_character():
    assert not [chinese(entry) for entry in CATALOGUE if SPACED.search(chinese(entry))]


def test_django_finds_the_catalogue_before_those_of_libraries(settings, tmp_path):
    shutil.copytree(ROOT / "locale", tmp_path / "locale", ignore=shutil.ignore_patterns("*.mo"))
    assert compile_catalogues(tmp_path)
    assert settings.LANGUAGE_CODE == "zh-hans"
    assert settings.LOCALE_PATHS == [ROOT / "locale"]
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    found = DjangoTranslation("zh-hans")
    for entry in CATALOGUE:
        if entry.msgid_plural:
            text = found.ngettext(entry.msgid, entry.msgid_plural, 1)
        else:
            text = found.pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else found.gettext(entry.msgid)
        assert text == chinese(entry)


def test_english_pages_show_the_source():
    with translation.override("en"):
        assert not [entry.msgid for entry in CATALOGUE if translated(entry) not in {entry.msgid, entry.msgid_plural}]
    assert [path.name for path in (ROOT / "locale").iterdir()] == ["zh_Hans"]


def test_the_admin_look_is_translated():
    """django-unfold has no Chinese catalogue: what its pages say is in Django's or in ours."""
    package = Path(unfold.__file__).parent
    templates = sorted((package / "templates").rglob("*.html"))
    asked = {item.singular for path in templates for item in in_template(path.read_text("utf-8"))}
    # The log-in page of the admin and crispy's formsets are not used.
    asked -= {"Welcome back to"}
    ours = {entry.msgid for entry in CATALOGUE}
    django = DjangoTranslation("zh-hans")
    assert not [text for text in asked - ours if django.gettext(text) == text]
