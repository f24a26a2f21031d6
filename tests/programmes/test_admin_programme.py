"""The office's page of a programme year."""

from __future__ import annotations

import pytest

from programmes.models import Programme
from tests.factories import CommunityFactory

ADD = "/admin/programmes/programme/add/"


def change_url(programme):
    return f"/admin/programmes/programme/{programme.pk}/change/"


def empty_inlines(response):
    """The counts of every inline, without rows."""
    prefixes = [inline.formset.prefix for inline in response.context["inline_admin_formsets"]]
    return {f"{prefix}-{name}_FORMS": 0 for prefix in prefixes for name in ("TOTAL", "INITIAL")}


def test_adding_a_year_with_a_stage_and_a_category(client, officer, subdistrict):
    client.force_login(officer)
    page = client.get(ADD)
    data = empty_inlines(page) | {
        "subdistrict": subdistrict.pk,
        "year": 2030,
        "title": "Ideas of the year",
        "screening_days": 10,
        "stages-TOTAL_FORMS": 1,
        "stages-0-kind": "IDEA_COLLECTION",
        "stages-0-opens_at_0": "2030-03-01",
        "stages-0-opens_at_1": "00:00",
        "stages-0-closes_at_0": "2030-04-01",
        "stages-0-closes_at_1": "00:00",
        "categories-TOTAL_FORMS": 1,
        "categories-0-code": "CARE",
        "categories-0-name": "Care",
        "categories-0-position": 0,
    }
    assert client.post(ADD, data).status_code == 302
    programme = Programme.objects.get(year=2030)
    assert programme.stages.get().kind == "IDEA_COLLECTION"
    assert programme.categories.get().name == "Care"


def test_zones_take_communities_of_the_sub_district(client, officer, programme, communities):
    CommunityFactory()
    client.force_login(officer)
    inlines = client.get(change_url(programme)).context["inline_admin_formsets"]
    members = next(i.formset for i in inlines if "zone" in i.formset.form.base_fields)
    assert set(members.form.base_fields["community"].queryset) == set(communities)
    assert set(members.form.base_fields["zone"].queryset) == set(programme.zones.all())


@pytest.mark.parametrize("who, status", [("supervisor", 200), ("resident", 403)])
def test_who_reads_a_year(client, request, programme, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(change_url(programme)).status_code == status


def test_a_supervisor_does_not_change_a_year(client, supervisor, programme):
    client.force_login(supervisor)
    assert client.post(change_url(programme), {"title": "Mine"}).status_code == 403


def test_an_officer_of_another_sub_district_does_not_find_it(client, other_officer, programme):
    client.force_login(other_officer)
    assert client.get("/admin/programmes/programme/").context["cl"].result_count == 0
    assert client.get(change_url(programme)).status_code == 302
