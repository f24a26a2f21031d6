"""The verbs on photos of ideas: add, remove, make small."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from proposals.enums import ProposalRefusal
from proposals.models import MAX_PHOTOS, Idea, IdeaPhoto
from proposals.photos import THUMBNAIL_SIDE, NotAPhoto, develop
from proposals.rules import why_not_change_photos


def add_photo(*, idea: Idea, file: BinaryIO, by: User, now: datetime) -> IdeaPhoto:
    """The author adds a photo; the same one a second time (double click) changes nothing.

    Developing takes a good part of a second and is done before the idea is held. Raises `Refused`.
    """
    refuse_if(why_not_change_photos(by, idea))
    try:
        photo = develop(file)
    except NotAPhoto as error:
        raise Refused(ProposalRefusal.NOT_A_PHOTO) from error
    with transaction.atomic():
        taken = _hold(idea, by)
        if earlier := idea.photos.filter(digest=photo.digest).first():
            return earlier
        free = next((position for position in range(MAX_PHOTOS) if position not in taken), None)
        if free is None:
            raise Refused(ProposalRefusal.TOO_MANY_PHOTOS)
        row = IdeaPhoto(
            idea=idea, position=free, digest=photo.digest, width=photo.width, height=photo.height, added_at=now
        )
        row.image.save(f"{photo.digest}.jpg", ContentFile(photo.data), save=False)
        row.save(force_insert=True)
    return row


@transaction.atomic
def remove_photo(*, idea: Idea, digest: str, by: User) -> None:
    """The author removes a photo, files included; one that is gone already stays gone."""
    _hold(idea, by)
    row = idea.photos.filter(digest=digest).first()
    if row is None:
        return
    row.delete()
    for file in (row.image, row.thumbnail):
        if file.name:
            transaction.on_commit(partial(file.storage.delete, file.name))


def make_thumbnail(*, photo: IdeaPhoto) -> None:
    """Draw the small picture of lists, once."""
    if photo.thumbnail:
        return
    with photo.image.open("rb") as file:
        small = develop(BytesIO(file.read()), side=THUMBNAIL_SIDE)
    name = photo.thumbnail.storage.save(f"ideas/{photo.idea_id}/{photo.digest}-small.jpg", ContentFile(small.data))
    if not IdeaPhoto.objects.filter(pk=photo.pk, thumbnail="").update(thumbnail=name):
        # Removed meanwhile, or another worker was faster.
        photo.thumbnail.storage.delete(name)


def _hold(idea: Idea, by: User) -> set[int]:
    """Keep the idea as it is until this transaction ends; which places for photos are taken."""
    idea.refresh_from_db(fields=["state"], from_queryset=Idea.objects.select_for_update(no_key=True))
    refuse_if(why_not_change_photos(by, idea))
    return set(idea.photos.values_list("position", flat=True))
