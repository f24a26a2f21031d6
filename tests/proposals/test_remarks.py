"""Questions and answers under ideas: shown only after an officer released them, with reports and hiding."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from communities.models import Notification
from communities.refusal import Refused
from programmes.enums import StageKind
from programmes.models import Stage
from projects.my_data import data_of
from proposals.enums import IDEA_PUBLIC_STATES, IdeaState, ProposalRefusal
from proposals.models import Idea, Remark, RemarkEvent, RemarkReport
from proposals.moderation import (
    MAX_REPORTS,
    MAX_UNREAD,
    why_not_answer,
    why_not_ask,
    why_not_moderate,
    why_not_report,
    why_not_settle_reports,
    why_not_withhold,
)
from proposals.remark_enums import REMARK_TRANSITIONS, RemarkState
from proposals.services.notifications import send_due_notifications
from proposals.services.remarks import answer, ask, hide, keep_reported, release, report, withhold
from proposals.views.remarks import SHOWN
from tests.browsing import english, shown, text
from tests.factories import StageFactory
from tests.proposals.test_rules import ROLES, only
from tests.racing import race

R = ProposalRefusal
P = RemarkState
QUESTION, ANSWER = "Who looks after the benches?", "Our neighbours of house 3 do."
OPEN_STAGES = {StageKind.IDEA_COLLECTION, StageKind.SCREENING, StageKind.PROPOSAL_INCUBATION}
NAUGHTY = "<script>alert(1)</script> ' OR 1=1 -- \u202e 你好"


@pytest.fixture
def idea(idea_in):
    return idea_in(IdeaState.SUBMITTED)


@pytest.fixture
def asked(idea, neighbour, now):
    """`asked(text, by=)`: a question that waits."""

    def make(words=QUESTION, by=None, key=None):
        return ask(idea=idea, text=words, key=key or uuid.uuid4(), by=by or neighbour, now=now)

    return make


@pytest.fixture
def released(asked, officer, now):
    """`released(text)`: a question that everyone reads."""
    return lambda *words, **options: release(remark=asked(*words, **options), by=officer, now=now)


@pytest.fixture
def remark_in(asked, officer, now):
    """`remark_in(state)`: a question in a state."""

    def make(state):
        remark = asked()
        if state in (P.RELEASED, P.HIDDEN):
            release(remark=remark, by=officer, now=now)
        if state == P.HIDDEN:
            hide(remark=remark, note="Names a neighbour.", by=officer, now=now)
        if state == P.WITHHELD:
            withhold(remark=remark, note="Names a neighbour.", by=officer, now=now)
        return Remark.objects.get(pk=remark.pk)

    return make


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


def news_of(user):
    return [row.notice for row in Notification.objects.filter(recipient=user).order_by("pk")]


# Who may: stage × role × act

ASKING = {**only("neighbour", R.NOT_A_RESIDENT_ASKS), "anonymous": R.LOGIN_NEEDED, "resident": R.OWN_ASKED}
OFFICE = only("officer approver", R.NOT_AN_OFFICER)
ACTS = {
    "ask": (lambda user, it, now: why_not_ask(user, it.idea, now), OPEN_STAGES, ASKING),
    "answer": (
        why_not_answer,
        OPEN_STAGES,
        only("resident officer approver community_officer", R.NOT_ANSWERING),
    ),
    "release": (
        lambda user, it, now: why_not_moderate(user, Remark(idea=it.idea, state=P.PENDING), P.RELEASED, ""),
        set(StageKind),
        OFFICE,
    ),
    "withhold": (
        lambda user, it, now: why_not_moderate(user, Remark(idea=it.idea, state=P.PENDING), P.WITHHELD, "Why"),
        set(StageKind),
        OFFICE,
    ),
    "withhold a version": (
        lambda user, it, now: why_not_withhold(user, it.idea, 1, "Why"),
        set(StageKind),
        only("officer approver community_officer", R.NOT_YOUR_COMMUNITY),
    ),
    "hide": (lambda user, it, now: why_not_moderate(user, it, P.HIDDEN, "Why"), set(StageKind), OFFICE),
    "settle reports": (lambda user, it, now: why_not_settle_reports(user, it), set(StageKind), OFFICE),
    "report": (
        lambda user, it, now: why_not_report(user, it, "Why"),
        set(StageKind),
        {role: R.LOGIN_NEEDED if role == "anonymous" else None for role in ROLES},
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_stage_role_act(act, released, other_resident, idea, cast, now):
    why_not, permitted, reasons = ACTS[act]
    question = released(by=other_resident)
    # So that there is a version that another one has replaced.
    Idea.objects.filter(pk=idea.pk).update(title="In other words")
    Stage.objects.filter(programme=idea.programme).delete()
    stage = StageFactory(programme=idea.programme)
    for kind in StageKind:
        Stage.objects.filter(pk=stage.pk).update(kind=kind)
        for role in ROLES:
            expected = reasons[role] or (None if kind in permitted else R.STAGE_CLOSED)
            assert why_not(cast(role), question, now) == expected, (kind, role)


@pytest.mark.parametrize("state", IdeaState)
def test_only_of_what_everyone_reads_one_asks(state, idea_in, neighbour, now):
    expected = None if state in IDEA_PUBLIC_STATES else R.WRONG_STATE
    assert why_not_ask(neighbour, idea_in(state), now) == expected


@pytest.mark.parametrize("to", RemarkState)
@pytest.mark.parametrize("state", RemarkState)
def test_every_step_is_possible_or_refused(state, to, remark_in, officer, now):
    remark = remark_in(state)
    expected = None if to in REMARK_TRANSITIONS[state] else R.WRONG_STATE
    assert why_not_moderate(officer, remark, to, "Why") == expected
    verbs = {P.RELEASED: release, P.WITHHELD: withhold, P.HIDDEN: hide}
    if to not in verbs:
        return
    options = {} if to == P.RELEASED else {"note": "Why"}
    if expected:
        with refused(R.WRONG_STATE):
            verbs[to](remark=remark, by=officer, now=now, **options)
        return
    verbs[to](remark=remark, by=officer, now=now, **options)
    event = remark.events.last()
    assert (event.from_state, event.to_state, event.actor) == (state, to, officer)


@pytest.mark.parametrize("state", RemarkState)
def test_answers_and_reports_fit_the_state(state, remark_in, resident, officer, other_resident, now):
    remark = remark_in(state)
    in_public = None if state == P.RELEASED else R.WRONG_STATE
    assert why_not_answer(resident, remark, now) == in_public
    assert why_not_answer(officer, remark, now) == (None if state == P.PENDING else in_public)
    assert why_not_report(other_resident, remark, "Why") == in_public


def test_an_answer_has_no_answers(released, resident, officer, now):
    question = released()
    given = answer(question=question, text=ANSWER, key=uuid.uuid4(), by=resident, now=now)
    release(remark=given, by=officer, now=now)
    assert why_not_answer(officer, given, now) == R.WRONG_STATE


# The verbs


def test_a_question_waits_until_an_officer_has_read_it(asked, idea, neighbour, resident, officer, now):
    question = asked()
    assert (question.state, question.from_office) == (P.PENDING, False)
    for person in (None, resident):
        page = text((english(person) if person else english()).get(idea.get_absolute_url()))
        assert QUESTION not in page
    assert QUESTION in text(english(neighbour).get(idea.get_absolute_url()))
    release(remark=question, by=officer, now=now)
    assert QUESTION in text(english().get(idea.get_absolute_url()))


def test_the_same_form_sent_twice_asks_once(asked, released, resident, now):
    key = uuid.uuid4()
    assert asked(key=key) == asked("Something else entirely?", key=key)
    question = released()
    given = [answer(question=question, text=ANSWER, key=key, by=resident, now=now) for _ in range(2)]
    assert given[0] == given[1]


def test_answers_tell_whose_they_are(released, resident, officer, community_officer, now):
    question = released()
    rows = [
        answer(question=question, text=ANSWER, key=uuid.uuid4(), by=by, now=now)
        for by in (resident, officer, community_officer)
    ]
    assert [row.from_office for row in rows] == [False, True, True]
    assert all(row.state == P.PENDING for row in rows)


@pytest.mark.parametrize("words", ["", "Who?", "x" * 301])
def test_a_text_that_no_form_lets_through_is_refused(words, asked):
    with pytest.raises(ValidationError):
        asked(words)
    assert not Remark.objects.exists()


def test_nobody_floods_the_office(asked, released, officer, other_resident, now):
    first = [asked(f"Question number {number}?") for number in range(MAX_UNREAD)]
    with refused(R.TOO_MANY_QUESTIONS):
        asked()
    release(remark=first[0], by=officer, now=now)
    asked()
    for number in range(MAX_REPORTS):
        remark = Remark.objects.create(
            idea=first[0].idea,
            author=first[0].author,
            text=f"Shown {number}",
            state=P.RELEASED,
            key=uuid.uuid4(),
            written_at=now,
        )
        report(remark=remark, reason="Rude", by=other_resident, now=now)
    with refused(R.TOO_MANY_REPORTS):
        report(remark=first[0], reason="Rude", by=other_resident, now=now)


@pytest.mark.parametrize("verb", [withhold, hide])
def test_who_turns_down_says_why(verb, remark_in, officer, now):
    remark = remark_in(P.PENDING if verb is withhold else P.RELEASED)
    with refused(R.NOTE_NEEDED):
        verb(remark=remark, note="  ", by=officer, now=now)


def test_hiding_keeps_the_record_and_settles_the_reports(released, idea, other_resident, officer, approver, now):
    question = released()
    report(remark=question, reason="Names a neighbour.", by=other_resident, now=now)
    hide(remark=question, note="It names a neighbour.", by=officer, now=now)
    assert QUESTION not in text(english().get(idea.get_absolute_url()))
    assert Remark.objects.get().text == QUESTION
    assert question.events.last().note == "It names a neighbour."
    assert RemarkReport.objects.get().settled_by == officer
    release(remark=Remark.objects.get(), by=approver, now=now)
    assert QUESTION in text(english().get(idea.get_absolute_url()))


def test_what_was_reported_may_stay(released, other_resident, officer, now):
    question = released()
    one = report(remark=question, reason="Rude", by=other_resident, now=now)
    assert report(remark=question, reason="Rude again", by=other_resident, now=now) == one
    assert list(Remark.objects.reported()) == [question]
    keep_reported(remark=question, by=officer, now=now)
    assert not Remark.objects.reported().exists()
    with refused(R.WRONG_STATE):
        keep_reported(remark=question, by=officer, now=now)
    assert report(remark=question, reason="Still rude", by=other_resident, now=now) != one


def test_events_cannot_be_rewritten(asked):
    event = asked().events.get()
    for act in (lambda: RemarkEvent.objects.update(note="x"), event.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_one_releases_and_one_withholds(asked, officer, approver, now):
    question = asked()

    def fresh():
        return Remark.objects.select_related("idea__programme").get(pk=question.pk)

    answers = race(
        lambda: release(remark=fresh(), by=officer, now=now),
        lambda: withhold(remark=fresh(), note="Rude", by=approver, now=now),
    )
    kept = [row for row in answers if isinstance(row, Remark)]
    # Either one was refused, or the second was a lawful step from the first one's state; never both from the same.
    assert question.events.exclude(from_state="").count() == len(kept)
    assert len(set(question.events.values_list("from_state", flat=True))) == len(kept) + 1
    assert fresh().state == question.events.last().to_state


@pytest.mark.django_db(transaction=True)
def test_two_clicks_ask_once_and_nobody_passes_the_limit(asked):
    key = uuid.uuid4()
    assert len({row.pk for row in race(*[lambda: asked(key=key)] * 3)}) == 1
    answers = race(*[asked] * (MAX_UNREAD + 1))
    assert sum(isinstance(row, Refused) for row in answers) == 2
    assert Remark.objects.count() == MAX_UNREAD


@pytest.mark.django_db(transaction=True)
def test_two_clicks_report_once(released, other_resident, now):
    question = released()
    rows = race(*[lambda: report(remark=question, reason="Rude", by=other_resident, now=now)] * 3)
    assert len({row.pk for row in rows}) == 1


# Who hears


def test_who_hears_what(released, asked, idea, resident, neighbour, officer, now):
    question = released()
    given = answer(question=question, text=ANSWER, key=uuid.uuid4(), by=resident, now=now)
    send_due_notifications(now=now)
    assert (news_of(neighbour), news_of(resident)) == (["REMARK_SHOWN"], ["REMARK_ASKED"])
    release(remark=given, by=officer, now=now)
    send_due_notifications(now=now)
    assert news_of(neighbour) == ["REMARK_SHOWN", "REMARK_ANSWERED"]
    hide(remark=question, note="Names a neighbour.", by=officer, now=now)
    withhold(remark=asked("Is he rich?"), note="Please ask about the idea.", by=officer, now=now)
    send_due_notifications(now=now)
    assert news_of(neighbour)[2:] == ["REMARK_HIDDEN", "REMARK_WITHHELD"]
    told = Notification.objects.filter(recipient=neighbour).latest("pk")
    assert told.facts == {"title": idea.title, "note": "Please ask about the idea."}
    assert told.link.startswith(idea.get_absolute_url())


def test_what_is_shown_again_is_no_news(remark_in, neighbour, officer, now):
    remark = remark_in(P.HIDDEN)
    send_due_notifications(now=now)
    before = news_of(neighbour)
    release(remark=remark, by=officer, now=now)
    send_due_notifications(now=now)
    assert news_of(neighbour) == before


# The pages


def test_asking_on_the_site(idea, neighbour):
    client, url = english(neighbour), reverse("idea_ask", args=[idea.pk])
    assert url in text(client.get(idea.get_absolute_url()))
    page = text(client.post(url, {"text": "Who?", "key": str(uuid.uuid4())}))
    assert "Who?</textarea>" in page
    page = text(client.post(url, {"text": QUESTION, "key": str(uuid.uuid4())}, follow=True))
    assert "It has arrived." in page
    assert "Waiting for release" in page
    assert QUESTION in page


def test_the_author_answers_on_the_site(released, idea, resident, officer, now):
    question = released()
    client, url = english(resident), reverse("remark_answer", args=[question.pk])
    assert url in text(client.get(idea.get_absolute_url()))
    page = text(client.post(url, {"text": ANSWER, "key": str(uuid.uuid4())}, follow=True))
    assert ANSWER in page
    assert ANSWER not in text(english().get(idea.get_absolute_url()))
    release(remark=Remark.objects.get(question=question), by=officer, now=now)
    page = text(english().get(idea.get_absolute_url()))
    assert ANSWER in page
    assert "The author answers" in page


def test_reporting_on_the_site(released, idea, outsider):
    question = released()
    client, url = english(outsider), reverse("remark_report", args=[question.pk])
    assert url in text(client.get(idea.get_absolute_url()))
    assert "Say what is wrong with it." in text(client.post(url, {"reason": " "}))
    assert "The office looks at it." in text(client.post(url, {"reason": "Names a neighbour."}, follow=True))
    assert RemarkReport.objects.get().user == outsider


@pytest.mark.parametrize("name", ["remark_answer", "remark_report"])
def test_what_is_not_shown_does_not_exist_for_others(name, asked, other_resident, resident):
    url = reverse(name, args=[asked().pk])
    for person in (other_resident, resident):
        assert english(person).get(url).status_code == 404
        assert english(person).post(url, {"text": ANSWER, "reason": "x", "key": str(uuid.uuid4())}).status_code == 404
    assert english().get(url).status_code == 302


@pytest.mark.parametrize("name", ["idea_ask", "remark_answer", "remark_report"])
def test_a_refusal_says_why(name, released, idea, outsider, neighbour):
    question = released()
    person, reason = {
        "idea_ask": (outsider, R.NOT_A_RESIDENT_ASKS),
        "remark_answer": (outsider, R.NOT_ANSWERING),
        "remark_report": (neighbour, R.WRONG_STATE),
    }[name]
    client, url = english(person), reverse(name, args=[idea.pk if name == "idea_ask" else question.pk])
    assert shown(reason.label) in text(client.get(url))
    page = text(client.post(url, {"text": QUESTION, "reason": "Rude", "key": str(uuid.uuid4())}))
    assert shown(reason.label) in page


def test_nobody_who_asks_is_named(released, idea, neighbour, resident):
    released()
    for person in (None, resident):
        page = text((english(person) if person else english()).get(idea.get_absolute_url()))
        assert neighbour.display_name not in page
        assert neighbour.masked_phone not in page


def test_what_people_write_is_text_everywhere(released, idea, officer, other_resident, now):
    question = released(NAUGHTY)
    report(remark=question, reason=NAUGHTY, by=other_resident, now=now)
    pages = [
        english().get(idea.get_absolute_url()),
        english(officer).get(reverse("admin:proposals_remark_changelist"), {"state": "all"}),
        english(officer).get(reverse("admin:proposals_remark_change", args=[question.pk])),
    ]
    for page in pages:
        assert "<script>alert(1)</script>" not in text(page)
    assert shown(NAUGHTY) in text(pages[0])


@pytest.mark.parametrize("count", [1, 3])
def test_an_idea_costs_the_same_for_any_number(
    count, released, idea, resident, officer, now, django_assert_num_queries
):
    for number in range(count):
        question = released(f"Question number {number}?")
        given = answer(question=question, text=ANSWER, key=uuid.uuid4(), by=resident, now=now)
        release(remark=given, by=officer, now=now)
    client = english()
    client.get(idea.get_absolute_url())
    with django_assert_num_queries(8):
        client.get(idea.get_absolute_url())


def test_of_many_questions_the_newest_are_shown_and_the_others_one_link_away(
    idea, scene, officer, now, django_assert_num_queries
):
    texts = [f"Is question {number:02} answered?" for number in range(SHOWN + 2)]
    for number, words in enumerate(texts):
        Remark.objects.create(
            idea=idea,
            author=scene.officer,
            key=uuid.uuid4(),
            text=words,
            state="RELEASED",
            written_at=now + timedelta(minutes=number),
        )
    client = english()
    client.get(idea.get_absolute_url())
    with django_assert_num_queries(8):
        page = text(client.get(idea.get_absolute_url()))
    assert [words for words in texts if words in page] == texts[2:]
    assert page.index(texts[2]) < page.index(texts[-1])
    assert "?questions=all#questions" in page
    with django_assert_num_queries(8):
        everything = text(client.get(idea.get_absolute_url(), {"questions": "all"}))
    assert [words for words in texts if words in everything] == texts
    assert "?questions=all#questions" not in everything
    oldest = Remark.objects.earliest("written_at")
    assert oldest.get_absolute_url() == f"{idea.get_absolute_url()}?questions=all#question-{oldest.pk}"


# The office


def test_the_office_counts_and_works_off_what_waits(asked, released, officer, other_resident, now):
    question, reported = asked(), released("Is he rich, that author?")
    report(remark=reported, reason="Personal", by=other_resident, now=now)
    client = english(officer)
    page = client.get("/admin/")
    waits = {item.url: item.count for item in page.context["waiting"]}
    queue = reverse("admin:proposals_remark_changelist")
    assert (waits[queue], waits[f"{queue}?state=reported"]) == (1, 1)
    assert QUESTION in text(client.get(queue))
    assert "Is he rich" not in text(client.get(queue))
    assert "Is he rich" in text(client.get(f"{queue}?state=reported"))

    def press(remark, name, **data):
        url = reverse("admin:proposals_remark_do", args=[remark.pk, name])
        return text(client.post(url, data, follow=True))

    assert "Everyone can read it now." in press(question, "release")
    assert "It is hidden" in press(question, "hide", note="Not about the idea.")
    assert "the reports are settled" in press(reported, "keep")
    waits = {item.url: item.count for item in client.get("/admin/").context["waiting"]}
    assert waits[queue] == waits[f"{queue}?state=reported"] == 0
    page = text(client.get(reverse("admin:proposals_remark_change", args=[question.pk])))
    assert "Not about the idea." in page


def test_the_office_is_hinted_at_numbers(asked, officer):
    asked("Call me at 138 0013 8000 please")
    assert "holds a long number" in text(english(officer).get(reverse("admin:proposals_remark_changelist")))


def test_other_offices_and_supervisors(asked, other_officer, supervisor):
    question = asked()
    url = reverse("admin:proposals_remark_change", args=[question.pk])
    assert english(other_officer).get(url).status_code == 302
    assert english(supervisor).get(url).status_code == 200
    act = reverse("admin:proposals_remark_do", args=[question.pk, "release"])
    assert english(other_officer).post(act).status_code == 404
    assert english(supervisor).post(act).status_code == 403
    assert Remark.objects.get().state == P.PENDING


def test_ones_data_holds_what_one_asked_and_reported(asked, released, neighbour, other_resident, now):
    asked()
    report(remark=released("What does it cost?"), reason="Rude", by=other_resident, now=now)
    assert [row["text"] for row in data_of(neighbour)["remarks"]] == [QUESTION, "What does it cost?"]
    assert [row["reason"] for row in data_of(other_resident)["remark_reports"]] == ["Rude"]
    assert data_of(neighbour)["remark_reports"] == []
