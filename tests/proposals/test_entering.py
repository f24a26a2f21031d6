"""Ideas that come on paper, by telephone or at a meeting: entered by officers, followed by a receipt."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from communities import privacy
from communities.enums import CommunityRefusal
from communities.models import Notification, User
from communities.refusal import Refused
from communities.services.people import confirm_phone, register_resident
from programmes.enums import StageKind
from proposals import receipts
from proposals.enums import ENTERED_CHANNELS, IdeaChannel, IdeaState, ProposalRefusal
from proposals.models import Idea, IdeaClaim, IdeaEvent, ReceiptSeries
from proposals.rules import speaks_for, why_not_withdraw_idea
from proposals.screening_rules import UNDO_TIME
from proposals.services.claiming import answer_offer
from proposals.services.entering import Contributor, enter_idea
from proposals.services.ideas import revise_idea, screen, withdraw_idea
from proposals.services.joining import consolidate
from proposals.services.notifications import send_due_notifications
from proposals.services.seconding import supporters_of
from tests.browsing import english, shown, text
from tests.factories import CommunityFactory, ResidentFactory
from tests.proposals.test_idea_photos import upload
from tests.racing import race
from tests.scenes import ACCEPTANCE, CONSENT, PROBLEM, SOLUTION, turning_away

PHONE = "+8613912345678"
RETURN = turning_away("RETURN")


@pytest.fixture
def entered(scene, community_officer):
    """`entered(name=, phone=, title=)`: an idea that the officer of community A entered from paper."""

    def make(name="", phone="", title="Benches at the west gate", **options):
        options = {"by": community_officer, "key": uuid.uuid4(), "text": scene.text(title)} | options
        return enter_idea(
            programme=scene.programme,
            channel=IdeaChannel.PAPER,
            contributor=Contributor(name=name, phone=phone),
            consent=CONSENT,
            now=scene.now,
            **options,
        )

    return make


@pytest.fixture
def taken(entered, now):
    """`taken(user, name=)`: the same, of which the user has said that it is theirs."""

    def make(user, **options):
        idea = entered(phone=user.phone, **options)
        answer_offer(offer=idea.claims.get(), accepted=True, by=user, now=now)
        idea.refresh_from_db()
        return idea

    return make


def attached(entered):
    """As ideas are kept that came with a number when nobody was asked yet."""
    idea = entered()
    idea.author = register_resident(phone="+8613987654321")
    idea.save(update_fields=["author"])
    return idea


def typed(scene, **changes):
    return {
        "key": str(uuid.uuid4()),
        "channel": "PHONE",
        "title": "Benches at the gate",
        "community": scene.communities[0].pk,
        "category": scene.categories[0].pk,
        "problem": PROBLEM,
        "solution": SOLUTION,
        "location_text": "",
        "own_contribution": "",
        "contributor_name": "Ms Li",
        "phone": "",
        "consent": privacy.VERSION,
    } | changes


def look_up(client, number):
    return client.post(reverse("receipt_state"), {"number": number})


# The verb


def test_an_idea_without_a_number_has_no_author(entered, community_officer, now):
    idea = entered(name=" Ms  Li ")
    idea.refresh_from_db()
    assert (idea.author, idea.contributor_name, idea.entered_by) == (None, "Ms Li", community_officer)
    assert (idea.channel, idea.state, idea.submitted_at) == (IdeaChannel.PAPER, IdeaState.SUBMITTED, now)
    event = idea.events.get()
    assert (event.actor, event.from_state, event.to_state) == (community_officer, IdeaState.DRAFT, IdeaState.SUBMITTED)


def test_a_number_makes_an_account_that_opens_to_its_owner_and_is_asked(entered, community_officer, now):
    ideas = [entered(phone=PHONE), entered(phone=PHONE)]
    account = User.objects.with_phone(PHONE).get()
    assert [idea.author for idea in ideas] == [None, None]
    assert [(offer.idea, offer.user, offer.offered_by, offer.at) for offer in IdeaClaim.objects.order_by("pk")] == [
        (idea, account, community_officer, now) for idea in ideas
    ]
    assert account.phone_verified_at is None
    assert "139" not in account.phone_token


def test_the_number_of_somebody_known_makes_it_nobodys_yet(entered, neighbour):
    idea = entered(phone=neighbour.phone)
    assert (idea.author, idea.claims.get().user) == (None, neighbour)


def test_receipts_count_on_by_community(entered, scene, officer):
    code = scene.communities[0].code[-3:]
    year = f"{scene.programme.year % 100:02}"
    numbers = [entered().receipt for _ in range(3)]
    assert [number[:-2] for number in numbers] == [f"{year}-{code}-000{count}" for count in (1, 2, 3)]
    elsewhere = entered(text=scene.text(community=scene.communities[1]), by=officer)
    assert elsewhere.receipt[7:11] == "0001"


def test_a_second_click_gives_back_the_first_idea(entered):
    key = uuid.uuid4()
    assert entered(key=key) == entered(key=key)
    assert ReceiptSeries.objects.get().last == 1


def test_wrong_names_places_and_texts_are_refused(entered, scene):
    for name in ("x" * 21, "13912345678"):
        with pytest.raises(Refused) as refused:
            entered(name=name)
        assert isinstance(refused.value.reason, CommunityRefusal)
    with pytest.raises(ValidationError):
        entered(title="x")
    with pytest.raises(Refused) as refused:
        entered(text=scene.text(community=scene.communities[1]))
    assert refused.value.reason == ProposalRefusal.NOT_YOUR_COMMUNITY
    assert Idea.objects.count() == IdeaEvent.objects.count() == 0


def test_an_officer_of_the_street_enters_for_all_its_communities(entered, scene, officer, other_officer):
    for community in scene.communities:
        assert entered(by=officer, text=scene.text(community=community)).community == community
    with pytest.raises(Refused):
        entered(by=other_officer)


@pytest.mark.django_db(transaction=True)
def test_officers_at_the_same_moment_hand_out_different_numbers(entered, officer):
    ideas = race(*[lambda: entered(by=officer)] * 4)
    assert len({idea.receipt for idea in ideas}) == 4
    assert ReceiptSeries.objects.get().last == 4


@pytest.mark.django_db(transaction=True)
def test_two_clicks_enter_one_idea(entered):
    key = uuid.uuid4()
    ideas = race(*[lambda: entered(key=key, phone=PHONE)] * 4)
    assert len({idea.pk for idea in ideas}) == 1
    assert Idea.objects.count() == IdeaEvent.objects.count() == 1


# What becomes of it


def test_an_idea_without_an_author_goes_the_whole_line(entered, taken, scene, officer, neighbour, now):
    ideas = [entered(), taken(neighbour)]
    for idea in ideas:
        screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now)
    proposal = consolidate(programme=scene.programme, ideas=ideas, title="Places to rest", by=officer, now=now)
    assert supporters_of(proposal) == 2
    send_due_notifications(now=now + UNDO_TIME)
    assert set(Notification.objects.values_list("recipient", flat=True)) == {neighbour.pk}
    assert english().get(reverse("idea_detail", args=[ideas[0].pk])).status_code == 200
    assert english().get(reverse("idea_list")).status_code == 200


@pytest.mark.parametrize("number", ["", PHONE])
def test_the_officer_speaks_for_who_never_used_the_site(number, entered, scene, officer, community_officer, now):
    idea = entered(phone=number)
    screen(idea=idea, judgement=RETURN, by=officer, now=now)
    revised = revise_idea(
        idea=idea, text=scene.text("Benches, more exactly"), revision=1, by=community_officer, now=now
    )
    assert (revised.state, revised.title, revised.receipt) == ("SUBMITTED", "Benches, more exactly", idea.receipt)
    assert withdraw_idea(idea=revised, by=community_officer, now=now).state == IdeaState.WITHDRAWN


@pytest.mark.parametrize(
    "role", ["anonymous", "neighbour", "other_resident", "other_officer", "supervisor", "support_member", "expert"]
)
def test_others_do_not_speak_for_an_idea_without_an_author(role, entered, cast):
    idea = entered()
    assert not speaks_for(cast(role), idea)
    assert why_not_withdraw_idea(cast(role), idea) == ProposalRefusal.NOT_YOURS


@pytest.mark.parametrize(
    "role", ["officer", "community_officer", "other_officer", "supervisor", "support_member", "resident", "superuser"]
)
def test_the_scope_of_a_person_is_what_they_speak_for(role, cast, entered, taken, neighbour, idea_in):
    user = cast(role)
    ideas = [entered(), entered(phone=PHONE), entered(phone=neighbour.phone), taken(neighbour)]
    ideas += [idea_in(IdeaState.RETURNED), attached(entered)]
    spoken = {idea.pk for idea in ideas if speaks_for(user, idea)}
    assert {idea.pk for idea in Idea.objects.spoken_for_by(user)} == spoken


def test_the_officer_adds_and_removes_a_photo_of_a_paper_idea(entered, community_officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    idea, client = entered(), english(community_officer)
    page = reverse("idea_photos", args=[idea.pk])
    assert page in text(client.get(idea.get_absolute_url()))
    assert "Photos of the idea" in text(client.get(page))
    assert client.post(page, {"photo": upload()}).status_code == 302
    photo = idea.photos.get()
    client.post(reverse("idea_photo_remove", args=[idea.pk, photo.digest]))
    assert not idea.photos.exists()


def test_an_idea_from_when_numbers_decided_stays_with_its_account(entered, community_officer, now):
    idea = attached(entered)
    assert speaks_for(community_officer, idea)
    confirm_phone(user=idea.author, now=now)
    assert speaks_for(idea.author, idea)
    assert not speaks_for(community_officer, idea)


def test_who_follows_their_idea_speaks_for_themselves(entered, taken, neighbour, community_officer):
    offered = entered(phone=neighbour.phone)
    assert not speaks_for(neighbour, offered)
    assert speaks_for(community_officer, offered)
    idea = taken(neighbour)
    assert speaks_for(neighbour, idea)
    assert not speaks_for(community_officer, idea)


def test_the_name_shown(entered, taken):
    named, nameless = entered(name="Ms Li"), entered()
    wang = ResidentFactory(display_name="Old Wang")
    known, chosen = taken(wang, name="Ms Li"), taken(wang)
    for idea, name in ((named, "Ms Li"), (nameless, "Resident"), (known, "Ms Li"), (chosen, "Old Wang")):
        assert f"<span>{name}</span>" in text(english().get(idea.get_absolute_url()))


def test_officer_reads_the_answer_and_mends_the_idea(entered, scene, officer, community_officer, neighbour, now):
    idea = entered()
    screen(idea=idea, judgement=RETURN, by=officer, now=now)
    client = english(community_officer)
    page = text(client.get(idea.get_absolute_url()))
    assert RETURN.note in page
    edit = reverse("idea_edit", args=[idea.pk])
    assert edit in page
    assert client.post(edit, typed(scene, revision=1, title="Benches, clearer")).status_code == 302
    assert english(neighbour).get(edit).status_code == 404
    idea.refresh_from_db()
    assert (idea.title, idea.state) == ("Benches, clearer", IdeaState.SUBMITTED)
    answer = client.post(reverse("idea_withdraw", args=[idea.pk]))
    assert answer.url == idea.get_absolute_url()


# The pages


@pytest.mark.parametrize(
    "role, status",
    [
        ("community_officer", 200),
        ("officer", 200),
        ("approver", 200),
        ("resident", 403),
        ("supervisor", 403),
        ("support_member", 403),
        ("expert", 403),
        ("superuser", 403),
    ],
)
def test_who_finds_the_form(role, status, cast, programme):
    assert english(cast(role)).get(reverse("idea_enter")).status_code == status


def test_the_form_needs_a_log_in_by_user_name(programme):
    url = reverse("idea_enter")
    assert english().get(url).url == f"{reverse('account_login')}?next={url}"


@pytest.mark.parametrize("channel", [value for value, _ in ENTERED_CHANNELS])
def test_from_the_form_to_the_receipt(channel, scene, community_officer):
    client = english(community_officer)
    answer = client.post(reverse("idea_enter"), typed(scene, channel=channel, phone="139 1234 5678"))
    idea = Idea.objects.get()
    account = idea.claims.get().user
    assert (idea.channel, idea.author, account.phone, idea.contributor_name) == (channel, None, PHONE, "Ms Li")
    assert answer.url == reverse("idea_receipt", args=[idea.pk])
    page = text(client.get(answer.url))
    assert idea.receipt in page
    assert "13912345678" not in page
    assert account.masked_phone not in page


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"consent": ""}, "Tell the resident first; without their consent nothing is kept."),
        ({"phone": "12345"}, "Please type the 11 digits of a mobile number."),
        ({"channel": "ONLINE"}, "Select a valid choice. ONLINE is not one of the available choices."),
        ({"contributor_name": "13912345678"}, CommunityRefusal.NAME_NUMBER.label),
        ({"title": "x"}, "Ensure this value has at least 4 characters (it has 1)."),
    ],
)
def test_what_is_mistyped_is_said_and_kept(changes, sentence, scene, community_officer):
    page = text(english(community_officer).post(reverse("idea_enter"), typed(scene, **changes)))
    assert shown(sentence) in page
    assert PROBLEM in page
    assert not Idea.objects.exists()


def test_communities_of_others_are_not_offered(scene, community_officer, officer):
    url = reverse("idea_enter")
    assert len(english(community_officer).get(url).context["form"].fields["community"].queryset) == 1
    assert len(english(officer).get(url).context["form"].fields["community"].queryset) == 3
    CommunityFactory()
    elsewhere = typed(scene, community=scene.communities[1].pk)
    assert "Select a valid choice" in text(english(community_officer).post(url, elsewhere))


def test_when_no_ideas_are_collected_the_page_says_so(programme_in, community_officer):
    programme_in(StageKind.SCREENING)
    page = text(english(community_officer).get(reverse("idea_enter")))
    assert shown(ProposalRefusal.STAGE_CLOSED.label) in page
    assert 'name="title"' not in page


def test_a_form_from_before_the_end_is_refused_and_kept(programme, scene, community_officer):
    programme.stages.filter(kind=StageKind.IDEA_COLLECTION).delete()
    page = text(english(community_officer).post(reverse("idea_enter"), typed(scene)))
    assert shown(ProposalRefusal.STAGE_CLOSED.label) in page
    assert PROBLEM in page


def test_receipts_of_other_communities_are_not_there(entered, idea_in, officer, scene, community_officer):
    elsewhere = entered(by=officer, text=scene.text(community=scene.communities[1]))
    client = english(community_officer)
    for idea in (elsewhere, idea_in("SUBMITTED")):
        assert client.get(reverse("idea_receipt", args=[idea.pk])).status_code == 404
    assert english(officer).get(reverse("idea_receipt", args=[elsewhere.pk])).status_code == 200


def test_the_office_finds_an_idea_by_its_receipt(entered, officer, idea_in):
    idea = entered(name="Ms Li", phone=PHONE)
    idea_in("SUBMITTED", title="Something else altogether")
    client = english(officer)
    address = reverse("admin:proposals_idea_changelist")
    for search in (idea.receipt, idea.receipt.replace("-", ""), "Ms Li"):
        page = text(client.get(address, {"q": search, "state": "all"}))
        assert idea.title in page
        assert "Something else altogether" not in page
    page = text(client.get(reverse("admin:proposals_idea_change", args=[idea.pk])))
    assert idea.receipt in page
    assert f"{idea.claims.get().user.masked_phone} (not answered yet)" in page
    assert idea.receipt in text(client.get(reverse("admin:proposals_idea_screen", args=[idea.pk])))
    assert client.get(reverse("admin:proposals_idea_change", args=[entered().pk])).status_code == 200


# The state by a receipt


@pytest.mark.parametrize("state", ["SUBMITTED", "RETURNED", "ACCEPTED", "REJECTED"])
def test_a_receipt_tells_the_state_and_nothing_private(state, entered, officer, now):
    idea = entered(name="Ms Li", phone=PHONE)
    if state != "SUBMITTED":
        decisions = {"RETURNED": RETURN, "ACCEPTED": ACCEPTANCE, "REJECTED": turning_away("REJECT")}
        screen(idea=idea, judgement=decisions[state], by=officer, now=now - UNDO_TIME)
    page = text(look_up(english(), idea.receipt.replace("-", " ")))
    assert shown(IdeaState(state).label) in page
    for private in ("Ms Li", idea.claims.get().user.masked_phone, RETURN.note, PROBLEM, idea.title):
        assert private not in page
    assert (idea.get_absolute_url() in page) is (state in ("SUBMITTED", "ACCEPTED"))


def test_mistyped_and_unknown_receipts(entered):
    entered()
    client = english()
    assert "Compare it with your paper, figure by figure." in text(look_up(client, "26-003-0012-5"))
    assert shown(ProposalRefusal.NO_SUCH_RECEIPT.label) in text(look_up(client, receipts.receipt("99999", 1)))
    assert "Type the number on your paper." in text(look_up(client, ""))


def test_receipts_cannot_be_counted_through(entered):
    idea, client = entered(), english()
    answers = [look_up(client, idea.receipt).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert client.get(reverse("receipt_state")).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_a_look_up_costs_the_same_for_any_history(count, entered, officer, now, django_assert_num_queries):
    idea = entered()
    for number in range(count):
        IdeaEvent.objects.create(idea=idea, to_state=IdeaState.SUBMITTED, note=str(number))
    client = english()
    with django_assert_num_queries(2):
        look_up(client, idea.receipt)
