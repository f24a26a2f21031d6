"""Papers of a proposal: whoever writes it adds and removes them, and those who have to do with it read them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.models import User
from communities.refusal import Refused
from communities.telling import telling
from proposals.document_enums import AttachmentKind
from proposals.forms import AttachmentForm
from proposals.models import MAX_ATTACHMENTS, Attachment, Proposal
from proposals.rules import why_not_edit_proposal
from proposals.services.attachments import add_attachment, remove_attachment

TYPES = {
    AttachmentKind.PDF: "application/pdf",
    AttachmentKind.JPG: "image/jpeg",
    AttachmentKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    AttachmentKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def proposal_attachments(request: HttpRequest, pk: int) -> HttpResponse:
    """The papers of a proposal that one writes: add one, remove one."""
    assert isinstance(request.user, User)
    proposal = _written(request.user, pk)
    form = AttachmentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            add_attachment(proposal=proposal, file=file, name=file.name, by=request.user, now=timezone.now())
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, _("The file has been attached."))
            return redirect("proposal_attachments", pk=pk)
    context = {
        "proposal": proposal,
        "form": form,
        "attachments": proposal.attachments.select_related("added_by"),
        "most": MAX_ATTACHMENTS,
        "why_not": why_not_edit_proposal(request.user, proposal, timezone.now()),
    }
    return render(request, "proposals/attachments.html", context)


@require_POST
@login_required
def attachment_remove(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    assert isinstance(request.user, User)
    proposal = _written(request.user, pk)
    with telling(request, _("The file has been removed.")):
        remove_attachment(proposal=proposal, digest=digest, by=request.user, now=timezone.now())
    return redirect("proposal_attachments", pk=pk)


@require_GET
@never_cache
def proposal_attachment(request: HttpRequest, pk: int, digest: str) -> FileResponse:
    return sent(get_object_or_404(Attachment.objects.visible_to(request.user), proposal=pk, digest=digest))


def sent(attachment: Attachment) -> FileResponse:
    """The file to keep, never to be opened by the browser as a part of this site."""
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(
        file, as_attachment=True, filename=attachment.name, content_type=TYPES[AttachmentKind(attachment.kind)]
    )
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _written(user: User, pk: int) -> Proposal:
    proposals = Proposal.objects.written_by(user).with_page_parts().select_related("programme__subdistrict")
    proposal: Proposal = get_object_or_404(proposals, pk=pk)
    return proposal
