"""A proposal on paper."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from communities.models import User
from proposals.document_enums import AttachmentKind
from proposals.models import Proposal
from proposals.paper import as_docx
from proposals.views.attachments import TYPES


@require_GET
@never_cache
@login_required
def proposal_docx(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole document with the names of its team, for those who have to do with it."""
    assert isinstance(request.user, User)
    proposal = get_object_or_404(Proposal.objects.known_to(request.user).with_page_parts(), pk=pk)
    name = f"proposal-{proposal.number or proposal.pk}.docx"
    answer = HttpResponse(as_docx(proposal), content_type=TYPES[AttachmentKind.DOCX])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
