"""The verbs on photos of ideas: add, remove, take down, make small."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from proposals.enums import ProposalRefusal
from proposals.models import MAX_PHOTOS, Idea, IdeaPhoto
from proposals.photos import MAX_PIXELS, THUMBNAIL_SIDE, NotAPhoto, TooManyPixels, develop
from proposals.rules import why_not_change_photos, why_not_take_down_photo


def add_photo(*, idea: Idea, file: BinaryIO, by: User, now: datetime) -> IdeaPhoto:
    """The author adds a photo; the same one a second time (double click) changes nothing.

    Developing takes a good part of a second and is done before the idea is held. Raises `Refused`.
    """
    refuse_if(why_not_change_photos(by, idea))
    try:
        photo = develop(file)
    except TooManyPixels as error:
        raise Refused(ProposalRefusal.PHOTO_TOO_LARGE, megapixels=MAX_PIXELS // 1_000_000) from error
    except NotAPhoto as error:
        raise Refused(ProposalRefusal.NOT_A_PHOTO) from error
    with transaction.atomic():
        taken = _hold(idea, by)
        if earlier := idea.photos.filter(digest=photo.digest).first():
            _refuse_taken_down(earlier)
            return earlier
        free = next((position for position in range(MAX_PHOTOS) if position not in taken), None)
        if free is None:
            raise Refused(ProposalRefusal.TOO_MANY_PHOTOS)
        row = IdeaPhoto(
            idea=idea, position=free, digest=photo.digest, width=photo.width, height=photo.height, added_at=now
        )
        row.image.save(f"{photo.digest}.jpg", ContentFile(photo.data), save=False)
        try:
            row.save(force_insert=True)
        except DatabaseError:
            row.image.delete(save=False)
            raise
    return row


@transaction.atomic
def remove_photo(*, idea: Idea, digest: str, by: User) -> None:
    """The author removes a photo, files included; one that is gone already stays gone."""
    _hold(idea, by)
    row = idea.photos.filter(digest=digest).first()
    if row is None:
        return
    _refuse_taken_down(row)
    row.delete()
    for file in (row.image, row.thumbnail):
        if file.name:
            transaction.on_commit(partial(file.storage.delete, file.name))


@transaction.atomic
def take_down_photo(*, photo: IdeaPhoto, reason: str, by: User, now: datetime) -> None:
    """An officer takes a photo out of sight; row and file stay for the office, with who, when and why.

    Raises `Refused`.
    """
    photo.refresh_from_db(
        fields=["taken_down_at"], from_queryset=IdeaPhoto.objects.select_for_update(of=("self",), no_key=True)
    )
    refuse_if(why_not_take_down_photo(by, photo))
    photo.taken_down_at, photo.taken_down_by, photo.taken_down_reason = now, by, reason
    photo.save(update_fields=["taken_down_at", "taken_down_by", "taken_down_reason"])


def _refuse_taken_down(photo: IdeaPhoto) -> None:
    """What the office took down is neither put up again nor done away with."""
    if photo.taken_down_at:
        raise Refused(ProposalRefusal.PHOTO_TAKEN_DOWN)


def make_thumbnail(*, photo: IdeaPhoto, now: datetime) -> bool:
    """Draw the small picture of lists, once; returns whether the file could be read. One that cannot is marked."""
    if photo.thumbnail:
        return True
    try:
        with photo.image.open("rb") as file:
            small = develop(BytesIO(file.read()), side=THUMBNAIL_SIDE)
    except (FileNotFoundError, NotAPhoto):
        IdeaPhoto.objects.filter(pk=photo.pk).update(unreadable_at=now)
        return False
    name = photo.thumbnail.storage.save(f"ideas/{photo.idea_id}/{photo.digest}-small.jpg", ContentFile(small.data))
    if not IdeaPhoto.objects.filter(pk=photo.pk, thumbnail="").update(thumbnail=name):
        # Removed meanwhile, or another worker was faster.
        photo.thumbnail.storage.delete(name)
    return True


def _hold(idea: Idea, by: User) -> set[int]:
    """Keep the idea as it is until this transaction ends; which places for photos are taken."""
    idea.refresh_from_db(fields=["state", "revision"], from_queryset=Idea.objects.select_for_update(no_key=True))
    refuse_if(why_not_change_photos(by, idea))
    return set(idea.photos.values_list("position", flat=True))
