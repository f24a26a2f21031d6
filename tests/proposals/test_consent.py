"""Consent to what is kept, and apart from it to a name being read by everyone."""

import uuid

import pytest
from django.urls import reverse
from django.utils.translation import override

from communities import privacy
from communities.enums import CommunityRefusal
from communities.models import User
from communities.refusal import Refused
from proposals.enums import IdeaChannel, IdeaState, ProposalRefusal
from proposals.forms import SubmissionForm
from proposals.models import Idea
from proposals.rules import why_not_show_name
from proposals.services.entering import Contributor, enter_idea
from proposals.services.ideas import Consent, screen, show_name, submit_idea
from proposals.services.joining import consolidate
from tests.browsing import english, shown, text
from tests.factories import ResidentFactory
from tests.scenes import ACCEPTANCE, PROBLEM, SOLUTION

R = ProposalRefusal
SILENT = Consent(privacy.VERSION)
NAMED = Consent(privacy.VERSION, shows_name=True)


@pytest.fixture
def submit(scene):
    def make(consent=SILENT, by=None, **options):
        return submit_idea(
            programme=scene.programme,
            text=scene.text(),
            consent=consent,
            key=uuid.uuid4(),
            by=by or scene.author,
            now=scene.now,
            **options,
        )

    return make


@pytest.fixture
def entered(scene, community_officer):
    def make(consent=SILENT, name="Ms Li", phone=""):
        return enter_idea(
            programme=scene.programme,
            text=scene.text(),
            channel=IdeaChannel.PAPER,
            contributor=Contributor(name=name, phone=phone),
            consent=consent,
            key=uuid.uuid4(),
            by=community_officer,
            now=scene.now,
        )

    return make


@pytest.fixture
def typed(scene):
    def make(**changes):
        return {
            "key": str(uuid.uuid4()),
            "title": "Benches at the gate",
            "community": scene.communities[0].pk,
            "category": scene.categories[0].pk,
            "problem": PROBLEM,
            "solution": SOLUTION,
            "consent": privacy.VERSION,
        } | changes

    return make


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


def public_pages(idea):
    return text(english().get(reverse("idea_list"))), text(english().get(idea.get_absolute_url()))


# What is stored


def test_an_idea_keeps_which_notice_was_agreed_to_and_when(submit, entered, now):
    for idea in (submit(), entered()):
        idea.refresh_from_db()
        assert (idea.consent_version, idea.consent_at, idea.name_consent_at) == (privacy.VERSION, now, None)
    assert submit(NAMED).name_consent_at == entered(NAMED).name_consent_at == now


@pytest.mark.parametrize("version", ["", "2017-01-01"])
def test_consent_to_another_notice_is_none(version, submit, entered):
    for act in (submit, entered):
        with refused(R.CONSENT_NEEDED):
            act(Consent(version))
    assert not Idea.objects.exists()


def test_the_name_typed_with_an_idea_is_the_residents_name_from_then_on(submit, resident):
    submit(NAMED, name="  Ms  Li ")
    resident.refresh_from_db()
    assert resident.display_name == "Ms Li"
    with refused(CommunityRefusal.NAME_NUMBER):
        submit(NAMED, name="13912345678")
    resident.refresh_from_db()
    assert resident.display_name == "Ms Li"


# Who reads the name


def test_without_consent_nobody_but_the_office_reads_a_name(submit, entered, officer):
    for idea, name in ((submit(), "Resident"), (entered(), "Ms Li")):
        User.objects.filter(ideas=idea).update(display_name="Aunt Zhou")
        for page in public_pages(idea):
            assert "<span>Resident</span>" in page
            assert "Aunt Zhou" not in page
            assert "Ms Li" not in page
        office = text(english(officer).get(reverse("admin:proposals_idea_change", args=[idea.pk])))
        assert ("Aunt Zhou" if idea.author else name) in office


def test_with_consent_everyone_reads_it_and_never_the_number(submit, entered, resident):
    for idea, name in ((submit(NAMED, name="Mr Wang"), "Mr Wang"), (entered(NAMED), "Ms Li")):
        for page in public_pages(idea):
            assert f"<span>{name}</span>" in page
            for number in (resident.phone, resident.masked_phone, resident.phone.removeprefix("+86")):
                assert number not in page


def test_contributors_of_a_proposal_are_named_only_if_they_agreed(submit, scene, neighbour, officer, now):
    ideas = [submit(NAMED, name="Mr Wang"), submit(SILENT, by=neighbour)]
    for idea in ideas:
        screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now)
    proposal = consolidate(programme=scene.programme, ideas=ideas, title="Places to rest", by=officer, now=now)
    page = text(english(officer).get(proposal.get_absolute_url()))
    assert "Mr Wang" in page
    assert neighbour.display_name not in page


# Taking it back


ROLES = ("anonymous", "outsider", "resident", "neighbour", "officer", "community_officer", "supervisor", "superuser")


@pytest.mark.parametrize("state", [state for state in IdeaState if state != IdeaState.DRAFT])
def test_only_the_author_says_whether_the_name_is_shown(state, idea_in, cast):
    idea = idea_in(state)
    for role in ROLES:
        reason = None if role == "resident" else R.NOT_YOURS
        for shown_now in (True, False):
            assert why_not_show_name(cast(role), idea, shown=shown_now) == reason, role


@pytest.mark.parametrize("role", ["officer", "community_officer", "neighbour", "other_officer", "supervisor"])
def test_officers_say_it_for_who_does_not_use_the_site(role, entered, cast):
    reason = None if role in {"officer", "community_officer"} else R.NOT_YOURS
    assert why_not_show_name(cast(role), entered(), shown=False) == reason


def test_a_name_that_is_not_there_cannot_be_shown(submit, entered):
    nameless = ResidentFactory(display_name="")
    with refused(R.NO_NAME):
        show_name(idea=submit(by=nameless), shown=True, by=nameless, now=nameless.date_joined)
    assert entered(NAMED, name="").name_consent_at is not None


def test_consent_is_taken_back_and_given_with_one_button(submit, resident, neighbour):
    idea, client = submit(NAMED, name="Mr Wang"), english(resident)
    assert "Show it no longer" in text(client.get(idea.get_absolute_url()))
    url = reverse("idea_name", args=[idea.pk])
    client.post(url, {"shown": "0"})
    assert all("Mr Wang" not in page for page in public_pages(idea))
    page = text(client.post(url, {"shown": "1"}, follow=True))
    assert shown("Readers see the name “Mr Wang” beside this idea.") in page
    assert all("Mr Wang" in page for page in public_pages(idea))
    assert english(neighbour).post(url, {"shown": "0"}).status_code == 404
    assert client.get(url).status_code == 405


def test_saying_it_twice_keeps_the_first_date(submit, resident, now):
    idea = submit(NAMED)
    assert show_name(idea=idea, shown=True, by=resident, now=now.replace(year=now.year + 1)).name_consent_at == now


# The forms


def test_the_form_wants_consent_and_keeps_what_was_typed(typed, resident):
    client = english(resident)
    for consent in ("", "on", "2017-01-01"):
        page = text(client.post(reverse("idea_create"), typed(consent=consent)))
        assert "Please read the page on privacy and tick this box" in page
        assert PROBLEM in page
    assert not Idea.objects.exists()


def test_the_form_hands_in_the_name_only_with_its_own_tick(typed, resident):
    client = english(resident)
    client.post(reverse("idea_create"), typed(name="Mr Wang"))
    client.post(reverse("idea_create"), typed(name="Mr Wang", shows_name="on"))
    assert [idea.name_consent_at is not None for idea in Idea.objects.order_by("pk")] == [False, True]
    page = text(client.post(reverse("idea_create"), typed(name=" ", shows_name="on")))
    assert "Write the name that is to be shown" in page
    assert Idea.objects.count() == 2


def test_all_fields_come_from_the_form_to_the_page(typed, resident):
    fields = {"beneficiaries": "People without a lift", "beneficiary_estimate": "120", "willing_to_join": "on"}
    page = text(english(resident).post(reverse("idea_create"), typed(**fields), follow=True))
    idea = Idea.objects.get()
    assert (idea.beneficiaries, idea.beneficiary_estimate, idea.willing_to_join) == ("People without a lift", 120, True)
    for seen in ("People without a lift", ">120<", "Willing to work on the proposal"):
        assert seen in page


@pytest.mark.parametrize("figure", ["0", "-5", "1000001", "many", "1.5"])
def test_a_figure_that_is_none_is_refused_and_kept(figure, typed, resident):
    page = text(english(resident).post(reverse("idea_create"), typed(beneficiary_estimate=figure)))
    assert f'value="{figure}"' in page
    assert "invalid-feedback" in page
    assert not Idea.objects.exists()


def test_the_page_on_privacy_says_its_version(programme):
    assert privacy.VERSION in text(english().get(reverse("privacy")))


# What name it is


def test_who_shows_a_full_name_reads_that_less_is_enough(submit, resident, neighbour):
    idea = submit(NAMED, name="张三")
    page = text(english(resident).get(idea.get_absolute_url()))
    assert shown("“张三” looks like a full name") in page
    assert reverse("profile") in page
    assert "looks like a full name" not in text(english(neighbour).get(idea.get_absolute_url()))
    show_name(idea=idea, shown=False, by=resident, now=idea.submitted_at)
    assert "looks like a full name" not in text(english(resident).get(idea.get_absolute_url()))


def test_the_form_makes_family_name_and_title_of_what_was_typed(scene, outsider):
    typed = {"salutation": "MS", "name": "张三", "shows_name": "on", "title": "x"}
    with override("zh-hans"):
        form = SubmissionForm(typed, programme=scene.programme)
        assert form.is_valid() is False
        assert form.cleaned_data["name"] == "张女士"
    form = english(outsider).post(reverse("idea_create"), typed).context["form"]
    assert (form["salutation"].value(), form["name"].value()) == ("MS", "张三")
