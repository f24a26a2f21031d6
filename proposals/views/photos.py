"""Photos of ideas: whoever speaks for an idea adds and removes them, and who may see the idea sees them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from communities.models import User
from communities.refusal import Refused
from communities.telling import telling
from communities.written import kept, log_in_to_write
from proposals.enums import ProposalRefusal
from proposals.forms import PhotoForm, TakeDownForm
from proposals.models import MAX_PHOTOS, Idea
from proposals.rules import is_author, why_not_change_photos, why_not_take_down_photo
from proposals.services.photos import add_photo, remove_photo, take_down_photo


@never_cache
@login_required
def idea_photos(request: HttpRequest, pk: int) -> HttpResponse:
    """The photos of an idea of one's own, or of one that was brought on paper: add one, remove one."""
    assert isinstance(request.user, User)
    idea = get_object_or_404(Idea.objects.spoken_for_by(request.user), pk=pk)
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_photo(idea=idea, file=form.cleaned_data["photo"], by=request.user, now=timezone.now())
        except Refused as refused:
            form.add_error("photo", str(refused))
        else:
            messages.success(request, _("The photo has been added."))
            return redirect("idea_photos", pk=pk)
    context = {
        "idea": idea,
        "own": is_author(request.user, idea),
        "form": form,
        "photos": list(idea.photos.all()),
        "most": MAX_PHOTOS,
        "why_not": why_not_change_photos(request.user, idea),
    }
    return render(request, "proposals/idea_photos.html", context)


@require_POST
@login_required
def idea_photo_remove(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    assert isinstance(request.user, User)
    idea = get_object_or_404(Idea.objects.spoken_for_by(request.user), pk=pk)
    with telling(request, _("The photo has been removed.")):
        remove_photo(idea=idea, digest=digest, by=request.user)
    return redirect("idea_photos", pk=pk)


@never_cache
@log_in_to_write
def idea_photo_take_down(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """An officer says why, and the photo is out of sight."""
    assert isinstance(request.user, User)
    idea = get_object_or_404(Idea.objects.visible_to(request.user).with_page_parts(), pk=pk)
    photo = get_object_or_404(idea.photos.visible_to(request.user).select_related("idea__community"), digest=digest)
    refused = why_not_take_down_photo(request.user, photo)
    if refused == ProposalRefusal.NOT_YOUR_COMMUNITY:
        raise PermissionDenied
    form = TakeDownForm(request.POST or None, initial=kept(request))
    if request.method == "POST" and form.is_valid():
        with telling(request, _("The photo has been taken down.")):
            take_down_photo(photo=photo, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
        return redirect(idea)
    context = {"idea": idea, "photo": photo, "form": form, "refused": refused}
    return render(request, "proposals/photo_take_down.html", context)


def idea_photo(request: HttpRequest, pk: int, digest: str) -> FileResponse:
    """The picture itself, with `?small` the small one once there is one."""
    idea = get_object_or_404(Idea.objects.visible_to(request.user), pk=pk)
    photo = get_object_or_404(idea.photos.visible_to(request.user), digest=digest)
    file = photo.thumbnail if "small" in request.GET and photo.thumbnail else photo.image
    try:
        answer = FileResponse(file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error
    # Not for long and by nobody between: ideas become less than public, and photos are taken down.
    answer["Cache-Control"] = "private, max-age=300"
    return answer
