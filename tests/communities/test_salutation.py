"""Residents are named by family name and “Mr” or “Ms”, or by a nickname; a full name is advised against, not refused."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import override

from communities.forms import NameForm
from communities.names import family_name, looks_full
from communities.salutations import addressed
from tests.browsing import english, shown, text

FULL = "looks like a full name"


@pytest.mark.parametrize("name", ["张三", "王小明", "欧阳娜娜", "司马光", "李明", "黎明"])
def test_what_looks_like_a_full_name(name):
    assert looks_full(name)


@pytest.mark.parametrize(
    "name",
    [
        *("张先生", "张女士", "欧阳女士", "李阿姨", "王大爷", "刘姐", "赵老师", "张老"),
        *("张", "欧阳", "老王", "小李", "花花", "", "Zhang San", "张三三三三", "张3", "张😀", "=张三", "<b>张三</b>"),
    ],
)
def test_what_does_not(name):
    assert not looks_full(name)


@pytest.mark.parametrize(
    ("typed", "family"),
    [
        ("张", "张"),
        ("张三", "张"),
        ("欧阳娜娜", "欧阳"),
        ("张先生", "张"),
        ("老王", "老王"),
        ("先生", "先生"),
        ("王大爷", "王大爷"),
    ],
)
def test_a_form_of_address_goes_with_the_family_name(typed, family):
    assert family_name(typed) == family


@pytest.mark.parametrize(
    ("salutation", "name"), [("MR", "张先生"), ("MS", "张女士"), ("NICKNAME", "张三"), ("", "张三"), ("MRS", "张三")]
)
def test_the_name_is_put_together_in_the_language_of_the_page(salutation, name):
    with override("zh-hans"):
        assert addressed(" 张三 ", salutation) == name
        assert addressed("  ", salutation) == ""
    with override("en"):
        assert addressed("Li", "MS") == "Ms Li"


def test_a_salutation_needs_a_name():
    form = NameForm({"salutation": "MR", "display_name": " "})
    assert "display_name" in form.errors
    assert NameForm({"display_name": ""}).is_valid()
    assert not NameForm({"salutation": "<script>", "display_name": "张"}).is_valid()
    assert not NameForm({"salutation": "MR", "display_name": "x" * 10_000}).is_valid()


def test_the_profile_offers_it_and_warns_without_blocking(resident):
    client, url = english(resident), reverse("profile")
    assert 'value="MR"' in text(client.get(url))
    page = text(client.post(url, {"display_name": "张三"}, follow=True))
    resident.refresh_from_db()
    assert resident.display_name == "张三"
    assert shown("“张三” looks like a full name") in page
    assert shown("“Mr 张” or “Ms 张” is enough") in page
    page = text(client.post(url, {"display_name": "张三", "salutation": "MS"}, follow=True))
    resident.refresh_from_db()
    assert resident.display_name == "Ms 张"
    assert FULL not in page
