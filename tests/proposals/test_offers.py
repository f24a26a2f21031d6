"""An idea on paper with a number is offered to the account of that number; it is nobody's until they say that it is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from communities.models import Notification
from communities.refusal import Refused
from communities.services.people import confirm_phone, register_resident
from projects import todo
from projects.my_data import data_of
from proposals.enums import IdeaState, ProposalRefusal
from proposals.models import Idea, IdeaClaim
from proposals.rules import speaks_for, why_not_answer_offer, why_not_decide_claim
from proposals.services.claiming import answer_offer, claim_idea, decide_claim
from proposals.services.ideas import mend_idea, revise_idea, screen, show_name, withdraw_idea
from proposals.services.notifications import send_due_notifications
from tests.browsing import english, shown, text
from tests.racing import race
from tests.scenes import turning_away

R = ProposalRefusal
NEW = "+8613912345678"


@pytest.fixture
def offered(scene, community_officer, outsider):
    """`offered(phone=)`: what the officer of community A entered with a number, by default the outsider's."""

    def make(phone=outsider.phone):
        idea = scene.entered(by=community_officer, phone=phone)
        return idea.claims.get()

    return make


def owner(offer):
    return Idea.objects.get(pk=offer.idea_id).author


def answer(offer, answer, client):
    return client.post(reverse("offer_answer", args=[offer.pk]), {"answer": answer} if answer else {}, follow=True)


ROLES = ("anonymous", "resident", "neighbour", "officer", "community_officer", "supervisor", "superuser", "outsider")


@pytest.mark.parametrize("role", ROLES)
def test_only_whose_number_it_is_answers(role, cast, offered):
    reason = {"outsider": None, "anonymous": R.LOGIN_NEEDED}.get(role, R.OFFERED_TO_SOMEBODY)
    assert why_not_answer_offer(cast(role), offered()) == reason


@pytest.mark.parametrize("role", ["officer", "community_officer", "approver"])
def test_no_officer_answers_for_them(role, cast, offered):
    assert why_not_decide_claim(cast(role), offered()) == R.OFFERED_TO_SOMEBODY


def test_a_number_counts_only_once_it_was_confirmed(offered):
    offer = offered(NEW)
    assert why_not_answer_offer(offer.user, offer) == R.PHONE_UNVERIFIED


@pytest.mark.parametrize("state", [state for state in IdeaState if state not in {IdeaState.DRAFT, IdeaState.WITHDRAWN}])
def test_it_is_answered_in_every_state_but_withdrawn(state, offered, outsider):
    offer = offered()
    offer.idea.state = state
    assert why_not_answer_offer(outsider, offer) is None
    offer.idea.state = IdeaState.WITHDRAWN
    assert why_not_answer_offer(outsider, offer) == R.WRONG_STATE


def test_who_says_that_it_is_theirs_has_it(offered, outsider, neighbour, community_officer, now):
    offer = offered()
    claim = claim_idea(idea=offer.idea, by=neighbour, now=now)
    assert owner(offer) is None
    assert speaks_for(community_officer, offer.idea)
    answered = answer_offer(offer=offer, accepted=True, by=outsider, now=now)
    assert (answered.accepted, answered.decided_by, answered.decided_at) == (True, outsider, now)
    assert owner(offer) == outsider
    assert not speaks_for(community_officer, Idea.objects.get(pk=offer.idea_id))
    claim.refresh_from_db()
    assert claim.accepted is False
    for accepted in (True, False):
        with pytest.raises(Refused, check=lambda refused: refused.reason == R.OFFER_ANSWERED):
            answer_offer(offer=offer, accepted=accepted, by=outsider, now=now)


def test_who_says_that_it_is_not_theirs_is_asked_no_more(offered, outsider, community_officer, now):
    offer = offered()
    answer_offer(offer=offer, accepted=False, by=outsider, now=now)
    assert owner(offer) is None
    assert speaks_for(community_officer, offer.idea)
    assert todo.for_resident(outsider, now)[0].url == reverse("name_community")
    assert len(todo.for_resident(outsider, now)) == 1


def test_the_receipt_leads_to_the_offer_and_counts_as_no_claim(offered, outsider, officer, now):
    offer = offered()
    assert claim_idea(idea=offer.idea, by=outsider, now=now) == offer
    page = english(outsider).post(reverse("idea_claim"), {"number": offer.idea.receipt}, follow=True)
    assert "you need not show your receipt" in text(page)
    assert 'value="mine"' in text(page)
    assert not IdeaClaim.objects.for_officers().exists()
    assert offer.idea.receipt not in text(english(officer).get(reverse("desk_claims")))


def test_a_receipt_that_an_officer_confirms_ends_the_offer(offered, outsider, neighbour, officer, now):
    offer = offered()
    claim = claim_idea(idea=offer.idea, by=neighbour, now=now)
    decide_claim(claim=claim, accepted=True, by=officer, now=now)
    assert owner(offer) == neighbour
    with pytest.raises(Refused, check=lambda refused: refused.reason == R.OFFER_ANSWERED):
        answer_offer(offer=offer, accepted=True, by=outsider, now=now)


# Being asked


def test_one_message_asks_and_none_tells_people_what_they_did(offered, outsider, neighbour, now):
    offer = offered()
    claim_idea(idea=offer.idea, by=neighbour, now=now)
    send_due_notifications(now=now)
    [asked] = outsider.notifications.all()
    assert (asked.notice, asked.facts) == ("IDEA_OFFERED", {"title": offer.idea.title, "community": "Community A"})
    assert asked.link == f"{reverse('my')}#offers"
    answer_offer(offer=offer, accepted=True, by=outsider, now=now)
    send_due_notifications(now=now)
    assert outsider.notifications.count() == 1
    assert [told.notice for told in neighbour.notifications.all()] == ["CLAIM_REFUSED"]


def test_who_was_never_asked_is_told_nothing(offered, outsider, neighbour, officer, now):
    offer = offered()
    decide_claim(claim=claim_idea(idea=offer.idea, by=neighbour, now=now), accepted=True, by=officer, now=now)
    send_due_notifications(now=now)
    assert not outsider.notifications.exists()


def test_decisions_are_told_to_nobody_before_it_is_theirs(offered, outsider, officer, now):
    offer = offered()
    screen(idea=offer.idea, judgement=turning_away("REJECT"), by=officer, now=now - timedelta(hours=1))
    send_due_notifications(now=now)
    assert set(Notification.objects.values_list("notice", flat=True)) == {"IDEA_OFFERED"}


def test_it_waits_among_their_things(offered, outsider, neighbour, now):
    offer = offered()
    [item] = [item for item in todo.for_resident(outsider, now) if item.url == f"{reverse('my')}#offers"]
    assert (item.since, item.action) == (now, "Answer")
    for name in ("my", "my_ideas"):
        assert reverse("offer_answer", args=[offer.pk]) in text(english(outsider).get(reverse(name)))
        assert offer.idea.title not in text(english(neighbour).get(reverse(name)))
    assert [row["receipt"] for row in data_of(outsider)["idea_claims"]] == [offer.idea.receipt]


def test_who_logs_in_with_a_new_number_finds_it(offered, now):
    offer = offered(NEW)
    resident = register_resident(phone=NEW)
    confirm_phone(user=resident, now=now)
    client = english(resident)
    assert shown("Is the idea “Benches at the west gate” yours?") in text(client.get(reverse("my")))
    page = text(answer(offer, "mine", client))
    assert shown("“Benches at the west gate” is your idea now.") in page
    assert owner(offer) == resident


@pytest.mark.parametrize("said", ["", "yes", "mine ", "<script>", "😀" * 10_000])
def test_a_form_without_either_button_says_nothing(said, offered, outsider):
    offer = offered()
    answer(offer, said, english(outsider))
    offer.refresh_from_db()
    assert offer.accepted is None


def test_the_page_says_what_was_done_and_why_not(offered, outsider, neighbour, community_officer):
    offer = offered()
    url = reverse("offer_answer", args=[offer.pk])
    for user in (neighbour, community_officer):
        assert english(user).post(url, {"answer": "mine"}).status_code == 404
    assert english().post(url, {"answer": "mine"}).status_code == 302
    client, desk = english(outsider), english(community_officer)
    note = f"Written down with the mobile number {outsider.masked_phone}"
    assert f"{note}: not answered yet." in text(desk.get(offer.idea.get_absolute_url()))
    assert "you will not be asked about it again" in text(answer(offer, "not_mine", client))
    assert shown(R.OFFER_ANSWERED.label) in text(answer(offer, "mine", client))
    assert f"{note}: not theirs." in text(desk.get(offer.idea.get_absolute_url()))
    assert "Written down with" not in text(client.get(offer.idea.get_absolute_url()))
    assert owner(offer) is None


def test_what_the_officer_withdrew_is_not_asked_about(offered, outsider, community_officer, now):
    offer = offered()
    withdraw_idea(idea=offer.idea, by=community_officer, now=now)
    assert not IdeaClaim.objects.offered_to(outsider).exists()
    assert shown(R.WRONG_STATE.label) in text(answer(offer, "mine", english(outsider)))
    assert owner(offer) is None


@pytest.mark.parametrize("count", [1, 3])
def test_ones_page_costs_the_same_for_any_number(count, offered, outsider, django_assert_num_queries):
    for _ in range(count):
        offered()
    client = english(outsider)
    with django_assert_num_queries(18):
        client.get(reverse("my"))


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_mine_and_not_mine_at_once_the_first_counts(offered, outsider, now):
    offer = offered()
    outcomes = race(
        *(
            lambda accepted=accepted: answer_offer(offer=offer, accepted=accepted, by=outsider, now=now)
            for accepted in (True, False)
        )
    )
    [won] = [outcome for outcome in outcomes if isinstance(outcome, IdeaClaim)]
    [lost] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert lost.reason == R.OFFER_ANSWERED
    assert owner(offer) == (outsider if won.accepted else None)


@pytest.mark.django_db(transaction=True)
def test_of_the_number_and_the_receipt_one_has_it(offered, outsider, neighbour, officer, now):
    offer = offered()
    claim = claim_idea(idea=offer.idea, by=neighbour, now=now)
    outcomes = race(
        lambda: answer_offer(offer=offer, accepted=True, by=outsider, now=now),
        lambda: decide_claim(claim=claim, accepted=True, by=officer, now=now),
    )
    [won] = [outcome for outcome in outcomes if isinstance(outcome, IdeaClaim)]
    [lost] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert lost.reason in {R.OFFER_ANSWERED, R.CLAIM_DECIDED}
    assert owner(offer) == won.user
    assert sorted(IdeaClaim.objects.values_list("accepted", flat=True)) == [False, True]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["mend", "revise", "withdraw", "show_name"])
def test_an_officer_changes_it_before_it_is_theirs_or_not_at_all(
    act, offered, scene, outsider, officer, community_officer, now
):
    """The officer's rule is asked about the author whom the idea has in the end."""
    offer = offered()
    if act == "revise":
        screen(idea=offer.idea, judgement=turning_away("RETURN"), by=officer, now=now - timedelta(hours=1))
    idea = Idea.objects.select_related("programme", "community", "author").get(pk=offer.idea_id)
    answer_offer(offer=offer, accepted=True, by=outsider, now=now)
    new = scene.text("Benches, as the officer has it")
    acts = {
        "mend": lambda: mend_idea(idea=idea, text=new, revision=1, by=community_officer, now=now),
        "revise": lambda: revise_idea(idea=idea, text=new, revision=1, by=community_officer, now=now),
        "withdraw": lambda: withdraw_idea(idea=idea, by=community_officer, now=now),
        "show_name": lambda: show_name(idea=idea, shown=True, by=community_officer, now=now),
    }
    with pytest.raises(Refused, check=lambda refused: refused.reason == R.NOT_YOURS):
        acts[act]()


@pytest.mark.django_db(transaction=True)
def test_taking_it_and_an_officer_who_withdraws_it_do_not_miss_each_other(offered, outsider, community_officer, now):
    offer = offered()
    idea = offer.idea
    taken, withdrawn = race(
        lambda: answer_offer(offer=offer, accepted=True, by=outsider, now=now),
        lambda: withdraw_idea(idea=idea, by=community_officer, now=now),
    )
    refused = [outcome.reason for outcome in (taken, withdrawn) if isinstance(outcome, Refused)]
    assert refused in ([R.WRONG_STATE], [R.NOT_YOURS])
    stored = Idea.objects.get(pk=idea.pk)
    assert (stored.author, stored.state) in [(outsider, IdeaState.SUBMITTED), (None, IdeaState.WITHDRAWN)]
