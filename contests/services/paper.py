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
from contests.models import Contest, OfflineCount, PaperSheet
from contests.voting_enums import SheetCheck, VotingRefusal
from contests.voting_rules import why_not_count_paper
from proposals.attachments import Paper


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
    refuse_if(why_not_count_paper(by, contest, community))
    numbers = dict(contest.entries.taking_part().values_list("pk", "number"))
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


@transaction.atomic
def verify_sheet(*, sheet: PaperSheet, papers: int, votes: Mapping[int, int], by: User, now: datetime) -> PaperSheet:
    """The second person types the sheet again from the paper; where both agree it counts from now on.

    Raises `Refused`: the first person, verified already, or `SHEET_DIFFERS` with the numbers of the entries.
    """
    contest = locks.share(sheet.contest)
    sheet = PaperSheet.objects.select_for_update(of=("self",)).select_related("community").get(pk=sheet.pk)
    refuse_if(why_not_count_paper(by, contest, sheet.community))
    if sheet.entered_by_id == by.pk:
        raise Refused(VotingRefusal.SECOND_PERSON)
    if sheet.state != SheetCheck.ENTERED:
        raise Refused(VotingRefusal.SHEET_VERIFIED)
    first = sheet.counts.select_related("entry").order_by("entry__number")
    differing = [count.entry.number for count in first if votes.get(count.entry_id, 0) != count.votes]
    if differing or papers != sheet.papers:
        raise Refused(VotingRefusal.SHEET_DIFFERS, entries=", ".join(differing) or "–")
    sheet.state, sheet.verified_by, sheet.verified_at = SheetCheck.VERIFIED, by, now
    sheet.save(update_fields=["state", "verified_by", "verified_at"])
    sheet.counts.update(verified_by=by, verified_at=now)
    return sheet


@transaction.atomic
def discard_sheet(*, sheet: PaperSheet, by: User) -> None:
    """Take an entry back that no second person has verified, because the first one was wrong. Raises `Refused`."""
    contest = locks.share(sheet.contest)
    sheet = PaperSheet.objects.select_for_update(of=("self",)).select_related("community").get(pk=sheet.pk)
    refuse_if(why_not_count_paper(by, contest, sheet.community))
    if sheet.state != SheetCheck.ENTERED:
        raise Refused(VotingRefusal.SHEET_VERIFIED)
    name, storage = str(sheet.scan.name), sheet.scan.storage
    sheet.counts.all().delete()
    sheet.delete()
    transaction.on_commit(lambda: storage.delete(name))


def _check(contest: Contest, numbers: Mapping[int, str], papers: int, votes: Mapping[int, int]) -> None:
    """Raise `Refused` for figures that no pile of papers can have."""
    for entry, number in numbers.items():
        if votes.get(entry, 0) > papers:
            raise Refused(VotingRefusal.TOO_MANY_MARKS, entry=number)
    total = sum(votes.get(entry, 0) for entry in numbers)
    if not papers * contest.min_choices <= total <= papers * contest.max_choices:
        least, most = contest.min_choices, contest.max_choices
        raise Refused(VotingRefusal.PAPERS_AND_MARKS, votes=total, papers=papers, least=least, most=most)
