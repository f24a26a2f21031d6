"""One year of the demo: its programme, ideas and proposals, made by the verbs that people use."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from communities import privacy
from communities.models import User
from programmes.enums import StageKind
from programmes.models import Accompaniment, Category, Programme, Stage, Zone, ZoneCommunity
from projects.demo.documents import columns_of, rows_of
from projects.demo.people import Cast, phone_of
from projects.demo.source import Clock, read
from proposals import pledge
from proposals.document import BudgetItem
from proposals.document_enums import BudgetSource
from proposals.enums import (
    Disposition,
    IdeaChannel,
    IdeaState,
    ProposalState,
    ScreeningDecision,
    ScreeningReason,
    Verdict,
)
from proposals.models import Idea, Proposal, Referral
from proposals.services.drafts import Seen, save_draft
from proposals.services.entering import Contributor, enter_idea
from proposals.services.ideas import Consent, IdeaText, Judgement, Receiver, revise_idea, screen, submit_idea
from proposals.services.joining import consolidate
from proposals.services.proposals import ProposalText, edit_proposal, move_proposal, name_lead
from proposals.services.referring import answer_referral
from proposals.services.seconding import second_idea

DECISIONS = {
    "ACCEPTED": ScreeningDecision.ACCEPT,
    "CONSOLIDATED": ScreeningDecision.ACCEPT,
    "RETURNED": ScreeningDecision.RETURN,
    "REFERRED": ScreeningDecision.REFER,
    "REJECTED": ScreeningDecision.REJECT,
}
# How far a proposal in each state has come, step by step.
STEPS = {
    ProposalState.DRAFT: (),
    ProposalState.COACHING: (ProposalState.COACHING,),
    ProposalState.SUBMITTED: (ProposalState.COACHING, ProposalState.SUBMITTED),
    ProposalState.QUALIFIED: (ProposalState.COACHING, ProposalState.SUBMITTED, ProposalState.QUALIFIED),
}
NAMESPACE = uuid.UUID("5f0c8f5e-6a55-4f0e-9a30-1f3c7d1f2b10")


def make_programme(cast: Cast, source: Mapping[str, Any], year: int, at: Clock) -> Programme:
    """A programme with stages, categories, zones and accompaniments; categories and zones are this year's for both."""
    shared = read("programme")
    programme = Programme.objects.create(
        subdistrict=cast.subdistrict,
        year=year,
        title=source["title"],
        theme=source["theme"],
        screening_guide=source["screening_guide"],
    )
    Stage.objects.bulk_create(
        Stage(
            programme=programme,
            kind=StageKind(stage["kind"]),
            opens_at=at(stage["opens"]),
            closes_at=at(stage["closes"] + 1),
        )
        for stage in source["stage"]
    )
    Category.objects.bulk_create(
        Category(programme=programme, code=row["code"], name=row["name"], position=position)
        for position, row in enumerate(shared["category"])
    )
    for row in shared["zone"]:
        zone = Zone.objects.create(programme=programme, code=row["code"], name=row["name"], focus=row["focus"])
        ZoneCommunity.objects.bulk_create(
            ZoneCommunity(programme=programme, zone=zone, community=cast.communities[code])
            for code in row["communities"]
        )
    Accompaniment.objects.bulk_create(
        Accompaniment(
            programme=programme, organisation=cast.organisations[row["name"]], community=cast.communities[code]
        )
        for row in shared["support_organisation"]
        for code in row["communities"]
    )
    return programme


def make_ideas(cast: Cast, programme: Programme, rows: Iterable[Mapping[str, Any]], at: Clock) -> dict[str, Idea]:
    """Ideas by key, each by a resident of its community, screened where the text says so."""
    categories = {category.code: category for category in programme.categories.all()}
    ideas: dict[str, Idea] = {}
    turns: Counter[str] = Counter()
    for number, row in enumerate(rows):
        # Neighbours take turns, so that the first resident of each community has something to follow.
        neighbours = cast.residents[row["community"]]
        author = neighbours[turns[row["community"]] % len(neighbours)]
        turns[row["community"]] += 1
        text = IdeaText(
            title=row["title"],
            community=cast.communities[row["community"]],
            category=categories[row["category"]],
            problem=row["problem"],
            solution=row["solution"],
            own_contribution=row.get("own_contribution", ""),
            location_text=row.get("location", ""),
            beneficiaries=row.get("beneficiaries", ""),
            beneficiary_estimate=row.get("beneficiary_estimate"),
            willing_to_join=number % 3 == 0,
        )
        # Between eight in the morning and nine at night.
        written = at(-row["days_ago"] + (8 + number % 13) / 24)
        key = uuid.uuid5(NAMESPACE, f"{programme.year}/{row['key']}")
        if row["state"] == IdeaState.DRAFT:
            _draft(programme, text, key, author, written)
            continue
        # Every fourth prefers not to be named.
        consent = Consent(privacy.VERSION, shows_name=number % 4 != 3)
        first = replace(text, **row["first"]) if "first" in row else text
        if row.get("channel"):
            idea = _enter(cast, programme, text, row, key, written)
        else:
            idea = submit_idea(programme=programme, text=first, consent=consent, key=key, by=author, now=written)
        if first is not text:
            idea = _come_back(cast, idea, text, row["came_back"], written)
        _second(cast, idea, number, now=written + timedelta(hours=6))
        if row["state"] in DECISIONS:
            _judge(cast, idea, _judgement(row), now=written + timedelta(hours=9))
        if row.get("reply"):
            answered = written + timedelta(days=row["reply_days"])
            referral = Referral.objects.in_force().get(screening__idea=idea)
            answer_referral(
                referral=referral, text=row["reply"], on=timezone.localdate(answered), by=cast.officer, now=answered
            )
        ideas[row["key"]] = idea
    return ideas


def _come_back(cast: Cast, idea: Idea, text: IdeaText, note: str, written: datetime) -> Idea:
    """The office asks for more, and the author adds it on the next day."""
    judgement = Judgement(
        public_benefit=Verdict.PASS,
        sustainability=Verdict.DOUBT,
        capacity_building=Verdict.PASS,
        decision=ScreeningDecision.RETURN,
        reason=ScreeningReason.UNCLEAR,
        note=note,
    )
    _judge(cast, idea, judgement, now=written + timedelta(hours=3))
    idea.refresh_from_db()
    assert idea.author is not None
    return revise_idea(idea=idea, text=text, revision=idea.revision, by=idea.author, now=written + timedelta(hours=22))


def _enter(
    cast: Cast, programme: Programme, text: IdeaText, row: Mapping[str, Any], key: uuid.UUID, now: datetime
) -> Idea:
    """The community officer writes down what somebody brought, with the number of a resident or, mostly, without any."""
    return enter_idea(
        programme=programme,
        text=text,
        channel=IdeaChannel(row["channel"]),
        contributor=Contributor(phone=phone_of(row["resident"]) if "resident" in row else ""),
        consent=Consent(privacy.VERSION),
        key=key,
        by=cast.staff["community1"],
        now=now,
    )


def _judge(cast: Cast, idea: Idea, judgement: Judgement, now: datetime) -> None:
    """The officer screens; what is doubtful, the approver confirms an hour later."""
    first = screen(idea=idea, judgement=judgement, by=cast.officer, now=now)
    if first.is_opinion:
        screen(idea=idea, judgement=judgement, by=cast.approver, now=now + timedelta(hours=1), seen=first.pk)


def _second(cast: Cast, idea: Idea, number: int, now: datetime) -> None:
    """None to seven residents second an idea; the first of each community, as whom visitors log in, keep their choice."""
    others = [user for neighbours in cast.residents.values() for user in neighbours[1:] if user != idea.author]
    for turn in range(number * 5 % 8):
        second_idea(idea=idea, by=others[(number * 13 + turn * 29) % len(others)], now=now)


def _draft(programme: Programme, text: IdeaText, key: uuid.UUID, author: User, now: datetime) -> None:
    """What the author has typed so far, as the form would send it."""
    typed = {
        "title": text.title,
        "community": str(text.community.pk),
        "category": str(text.category.pk),
        "problem": text.problem,
        "solution": text.solution,
        "location_text": text.location_text,
    }
    save_draft(programme=programme, key=key, typed=typed, seen=Seen(0, key), by=author, now=now)


def _judgement(row: Mapping[str, Any]) -> Judgement:
    benefit, sustainability, capacity = (Verdict(verdict) for verdict in row["verdicts"])
    return Judgement(
        public_benefit=benefit,
        sustainability=sustainability,
        capacity_building=capacity,
        decision=DECISIONS[row["state"]],
        reason=ScreeningReason(row["reason"]) if row.get("reason") else None,
        note=row.get("note", ""),
        to=Receiver(Disposition(row["disposition"]), row["receiver"]) if row["state"] == IdeaState.REFERRED else None,
    )


def make_proposal(
    cast: Cast, programme: Programme, row: Mapping[str, Any], ideas: list[Idea], day: float, at: Clock
) -> Proposal:
    """Join the ideas and take the proposal, with its document and budget, as far as its state says."""
    officer, now = cast.officer, at(day)
    proposal = consolidate(programme=programme, ideas=ideas, title=row["title"], by=officer, now=now)
    places = {
        "community": cast.communities[row["community"]],
        "category": programme.categories.get(code=row["category"]),
    }
    text = ProposalText(**columns_of(row, at) | places)
    budget = [
        BudgetItem(
            item=line["item"],
            unit_price=Decimal(line["unit_price"]),
            quantity=line["quantity"],
            source=BudgetSource(line["source"]),
            note=line.get("note", ""),
        )
        for line in row["budget"]
    ]
    rows = rows_of(row, at)
    if ideas[0].author is not None:
        name_lead(proposal=proposal, lead=ideas[0].author, by=officer, now=now)
    proposal = edit_proposal(proposal=proposal, text=text, budget=budget, rows=rows, revision=1, by=officer, now=now)
    for step, state in enumerate(STEPS[ProposalState(row.get("state", ProposalState.QUALIFIED))], 1):
        promised = pledge.VERSION if state == ProposalState.SUBMITTED else ""
        move_proposal(proposal=proposal, to=state, by=officer, now=now + timedelta(hours=step), pledge=promised)
    return proposal
