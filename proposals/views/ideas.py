"""Ideas: read them, hand one in, follow and change one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from communities.models import User
from communities.pages import page_of
from communities.refusal import Refused
from communities.rules import Person, verified_residency
from communities.telling import telling
from communities.written import kept, log_in_to_write
from programmes.enums import Action
from programmes.models import Programme
from programmes.rules import permits
from proposals.enums import DECISION_STATES, IDEA_PUBLIC_REASONS, IDEA_PUBLIC_STATES, IdeaState, ProposalRefusal
from proposals.filters import EVER_ACCEPTED, IdeaFilter, OwnIdeaFilter
from proposals.forms import DRAFTED, IdeaRevisionForm, SubmissionForm
from proposals.models import Idea, IdeaClaim, IdeaDraft, IdeaEvent, Proposal
from proposals.moderation import why_not_ask
from proposals.notices import readable
from proposals.rules import (
    is_author,
    serves,
    speaks_for,
    why_not_change_photos,
    why_not_mend_idea,
    why_not_revise_idea,
    why_not_second,
    why_not_submit_idea,
    why_not_take_back_seconding,
    why_not_withdraw_idea,
)
from proposals.services.ideas import mend_idea, revise_idea, show_name, submit_idea, withdraw_idea
from proposals.services.seconding import second_idea, take_back_seconding
from proposals.views.drafts import (
    asks_to_save,
    draft_asked_for,
    draft_of_revision,
    form_kept,
    initial_of,
    keep,
    key_of_revision,
    year_of,
)
from proposals.views.remarks import threads
from proposals.views.tables import my_ideas_table, public_ideas_table


def idea_list(request: HttpRequest) -> HttpResponseBase:
    """The ideas of one programme, the newest unless another is named, that everyone may read, narrowed down.

    With `format=csv` or `xlsx` the same as a file for spreadsheets, as on the lists of proposals and projects.
    """
    programme = Programme.objects.asked_for(request.GET.get("programme"))
    ideas = Idea.objects.public().filter(programme=programme).with_page_parts()
    chosen = IdeaFilter(request.GET, queryset=ideas, programme=programme)
    if kind := request.GET.get("format"):
        return public_ideas_table(chosen.qs, kind)
    context = {
        "filter": chosen,
        "page": page_of(request, chosen.qs),
        "programme": programme,
        "unseen": _unseen(chosen, programme),
    }
    return render(request, "proposals/idea_list.html", context)


def idea_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The idea and its history: for its author with reasons and messages, for others the states alone."""
    idea = get_object_or_404(Idea.objects.visible_to(request.user).with_page_parts(), pk=pk)
    now = timezone.now()
    told = speaks_for(request.user, idea)
    # A decision that may still be taken back is for the office alone.
    office = serves(request.user, idea.community)
    state = IdeaState(idea.state) if office else idea.shown_state
    shown = idea.events.in_force() if office else idea.events.shown(now)
    events = list(shown.select_related("screening__referral"))
    duplicates = {event.pk: event.screening.duplicate_of_id for event in events if hasattr(event, "screening")}
    others = readable(pk for pk in duplicates.values() if pk)
    for event in events:
        event.same_as = others.get(duplicates.get(event.pk))
    context = {
        "idea": idea,
        "own": is_author(request.user, idea),
        "told": told,
        "offer": idea.claims.offers().select_related("user").last() if told else None,
        "joined": idea.consolidations.in_force().select_related("proposal").first() if told else None,
        "now": now,
        "state": state,
        "public": state in IDEA_PUBLIC_STATES,
        "events": events,
        "answer": events[-1] if told and events and events[-1].note and state in DECISION_STATES.values() else None,
        "proposal": _proposal_of(idea, request),
        "seconding": _seconding_of(idea, request, now),
        "photos": list(idea.photos.shown()),
        "public_reasons": IDEA_PUBLIC_REASONS,
        "versions": idea.handed_in_versions().count(),
        **threads(idea, request),
        "asking": why_not_ask(request.user, idea, now),
        "answering": permits(idea.programme, Action.ASK, now),
        "may_take_down": office,
        "may_change_photos": why_not_change_photos(request.user, idea) is None,
        "may_revise": state == idea.state and _why_not_edit(request.user, idea, now) is None,
        "may_withdraw": why_not_withdraw_idea(request.user, idea) is None,
    }
    return render(request, "proposals/idea_detail.html", context)


@require_POST
@login_required
def idea_second(request: HttpRequest, pk: int) -> HttpResponse:
    """Second an idea, or with `undo` take it back."""
    assert isinstance(request.user, User)
    idea = get_object_or_404(Idea.objects.visible_to(request.user).select_related("programme"), pk=pk)
    act = take_back_seconding if "undo" in request.POST else second_idea
    with telling(request):
        act(idea=idea, by=request.user, now=timezone.now())
    return redirect(idea)


@require_POST
@login_required
def idea_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree that one's name is shown beside the idea, or take that back."""
    assert isinstance(request.user, User)
    idea, shown = _spoken_for(request.user, pk), request.POST.get("shown") == "1"
    done = _("The name is shown beside the idea.") if shown else _("The name is no longer shown.")
    with telling(request, done):
        show_name(idea=idea, shown=shown, by=request.user, now=timezone.now())
    return redirect(idea)


@never_cache
@log_in_to_write
def idea_create(request: HttpRequest) -> HttpResponse:
    """Hand in an idea. What was typed is never lost: not by a mistake in it, nor by a session that had ended."""
    assert isinstance(request.user, User)
    now = timezone.now()
    programme = year_of(Programme.objects.all(), now)
    draft = draft_asked_for(request, request.user)
    form = SubmissionForm(
        request.POST if request.method == "POST" else None,
        programme=programme,
        initial=_initial(request, programme, draft),
    )
    refused, conflict = "", None
    if asks_to_save(request):
        saved = keep(request, programme, now)
        if isinstance(saved, IdeaDraft):
            messages.success(request, _("Your draft is saved. You find it here and under “My things”."))
            return redirect(saved)
        form, refused, conflict = form_kept(SubmissionForm, request, programme), saved.refused, saved.conflict
    elif request.method == "POST" and form.is_valid():
        try:
            idea = submit_idea(
                programme=programme,
                text=form.text(),
                consent=form.consent_given(),
                name=form.cleaned_data["name"],
                key=form.cleaned_data["key"],
                by=request.user,
                now=now,
            )
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Your idea has arrived. The office answers every idea; you will read it here."))
            return redirect(idea)
    context = {
        "form": form,
        "programme": programme,
        "refused": refused,
        "conflict": conflict,
        "draft": draft,
        "drafts": request.user.idea_drafts.exclude(pk=draft and draft.pk) if request.method == "GET" else [],
        "why_not": why_not_submit_idea(request.user, programme, now) if request.method == "GET" else None,
        "answer_by": programme.answer_by(now),
    }
    return render(request, "proposals/idea_form.html", context)


@never_cache
@log_in_to_write
def idea_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish a draft, answer a return, or put something right while the idea waits."""
    assert isinstance(request.user, User)
    idea = _spoken_for(request.user, pk)
    now = timezone.now()
    if asks_to_save(request):
        saved = keep(request, idea.programme, now, idea)
        if isinstance(saved, IdeaDraft):
            messages.success(request, _("Your draft is saved. You find it here and under “My things”."))
            return redirect(saved)
        form = form_kept(IdeaRevisionForm, request, idea.programme)
        return render(request, "proposals/idea_form.html", _revision_context(idea, form, now) | saved.told())
    draft = draft_of_revision(request, request.user, idea)
    initial = model_to_dict(idea) | {"key": key_of_revision(idea), "revision": idea.revision}
    form = IdeaRevisionForm(
        request.POST if request.method == "POST" else None,
        programme=idea.programme,
        initial=initial | (initial_of(draft) if draft else {}) | kept(request, over=DRAFTED),
    )
    told: dict[str, Any] = {"draft": draft}
    if request.method == "POST" and form.is_valid():
        try:
            act = mend_idea if idea.state == IdeaState.SUBMITTED else revise_idea
            act(idea=idea, text=form.text(), revision=form.cleaned_data["revision"], by=request.user, now=now)
        except Refused as refused:
            told["refused"] = str(refused)
            if refused.reason == ProposalRefusal.STALE:
                told["stored"] = _stored_instead(form, idea)
        else:
            mended = _("Your change is saved; the idea keeps its place in the queue.")
            messages.success(request, mended if act is mend_idea else _("Your idea has been handed in again."))
            return redirect("idea_detail", pk=pk)
    if request.method == "GET":
        told["why_not"] = _why_not_edit(request.user, idea, now)
    return render(request, "proposals/idea_form.html", _revision_context(idea, form, now) | told)


def _why_not_edit(user: Person, idea: Idea, now: datetime) -> ProposalRefusal | None:
    rule = why_not_mend_idea if idea.state == IdeaState.SUBMITTED else why_not_revise_idea
    return rule(user, idea, now)


def _stored_instead(form: IdeaRevisionForm, idea: Idea) -> Idea:
    """What was stored since the form was opened; the next sending of the text is meant to replace it."""
    stored = Idea.objects.with_page_parts().get(pk=idea.pk)
    form.data = form.data.copy()
    form.data["revision"] = str(stored.revision)
    return stored


def _revision_context(idea: Idea, form: IdeaRevisionForm, now: datetime) -> dict[str, Any]:
    return {
        "form": form,
        "idea": idea,
        "programme": idea.programme,
        "answer_by": idea.programme.answer_by(now),
        "mending": idea.state == IdeaState.SUBMITTED,
        "note": idea.events.in_force().filter(to_state=idea.state).last() if idea.state == IdeaState.RETURNED else None,
    }


@login_required
def idea_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once, then takes the idea back."""
    assert isinstance(request.user, User)
    idea = _spoken_for(request.user, pk)
    refused = why_not_withdraw_idea(request.user, idea)
    if request.method == "POST":
        with telling(request, _("Your idea has been withdrawn.")):
            withdraw_idea(idea=idea, by=request.user, now=timezone.now())
        return redirect("my_ideas") if is_author(request.user, idea) else redirect(idea)
    return render(request, "proposals/idea_withdraw.html", {"idea": idea, "refused": refused})


@login_required
def my_ideas(request: HttpRequest) -> HttpResponseBase:
    """One's own ideas in every state, each with the office's latest message; with `format=csv` or `xlsx` as a file."""
    assert isinstance(request.user, User)
    decisions = IdeaEvent.objects.shown(timezone.now()).filter(to_state__in=DECISION_STATES.values())
    answers = decisions.filter(idea=OuterRef("pk")).exclude(note="")
    notes = answers.order_by("-at", "-pk").values("note")[:1]
    own = Idea.objects.of(request.user).with_page_parts().annotate(latest_note=Subquery(notes))
    chosen = OwnIdeaFilter(request.GET, queryset=own.order_by("-created_at", "-pk"))
    if kind := request.GET.get("format"):
        return my_ideas_table(chosen.qs, kind)
    context = {
        "filter": chosen,
        "page": page_of(request, chosen.qs),
        "offers": IdeaClaim.objects.offered_to(request.user).select_related("idea__community"),
        "drafts": request.user.idea_drafts.all(),
    }
    return render(request, "proposals/my_ideas.html", context)


def _spoken_for(user: User, pk: int) -> Idea:
    """An idea of one's own, or one that was entered for a resident whom the officer serves; else 404."""
    return get_object_or_404(
        Idea.objects.spoken_for_by(user).select_related("author", "programme__subdistrict", "community"), pk=pk
    )


def _unseen(chosen: IdeaFilter, programme: Programme | None) -> int:
    """How many ideas the list does not show that were handed in, or were accepted once if the list is of those.

    Only asked by place and category besides: words would tell what is in a text that nobody is to read.
    """
    conditions = chosen.form.cleaned_data if chosen.form.is_valid() else {}
    state = conditions.get("state")
    if conditions.get("q") or state not in {"", EVER_ACCEPTED, None}:
        return 0
    kept = {name: conditions[name] for name in ("community", "category") if conditions.get(name)}
    ideas = Idea.objects.filter(programme=programme, **kept)
    counted = ideas.ever_accepted() if state == EVER_ACCEPTED else ideas.handed_in()
    return counted.exclude(ideas.is_public()).count()


def _seconding_of(idea: Idea, request: HttpRequest, now: datetime) -> dict[str, object]:
    """Whether the reader may second the idea or take that back, why not, and whether they second it already."""
    mine = isinstance(request.user, User) and idea.secondings.filter(user=request.user).exists()
    refusal = (why_not_take_back_seconding if mine else why_not_second)(request.user, idea, now)
    # What was just decided looks as before until everyone may know it.
    return {"open": refusal in {None, ProposalRefusal.BEING_DECIDED}, "refusal": refusal, "mine": mine}


def _proposal_of(idea: Idea, request: HttpRequest) -> Proposal | None:
    """The proposal the idea became part of, if the person may read it."""
    joined = idea.consolidations.in_force().values("proposal")
    return Proposal.objects.visible_to(request.user).filter(pk__in=joined).first()


def _initial(request: HttpRequest, programme: Programme, draft: IdeaDraft | None) -> dict[str, Any]:
    """What the form begins with: the text kept over the log-in, unless another draft is asked for; else one's community."""
    residency = verified_residency(request.user, programme.subdistrict)
    community = {"community": residency.community_id} if residency else {}
    name = {"name": request.user.display_name} if isinstance(request.user, User) else {}
    written: dict[str, Any] = {name: value for name, value in kept(request).items() if value}
    if draft and written.get("key") != str(draft.key):
        written = initial_of(draft)
    return community | name | written
