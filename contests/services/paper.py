"""The verbs on paper votes: one person types a counting sheet, a second one types it again, and only then it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from communities.models import Community, User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.figures import counted_papers, paper_marks
from contests.models import Contest, OfflineCount, PaperSheet
from contests.voting_enums import ChoicesFrom, SheetCheck, VotingRefusal
from contests.voting_rules import why_not_count_paper
from proposals.attachments import Paper

MOST_MISMATCHES = 3
"""How often the second entry may differ; then figures are being tried, and both people begin anew."""


@transaction.atomic
def enter_sheet(
    *,
    contest: Contest,
    community: Community,
    number: str,
    place: str,
    papers: int,
    votes: Mapping[int, int],
    scan: Paper,
    by: User,
    now: datetime,
) -> PaperSheet:
    """The first person types a counting sheet: valid `papers`, and `votes` by entry id for every entry taking part.

    Raises `Refused`: no officer of the community, wrong state, a number that is taken, or figures that cannot be.
    """
    contest = locks.share(contest)
    refuse_if(why_not_count_paper(by, contest, community, now))
    numbers = _on_offer(contest, community, votes)
    _check(contest, numbers, papers, votes)
    sheet = PaperSheet(
        contest=contest,
        community=community,
        number=number,
        place=place,
        papers=papers,
        digest=scan.digest,
        entered_by=by,
        entered_at=now,
    )
    sheet.scan.save(scan.digest + PurePosixPath(scan.name).suffix, ContentFile(scan.data), save=False)
    try:
        with transaction.atomic():
            sheet.save()
            OfflineCount.objects.bulk_create(
                [
                    OfflineCount(entry_id=entry, sheet=number, votes=votes.get(entry, 0), entered_by=by, paper=sheet)
                    for entry in numbers
                ]
            )
    except IntegrityError as error:
        sheet.scan.storage.delete(str(sheet.scan.name))
        raise Refused(VotingRefusal.SHEET_TWICE) from error
    return sheet


def verify_sheet(*, sheet: PaperSheet, papers: int, votes: Mapping[int, int], by: User, now: datetime) -> PaperSheet:
    """The second person types the sheet again from the paper; where both agree it counts from now on.

    A difference is told without saying where, and remembered: figures are read from the paper, not tried. No more papers
    count than voters of the community are marked as voting on paper. Raises `Refused`.
    """
    sheet = _compared(sheet, papers, votes, by, now)
    if sheet.state != SheetCheck.VERIFIED:
        raise Refused(VotingRefusal.SHEET_DIFFERS, left=MOST_MISMATCHES - sheet.mismatches)
    return sheet


@transaction.atomic
def _compared(sheet: PaperSheet, papers: int, votes: Mapping[int, int], by: User, now: datetime) -> PaperSheet:
    """The sheet, verified if both entries agree, else with one mismatch more, which stays."""
    contest = locks.share(sheet.contest)
    # Two sheets of a community at once would both find the same marks free.
    locks.papers_of(sheet.community)
    sheet = _alone(sheet)
    refuse_if(why_not_count_paper(by, contest, sheet.community, now))
    if sheet.entered_by_id == by.pk:
        raise Refused(VotingRefusal.SECOND_PERSON)
    if sheet.state != SheetCheck.ENTERED:
        raise Refused(VotingRefusal.SHEET_VERIFIED)
    if sheet.mismatches >= MOST_MISMATCHES:
        raise Refused(VotingRefusal.SHEET_TRIED)
    differs = any(votes.get(count.entry_id, 0) != count.votes for count in sheet.counts.all())
    if differs or papers != sheet.papers:
        sheet.mismatches += 1
        sheet.save(update_fields=["mismatches"])
        return sheet
    papers, marks = counted_papers(contest, sheet.community) + papers, paper_marks(contest, sheet.community)
    if papers > marks:
        raise Refused(VotingRefusal.PAPERS_OVER_MARKS, papers=papers, marks=marks)
    sheet.state, sheet.verified_by, sheet.verified_at = SheetCheck.VERIFIED, by, now
    sheet.save(update_fields=["state", "verified_by", "verified_at"])
    sheet.counts.update(verified_by=by, verified_at=now)
    return sheet


@transaction.atomic
def discard_sheet(*, sheet: PaperSheet, by: User, now: datetime) -> None:
    """Take an entry back that no second person has verified, because the first one was wrong. Raises `Refused`."""
    contest = locks.share(sheet.contest)
    sheet = _alone(sheet)
    refuse_if(why_not_count_paper(by, contest, sheet.community, now))
    if sheet.state != SheetCheck.ENTERED:
        raise Refused(VotingRefusal.SHEET_VERIFIED)
    name, storage = str(sheet.scan.name), sheet.scan.storage
    sheet.counts.all().delete()
    sheet.delete()
    transaction.on_commit(lambda: storage.delete(name))


def _alone(sheet: PaperSheet) -> PaperSheet:
    """The sheet as it is once nobody else works on it. Raises `Refused` where it was taken back meanwhile."""
    sheets = PaperSheet.objects.select_for_update(of=("self",)).select_related("community")
    found = sheets.filter(pk=sheet.pk).first()
    if found is None:
        raise Refused(VotingRefusal.SHEET_GONE)
    return found


def _on_offer(contest: Contest, community: Community, votes: Mapping[int, int]) -> dict[int, str]:
    """The numbers of the entries that voters of the community may choose. Raises `Refused` for votes for others."""
    entries = contest.entries.taking_part().order_by("number")
    if contest.choices_from != ChoicesFrom.OWN_COMMUNITY:
        return dict(entries.values_list("pk", "number"))
    for entry, number in entries.exclude(community=community).values_list("pk", "number"):
        if votes.get(entry, 0):
            raise Refused(VotingRefusal.PAPER_OF_OTHERS, entry=number)
    return dict(entries.filter(community=community).values_list("pk", "number"))


def _check(contest: Contest, numbers: Mapping[int, str], papers: int, votes: Mapping[int, int]) -> None:
    """Raise `Refused` for figures that no pile of papers can have."""
    for entry, number in numbers.items():
        if votes.get(entry, 0) > papers:
            raise Refused(VotingRefusal.TOO_MANY_MARKS, entry=number)
    total = sum(votes.get(entry, 0) for entry in numbers)
    if not papers * contest.min_choices <= total <= papers * contest.max_choices:
        least, most = contest.min_choices, contest.max_choices
        raise Refused(VotingRefusal.PAPERS_AND_MARKS, votes=total, papers=papers, least=least, most=most)
