"""Whole contests in and out of the database, as `contests.archive` reads and writes them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pgtrigger
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from communities.models import Community, Subdistrict
from communities.refusal import Refused
from contests import locks, ruleset
from contests.archive import rows
from contests.archive.results import ResultRow
from contests.archive.rows import ContestArchive
from contests.archive.writing import archive_files, input_files, inputs_sha256
from contests.enums import (
    AwardReason,
    ContestRefusal,
    ContestState,
    Decision,
    EntryStatus,
    RecusalGround,
    SheetState,
    VoidReason,
)
from contests.models import (
    Assignment,
    Award,
    Ballot,
    BallotChoice,
    BallotVoid,
    Contest,
    ContestCommunity,
    ContestEvent,
    Criterion,
    Entry,
    JuryScore,
    Mark,
    OfflineCount,
    Panelist,
    Recusal,
    ScoreSheet,
    TallyRun,
)
from programmes.models import Category, Programme, Zone
from proposals.enums import ProposalState
from proposals.models import Proposal

BATCH = 5000


@transaction.atomic
def import_archive(*, archive: ContestArchive, replace: bool, now: datetime) -> Contest:
    """Make a closed contest of an archive, with everything it needs; all of it or nothing.

    Communities, categories and zones are found by their codes or made. Experts come as pseudonyms without accounts,
    ballots without voters. Raises `Refused` when the same archive is there already, unless `replace`.
    """
    source = inputs_sha256(input_files(archive))
    locks.one_import()
    for earlier in Contest.objects.filter(source_sha256=source):
        if not replace:
            raise Refused(ContestRefusal.IMPORTED_ALREADY, contest=earlier.pk)
        _delete(earlier)
    programme = _programme(archive)
    contest = Contest.objects.create(
        programme=programme,
        name=archive.name,
        rules_sha256=ruleset.sha256(archive.ruleset),
        source_sha256=source,
        opened_at=now,
        **_rule_columns(archive),
    )
    _fill_frame(contest, archive)
    contest.state = ContestState.CLOSED
    contest.save(update_fields=["state"])
    ContestEvent.objects.create(contest=contest, to_state=ContestState.CLOSED, at=now)
    entries = _fill_entries(contest, archive)
    _fill_judging(contest, archive, entries, now)
    _fill_votes(contest, archive, entries, now)
    return contest


def _delete(contest: Contest) -> None:
    """Remove an imported contest whose result is not on public notice; its append-only rows go with it."""
    if Award.objects.filter(entry__contest=contest).exists():
        raise Refused(ContestRefusal.WRONG_STATE)
    if contest.runs.unfinished().exists():
        raise Refused(ContestRefusal.RUN_UNDER_WAY)
    proposals = list(contest.entries.values_list("proposal_id", flat=True))
    with pgtrigger.ignore():
        Mark.objects.filter(sheet__entry__contest=contest).delete()
        ContestEvent.objects.filter(contest=contest).delete()
        contest.delete()
        # Proposals that only this contest brought along; one that has become part of something else stays.
        Proposal.objects.filter(
            pk__in=proposals, entries__isnull=True, consolidations__isnull=True, events__isnull=True
        ).delete()


def _programme(archive: ContestArchive) -> Programme:
    subdistrict, _ = Subdistrict.objects.get_or_create(code=archive.subdistrict, defaults={"name": archive.subdistrict})
    programme, _ = Programme.objects.get_or_create(
        subdistrict=subdistrict, year=archive.year, defaults={"title": archive.name[:60]}
    )
    return programme


def _rule_columns(archive: ContestArchive) -> dict[str, object]:
    rules = archive.ruleset
    columns: dict[str, object] = {name: getattr(rules, name) for name in type(rules).__dataclass_fields__}
    columns["tie_order"] = [tie.value for tie in rules.tie_order]
    return columns


def _fill_frame(contest: Contest, archive: ContestArchive) -> None:
    """Communities with their figures, zones, categories and criteria."""
    programme = contest.programme
    for row in archive.communities:
        community, _ = Community.objects.get_or_create(
            code=row.code,
            defaults={
                "subdistrict": programme.subdistrict,
                "name": row.name,
                "registered_population": row.registered_population,
            },
        )
        ContestCommunity.objects.create(
            contest=contest,
            community=community,
            name=row.name,
            registered_population=row.registered_population,
            award_cap=row.award_cap,
        )
    zones_named = {row.zone for row in archive.entries} | {row.zone for row in archive.criteria}
    for code in sorted(zones_named - {""}):
        Zone.objects.get_or_create(programme=programme, code=code, defaults={"name": code})
    for code in sorted({row.category for row in archive.entries}):
        Category.objects.get_or_create(programme=programme, code=code, defaults={"name": code})
    zones = _by_code(Zone.objects.filter(programme=programme))
    Criterion.objects.bulk_create(
        Criterion(
            contest=contest,
            zone_id=zones.get(row.zone),
            code=row.code,
            name=row.name,
            max_points=row.max_points,
            position=row.position,
        )
        for row in archive.criteria
    )


def _fill_entries(contest: Contest, archive: ContestArchive) -> dict[str, int]:
    """Proposals and their entries; returns entry ids by number."""
    communities = _by_code(Community.objects.filter(code__in=[row.code for row in archive.communities]))
    categories = _by_code(Category.objects.filter(programme=contest.programme))
    zones = _by_code(Zone.objects.filter(programme=contest.programme))
    proposals = Proposal.objects.bulk_create(
        Proposal(
            programme=contest.programme,
            community_id=communities[row.community],
            category_id=categories[row.category],
            title=row.title,
            state=ProposalState.QUALIFIED,
        )
        for row in archive.entries
    )
    entries = Entry.objects.bulk_create(
        Entry(
            contest=contest,
            proposal=proposal,
            number=row.number,
            title=row.title,
            community_id=communities[row.community],
            category_id=categories[row.category],
            zone_id=zones.get(row.zone),
            requested_amount=row.requested_amount,
            status=row.status,
        )
        for row, proposal in zip(archive.entries, proposals, strict=True)
    )
    return {entry.number: entry.pk for entry in entries}


def _fill_judging(contest: Contest, archive: ContestArchive, entries: dict[str, int], now: datetime) -> None:
    panel = Panelist.objects.bulk_create(Panelist(contest=contest, code=row.code) for row in archive.experts)
    panelists = {panelist.code: panelist.pk for panelist in panel}
    Recusal.objects.bulk_create(
        Recusal(panelist_id=panelists[row.expert], entry_id=entries[row.entry], ground=row.ground)
        for row in archive.recusals
    )
    judged = sorted({(row.expert, row.entry) for row in archive.marks})
    Assignment.objects.bulk_create(
        Assignment(panelist_id=panelists[expert], entry_id=entries[entry]) for expert, entry in judged
    )
    created = ScoreSheet.objects.bulk_create(
        ScoreSheet(panelist_id=panelists[expert], entry_id=entries[entry]) for expert, entry in judged
    )
    sheets = {pair: sheet.pk for pair, sheet in zip(judged, created, strict=True)}
    criteria = {(criterion.zone_id, criterion.code): criterion.pk for criterion in contest.criteria.all()}
    own_rubric = {zone for zone, _ in criteria if zone is not None}
    zones = dict(contest.entries.values_list("number", "zone_id"))
    Mark.objects.bulk_create(
        (
            Mark(
                sheet_id=sheets[row.expert, row.entry],
                criterion_id=criteria[zones[row.entry] if zones[row.entry] in own_rubric else None, row.criterion],
                points=row.points,
            )
            for row in archive.marks
        ),
        batch_size=BATCH,
    )
    ScoreSheet.objects.filter(entry__contest=contest).update(state=SheetState.SUBMITTED, submitted_at=now)


def _fill_votes(contest: Contest, archive: ContestArchive, entries: dict[str, int], now: datetime) -> None:
    receipts = sorted({row.ballot for row in archive.ballots})
    minute = now.replace(second=0, microsecond=0)
    created = Ballot.objects.bulk_create(
        (Ballot(contest=contest, receipt=receipt, voter_key=receipt, cast_at=minute) for receipt in receipts),
        batch_size=BATCH,
    )
    ballots = {ballot.receipt: ballot.pk for ballot in created}
    BallotChoice.objects.bulk_create(
        (BallotChoice(ballot_id=ballots[row.ballot], entry_id=entries[row.entry]) for row in archive.ballots),
        batch_size=BATCH,
    )
    BallotVoid.objects.bulk_create(
        (BallotVoid(ballot_id=ballots[row.ballot], reason=row.reason) for row in archive.voids), batch_size=BATCH
    )
    OfflineCount.objects.bulk_create(
        OfflineCount(entry_id=entries[row.entry], sheet=row.sheet, votes=row.votes, verified_at=now)
        for row in archive.offline_counts
    )
    JuryScore.objects.bulk_create(
        JuryScore(entry_id=entries[row.entry], juror=row.juror, score=row.score) for row in archive.jury
    )


def _by_code(queryset: QuerySet[Community] | QuerySet[Category] | QuerySet[Zone]) -> dict[str, int]:
    return dict(queryset.values_list("code", "pk"))


def to_archive(contest: Contest) -> ContestArchive:
    """The contest's rules and inputs as an archive: submitted sheets, and the last ballot of each voter."""
    return ContestArchive(
        name=contest.name,
        subdistrict=contest.programme.subdistrict.code,
        year=contest.programme.year,
        ruleset=contest.ruleset,
        communities=tuple(
            rows.CommunityRow(row.community.code, row.name, row.registered_population, row.award_cap)
            for row in contest.communities.select_related("community")
        ),
        criteria=tuple(
            rows.CriterionRow(row.code, row.name, row.max_points, row.position, row.zone.code if row.zone else "")
            for row in contest.criteria.select_related("zone")
        ),
        entries=tuple(_entry_row(entry) for entry in contest.entries.select_related("community", "category", "zone")),
        experts=tuple(rows.ExpertRow(code) for code in contest.panelists.values_list("code", flat=True)),
        marks=_mark_rows(contest),
        recusals=tuple(
            rows.RecusalRow(expert, entry, RecusalGround(ground))
            for expert, entry, ground in Recusal.objects.filter(entry__contest=contest).values_list(
                "panelist__code", "entry__number", "ground"
            )
        ),
        ballots=_choice_rows(contest),
        voids=tuple(
            rows.VoidRow(receipt, VoidReason(reason))
            for receipt, reason in BallotVoid.objects.filter(
                ballot__contest=contest, ballot__superseded_by__isnull=True
            ).values_list("ballot__receipt", "reason")
        ),
        offline_counts=tuple(
            rows.OfflineRow(entry, votes, sheet)
            for entry, votes, sheet in OfflineCount.objects.counted(contest).values_list(
                "entry__number", "votes", "sheet"
            )
        ),
        jury=tuple(
            rows.JuryRow(juror, entry, score)
            for juror, entry, score in JuryScore.objects.filter(entry__contest=contest).values_list(
                "juror", "entry__number", "score"
            )
        ),
    )


def to_results(run: TallyRun) -> list[ResultRow]:
    """The results of a finished run as the archive writes them."""
    return [
        ResultRow(
            number=result.entry.number,
            sheets=result.sheets,
            trimmed=result.trimmed,
            expert_score=result.expert_score,
            votes=result.votes,
            public_score=result.public_score,
            final_score=result.final_score,
            rank=result.rank,
            decision=Decision(result.decision),
            amount=result.amount,
            reason=AwardReason(result.reason),
        )
        for result in run.results.select_related("entry").in_published_order()
    ]


def published_zip(contest: Contest, run: TallyRun) -> bytes:
    """The whole archive with the results of a finished run, as a zip that is the same for the same run."""
    finished = timezone.localtime(run.finished_at)
    files = archive_files(to_archive(contest), to_results(run), finished)
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as bundle:
        for name, data in files.items():
            bundle.writestr(ZipInfo(f"contest-{contest.pk}/{name}", finished.timetuple()[:6]), data, ZIP_DEFLATED)
    return stream.getvalue()


def _entry_row(entry: Entry) -> rows.EntryRow:
    return rows.EntryRow(
        entry.number,
        entry.title,
        entry.community.code,
        entry.category.code,
        entry.zone.code if entry.zone else "",
        entry.requested_amount,
        EntryStatus(entry.status),
    )


def _mark_rows(contest: Contest) -> tuple[rows.MarkRow, ...]:
    marks = Mark.objects.filter(sheet__entry__contest=contest, sheet__state=SheetState.SUBMITTED)
    columns = marks.values_list("sheet__panelist__code", "sheet__entry__number", "criterion__code", "points")
    return tuple(
        rows.MarkRow(expert, entry, criterion, Decimal(points)) for expert, entry, criterion, points in columns
    )


def _choice_rows(contest: Contest) -> tuple[rows.ChoiceRow, ...]:
    choices = BallotChoice.objects.filter(ballot__contest=contest, ballot__superseded_by__isnull=True)
    return tuple(rows.ChoiceRow(*pair) for pair in choices.values_list("ballot__receipt", "entry__number"))
