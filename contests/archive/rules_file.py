"""`contest.toml`: the rules of a contest as an office reads them."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contests.archive.cells import NOT_TEXT, choice
from contests.archive.layout import FORMAT, RULES_FILE
from contests.archive.problems import Message, ProblemList, expected
from contests.enums import OnMisfit, PartFunding, PublicMethod, TieBreak
from contests.ruleset import Ruleset, plain, problems

DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
SUBDISTRICT = re.compile(r"[0-9]{9}", re.ASCII)
ERROR_LINE = re.compile(r"at line (\d+)")
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Header:
    """What `contest.toml` says besides the rules."""

    name: str
    subdistrict: str
    year: int


@dataclass(frozen=True, slots=True)
class Value:
    """A kind of value: `parse` raises `ValueError` for what is not `expected`; `write` gives TOML."""

    parse: Callable[[Any], Any]
    write: Callable[[Any], str]
    expected: Message


@dataclass(frozen=True, slots=True)
class Key:
    """`field` is the attribute of `Header` or `Ruleset`; a key that is not required may be left out for none."""

    section: str
    name: str
    field: str
    value: Value
    required: bool = True


def _decimal(value: object) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not DECIMAL.fullmatch(value):
        raise ValueError
    return Decimal(value)


def _optional_amount(value: object) -> Decimal | None:
    return None if value == "" else _decimal(value) or None


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**9:
        raise ValueError
    return value


def _year(value: object) -> int:
    year = _count(value)
    if not 1900 <= year <= 2200:
        raise ValueError
    return year


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - every wrong value is a ValueError here
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > NAME_LENGTH or NOT_TEXT.search(value):
        raise ValueError
    return value


def _seed(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004
    return value


def _subdistrict(value: object) -> str:
    if not isinstance(value, str) or not SUBDISTRICT.fullmatch(value):
        raise ValueError
    return value


def _ties(value: object) -> tuple[TieBreak, ...]:
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004
    return tuple(TieBreak(item) for item in value)


def _member(choices: type[TextChoices]) -> Value:
    return Value(choices, _quoted, choice(choices).expected)


def _padded(value: Decimal) -> str:
    """A decimal with at least two places: 0.80, 0.125."""
    text = plain(value)
    places = len(text.partition(".")[2])
    return text if places >= 2 else format(value, ".2f")


def _quoted(text: object) -> str:
    escaped = "".join(
        f"\\{char}" if char in '"\\' else char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}"
        for char in str(text)
    )
    return f'"{escaped}"'


NUMBER = _('a decimal number in quotes, such as "0.80"')
COUNT = Value(_count, str, _("a whole number from 0"))
FRACTION = Value(_decimal, lambda value: _quoted(_padded(value)), NUMBER)
AMOUNT = Value(
    _optional_amount,
    lambda value: _quoted("" if value is None else _padded(value)),
    _('an amount in yuan in quotes, or "" for none'),
)

HEADER_KEYS = (
    Key("contest", "name", "name", Value(_name, _quoted, _("a name of 1 to 100 characters in one line"))),
    Key("contest", "subdistrict", "subdistrict", Value(_subdistrict, _quoted, _("a national code of 9 digits"))),
    Key("contest", "year", "year", Value(_year, str, _("a year"))),
)
RULE_KEYS = (
    Key("weights", "expert", "expert_weight", FRACTION),
    Key("weights", "public", "public_weight", FRACTION),
    Key("expert", "trim_each_side", "trim_each_side", COUNT),
    Key("expert", "trim_min_panel", "trim_min_panel", COUNT),
    Key("expert", "quorum", "quorum", COUNT),
    Key("public", "method", "public_method", _member(PublicMethod)),
    Key("public", "floor", "floor", Value(_decimal, lambda value: _quoted(plain(value)), NUMBER)),
    Key("public", "min_choices", "min_choices", COUNT),
    Key("public", "max_choices", "max_choices", COUNT),
    Key(
        "ties",
        "order",
        "tie_order",
        Value(
            _ties,
            lambda ties: f"[{', '.join(_quoted(tie.value) for tie in ties)}]",
            format_lazy(_("a list of {values}"), values=", ".join(TieBreak.values)),
        ),
    ),
    Key("ties", "seed", "seed", Value(_seed, _quoted, _("a text"))),
    Key("awards", "budget", "budget", AMOUNT, required=False),
    Key("awards", "project_cap", "project_cap", AMOUNT, required=False),
    Key("awards", "community_cap", "community_cap", AMOUNT, required=False),
    Key("awards", "min_final_score", "min_final_score", FRACTION),
    Key("awards", "min_votes", "min_votes", COUNT),
    Key(
        "awards",
        "one_per_community",
        "one_per_community",
        Value(_flag, lambda value: "true" if value else "false", _("true or false")),
    ),
    Key("awards", "max_per_category", "max_per_category", COUNT),
    Key("awards", "on_misfit", "on_misfit", _member(OnMisfit)),
    Key("awards", "part_funding", "part_funding", _member(PartFunding)),
    Key("awards", "part_min_share", "part_min_share", FRACTION),
    Key("awards", "reserve", "reserve", COUNT),
)
KEYS = (*HEADER_KEYS, *RULE_KEYS)
SECTIONS = tuple(dict.fromkeys(key.section for key in KEYS))


def read_rules(text: str, found: ProblemList) -> tuple[Header, Ruleset] | None:
    """The header and the rules; None after adding what is wrong to `found`. `text`: the decoded `contest.toml`."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = ERROR_LINE.search(str(error))
        found.add(RULES_FILE, int(line[1]) if line else 0, "", _("this is not valid TOML"))
        return None
    if document.get("format") != FORMAT:
        found.add(RULES_FILE, 1, "format", expected(f'"{FORMAT}"', _printed(document.get("format", ""))))
        return None
    before = len(found.problems)
    _check_names(document, text, found)
    values = {key.field: _value(key, document, text, found) for key in KEYS}
    if len(found.problems) > before:
        return None
    header = Header(**{key.field: values[key.field] for key in HEADER_KEYS})
    ruleset = Ruleset(**{key.field: values[key.field] for key in RULE_KEYS})
    for field, problem in problems(ruleset):
        key = next(key for key in RULE_KEYS if key.field == field)
        found.add(RULES_FILE, _line(text, key.section, key.name), f"{key.section}.{key.name}", problem.label)
    return None if len(found.problems) > before else (header, ruleset)


def _check_names(document: Mapping[str, Any], text: str, found: ProblemList) -> None:
    """Refuse what is not in the format, because a misspelt rule would otherwise be a rule that is silently off."""
    for name in document:
        if name != "format" and name not in SECTIONS:
            found.add(RULES_FILE, _line(text, name), name, _("unknown name"))
    for section in SECTIONS:
        table = document.get(section)
        if not isinstance(table, dict):
            found.add(RULES_FILE, _line(text, section), section, _("this section is missing"))
            continue
        known = {key.name for key in KEYS if key.section == section}
        for name in table:
            if name not in known:
                found.add(RULES_FILE, _line(text, section, name), f"{section}.{name}", _("unknown name"))


def _value(key: Key, document: Mapping[str, Any], text: str, found: ProblemList) -> Any:
    table = document.get(key.section)
    if not isinstance(table, dict):
        return None
    where = f"{key.section}.{key.name}"
    if key.name not in table:
        if key.required:
            missing = format_lazy(_("missing; expected {what}"), what=key.value.expected)
            found.add(RULES_FILE, _line(text, key.section), where, missing)
        return None
    try:
        return key.value.parse(table[key.name])
    except ValueError:
        message = expected(key.value.expected, _printed(table[key.name]))
        found.add(RULES_FILE, _line(text, key.section, key.name), where, message)
        return None


def _printed(value: object) -> str:
    try:
        return str(value)
    except ValueError:
        # Python does not print integers of thousands of digits, which TOML can hold in hexadecimal.
        return type(value).__name__


def _line(text: str, section: str, name: str = "") -> int:
    """The line of `[section]`, or of `name = …` inside it; 1 where it is not written in the usual way."""
    at, inside = 1, False
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("["):
            inside = bare.strip("[] ") == section
            at = number if inside else at
        elif inside and name and bare.partition("=")[0].strip(" \"'") == name:
            return number
    return at


def write_rules(header: Header, ruleset: Ruleset) -> str:
    """The canonical `contest.toml`: every key, sections in order, decimals by value and not as they were typed."""
    lines = [f"format = {_quoted(FORMAT)}"]
    for section in SECTIONS:
        lines += ["", f"[{section}]"]
        lines += [
            f"{key.name} = {key.value.write(getattr(header if section == 'contest' else ruleset, key.field))}"
            for key in KEYS
            if key.section == section
        ]
    return "\n".join(lines) + "\n"
