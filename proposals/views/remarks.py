"""Questions and answers under an idea: written, and reported, each on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from communities.models import User
from communities.refusal import Refused
from communities.written import kept, log_in_to_write
from proposals.enums import ProposalRefusal
from proposals.forms import RemarkForm, ReportForm
from proposals.models import Idea, Remark
from proposals.moderation import why_not_answer, why_not_ask, why_not_report
from proposals.remark_querysets import RemarkQuerySet
from proposals.services.remarks import answer, ask, report

# Of the questions under an idea.
SHOWN = 10


@never_cache
@log_in_to_write
def idea_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about an idea."""
    assert isinstance(request.user, User)
    user, now = request.user, timezone.now()
    idea = get_object_or_404(Idea.objects.visible_to(user).select_related("programme__subdistrict", "community"), pk=pk)
    form = RemarkForm(request.POST if request.method == "POST" else None, initial=kept(request))
    return _write(
        request,
        form,
        {"idea": idea, "heading": _("Ask about this idea")},
        act=lambda: ask(idea=idea, text=form.cleaned_data["text"], key=form.cleaned_data["key"], by=user, now=now),
        why_not=why_not_ask(user, idea, now),
    )


@never_cache
@log_in_to_write
def remark_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question, as the author of the idea or in office."""
    assert isinstance(request.user, User)
    user, now = request.user, timezone.now()
    question = get_object_or_404(_remarks().visible_to(user).questions(), pk=pk)
    form = RemarkForm(request.POST if request.method == "POST" else None, initial=kept(request))
    return _write(
        request,
        form,
        {"idea": question.idea, "question": question, "heading": _("Answer this question")},
        act=lambda: answer(
            question=question, text=form.cleaned_data["text"], key=form.cleaned_data["key"], by=user, now=now
        ),
        why_not=why_not_answer(user, question, now),
    )


@never_cache
@log_in_to_write
def remark_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why a question or answer should not stand there."""
    assert isinstance(request.user, User)
    user, now = request.user, timezone.now()
    remark = get_object_or_404(_remarks().visible_to(user), pk=pk)
    form = ReportForm(request.POST if request.method == "POST" else None, initial=kept(request))
    return _write(
        request,
        form,
        {"idea": remark.idea, "question": remark, "heading": _("Report this to the office"), "reporting": True},
        act=lambda: report(remark=remark, reason=form.cleaned_data["reason"], by=user, now=now),
        why_not=why_not_report(user, remark, reason="-"),
    )


def threads(idea: Idea, request: HttpRequest) -> dict[str, Any]:
    """The questions that the reader sees under an idea, the oldest first, each with its answers; in two queries.

    The newest `SHOWN` of them, and whether there are more; with `?questions=all` all. Own ones that are not shown to
    others are among them, with what became of them.
    """
    remarks = Remark.objects.visible_to(request.user).filter(idea=idea).select_related("author")
    newest = remarks.questions().order_by("-written_at", "-pk")
    found = list(newest if "questions" in request.GET else newest[: SHOWN + 1])
    more = "questions" not in request.GET and len(found) > SHOWN
    questions = found[:SHOWN][::-1] if more else found[::-1]
    answers = remarks.filter(question__in=questions) if questions else ()
    by_question: dict[int | None, list[Remark]] = {row.pk: [] for row in questions}
    for row in answers:
        by_question[row.question_id].append(row)
    for row in [*questions, *answers]:
        row.idea = idea
    return {"threads": [{"question": row, "answers": by_question[row.pk]} for row in questions], "more_threads": more}


def _write(
    request: HttpRequest,
    form: Form,
    context: dict[str, Any],
    *,
    act: Callable[[], object],
    why_not: ProposalRefusal | None,
) -> HttpResponse:
    """Show the form, or carry it out and go back to the idea; what was typed is kept."""
    refused = ""
    if form.is_valid():
        try:
            act()
        except Refused as refusal:
            refused = str(refusal)
        else:
            told = (
                _("Thank you. The office looks at it.")
                if context.get("reporting")
                else _("It has arrived. An officer reads it first; then everyone can read it here.")
            )
            messages.success(request, told)
            return redirect(f"{context['idea'].get_absolute_url()}#questions")
    context |= {"form": form, "refused": refused, "why_not": None if form.is_bound else why_not}
    return render(request, "proposals/remark_form.html", context)


def _remarks() -> RemarkQuerySet:
    return Remark.objects.select_related("idea__programme__subdistrict", "idea__community")
