"""Everything the site holds about one person, for that person to take along (Personal Information Protection Law §45).

Nothing about others is in it, and nothing that would tell how the person voted: of ballots only that one was cast, not
even when, because ballots carry their minute. What somebody did in an office is the office's record and not
theirs.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone

from communities.models import Delivery, ResidencyEvent, User
from contests.models import Entry, Expert, Recusal, ScoreSheet
from proposals.models import Consolidation, IdeaEvent, PolishRound, Proposal

STEP = ("from_state", "to_state", "reason", "note", "at")
TEXT = ("title", "problem", "solution", "category_id", "community_id")

Rows = list[dict[str, Any]]


def data_of(user: User) -> dict[str, Any]:
    """By kind, each a list of rows with plain values; the keys are the names of the columns."""
    return {
        "account": _account(user),
        "residencies": _rows(
            user.residencies, "id", "state", "method", "created_at", "decided_at", community_name=F("community__name")
        ),
        "residency_events": _rows(ResidencyEvent.objects.filter(residency__user=user), "residency_id", *STEP),
        "appointments": _rows(
            user.appointments,
            "role",
            "starts_on",
            "ends_on",
            subdistrict_name=F("subdistrict__name"),
            community_name=F("community__name"),
            organisation_name=F("organisation__name"),
        ),
        "ideas": _ideas(user),
        "idea_drafts": _rows(user.idea_drafts, "typed", "saved_at"),
        "remarks": _rows(user.remarks, "id", "idea_id", "question_id", "text", "state", "written_at"),
        "remark_reports": _rows(user.remark_reports, "remark_id", "reason", "at", "settled_at"),
        "secondings": _rows(user.secondings, "idea_id", "at", idea_title=F("idea__title")),
        "idea_claims": _rows(user.idea_claims, "at", "accepted", "decided_at", receipt=F("idea__receipt")),
        "namings": _rows(
            Consolidation.objects.filter(idea__author=user),
            "idea_id",
            "named",
            "answered_at",
            "undone_at",
            "ended_at",
            proposal_title=F("proposal__title"),
        ),
        "proposals": _rows(
            Proposal.objects.of(user), "id", "title", "state", "created_at", community_name=F("community__name")
        ),
        "proposals_led": _rows(Proposal.objects.filter(lead=user), "id", "title", "state"),
        "promises": _rows(
            Proposal.objects.led_by(user).filter(pledged_by=user),
            "id",
            "title",
            "pledge_version",
            "pledged_at",
        ),
        "polishing_answered": _rows(
            PolishRound.objects.filter(answered_by=user), "proposal_id", "number", "declined", "answer", "answered_at"
        ),
        "notifications": _rows(user.notifications, "id", "notice", "kind", "facts", "link", "on_site", "at", "read_on"),
        "deliveries": _rows(
            Delivery.objects.filter(notification__recipient=user), "notification_id", "channel", "state", "sent_at"
        ),
        "notification_choices": _rows(user.notification_choices, "kind", "site", "sms", "email"),
        "votes": _rows(user.voters, "contest_id", "has_voted", contest_name=F("contest__name")),
        **_as_expert(user),
    }


def _rows(rows: Any, *names: str, **paths: F) -> Rows:
    return list(rows.order_by("pk").values(*names, **paths))


def _account(user: User) -> dict[str, Any]:
    return _columns(
        user,
        "username",
        "display_name",
        "phone",
        "phone_verified_at",
        "email",
        "email_confirmed_at",
        "language",
        "date_joined",
        "last_login",
    )


def _ideas(user: User) -> Rows:
    """With every version of the text and every step; the officers who took the steps are not named."""
    return [
        {
            "id": idea.pk,
            **_columns(
                idea,
                *TEXT,
                "own_contribution",
                "location_text",
                "beneficiaries",
                "beneficiary_estimate",
                "willing_to_join",
                "consent_version",
                "consent_at",
                "name_consent_at",
                "channel",
                "contributor_name",
                "receipt",
                "created_at",
                "submitted_at",
            ),
            "state": idea.shown_state.value,
            "community_name": idea.community.name,
            "category_name": idea.category.name,
            "versions": [_columns(version, "pgh_created_at", *TEXT) for version in _versions(idea)],
            "photos": [
                {"address": photo.get_absolute_url(), **_columns(photo, "width", "height", "added_at")}
                for photo in idea.photos.all()
            ],
            "events": [_columns(event, *STEP) for event in idea.events.all()],
        }
        for idea in user.ideas.with_told()
        .select_related("community", "category")
        .prefetch_related(Prefetch("events", IdeaEvent.objects.shown(timezone.now())), "versions", "photos")
        .order_by("pk")
    ]


def _versions(idea: Any) -> Any:
    return idea.versions.all()


def _as_expert(user: User) -> dict[str, Rows]:
    """What the person was asked to judge, and judged."""
    return {
        "panels": _rows(user.panelists, "contest_id", "code", contest_name=F("contest__name")),
        "invitations": _rows(
            user.invitations,
            "name",
            "employer",
            "fields",
            "state",
            "invited_at",
            "expires_at",
            "ended_at",
            "answer",
            "consent_version",
            contest_name=F("contest__name"),
        ),
        "pool_of_experts": _rows(
            Expert.objects.filter(user=user), "employer", "fields", community_name=F("community__name")
        ),
        "score_sheets": _score_sheets(user),
        "recusals": _rows(
            Recusal.objects.filter(panelist__user=user),
            "ground",
            "tie",
            "note",
            "created_at",
            contest_name=F("entry__contest__name"),
        ),
    }


def _columns(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _score_sheets(user: User) -> Rows:
    """Without those for entries that the person keeps out of now."""
    kept = Entry.objects.kept_from(user).values("pk")
    own = ScoreSheet.objects.filter(panelist__user=user).exclude(entry__in=kept)
    sheets: QuerySet[ScoreSheet] = own.select_related("entry")
    return [
        {
            "contest_id": sheet.entry.contest_id,
            "entry_id": sheet.entry_id,
            "entry_title": sheet.entry.title,
            "state": sheet.state,
            "comment": sheet.comment,
            "created_at": sheet.created_at,
            "submitted_at": sheet.submitted_at,
            "marks": {mark.criterion.name: mark.points for mark in sheet.marks.all()},
            "reasons": {remark.criterion.name: remark.text for remark in sheet.remarks.all()},
            "earlier_versions": [
                {"submitted_at": row.submitted_at, "comment": row.comment, "lines": row.lines, "reopened": row.reason}
                for row in sheet.reopenings.all()
            ],
        }
        for sheet in sheets.prefetch_related("marks__criterion", "remarks__criterion", "reopenings").order_by("pk")
    ]
