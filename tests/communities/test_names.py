"""What a name shown may consist of."""

import pytest

from communities import names
from communities.enums import CommunityRefusal
from communities.rules import why_not_name

R = CommunityRefusal
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    "typed, name",
    [
        ("  Wang  ", "Wang"),
        ("Wang\r\nLi\tmei", "Wang Li mei"),
        ("Wang\u3000Li", "Wang Li"),
        ("e\u0301", "\u00e9"),
        ("\n", ""),
    ],
)
def test_a_name_is_one_line(typed, name):
    assert names.tidied(typed) == name


@pytest.mark.parametrize(
    "name", ["", "Wang", "\u738b\u963f\u59e8", FAMILY, "<script>", "Wang 1958", "20 characters, like 1"[:20]]
)
def test_harmless_names(name):
    assert why_not_name(name) is None


@pytest.mark.parametrize(
    "name, reason",
    [
        ("x" * 21, R.NAME_LONG),
        ("x" * 10_000, R.NAME_LONG),
        ("Wang\u202eLi", R.NAME_HIDDEN),
        ("Wang\u200f", R.NAME_HIDDEN),
        ("Wang\u0000", R.NAME_HIDDEN),
        ("\ue000", R.NAME_HIDDEN),
        ("13800001234", R.NAME_NUMBER),
        ("+86 138-0000-1234", R.NAME_NUMBER),
        ("138 0000 1234 Wang", R.NAME_NUMBER),
        ("\uff11\uff13\uff18\uff10\uff10\uff10\uff10\uff11\uff12\uff13\uff14", R.NAME_NUMBER),
        ("\u4e00\u4e09\u516b\u3007\u3007\u3007\u3007\u4e00\u4e8c", R.NAME_NUMBER),
        ("11010519491231002X", R.NAME_NUMBER),
        ("010 64701234", R.NAME_NUMBER),
        ("...", R.NAME_EMPTY),
        ("\u200d", R.NAME_EMPTY),
        ("\u0301", R.NAME_EMPTY),
    ],
)
def test_names_that_are_refused(name, reason):
    assert why_not_name(name) == reason


def test_numbers_apart_are_no_telephone_number():
    assert not names.has_number("Block 12, door 345678")
    assert names.has_number("1.2.3.4.5.6.7")
