"""The office's pages of a contest: its rules while a draft, its panel, and the steps from opening to confirmation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import Count, F, Min, Q
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from communities.models import User
from communities.office import OfficeInline, Verb, VerbForm, Waiting, only_used
from communities.refusal import Refused
from communities.rules import is_street_officer
from contests import locks
from contests.admin import guarding, inviting, late, leaving, pooling
from contests.admin.assignments import AssignmentTable
from contests.admin.entering import EnterForm, enter, entries_of, repeats_in
from contests.admin.next_step import doubts_of, next_step
from contests.admin.overruling import VERBS as OVERRULING_VERBS
from contests.admin.panel import EXPERT_VERBS, SHEET_VERBS
from contests.admin.rules_form import RULE_FIELDS, ContestForm
from contests.enums import ContestRefusal, ContestState, RunKind, SheetState, TieBreak
from contests.models import Contest, Criterion, Overruling, Panelist, Recusal, Reopening
from contests.models.contest import BALLOT_RULES
from contests.querysets import ContestQuerySet
from contests.rules import closes_early, why_not_decide
from contests.services.blinding import unlooked
from contests.services.inviting import seat_expert
from contests.services.lifecycle import close_contest, confirm_result, open_contest, publicise_result
from contests.services.pooling import pool_unfunded
from contests.services.recusing import namesakes
from contests.services.tally import request_tally

WINDOWS = ["scoring_opens_at", "scoring_closes_at", "voting_opens_at", "voting_closes_at"]
JUDGING = ["is_blind", "shows_scores"]
EXPERTS = ["expert_weight", "public_weight", "trim_each_side", "trim_min_panel", "quorum"]
PUBLIC = ["public_method", "floor", "min_choices", "max_choices", *BALLOT_RULES]
TIES = ["tie_order", "seed"]
AWARDS = [name for name in RULE_FIELDS if name not in {*EXPERTS, *PUBLIC, *TIES}]
WINDOWS_END = Min(Greatest("scoring_closes_at", "voting_closes_at"))
# States follow one another, so that the first event with a contest's state is its arrival there.
ARRIVED = Q(events__to_state=F("state"))
# States in which something waits for the office, with the words of the first page.
STEPS = {
    ContestState.OPEN: gettext_lazy("Contests open, to be closed in time"),
    ContestState.CLOSED: gettext_lazy("Contests closed, without a final tally"),
    ContestState.TALLIED: gettext_lazy("Contests tallied, to be put on public notice"),
    ContestState.PUBLICISED: gettext_lazy("Results on public notice, to be confirmed"),
}


def _open(contest: Contest, user: User) -> str:
    opened = open_contest(contest=contest, by=user, now=timezone.now())
    return _("The contest is open. Hash of its rules: %s") % opened.rules_sha256


class CloseForm(VerbForm):
    """Nothing to say once the windows are over."""

    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy("Scoring or voting is not over yet: only a street approver closes now, and says why."),
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        if not closes_early(obj, timezone.now()):
            del self.fields["reason"]


def _close(contest: Contest, user: User, *, reason: str = "") -> str:
    close_contest(contest=contest, by=user, now=timezone.now(), reason=reason)
    return _("Scoring and voting are closed.")


def _tally(contest: Contest, user: User) -> str:
    request_tally(contest=contest, kind=RunKind.FINAL, by=user, now=timezone.now())
    return _("The final tally has been asked for; the page shows how far it is.")


def _publicise(contest: Contest, user: User) -> str:
    awards = publicise_result(contest=contest, by=user, now=timezone.now())
    return _("The result is on public notice. Decisions: %s.") % len(awards)


def _pool(contest: Contest, user: User) -> str:
    count = len(pool_unfunded(contest=contest, by=user, now=timezone.now()))
    return (
        ngettext("%d proposal is in the project pool now.", "%d proposals are in the project pool now.", count) % count
    )


def _confirm(contest: Contest, user: User) -> str:
    confirm_result(contest=contest, by=user, now=timezone.now())
    return _("The result is confirmed.")


def _in(*states: ContestState) -> Any:
    return lambda contest: contest.state in states


def with_zones_of(contest: Contest | None, formset: Any) -> Any:
    """The rows of the formset choose among the zones of the contest's own year."""
    if "zone" in formset.form.base_fields:
        zones = formset.form.base_fields["zone"]
        zones.queryset = contest.programme.zones.all() if contest else zones.queryset.none()
    return formset


class CriterionInline(OfficeInline):
    model = Criterion
    fields = ["name", "max_points", "code", "zone", "position", "guidance", "anchors"]
    classes = ["office-cards"]

    def writable_for(self, obj: Contest | None) -> bool:
        return obj is None or obj.state == ContestState.DRAFT

    removable_for = writable_for

    def get_fields(self, request: HttpRequest, obj: Contest | None = None) -> Any:
        """Code and position are of use to whoever writes the criteria."""
        return (
            self.fields
            if self.writable_for(obj)
            else [name for name in self.fields if name not in {"code", "position"}]
        )

    def get_formset(self, request: HttpRequest, obj: Contest | None = None, **kwargs: Any) -> Any:
        return with_zones_of(obj, super().get_formset(request, obj, **kwargs))


class PanelistInline(OfficeInline):
    model = Panelist
    fields = ["code", "user", "zone", "is_chair"]

    def get_formset(self, request: HttpRequest, obj: Contest | None = None, **kwargs: Any) -> Any:
        return with_zones_of(obj, super().get_formset(request, obj, **kwargs))

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> models.QuerySet[Any] | None:
        queryset = super().get_field_queryset(db, db_field, request)
        if db_field.name == "user" and queryset is not None:
            return inviting.judges(queryset, request.user)
        return queryset

    def writable_for(self, obj: Contest | None) -> bool:
        return obj is None or obj.state in {ContestState.DRAFT, ContestState.OPEN}

    def removable_for(self, obj: Contest | None) -> bool:
        return obj is None or obj.state == ContestState.DRAFT

    def has_change_permission(self, request: HttpRequest, obj: Contest | None = None) -> bool:
        """Experts may join an open contest; who sits there already stays."""
        return self.removable_for(obj) and super().has_change_permission(request, obj)


@admin.register(Contest)
class ContestAdmin(AssignmentTable):
    writable = True
    form = ContestForm
    list_display = ["name", "state_shown", "programme", "entry_count", "sheet_count", "voting_closes_at"]
    list_filter = ["state", late.LateFilter, pooling.PoolFilter, only_used("programme")]
    list_select_related = ["programme"]
    search_fields = ["name"]
    inlines = [CriterionInline, PanelistInline]
    fieldsets = [
        (None, {"fields": ["programme", "name"]}),
        (gettext_lazy("Windows"), {"fields": WINDOWS}),
        (gettext_lazy("Judging"), {"fields": JUDGING}),
        (gettext_lazy("Experts and public"), {"fields": EXPERTS}),
        (gettext_lazy("Votes"), {"fields": PUBLIC}),
        (gettext_lazy("Ties"), {"fields": TIES}),
        (gettext_lazy("Awards"), {"fields": AWARDS}),
    ]
    # The template has the buttons, above what is going on in the contest.
    change_form_outer_before_template = None
    change_form_template = "admin/contests/contest/change_form.html"
    # First those that lead from state to state, which stand by themselves; the others by their groups.
    verbs = (
        Verb(
            "open",
            gettext_lazy("Open the contest"),
            _open,
            _in(ContestState.DRAFT),
            warning=gettext_lazy("Rules, criteria, entries and windows are fixed from then on."),
        ),
        Verb(
            "close",
            gettext_lazy("Close the contest"),
            _close,
            _in(ContestState.OPEN),
            form=CloseForm,
            warning=gettext_lazy("Nobody can score or vote any more; a closed contest is not opened again."),
            variant="danger",
        ),
        Verb("tally", gettext_lazy("Run the final tally"), _tally, _in(ContestState.CLOSED, ContestState.TALLIED)),
        Verb(
            "publicise",
            gettext_lazy("Put the result on public notice"),
            _publicise,
            lambda contest: why_not_decide(contest) is None,
            warning=gettext_lazy("Everyone sees the result, and its decisions become awards."),
        ),
        Verb(
            "confirm",
            gettext_lazy("Confirm the result"),
            _confirm,
            _in(ContestState.PUBLICISED),
            warning=gettext_lazy("A second person confirms. What could link ballots to voters is destroyed for good."),
        ),
        Verb(
            "pool",
            gettext_lazy("Keep what was not funded in the project pool"),
            _pool,
            _in(ContestState.CONFIRMED),
            warning=gettext_lazy("Proposals without money, the reserve list too, can be entered anew in a later year."),
        ),
        *EXPERT_VERBS,
        *SHEET_VERBS,
        Verb(
            "enter",
            gettext_lazy("Enter proposals"),
            enter,
            _in(ContestState.DRAFT),
            form=EnterForm,
            group=leaving.GROUP,
        ),
        *leaving.VERBS,
        *OVERRULING_VERBS,
    )

    def scoped(self, queryset: ContestQuerySet, user: User) -> ContestQuerySet:
        return queryset.in_office_of(user)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        sheets = Q(entries__sheets__state=SheetState.SUBMITTED)
        return (
            super()
            .get_queryset(request)
            .annotate(
                entry_total=Count("entries", distinct=True),
                sheet_total=Count("entries__sheets", filter=sheets, distinct=True),
            )
        )

    def has_change_permission(self, request: HttpRequest, obj: Contest | None = None) -> bool:
        """Rules are written in a draft, the panel also while the contest is open; then the page is read only."""
        changeable = obj is None or obj.state in {ContestState.DRAFT, ContestState.OPEN}
        return changeable and super().has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Contest | None = None) -> Any:
        """Rules that are fixed are folded up."""
        if obj is None or obj.state == ContestState.DRAFT:
            return self.fieldsets
        fixed = {"tie_order": "ties_shown"}
        return [
            (
                name,
                {
                    "fields": [fixed.get(field, field) for field in options["fields"]],
                    "classes": ["collapse"] * bool(name),
                },
            )
            for name, options in self.fieldsets
        ]

    def get_inlines(self, request: HttpRequest, obj: Contest | None) -> Any:
        """Who sits on a panel that nobody joins any more stands in the table of its progress."""
        seats = obj is None or obj.state in {ContestState.DRAFT, ContestState.OPEN}
        return self.inlines if seats else [CriterionInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Contest | None = None) -> list[str]:
        if obj is None:
            return []
        fixed = [] if obj.state == ContestState.DRAFT else ["name", *WINDOWS, *JUDGING, *RULE_FIELDS, *BALLOT_RULES]
        return ["programme", "ties_shown", *fixed]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Contest | None:
        """For saving, the contest as it is when nobody else can open it any more before this page is done."""
        contest = super().get_object(request, object_id, from_field)
        if contest is not None and request.method == "POST" and transaction.get_connection().in_atomic_block:
            locks.exclude_others(contest)
            contest = super().get_object(request, object_id, from_field)
        return contest

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Rules typed into the page of a draft that has been opened meanwhile are refused, not dropped silently."""
        try:
            return super().change_view(request, object_id, *args, **kwargs)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(request.path)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        if change and form.instance.state != ContestState.DRAFT and "expert_weight" in request.POST:
            raise Refused(ContestRefusal.WRONG_STATE)
        return super().save_form(request, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not Panelist:
            super().save_formset(request, form, formset, change)
            return
        seats = formset.save(commit=False)
        for gone in formset.deleted_objects:
            gone.delete()
        for seat in seats:
            seat_expert(seat=seat)

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        run_here = super().get_queryset(request).filter(source_sha256="").order_by()
        by_state = run_here.values("state").annotate(
            count=Count("pk", distinct=True), oldest=Min("events__at", filter=ARRIVED), due=WINDOWS_END
        )
        found = {row["state"]: row for row in by_state}
        nothing = {"count": 0, "oldest": None, "due": None}
        # Only an open contest has a day of its own to be closed.
        steps = [
            Waiting(
                title,
                found.get(state, nothing)["count"],
                self.list_url(state__exact=state),
                since=found.get(state, nothing)["oldest"],
                due=found.get(state, nothing)["due"] if state == ContestState.OPEN else None,
            )
            for state, title in STEPS.items()
        ]
        tallied_here = run_here.filter(state=ContestState.TALLIED)
        unsigned = Overruling.objects.filter(entry__contest__in=tallied_here, signed_at__isnull=True).aggregate(
            count=Count("pk"), oldest=Min("proposed_at")
        )
        tallied = self.list_url(state__exact=ContestState.TALLIED)
        signing = Waiting(_("Decisions of the office, to be signed"), unsigned["count"], tallied, unsigned["oldest"])
        return [
            *steps,
            signing,
            *guarding.waiting(run_here),
            *inviting.waiting(run_here),
            *late.waiting(run_here, self.list_url),
            *pooling.waiting(run_here, self.list_url),
        ]

    @admin.display(description=gettext_lazy("tie-breaks"))
    def ties_shown(self, contest: Contest) -> str:
        return " → ".join(str(TieBreak(tie).label) for tie in contest.tie_order)

    @admin.display(description=gettext_lazy("entries"), ordering="entry_total")
    def entry_count(self, contest: Any) -> int:
        return contest.entry_total

    @admin.display(description=pgettext_lazy("column", "sheets submitted"), ordering="sheet_total")
    def sheet_count(self, contest: Any) -> int:
        return contest.sheet_total

    def around(self, contest: Contest, user: User) -> dict[str, Any]:
        runs = list(contest.runs.select_related("requested_by"))
        panel = list(contest.panelists.select_related("user", "zone", "departure").with_progress())
        under_way = next((run for run in runs if run.finished_at is None), None)
        left = sum(max(seat.assigned_count - seat.submitted_count, 0) for seat in panel)
        names = unlooked(contest) if contest.state in {ContestState.DRAFT, ContestState.OPEN} else {}
        pairs = namesakes(contest)
        progress = {"left": left, "under_way": under_way is not None, "doubts": doubts_of(names, pairs)}
        return {
            "next": next_step(contest, **progress, now=timezone.now()),
            "keeps_roll": is_street_officer(user, contest.programme.subdistrict_id),
            "entries": entries_of(contest),
            "repeats": repeats_in(contest),
            "panel": panel,
            "invitations": inviting.invitations(contest),
            "names": names,
            "namesakes": pairs,
            "recusals": Recusal.objects.of_contest(contest),
            "reopenings": Reopening.objects.filter(sheet__entry__contest=contest).select_related(
                "sheet__panelist", "sheet__entry", "reopened_by"
            ),
            "runs": runs,
            "under_way": under_way,
            "overrulings": Overruling.objects.filter(entry__contest=contest).select_related(
                "entry", "proposed_by", "signed_by"
            ),
            "events": contest.events.select_related("actor"),
        }
