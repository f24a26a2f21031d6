"""Ideas on paper come to the accounts of those who gave them."""

import pytest
from django.urls import reverse

from communities.refusal import Refused
from proposals.enums import IdeaChannel, IdeaState, ProposalRefusal
from proposals.models import ClaimEvent, Idea, IdeaClaim
from proposals.rules import MAX_CLAIMS, why_not_claim, why_not_decide_claim
from proposals.services.claiming import answer_offer, claim_idea, decide_claim
from proposals.services.notifications import send_due_notifications
from tests.browsing import english, shown, text
from tests.racing import race

R = ProposalRefusal


@pytest.fixture
def on_paper(scene, community_officer):
    """`on_paper(phone=)`: an idea that the officer of community A entered."""

    def make(phone=""):
        return scene.entered(by=community_officer, phone=phone, channel=IdeaChannel.PAPER)

    return make


def owner(idea):
    return Idea.objects.get(pk=idea.pk).author


@pytest.mark.parametrize(
    "role, reason",
    [
        ("anonymous", R.LOGIN_NEEDED),
        ("unverified", R.PHONE_UNVERIFIED),
        ("officer", R.PHONE_UNVERIFIED),
        ("resident", None),
        ("outsider", None),
    ],
)
def test_who_may_claim(role, reason, cast, on_paper):
    assert why_not_claim(cast(role), on_paper()) == reason


def test_what_has_an_author_is_not_claimed(on_paper, idea_in, neighbour, resident, outsider, now):
    offered = on_paper(phone=outsider.phone)
    assert why_not_claim(neighbour, offered) is None
    answer_offer(offer=offered.claims.get(), accepted=True, by=outsider, now=now)
    offered.refresh_from_db()
    assert why_not_claim(neighbour, offered) == R.HAS_AUTHOR
    assert why_not_claim(neighbour, idea_in(IdeaState.SUBMITTED, by=resident)) == R.HAS_AUTHOR


@pytest.mark.parametrize(
    "role, reason",
    [
        ("community_officer", None),
        ("officer", None),
        ("approver", None),
        *(
            (role, R.NOT_YOUR_COMMUNITY)
            for role in (
                "resident",
                "neighbour",
                "other_officer",
                "supervisor",
                "support_member",
                "expert",
                "superuser",
            )
        ),
    ],
)
def test_who_decides(role, reason, cast, on_paper, neighbour, now):
    claim = claim_idea(idea=on_paper(), by=neighbour, now=now)
    assert why_not_decide_claim(cast(role), claim) == reason


def test_the_confirmed_have_it_and_the_others_not(on_paper, neighbour, outsider, community_officer, now):
    idea = on_paper()
    claims = [claim_idea(idea=idea, by=user, now=now) for user in (neighbour, outsider)]
    assert owner(idea) is None
    decided = decide_claim(claim=claims[0], accepted=True, by=community_officer, now=now)
    assert (decided.accepted, decided.decided_by, decided.decided_at) == (True, community_officer, now)
    assert owner(idea) == neighbour
    claims[1].refresh_from_db()
    assert claims[1].accepted is False
    for claim in claims:
        with pytest.raises(Refused) as refused:
            decide_claim(claim=claim, accepted=True, by=community_officer, now=now)
        assert refused.value.reason == R.CLAIM_DECIDED


def test_who_claimed_it_hears_whether_it_is_theirs(on_paper, neighbour, outsider, community_officer, now):
    idea = on_paper()
    claims = [claim_idea(idea=idea, by=user, now=now) for user in (neighbour, outsider)]
    decide_claim(claim=claims[0], accepted=True, by=community_officer, now=now)
    assert [(event.claim, event.actor, event.to_state) for event in ClaimEvent.objects.order_by("-to_state")] == [
        (claims[1], community_officer, "REFUSED"),
        (claims[0], community_officer, "CONFIRMED"),
    ]
    send_due_notifications(now=now)
    [confirmed], [refused] = neighbour.notifications.all(), outsider.notifications.all()
    assert (confirmed.notice, confirmed.facts) == ("CLAIM_CONFIRMED", {"title": idea.title})
    assert confirmed.link.startswith(idea.get_absolute_url())
    assert refused.facts == {"receipt": idea.receipt, "community": idea.community.name}
    for user, told in ((neighbour, idea.title), (outsider, idea.receipt)):
        assert told in text(english(user).get(reverse("notifications")))


def test_who_was_refused_may_say_it_again(on_paper, neighbour, community_officer, now):
    idea = on_paper()
    first = claim_idea(idea=idea, by=neighbour, now=now)
    assert claim_idea(idea=idea, by=neighbour, now=now) == first
    decide_claim(claim=first, accepted=False, by=community_officer, now=now)
    assert owner(idea) is None
    assert claim_idea(idea=idea, by=neighbour, now=now) != first


def test_nobody_claims_all_receipts(on_paper, neighbour, now):
    for _ in range(MAX_CLAIMS):
        claim_idea(idea=on_paper(), by=neighbour, now=now)
    with pytest.raises(Refused) as refused:
        claim_idea(idea=on_paper(), by=neighbour, now=now)
    assert refused.value.reason == R.TOO_MANY_CLAIMS


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_confirmed_at_once_one_wins(on_paper, neighbour, outsider, officer, community_officer, now):
    idea = on_paper()
    claims = [claim_idea(idea=idea, by=user, now=now) for user in (neighbour, outsider)]
    outcomes = race(
        lambda: decide_claim(claim=claims[0], accepted=True, by=officer, now=now),
        lambda: decide_claim(claim=claims[1], accepted=True, by=community_officer, now=now),
    )
    won = [outcome for outcome in outcomes if isinstance(outcome, IdeaClaim)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].reason == R.CLAIM_DECIDED
    assert owner(idea) == won[0].user
    assert sorted(IdeaClaim.objects.values_list("accepted", flat=True)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_make_one_claim(on_paper, neighbour, now):
    idea = on_paper()
    race(*[lambda: claim_idea(idea=idea, by=neighbour, now=now)] * 4)
    assert IdeaClaim.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_claims_to_several_ideas_at_once_are_not_too_many(on_paper, neighbour, now):
    for _ in range(MAX_CLAIMS - 1):
        claim_idea(idea=on_paper(), by=neighbour, now=now)
    ideas = [on_paper() for _ in range(3)]
    outcomes = race(*[lambda idea=idea: claim_idea(idea=idea, by=neighbour, now=now) for idea in ideas])
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)] == [R.TOO_MANY_CLAIMS] * 2
    assert IdeaClaim.objects.count() == MAX_CLAIMS


# The pages


def test_from_the_receipt_to_ones_own_idea(on_paper, outsider, community_officer):
    idea = on_paper()
    resident, desk = english(outsider), english(community_officer)
    page = text(resident.post(reverse("receipt_state"), {"number": idea.receipt}))
    assert reverse("idea_claim") in page
    told = text(resident.post(reverse("idea_claim"), {"number": idea.receipt}, follow=True))
    assert "Show your receipt at the office of Community A." in told
    assert reverse("desk_claims") in text(desk.get(reverse("desk")))
    claim = IdeaClaim.objects.get()
    waiting = text(desk.get(reverse("desk_claims")))
    assert idea.receipt in waiting
    assert outsider.masked_phone in waiting
    assert "Ms Li" in waiting
    done = text(desk.post(reverse("claim_decide", args=[claim.pk]), {"decision": "confirm"}, follow=True))
    assert shown(f"“{idea.title}” is now the resident's own.") in done
    assert idea.title in text(resident.get(reverse("my_ideas")))
    assert reverse("idea_claim") not in text(resident.post(reverse("receipt_state"), {"number": idea.receipt}))


def test_refusing_and_refusals_are_said(on_paper, neighbour, outsider, community_officer, now):
    claim = claim_idea(idea=on_paper(), by=neighbour, now=now)
    desk, url = english(community_officer), reverse("claim_decide", args=[claim.pk])
    assert "stays without an author." in text(desk.post(url, {"decision": "refuse"}, follow=True))
    assert shown(R.CLAIM_DECIDED.label) in text(desk.post(url, {"decision": "confirm"}, follow=True))
    taken = on_paper(phone=outsider.phone)
    answer_offer(offer=taken.claims.get(), accepted=True, by=outsider, now=now)
    answer = english(neighbour).post(reverse("idea_claim"), {"number": taken.receipt}, follow=True)
    assert shown(R.HAS_AUTHOR.label) in text(answer)


@pytest.mark.parametrize("number", ["", "26-003-0012-5", "99"])
def test_an_unknown_receipt_is_claimed_by_nobody(number, idea_in, neighbour):
    idea_in(IdeaState.SUBMITTED)
    answer = english(neighbour).post(reverse("idea_claim"), {"number": number}, follow=True)
    assert shown(R.NO_SUCH_RECEIPT.label) in text(answer)
    assert not IdeaClaim.objects.exists()


def test_receipts_are_not_counted_through_by_claims(db, neighbour):
    client = english(neighbour)
    answers = [client.post(reverse("idea_claim"), {"number": "99"}).status_code for _ in range(21)]
    assert answers == [302] * 20 + [429]


def test_claims_wait_in_the_office_too(on_paper, officer, supervisor, neighbour, now):
    claim = claim_idea(idea=on_paper(), by=neighbour, now=now)
    waiting = {item.url: item for item in english(officer).get("/admin/").context["waiting"]}
    assert (waiting[reverse("desk_claims")].count, waiting[reverse("desk_claims")].since) == (1, claim.at)
    assert reverse("desk_claims") not in text(english(supervisor).get("/admin/"))


def test_claims_of_other_communities_are_not_there(on_paper, neighbour, cast, communities, now):
    idea = on_paper()
    claim = claim_idea(idea=idea, by=neighbour, now=now)
    Idea.objects.filter(pk=idea.pk).update(community=communities[1])
    desk = english(cast("community_officer"))
    assert idea.receipt not in text(desk.get(reverse("desk_claims")))
    assert desk.post(reverse("claim_decide", args=[claim.pk]), {"decision": "confirm"}).status_code == 404
    assert english(neighbour).get(reverse("desk_claims")).status_code == 403
    assert english(neighbour).post(reverse("claim_decide", args=[claim.pk])).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(count, on_paper, neighbour, officer, now, django_assert_num_queries):
    for _ in range(count):
        claim_idea(idea=on_paper(), by=neighbour, now=now)
    client = english(officer)
    with django_assert_num_queries(5):
        client.get(reverse("desk_claims"))
