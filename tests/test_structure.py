"""What holds for every file: chapters stay short, rooms stay what they are, texts stay translatable."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("communities", "programmes", "proposals", "contests", "projects")
OURS = [
    path for app in (*APPS, "config") for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
]
WRITTEN = (".css", ".js", ".svg", ".html", ".json", ".webmanifest", ".txt")
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.*") if path.is_file())
STATIC = sorted(path for path in (ROOT / "static").rglob("*.*") if path.suffix in WRITTEN)
SERVICES = [path for path in OURS if "services" in path.relative_to(ROOT).as_posix()]
CHINESE = re.compile(r"[\u3400-\u9fff]")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
ELSEWHERE = re.compile(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", re.IGNORECASE)
WEB = re.compile(r"^(?:from|import) django\.(?:http|forms|shortcuts|contrib\.messages)", re.MULTILINE)
INNER_IMPORT = re.compile(
    r"^[ \t]+(?:from|import) (?:communities|programmes|proposals|contests|projects|config)\b", re.MULTILINE
)
NOT_WRITTEN = re.compile(
    r"{%\s*(blocktranslate|comment)\b.*?{%\s*end\1\s*%}|{% block bodyclass %}.*?{% endblock %}"
    r"|{#.*?#}|{%.*?%}|{{.*?}}|&\w+;",
    re.DOTALL,
)
TAG = re.compile(r"<[^>]*>")
SPOKEN = re.compile(r"\s(?:alt|title|aria-label|placeholder)=([\"'])(.*?)\1", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{3,}")
SAME_IN_EVERY_LANGUAGE = {"XLSX", "CSV", "Ctrl", "Enter"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", OURS, ids=name)
def test_python_file(path):
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400
    outside_type_checking = re.sub(r"^if TYPE_CHECKING:\n(?:    .*\n)+", "", text, flags=re.MULTILINE)
    assert not INNER_IMPORT.search(outside_type_checking)
    tree = ast.parse(text)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            assert not CHINESE.search(node.value), "Chinese belongs into translations and data"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno <= 55, f"{node.name} does not fit a screen"


@pytest.mark.parametrize("path", SERVICES, ids=name)
def test_verbs_know_no_web(path):
    assert not WEB.search(path.read_text("utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template(path):
    text = path.read_text("utf-8")
    assert not CHINESE.search(text), "Chinese belongs into translations and data"
    assert not INLINE.search(text), "scripts, styles and handlers live in files"
    assert not ELSEWHERE.search(text), "nothing is fetched from elsewhere"


def bare_words(template):
    """Words that a page says in one language only: in its text, and in what a reader of the screen speaks."""
    html = NOT_WRITTEN.sub(" ", template)
    said = [TAG.sub(" ", html), *(text for _quote, text in SPOKEN.findall(html))]
    return {word for text in said for word in WORD.findall(text)} - SAME_IN_EVERY_LANGUAGE


def test_templates_say_nothing_untranslated():
    # The catalogue of components is for people who write code.
    pages = [path for path in TEMPLATES if path.suffix in {".html", ".txt"} and path.parent.name != "styleguide"]
    assert {name(path): words for path in pages if (words := bare_words(path.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    "template",
    ["<p>Send</p>", '<img alt="Send">', '<a title="Send" href="/x">1</a>', "{% if a %}Send{% endif %}", "Send\n"],
)
def test_bare_words_are_found(template):
    assert bare_words(template) == {"Send"}


def test_words_that_are_translated_or_not_said_are_no_bare_words():
    template = """{# Said #}<p class="sheet">{% translate "Send" %} CSV {{ page.title }}&nbsp;
        {% blocktranslate with a=b %}All of {{ a }}{% endblocktranslate %}</p>"""
    assert bare_words(template) == set()


@pytest.mark.parametrize("path", STATIC, ids=name)
def test_static_file(path):
    text = path.read_text("utf-8")
    assert not CHINESE.search(text), "Chinese belongs into translations and data"
    assert not path.name.endswith((".min.css", ".min.js"))
    assert not ELSEWHERE.search(text)


def test_lock_names_no_index():
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert "--index-url" not in lock
