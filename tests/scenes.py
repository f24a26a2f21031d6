"""Ideas, proposals and contests taken to a state by the same verbs that people use."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from communities import privacy
from communities.models import Community, User
from contests.enums import ContestState, RunKind
from contests.models import Contest, Entry, Panelist
from contests.rules import why_not_open_entry
from contests.services.assigning import assign
from contests.services.blinding import look_at_names
from contests.services.judging import rubric, save_sheet
from contests.services.lifecycle import (
    close_contest,
    confirm_result,
    enter_proposal,
    open_contest,
    publicise_result,
)
from contests.services.recusing import recuse
from contests.services.tally import carry_out, request_tally
from contests.services.voting import cast_ballot
from programmes.enums import StageKind
from programmes.models import Category, Programme
from proposals import pledge
from proposals.document import ActivityRow, BudgetItem, MemberRow, ObjectiveRow, RiskRow, Rows
from proposals.document_enums import TeamType
from proposals.enums import (
    PROPOSAL_EXITS,
    Disposition,
    IdeaChannel,
    IdeaState,
    ProposalReason,
    ProposalState,
    ScreeningDecision,
    ScreeningReason,
    Verdict,
)
from proposals.models import Idea, Proposal
from proposals.screening_rules import UNDO_TIME
from proposals.services.entering import Contributor, enter_idea
from proposals.services.ideas import Consent, IdeaText, Judgement, Receiver, screen, submit_idea, withdraw_idea
from proposals.services.joining import consolidate
from proposals.services.proposals import ProposalText, edit_proposal, move_proposal
from tests.factories import ContestFactory, CriterionFactory, IdeaFactory, PanelistFactory
from tests.replays import replayed

PROBLEM = "Older people find no place to rest on their way home from the market."
CONSENT = Consent(privacy.VERSION, shows_name=True)
SOLUTION = "Put three benches with backs and arms along the path, under the trees."

# A document that lacks nothing, without its budget.
COMPLETE = {
    "site": "The path from the market to the west gate",
    "starts_on": date(2030, 4, 1),
    "ends_on": date(2030, 11, 30),
    "team_name": "Neighbours",
    "team_type": TeamType.RESIDENTS,
    "summary": PROBLEM,
    "needs_analysis": "Of 60 residents who were asked, 48 rest on steps and walls.",
    "target_group": "Older residents",
    "direct_beneficiaries": 300,
    "indirect_beneficiaries": 1200,
    "goal": "Nobody walks more than a hundred metres to a seat.",
    "innovation": "Residents look after what they use.",
    "sustainability": "The team paints the benches each spring.",
    "capacity_building": "The neighbours found a group on file with the community.",
}
ROWS = Rows(
    members=(
        MemberRow("Lead Neighbour", "leads the team", "+8613800000009"),
        MemberRow("Second Neighbour", "keeps the accounts"),
        MemberRow("Third Neighbour", "finds the places"),
    ),
    objectives=(ObjectiveRow("New benches", Decimal("12.00"), "pieces"),),
    activities=(
        ActivityRow("Choosing the places", date(2030, 4, 1), date(2030, 4, 30), people=20),
        ActivityRow("Setting up", date(2030, 5, 1), date(2030, 6, 30), times=2, owner="Second Neighbour"),
        ActivityRow("Painting", date(2030, 9, 1), date(2030, 9, 30), output="Painted benches"),
    ),
    risk_rows=(RiskRow("Rain while painting", "A week is kept free for it."),),
)

DECISIONS = {
    IdeaState.RETURNED: ScreeningDecision.RETURN,
    IdeaState.REFERRED: ScreeningDecision.REFER,
    IdeaState.REJECTED: ScreeningDecision.REJECT,
}
# How a proposal comes to a state, step by step.
PROPOSAL_PATHS: dict[ProposalState, tuple[ProposalState, ...]] = {
    ProposalState.DRAFT: (),
    ProposalState.COACHING: (ProposalState.COACHING,),
    ProposalState.SUBMITTED: (ProposalState.COACHING, ProposalState.SUBMITTED),
    ProposalState.QUALIFIED: (ProposalState.COACHING, ProposalState.SUBMITTED, ProposalState.QUALIFIED),
    ProposalState.POOLED: (
        ProposalState.COACHING,
        ProposalState.SUBMITTED,
        ProposalState.QUALIFIED,
        ProposalState.POOLED,
    ),
    ProposalState.WITHDRAWN: (ProposalState.WITHDRAWN,),
    ProposalState.DISQUALIFIED: (ProposalState.COACHING, ProposalState.SUBMITTED, ProposalState.DISQUALIFIED),
}

ACCEPTANCE = Judgement(
    public_benefit=Verdict.PASS,
    sustainability=Verdict.PASS,
    capacity_building=Verdict.PASS,
    decision=ScreeningDecision.ACCEPT,
)


RECEIVER = Receiver(Disposition.STREET_DEPARTMENT, "City management", contact="Ms Zhao", note="Since 2024.")


def turning_away(decision: ScreeningDecision) -> Judgement:
    """A screening that does not accept, with its reason and a word to the resident."""
    return Judgement(
        public_benefit=Verdict.FAIL,
        sustainability=Verdict.PASS,
        capacity_building=Verdict.PASS,
        decision=decision,
        reason=ScreeningReason.UNCLEAR,
        note="Please say where it should be.",
        to=RECEIVER if decision == ScreeningDecision.REFER else None,
    )


def end_notice(programme: Programme, now: datetime) -> None:
    """The programme's time of public notice is over, so that results may be confirmed."""
    programme.stages.filter(kind=StageKind.PUBLICITY).update(closes_at=now)


def pledged(step: str) -> dict[str, str]:
    """What `move_proposal` needs besides to hand a proposal in."""
    return {"pledge": pledge.VERSION} if step == ProposalState.SUBMITTED else {}


@dataclass(frozen=True, slots=True)
class Scene:
    """One programme with the people who act in it; every method takes a thing to a state by the verbs."""

    programme: Programme
    communities: Sequence[Community]
    categories: Sequence[Category]
    author: User
    officer: User
    approver: User
    experts: Sequence[User]
    recused: User
    voters: Sequence[User]
    now: datetime

    def text(self, title: str = "Benches at the west gate", community: Community | None = None) -> IdeaText:
        return IdeaText(
            title=title,
            community=community or self.communities[0],
            category=self.categories[0],
            problem=PROBLEM,
            solution=SOLUTION,
        )

    @replayed
    def idea(
        self,
        state: IdeaState,
        *,
        title: str = "Benches at the west gate",
        community: Community | None = None,
        by: User | None = None,
    ) -> Idea:
        author = by or self.author
        text = self.text(title, community)
        # What is decided has been so for long enough that it cannot be taken back, and residents read of it.
        now = self.now if state == IdeaState.SUBMITTED else self.now - UNDO_TIME
        if state == IdeaState.DRAFT:
            return IdeaFactory(
                programme=self.programme, community=text.community, category=text.category, author=author, title=title
            )
        idea = submit_idea(programme=self.programme, text=text, consent=CONSENT, key=uuid.uuid4(), by=author, now=now)
        if state in DECISIONS:
            screen(idea=idea, judgement=turning_away(DECISIONS[state]), by=self.officer, now=now)
        elif state in (IdeaState.ACCEPTED, IdeaState.CONSOLIDATED):
            screen(idea=idea, judgement=ACCEPTANCE, by=self.officer, now=now)
        elif state == IdeaState.WITHDRAWN:
            withdraw_idea(idea=idea, by=author, now=now)
        if state == IdeaState.CONSOLIDATED:
            consolidate(programme=self.programme, ideas=[idea], title=title, by=self.officer, now=self.now)
        return Idea.objects.get(pk=idea.pk)

    def entered(self, *, by: User, phone: str = "", channel: IdeaChannel = IdeaChannel.PHONE) -> Idea:
        """What an officer entered for Ms Li; with a number it is offered to the account of that number."""
        return enter_idea(
            programme=self.programme,
            text=self.text(),
            channel=channel,
            contributor=Contributor(name="Ms Li", phone=phone),
            consent=CONSENT,
            key=uuid.uuid4(),
            by=by,
            now=self.now,
        )

    @replayed
    def proposal(
        self,
        state: ProposalState,
        *,
        title: str = "Places to rest",
        community: Community | None = None,
        amount: Decimal = Decimal("20000.00"),
        by: User | None = None,
    ) -> Proposal:
        """A proposal of one idea, with `amount` requested and 500 yuan of own money."""
        idea = self.idea(IdeaState.ACCEPTED, title=title[:30], community=community, by=by)
        proposal = consolidate(programme=self.programme, ideas=[idea], title=title, by=self.officer, now=self.now)
        proposal = edit_proposal(
            proposal=proposal,
            text=ProposalText(
                title=title,
                community=proposal.community,
                category=proposal.category,
                **COMPLETE,
            ),
            rows=ROWS,
            budget=[
                BudgetItem(item="Benches", unit_price=amount / 2, quantity=2),
                BudgetItem(item="Paint", unit_price=Decimal("500.00"), quantity=1, source="OWN"),
            ],
            revision=proposal.revision,
            by=self.officer,
            now=self.now,
        )
        for step in PROPOSAL_PATHS[state]:
            why = {"reason": ProposalReason.OTHER, "note": "As agreed."} if step in PROPOSAL_EXITS else {}
            move_proposal(proposal=proposal, to=step, by=self.officer, now=self.now, **why, **pledged(step))
        return proposal

    @replayed
    def contest(self, state: ContestState, *, entries: int = 3, judged: bool = False, **rules: object) -> Contest:
        """A contest with its panel. From OPEN on one expert is recused from entry 001, and experts are assigned to all.

        From CLOSED on (with `judged` also while OPEN) all sheets are submitted and all voters have voted. From PUBLICISED
        on the time of public notice is over.
        """
        contest = self.draft_contest(entries, **rules)
        if state == ContestState.DRAFT:
            return contest
        contest = self.open(contest)
        if judged or state != ContestState.OPEN:
            self.judge(contest)
            self.vote(contest)
        steps = list(ContestState)
        if steps.index(state) >= steps.index(ContestState.CLOSED):
            contest = self.close(contest)
        if steps.index(state) >= steps.index(ContestState.TALLIED):
            self.tally(contest)
        if steps.index(state) >= steps.index(ContestState.PUBLICISED):
            publicise_result(contest=contest, by=self.officer, now=self.now)
            end_notice(self.programme, self.now)
        if state == ContestState.CONFIRMED:
            confirm_result(contest=contest, by=self.approver, now=self.now)
        return Contest.objects.get(pk=contest.pk)

    @replayed
    def open(self, contest: Contest) -> Contest:
        """Open a draft, and assign everything to everybody; one expert keeps out of entry 001."""
        looked = {"reason": "The word, not the team", "releases_papers": False, "by": self.officer, "now": self.now}
        for entry in contest.entries.all() if contest.is_blind else ():
            look_at_names(entry=entry, **looked)
        contest = open_contest(contest=contest, by=self.officer, now=self.now)
        assign(contest=contest, panelists=contest.panelists.all(), entries=contest.entries.all(), by=self.officer)
        panelist, entry = contest.panelists.get(user=self.recused), contest.entries.get(number="001")
        recuse(panelist=panelist, entry=entry, tie="MEMBER", by=self.recused)
        return contest

    @replayed
    def close(self, contest: Contest) -> Contest:
        return close_contest(contest=contest, by=self.approver, now=self.now, reason="Everybody has voted.")

    def end_windows(self, contest: Contest) -> None:
        """Scoring and voting are over from now on."""
        Contest.objects.filter(pk=contest.pk).update(scoring_closes_at=self.now, voting_closes_at=self.now)

    @replayed
    def draft_contest(self, entries: int, **rules: object) -> Contest:
        contest = ContestFactory(programme=self.programme, **rules)
        for position, code in enumerate(("NEED", "PLAN", "COST")):
            CriterionFactory(contest=contest, code=code, position=position, max_points=Decimal(40 - 10 * position))
        for position, expert in enumerate([*self.experts, self.recused]):
            PanelistFactory(contest=contest, user=expert, code=f"E{position + 1:02}")
        for number in range(entries):
            proposal = self.proposal(
                ProposalState.QUALIFIED,
                title=f"Places to rest {number + 1}",
                community=self.communities[number % len(self.communities)],
                amount=Decimal(20000 + 2000 * number),
            )
            enter_proposal(contest=contest, proposal=proposal, by=self.officer, now=self.now)
        return contest

    def judge(self, contest: Contest) -> None:
        """Every expert submits a sheet for every entry that is theirs; points differ by expert and entry."""
        for place, panelist in enumerate(contest.panelists.order_by("code")):
            for position, entry in enumerate(contest.entries.taking_part()):
                if why_not_open_entry(panelist, entry) is None:
                    self.submit_sheet(panelist, entry, place + 2 * position)

    def begin_sheet(self, panelist: Panelist, entry: Entry) -> None:
        """A full sheet that is not handed in, with few points and a reason for each criterion."""
        criteria = rubric(entry)
        save_sheet(
            panelist=panelist,
            entry=entry,
            points={criterion.pk: criterion.max_points / 2 for criterion in criteria},
            remarks={criterion.pk: "Nobody was asked whether they want it." for criterion in criteria},
            comment="To be talked over.",
            by=panelist.user,
            now=self.now,
        )

    def submit_sheet(self, panelist: Panelist, entry: Entry, missing: int) -> None:
        """A full sheet, `missing` half points below the maximum in each criterion."""
        points = {criterion.pk: criterion.max_points - missing * Decimal("0.5") for criterion in rubric(entry)}
        assert panelist.user
        remarks = dict.fromkeys(points, "Could say more.") if missing else {}
        save_sheet(
            panelist=panelist,
            entry=entry,
            points=points,
            remarks=remarks,
            comment="",
            submit=True,
            by=panelist.user,
            now=self.now,
        )

    def vote(self, contest: Contest) -> None:
        """The first voter chooses one entry, the second two, the third three, then from one again."""
        entries = list(contest.entries.taking_part().values_list("pk", flat=True))
        for position, voter in enumerate(self.voters):
            cast_ballot(contest=contest, entries=entries[: 1 + position % 3], by=voter, now=self.now)

    def tally(self, contest: Contest, kind: RunKind = RunKind.FINAL) -> None:
        carry_out(run=request_tally(contest=contest, kind=kind, by=self.officer, now=self.now), now=self.now)
