"""Authors add photos to their ideas; readers of an idea see them; workers make them small."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from communities.refusal import Refused
from proposals.enums import IDEA_OPEN_STATES, IdeaState, ProposalRefusal
from proposals.models import MAX_PHOTOS, Idea, IdeaPhoto
from proposals.photos import THUMBNAIL_SIDE
from proposals.services.ideas import screen
from proposals.services.photos import add_photo, make_thumbnail, remove_photo, take_down_photo
from proposals.tasks import draw_missing_thumbnails, draw_thumbnail
from tests.browsing import english, shown, text
from tests.proposals.test_second_officer import DOUBTFUL
from tests.racing import SECONDS, meanwhile, race, somebody_waits
from tests.scenes import turning_away


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def idea(idea_in):
    return idea_in(IdeaState.SUBMITTED)


def jpeg(colour: str = "red", width: int = 900) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (width, 600), colour).save(file, "JPEG")
    file.seek(0)
    return file


def upload(colour: str = "red") -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_0001.HEIC.exe", jpeg(colour).read(), "text/html")


def stored(folder) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())


def add(idea, by, now, colour="red"):
    return add_photo(idea=idea, file=jpeg(colour), by=by, now=now)


def test_three_and_no_more(idea, resident, now):
    for colour in ("red", "green", "blue"):
        add(idea, resident, now, colour)
    with pytest.raises(Refused) as refused:
        add(idea, resident, now, "white")
    assert refused.value.reason == ProposalRefusal.TOO_MANY_PHOTOS
    assert [photo.position for photo in idea.photos.all()] == [0, 1, 2]


def test_the_same_photo_twice_is_one(idea, resident, now):
    assert add(idea, resident, now) == add(idea, resident, now)
    assert idea.photos.count() == 1


def test_a_place_that_became_free_is_filled(idea, resident, now, files, django_capture_on_commit_callbacks):
    photos = [add(idea, resident, now, colour) for colour in ("red", "green", "blue")]
    make_thumbnail(photo=photos[1], now=now)
    assert stored(files) == 4
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(idea=idea, digest=photos[1].digest, by=resident)
    assert stored(files) == 2
    remove_photo(idea=idea, digest=photos[1].digest, by=resident)
    assert add(idea, resident, now, "white").position == 1


@pytest.mark.parametrize("state", IdeaState)
def test_photos_stay_once_the_office_has_decided(state, idea_in, resident, now):
    idea = idea_in(state)
    if state in IDEA_OPEN_STATES:
        assert add(idea, resident, now).pk
        return
    for act in (lambda: add(idea, resident, now), lambda: remove_photo(idea=idea, digest="x", by=resident)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason == ProposalRefusal.WRONG_STATE


def test_photos_stay_once_an_officer_has_given_an_opinion(idea, resident, officer, approver, now):
    kept = add(idea, resident, now)
    opinion = screen(idea=idea, judgement=DOUBTFUL, by=officer, now=now)
    for act in (
        lambda: add(idea, resident, now, "green"),
        lambda: remove_photo(idea=idea, digest=kept.digest, by=resident),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason == ProposalRefusal.BEING_SCREENED
    photos = reverse("idea_photos", args=[idea.pk])
    page = text(english(resident).get(photos))
    assert shown(ProposalRefusal.BEING_SCREENED.label) in page
    assert f'href="{photos}"' not in text(english(resident).get(idea.get_absolute_url()))
    # The colleague gives it back: photos may be part of the answer.
    screen(idea=idea, judgement=turning_away("RETURN"), by=approver, now=now, seen=opinion.pk)
    assert add(Idea.objects.get(pk=idea.pk), resident, now, "green").pk


@pytest.mark.django_db(transaction=True)
def test_who_adds_a_photo_while_an_opinion_is_given_comes_before_or_after(idea, resident, officer, now):
    with transaction.atomic():
        screen(idea=idea, judgement=DOUBTFUL, by=officer, now=now)
        late = meanwhile(lambda: add(Idea.objects.get(pk=idea.pk), resident, now))
        somebody_waits()
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == ProposalRefusal.BEING_SCREENED):
        late.result(SECONDS)
    assert not idea.photos.exists()


@pytest.mark.parametrize("role", ["neighbour", "officer", "outsider"])
def test_only_the_author(role, cast, idea, now):
    with pytest.raises(Refused) as refused:
        add(idea, cast(role), now)
    assert refused.value.reason == ProposalRefusal.NOT_YOURS


@pytest.mark.django_db(transaction=True)
def test_many_photos_at_once_fill_three_places(idea, resident, now):
    def click(colour):
        return lambda: add(Idea.objects.get(pk=idea.pk), resident, now, colour)

    outcomes = race(*[click(colour) for colour in ("red", "green", "blue", "white", "black")])
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 2
    assert idea.photos.count() == MAX_PHOTOS


# Small pictures


def test_thumbnails_are_drawn_once(idea, resident, now, files):
    photo = add(idea, resident, now)
    for _ in range(2):
        draw_thumbnail(photo.pk)
    photo.refresh_from_db()
    with photo.thumbnail.open("rb") as file:
        assert Image.open(file).size == (THUMBNAIL_SIDE, 267)
    assert stored(files) == 2


def test_a_thumbnail_that_came_too_late_leaves_nothing(idea, resident, now, files):
    photo = add(idea, resident, now)
    slow = IdeaPhoto.objects.get(pk=photo.pk)
    make_thumbnail(photo=photo, now=now)
    make_thumbnail(photo=slow, now=now)
    assert stored(files) == 2


def given_jobs(monkeypatch):
    """Photos whose jobs the beat gives out."""
    given = []
    monkeypatch.setattr(draw_thumbnail, "apply_async", lambda args, expires: given.extend(args))
    draw_missing_thumbnails()
    return given


def test_lost_jobs_are_given_again(idea, resident, now, monkeypatch):
    earlier = now - timedelta(minutes=1)
    waiting, drawn = add(idea, resident, earlier, "red"), add(idea, resident, earlier, "blue")
    make_thumbnail(photo=drawn, now=now)
    assert given_jobs(monkeypatch) == [waiting.pk]


def test_a_photo_that_was_just_added_is_left_alone_for_a_moment(idea, resident, monkeypatch):
    add(idea, resident, timezone.now())
    assert given_jobs(monkeypatch) == []


@pytest.mark.parametrize("content", [None, b"no picture"])
def test_a_file_that_cannot_be_read_is_marked_once_and_left(content, idea, resident, now, files, monkeypatch):
    photo = add(idea, resident, now - timedelta(minutes=1))
    path = files / photo.image.name
    path.unlink() if content is None else path.write_bytes(content)
    draw_thumbnail(photo.pk)
    photo.refresh_from_db()
    assert photo.unreadable_at is not None
    assert given_jobs(monkeypatch) == []


def test_a_lost_file_is_not_found(idea, resident, now, files):
    photo = add(idea, resident, now)
    (files / photo.image.name).unlink()
    assert english(resident).get(photo.get_absolute_url()).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_row_that_the_database_refuses_leaves_no_file(idea, resident, now, files, monkeypatch):
    monkeypatch.setattr("proposals.services.photos.MAX_PHOTOS", MAX_PHOTOS + 1)
    for colour in ("red", "green", "blue"):
        add(idea, resident, now, colour)
    with pytest.raises(IntegrityError):
        add(idea, resident, now, "white")
    assert stored(files) == MAX_PHOTOS


# Taken down


REASON = "A child's face can be recognised."


@pytest.fixture
def taken_down(idea, resident, officer, now):
    photo = add(idea, resident, now)
    take_down_photo(photo=photo, reason=REASON, by=officer, now=now)
    return photo


@pytest.mark.parametrize(
    ("role", "status"),
    [("anonymous", 404), ("neighbour", 404), ("resident", 404), ("other_officer", 404)]
    + [(role, 200) for role in ("officer", "approver", "supervisor", "community_officer")],
)
def test_only_the_office_still_sees_what_was_taken_down(role, status, cast, taken_down):
    user = cast(role)
    reader = english(user if user.is_authenticated else None)
    answer = reader.get(taken_down.get_absolute_url())
    assert answer.status_code == status
    if status == 200:
        assert Image.open(io.BytesIO(answer.getvalue())).size == (900, 600)
    assert taken_down.get_absolute_url() not in text(reader.get(taken_down.idea.get_absolute_url()))


def test_who_took_it_down_when_and_why_is_kept(taken_down, officer, now, files):
    stored_row = IdeaPhoto.objects.get()
    told = (stored_row.taken_down_at, stored_row.taken_down_by, stored_row.taken_down_reason)
    assert told == (now, officer, REASON)
    assert stored(files) == 1


@pytest.mark.parametrize("state", IdeaState)
def test_a_photo_can_be_taken_down_in_every_state(state, idea_in, officer, now):
    idea = idea_in(state)
    photo = IdeaPhoto.objects.create(idea=idea, position=0, image="x.jpg", width=1, height=1, added_at=now)
    take_down_photo(photo=photo, reason=REASON, by=officer, now=now)
    assert not idea.photos.shown().exists()


def test_the_author_neither_removes_nor_adds_it_again(taken_down, idea, resident, now):
    for act in (
        lambda: add(idea, resident, now),
        lambda: remove_photo(idea=idea, digest=taken_down.digest, by=resident),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason == ProposalRefusal.PHOTO_TAKEN_DOWN
    page = text(english(resident).get(reverse("idea_photos", args=[idea.pk])))
    assert shown(REASON) in page
    assert taken_down.get_absolute_url() not in page


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_take_down_once(idea, resident, officer, community_officer, now):
    photo = add(idea, resident, now)
    outcomes = race(
        *[
            lambda by=by: take_down_photo(photo=IdeaPhoto.objects.get(pk=photo.pk), reason=REASON, by=by, now=now)
            for by in (officer, community_officer)
        ]
    )
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusal.reason == ProposalRefusal.PHOTO_TAKEN_DOWN


@pytest.mark.parametrize("role", ["officer", "community_officer"])
def test_an_officer_takes_down_from_the_page_of_the_idea(role, cast, idea, resident, now):
    photo, reader = add(idea, resident, now), english(cast(role))
    address = reverse("idea_photo_take_down", args=[idea.pk, photo.digest])
    assert address in text(reader.get(idea.get_absolute_url()))
    assert "Say why" in text(reader.post(address, {"reason": " "}))
    assert idea.photos.shown().exists()
    answer = reader.post(address, {"reason": REASON}, follow=True)
    assert "The photo has been taken down." in text(answer)
    assert not idea.photos.shown().exists()
    assert shown(ProposalRefusal.PHOTO_TAKEN_DOWN.label) in text(reader.get(address))


@pytest.mark.parametrize(("role", "status"), [("neighbour", 403), ("resident", 403), ("supervisor", 403)])
def test_others_do_not(role, status, cast, idea, resident, now):
    photo, reader = add(idea, resident, now), english(cast(role))
    address = reverse("idea_photo_take_down", args=[idea.pk, photo.digest])
    assert reader.post(address, {"reason": REASON}).status_code == status
    assert address not in text(reader.get(idea.get_absolute_url()))
    assert idea.photos.shown().exists()


def test_the_office_sees_all_photos_on_the_page_of_the_idea(taken_down, idea, resident, officer, now):
    other = add(idea, resident, now, "blue")
    page = text(english(officer).get(f"/admin/proposals/idea/{idea.pk}/change/"))
    for photo in (taken_down, other):
        assert photo.get_absolute_url() in page
    assert shown(REASON) in page
    assert reverse("idea_photo_take_down", args=[idea.pk, other.digest]) in page


# Pages


def test_add_and_remove(idea, resident):
    reader, page = english(resident), reverse("idea_photos", args=[idea.pk])
    assert "Add photos" in text(reader.get(idea.get_absolute_url()))
    answer = reader.post(page, {"photo": upload()}, follow=True)
    assert "The photo has been added." in text(answer)
    photo = idea.photos.get()
    assert f'src="{photo.get_absolute_url()}?small"' in text(reader.get(idea.get_absolute_url()))
    answer = reader.post(reverse("idea_photo_remove", args=[idea.pk, photo.digest]), follow=True)
    assert "The photo has been removed." in text(answer)
    assert not idea.photos.exists()


def test_the_form_asks_for_any_picture_so_that_phones_offer_the_camera(idea, resident):
    page = text(english(resident).get(reverse("idea_photos", args=[idea.pk])))
    [field] = re.findall(r"<input[^>]*name=\"photo\"[^>]*>", page)
    assert 'type="file"' in field
    assert 'accept="image/*"' in field


@pytest.mark.parametrize(
    "content", [b"", b"<script>alert(1)</script>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + bytes(6_000_000)]
)
def test_what_is_no_photo_is_refused_in_words(content, idea, resident, files):
    file = SimpleUploadedFile("photo.jpg", content, "image/jpeg")
    answer = english(resident).post(reverse("idea_photos", args=[idea.pk]), {"photo": file})
    reason = ProposalRefusal.NOT_A_PHOTO.label if content else "Choose a photo first."
    assert shown(reason) in text(answer)
    assert stored(files) == 0


@pytest.mark.parametrize(
    ("state", "role", "status"),
    [
        (IdeaState.SUBMITTED, "anonymous", 200),
        (IdeaState.RETURNED, "anonymous", 404),
        (IdeaState.RETURNED, "neighbour", 404),
        (IdeaState.RETURNED, "resident", 200),
        (IdeaState.RETURNED, "officer", 200),
    ],
)
def test_who_sees_a_photo(state, role, status, cast, idea_in, resident, now):
    idea = idea_in(state)
    photo = add(idea, resident, now)
    user = cast(role)
    answer = english(user if user.is_authenticated else None).get(photo.get_absolute_url())
    assert answer.status_code == status
    if status == 200:
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Cache-Control"] == "private, max-age=300"
        assert Image.open(io.BytesIO(answer.getvalue())).size == (900, 600)


def test_the_small_one_is_the_large_one_until_it_is_drawn(client, idea, resident, now):
    photo = add(idea, resident, now)
    before = client.get(f"{photo.get_absolute_url()}?small")
    make_thumbnail(photo=photo, now=now)
    after = client.get(f"{photo.get_absolute_url()}?small")
    widths = [Image.open(io.BytesIO(answer.getvalue())).width for answer in (before, after)]
    assert widths == [900, THUMBNAIL_SIDE]


def test_photos_of_others_cannot_be_reached(idea, neighbour):
    assert english(neighbour).get(reverse("idea_photos", args=[idea.pk])).status_code == 404
    assert english(neighbour).post(reverse("idea_photo_remove", args=[idea.pk, "x"])).status_code == 404
