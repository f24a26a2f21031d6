"""What is said beside a field that was left empty."""

import pytest
from django import forms
from django.urls import reverse
from django.utils.translation import override

from communities.models import Community
from tests.browsing import text

TYPED, CHOSEN, TICKED, FILE = "请填写这一项。", "请选择。", "请勾选这一项。", "请先选择文件。"
# The rows below a programme: none of any kind.
KINDS = ("stages", "categories", "zones", "accompaniments")
MANAGEMENT = {f"{kind}-{name}_FORMS": "0" for kind in KINDS for name in ("TOTAL", "INITIAL")}


@pytest.mark.parametrize(
    "field, said",
    [
        (forms.CharField, TYPED),
        (forms.IntegerField, TYPED),
        (forms.DateField, TYPED),
        (forms.ChoiceField, CHOSEN),
        (lambda: forms.ChoiceField(widget=forms.RadioSelect), CHOSEN),
        (forms.TypedChoiceField, CHOSEN),
        (forms.MultipleChoiceField, CHOSEN),
        (lambda: forms.ModelChoiceField(Community.objects.none()), CHOSEN),
        (lambda: forms.ModelMultipleChoiceField(Community.objects.none()), CHOSEN),
        (forms.BooleanField, TICKED),
        (forms.FileField, FILE),
        (forms.ImageField, FILE),
    ],
)
def test_what_is_missing_is_asked_for_as_it_is_answered(field, said):
    with override("zh-hans"):
        with pytest.raises(forms.ValidationError) as caught:
            field().clean(None)
        assert caught.value.messages == [said]


def test_a_field_with_words_of_its_own_keeps_them():
    field = forms.ChoiceField(error_messages={"required": "Which one?"})
    with pytest.raises(forms.ValidationError, match="Which one"):
        field.clean("")


def test_the_admin_asks_so_too(client, officer):
    client.force_login(officer)
    answer = client.post(reverse("admin:programmes_programme_add"), MANAGEMENT, headers={"accept-language": "zh-hans"})
    assert answer.context["adminform"].form.errors["subdistrict"] == [CHOSEN]
    assert answer.context["adminform"].form.errors["title"] == [TYPED]


def test_who_submits_an_idea_is_asked_to_choose_and_to_type(client, resident, programme):
    client.force_login(resident)
    page = text(client.post(reverse("idea_create"), {}, headers={"accept-language": "zh-hans"}))
    assert page.count(CHOSEN) >= 1
    assert page.count(TYPED) >= 3
