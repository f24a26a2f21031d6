"""Drafts: what is typed is kept at the server, is the writer's alone, and two tabs lose nothing."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities import privacy
from communities.refusal import Refused
from programmes.models import Stage
from projects.my_data import data_of
from proposals.enums import IdeaChannel, ProposalRefusal
from proposals.models import Idea, IdeaDraft, IdeaEvent
from proposals.rules import DRAFT_LENGTH, MAX_DRAFTS, why_not_keep_draft
from proposals.services.drafts import Seen, discard_draft, save_draft
from proposals.services.entering import Contributor, enter_idea
from proposals.services.ideas import screen, submit_idea
from proposals.views.drafts import key_of_revision
from tests.browsing import english, shown, text
from tests.racing import race
from tests.scenes import CONSENT, PROBLEM, SOLUTION, turning_away

R = ProposalRefusal
KEY, TAB, OTHER_TAB = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)
NAUGHTY = "<script>alert('é')</script> \u202e 你好 \u200b"


@pytest.fixture
def save(scene):
    """`save(title, revision=, tab=, key=, by=)`: what one tab sends."""

    def make(title="Benches", revision=0, tab=TAB, key=KEY, by=None, **typed):
        return save_draft(
            programme=scene.programme,
            key=key,
            typed={"title": title, **typed},
            seen=Seen(revision, tab),
            by=by or scene.author,
            now=scene.now,
        )

    return make


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


def typed(**changes):
    return {"key": str(KEY), "draft_revision": "0", "writer": str(TAB), "title": "Benches", "problem": "d"} | changes


# The verb


def test_a_form_has_one_draft_that_each_save_replaces(save):
    first = save("Benches")
    again = save("Benches at the gate", first.revision)
    assert (first.pk, again.revision, str(again)) == (again.pk, 2, "Benches at the gate")
    assert IdeaDraft.objects.get().typed == {"title": "Benches at the gate"}


def test_the_same_save_twice_changes_nothing(save):
    assert save().revision == save().revision == 1
    assert IdeaDraft.objects.count() == 1


def test_a_tab_whose_answer_was_lost_goes_on_saving(save):
    save("Benches")
    assert save("Benches at the gate", revision=0).revision == 2


def test_another_tab_is_told_and_both_texts_stay(save):
    save("Written first")
    with refused(R.DRAFT_ELSEWHERE):
        save("Written second", revision=0, tab=OTHER_TAB)
    assert str(IdeaDraft.objects.get()) == "Written first"
    assert save("Written second", revision=1, tab=OTHER_TAB).revision == 2
    with refused(R.DRAFT_ELSEWHERE):
        save("Written third", revision=1)


def test_a_form_that_was_handed_in_has_no_draft_any_more(save, scene):
    save()
    options = {"programme": scene.programme, "text": scene.text(), "consent": CONSENT, "by": scene.author}
    idea = submit_idea(**options, key=KEY, now=scene.now)
    assert not IdeaDraft.objects.exists()
    with refused(R.ALREADY_HANDED_IN):
        save()
    assert submit_idea(**options, key=KEY, now=scene.now) == idea


def test_drafts_have_an_end(save):
    for number in range(MAX_DRAFTS):
        save(key=uuid.UUID(int=10 + number))
    with refused(R.TOO_MANY_DRAFTS):
        save()
    assert save("Written on", revision=1, key=uuid.UUID(int=10)).revision == 2
    with refused(R.DRAFT_TOO_LONG):
        save("x" * (DRAFT_LENGTH + 1), revision=2, key=uuid.UUID(int=10))


@pytest.mark.parametrize(
    "role, reason",
    [
        ("anonymous", R.LOGIN_NEEDED),
        ("unverified", R.PHONE_UNVERIFIED),
        ("officer", R.PHONE_UNVERIFIED),
        ("expert", R.PHONE_UNVERIFIED),
        ("superuser", R.PHONE_UNVERIFIED),
        ("outsider", None),
        ("resident", None),
    ],
)
def test_who_keeps_drafts(role, reason, cast):
    assert why_not_keep_draft(cast(role), {}, is_new=True) == reason


def test_nobody_touches_the_drafts_of_others(save, neighbour):
    save()
    save("Of the neighbour", by=neighbour)
    discard_draft(key=KEY, by=neighbour)
    discard_draft(key=KEY, by=neighbour)
    assert [str(draft) for draft in IdeaDraft.objects.all()] == ["Benches"]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_keep_one_draft(save):
    assert len({draft.pk for draft in race(*[save] * 4)}) == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_lose_nothing(save):
    save("The beginning")
    answers = race(lambda: save("One", 1, TAB), lambda: save("Two", 1, OTHER_TAB))
    [kept] = [answer for answer in answers if isinstance(answer, IdeaDraft)]
    [told] = [answer for answer in answers if isinstance(answer, Refused)]
    assert told.reason == R.DRAFT_ELSEWHERE
    assert str(IdeaDraft.objects.get()) == str(kept)


@pytest.mark.django_db(transaction=True)
def test_nobody_passes_the_limit_with_two_windows(save):
    for number in range(MAX_DRAFTS - 1):
        save(key=uuid.UUID(int=10 + number))
    answers = race(*[lambda number=number: save(key=uuid.UUID(int=90 + number)) for number in range(4)])
    assert sum(isinstance(answer, Refused) for answer in answers) == 3
    assert IdeaDraft.objects.count() == MAX_DRAFTS


@pytest.mark.django_db(transaction=True)
def test_a_save_at_the_moment_of_handing_in_leaves_no_draft(save, scene):
    def hand_in():
        return submit_idea(
            programme=scene.programme, text=scene.text(), consent=CONSENT, key=KEY, by=scene.author, now=scene.now
        )

    race(hand_in, save, hand_in, save)
    assert not IdeaDraft.objects.exists()
    assert Idea.objects.count() == 1


# Nobody else knows of them


def test_drafts_are_neither_public_nor_counted_nor_found(save, neighbour, officer, community_officer, supervisor):
    save("Zebra crossing", problem="Zebra " * 20)
    pages = [reverse("idea_list"), f"{reverse('search')}?q=Zebra", reverse("home")]
    for person in (None, neighbour, officer, community_officer):
        client = english(person) if person else english()
        for url in pages:
            assert "Zebra crossing" not in text(client.get(url))
    office = reverse("admin:proposals_idea_changelist")
    for person in (officer, supervisor):
        assert "Zebra" not in text(english(person).get(office, {"state": "all"}))
    assert "Zebra" not in text(english(community_officer).get(reverse("desk")))
    assert Idea.objects.count() == IdeaEvent.objects.count() == 0


def test_only_the_writer_opens_a_draft(save, neighbour, resident):
    save("Zebra crossing")
    url = f"{reverse('idea_create')}?draft={KEY}"
    assert 'value="Zebra crossing"' in text(english(resident).get(url))
    assert "Zebra" not in text(english(neighbour).get(url))
    assert english(neighbour).get(reverse("draft_discard", args=[KEY])).status_code == 404
    assert data_of(resident)["idea_drafts"][0]["typed"] == {"title": "Zebra crossing"}
    assert data_of(neighbour)["idea_drafts"] == []


# The pages


def test_a_draft_is_saved_by_the_page_itself(programme, resident):
    client = english(resident)
    page = text(client.post(reverse("draft_save"), typed()))
    assert "Draft saved at" in page
    assert 'name="draft_revision" value="1"' in page
    page = text(client.post(reverse("draft_save"), typed(draft_revision="1", title="Benches at the gate")))
    assert 'name="draft_revision" value="2"' in page
    assert str(IdeaDraft.objects.get()) == "Benches at the gate"


def test_the_button_saves_the_same_and_the_form_goes_on(programme, communities, resident):
    client = english(resident)
    answer = client.post(reverse("idea_create"), typed(save="1", community=communities[1].pk), follow=True)
    page = text(answer)
    assert "Your draft is saved" in page
    assert 'value="Benches"' in page
    assert f'<option value="{communities[1].pk}" selected>' in page
    assert f'name="key" value="{KEY}"' in page
    assert 'name="draft_revision" value="1"' in page
    assert not Idea.objects.exists()


@pytest.mark.parametrize("name", ["my", "my_ideas", "idea_create"])
def test_a_draft_is_found_again(name, programme, save, resident):
    save(NAUGHTY)
    page = text(english(resident).get(reverse(name)))
    assert shown(NAUGHTY) in page
    assert "<script>alert" not in page
    assert f"{reverse('idea_create')}?draft={KEY}" in page


def test_handing_a_draft_in_ends_it(programme, scene, save, resident):
    save()
    places = {"community": scene.communities[0].pk, "category": scene.categories[0].pk, "consent": privacy.VERSION}
    text_fields = {"title": "Benches at the gate", "problem": PROBLEM, "solution": SOLUTION}
    english(resident).post(reverse("idea_create"), typed(draft_revision="1", **text_fields, **places))
    assert Idea.objects.get().submission_key == KEY
    assert not IdeaDraft.objects.exists()


@pytest.mark.parametrize("name", ["draft_save", "idea_create"])
def test_two_tabs_see_both_texts_and_choose(name, programme, save, resident):
    save("Written elsewhere", problem="Elsewhere it is dark.")
    client, url = english(resident), reverse(name)
    mine = typed(title="Written here", writer=str(OTHER_TAB), save="1")
    page = text(client.post(url, mine))
    for seen in ("Written elsewhere", "Elsewhere it is dark.", 'name="apart"', 'name="replace" value="1"'):
        assert seen in page
    assert shown(R.DRAFT_ELSEWHERE.label) in page
    if name == "idea_create":
        assert 'value="Written here"' in page
    assert str(IdeaDraft.objects.get()) == "Written elsewhere"


def test_both_texts_can_be_kept(programme, save, resident):
    save("Written elsewhere")
    mine = typed(title="Written here", writer=str(OTHER_TAB))
    english(resident).post(reverse("idea_create"), mine | {"apart": "1"})
    assert {str(draft) for draft in IdeaDraft.objects.all()} == {"Written elsewhere", "Written here"}


def test_one_text_can_replace_the_other_that_was_seen(programme, save, resident):
    save("Written elsewhere")
    client, mine = english(resident), typed(title="Written here", writer=str(OTHER_TAB), replace="1")
    client.post(reverse("idea_create"), mine)
    assert str(IdeaDraft.objects.get()) == "Written here"
    save("Written elsewhere again", revision=2)
    page = text(client.post(reverse("idea_create"), mine | {"title": "Too late", "writer": str(uuid.uuid4())}))
    assert "Written elsewhere again" in page
    assert str(IdeaDraft.objects.get()) == "Written elsewhere again"


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"key": "no key"}, "This could not be saved."),
        ({"draft_revision": "many"}, "This could not be saved."),
        ({"title": " ", "problem": ""}, "Nothing is written yet."),
        ({"problem": "x" * (DRAFT_LENGTH + 1)}, R.DRAFT_TOO_LONG.label),
    ],
)
def test_what_cannot_be_saved_is_said_and_stays_on_the_page(changes, told, programme, resident):
    client, data = english(resident), typed(**changes)
    assert shown(told) in text(client.post(reverse("draft_save"), data))
    page = text(client.post(reverse("idea_create"), data | {"save": "1"}))
    assert shown(told) in page
    assert shown(data["problem"]) in page
    assert not IdeaDraft.objects.exists()


def test_characters_that_no_database_keeps_are_left_out(programme, resident):
    english(resident).post(reverse("draft_save"), typed(title="Ben\0ches", problem="a\r\nb"))
    assert IdeaDraft.objects.get().typed == {"title": "Benches", "problem": "a\nb"}


def test_a_session_that_ended_loses_nothing(programme, resident):
    client = english()
    assert shown(R.LOGIN_NEEDED.label) in text(client.post(reverse("draft_save"), typed()))
    client.post(reverse("idea_create"), typed(save="1"))
    client.force_login(resident)
    assert 'value="Benches"' in text(client.get(reverse("idea_create")))


def test_deleting_asks_first(programme, save, resident):
    save()
    client, url = english(resident), reverse("draft_discard", args=[KEY])
    assert "Yes, delete it" in text(client.get(url))
    assert IdeaDraft.objects.exists()
    assert "The draft is deleted." in text(client.post(url, follow=True))
    assert not IdeaDraft.objects.exists()
    client.post(url)


def test_a_draft_can_be_read_when_the_time_is_over(programme, save, resident):
    save(problem="It is dark at night.")
    Stage.objects.filter(programme=programme).update(closes_at=timezone.now() - timedelta(days=1))
    page = text(english(resident).get(f"{reverse('idea_create')}?draft={KEY}"))
    assert "It is dark at night." in page
    assert 'name="problem"' not in page


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_any_number(count, programme, save, resident, django_assert_num_queries):
    for number in range(count):
        save(key=uuid.UUID(int=10 + number))
    client = english(resident)
    client.get(reverse("idea_create"))
    with django_assert_num_queries(10):
        client.get(reverse("idea_create"))
    with django_assert_num_queries(7):
        client.get(reverse("my_ideas"))


def test_ones_ideas_are_narrowed_down_by_state(idea_in, resident):
    for state in ("SUBMITTED", "RETURNED"):
        idea_in(state, title=f"Lamps {state.lower()}")
    client, url = english(resident), reverse("my_ideas")
    page = text(client.get(url, {"state": "RETURNED"}))
    assert ("Lamps returned" in page, "Lamps submitted" in page) == (True, False)
    table = client.get(url, {"state": "RETURNED", "format": "csv"}).getvalue().decode()
    assert ("Lamps returned" in table, "Lamps submitted" in table) == (True, False)
    assert "None of your ideas is in this state." in text(client.get(url, {"state": "WITHDRAWN"}))


# Of a revision


@pytest.fixture
def returned(idea_in):
    return idea_in("RETURNED", title="Benches")


def revision_of(idea, **changes):
    form = {"key": str(key_of_revision(idea)), "revision": str(idea.revision), "problem": PROBLEM, "solution": SOLUTION}
    return typed(community=idea.community_id, category=idea.category_id) | form | changes


def test_a_revision_saves_itself_is_found_again_and_handed_in(returned, resident):
    client, edit = english(resident), reverse("idea_edit", args=[returned.pk])
    page = text(client.get(edit))
    assert f"{reverse('draft_save')}?idea={returned.pk}" in page
    assert f'name="key" value="{key_of_revision(returned)}"' in page
    sent = revision_of(returned, title="Benches at the west gate", problem="")
    assert "Draft saved at" in text(client.post(f"{reverse('draft_save')}?idea={returned.pk}", sent))
    draft = IdeaDraft.objects.get()
    assert (draft.idea, draft.typed["title"]) == (returned, "Benches at the west gate")
    assert draft.get_absolute_url() in text(client.get(reverse("my")))
    for address in (edit, draft.get_absolute_url()):
        form = client.get(address).context["form"]
        assert (form["title"].value(), form["problem"].value()) == ("Benches at the west gate", "")
    returned.refresh_from_db()
    assert returned.title == "Benches"
    assert client.post(edit, sent | {"problem": PROBLEM}).status_code == 302
    returned.refresh_from_db()
    assert (returned.state, returned.title) == ("SUBMITTED", "Benches at the west gate")
    assert not IdeaDraft.objects.exists()
    late = text(client.post(f"{reverse('draft_save')}?idea={returned.pk}", sent))
    assert shown(R.ALREADY_HANDED_IN.label) in late
    assert not IdeaDraft.objects.exists()


def test_the_button_keeps_a_revision_too_and_two_tabs_see_both(returned, resident):
    client, edit = english(resident), reverse("idea_edit", args=[returned.pk])
    page = client.post(edit, revision_of(returned, title="Here", save="1"), follow=True)
    assert page.context["form"]["title"].value() == "Here"
    other = text(client.post(edit, revision_of(returned, title="There", writer=str(OTHER_TAB), save="1")))
    for seen in ("Here", 'value="There"', 'name="apart"', 'name="replace" value="1"'):
        assert seen in other
    assert str(IdeaDraft.objects.get()) == "Here"


def test_only_who_speaks_for_an_idea_keeps_a_draft_of_its_revision(returned, neighbour, officer):
    for person in (neighbour, officer):
        answer = english(person).post(f"{reverse('draft_save')}?idea={returned.pk}", revision_of(returned))
        assert answer.status_code == 404
        assert why_not_keep_draft(person, {}, is_new=True, idea=returned) == R.NOT_YOURS
    for number in ("", "x", "9" * 5000):
        address = f"{reverse('draft_save')}?idea={number}"
        assert english(neighbour).post(address, revision_of(returned)).status_code == 404
    assert not IdeaDraft.objects.exists()


def test_the_officer_keeps_a_draft_of_a_paper_idea(scene, officer, community_officer):
    idea = enter_idea(
        programme=scene.programme,
        text=scene.text(),
        channel=IdeaChannel.PAPER,
        contributor=Contributor(),
        consent=CONSENT,
        key=KEY,
        by=community_officer,
        now=scene.now,
    )
    screen(idea=idea, judgement=turning_away("RETURN"), by=officer, now=scene.now)
    address = f"{reverse('draft_save')}?idea={idea.pk}"
    assert "Draft saved at" in text(english(community_officer).post(address, revision_of(idea, title="Two benches")))
    assert IdeaDraft.objects.get().author == community_officer


# Numbers that are none


@pytest.mark.parametrize("number", ["9" * 5000, "٣" * 3, "²", "-1"])
def test_numbers_of_places_that_are_none(number, programme, save, resident):
    client = english(resident)
    assert client.post(reverse("idea_similar"), {"title": "x", "community": number}, follow=True).status_code == 200
    save("Written elsewhere", community=number)
    mine = typed(title="Written here", writer=str(OTHER_TAB))
    assert "Written elsewhere" in text(client.post(reverse("draft_save"), mine))
