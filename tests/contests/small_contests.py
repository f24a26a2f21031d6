"""A `hypothesis` strategy for small whole contests that are valid, with ties, gaps, limits and every method."""

from decimal import Decimal

from hypothesis import strategies as st

from contests.archive.rows import (
    ChoiceRow,
    CommunityRow,
    ContestArchive,
    CriterionRow,
    EntryRow,
    ExpertRow,
    JuryRow,
    MarkRow,
    OfflineRow,
    RecusalRow,
    VoidRow,
)
from contests.enums import (
    EntryStatus,
    OnMisfit,
    PartFunding,
    PublicMethod,
    RecusalGround,
    TieBreak,
    VoidReason,
)
from contests.ruleset import Ruleset

CRITERIA = (
    CriterionRow("NEED", "Need", Decimal(30), 1, ""),
    CriterionRow("CARE", "Care", Decimal(20), 2, ""),
    CriterionRow("GREEN", "Green", Decimal("12.5"), 1, "Z1"),
)
COMMUNITIES = ("C1", "C2", "C3")
AMOUNTS = st.sampled_from(["0.01", "8000.00", "12500.50", "20000.00", "49999.99"]).map(Decimal)
LIMIT = st.one_of(st.none(), st.sampled_from(["8000", "20000.00", "60000.00", "99999.99"]).map(Decimal))


@st.composite
def rulesets(draw):
    """Rules that make sense together."""
    expert = Decimal(draw(st.sampled_from(["0", "0.5", "0.80", "0.8125", "1"])))
    return Ruleset(
        expert_weight=expert,
        public_weight=1 - expert,
        trim_each_side=draw(st.integers(0, 2)),
        trim_min_panel=draw(st.integers(0, 5)),
        quorum=draw(st.integers(1, 3)),
        public_method=draw(st.sampled_from(PublicMethod)),
        floor=Decimal(draw(st.sampled_from(["0", "60", "33.33"]))),
        min_choices=1,
        max_choices=3,
        tie_order=tuple(draw(st.permutations(TieBreak)))[: draw(st.integers(0, len(TieBreak)))],
        seed=draw(st.sampled_from(["wangjing-2018", "种子"])),
        budget=draw(LIMIT),
        project_cap=draw(LIMIT),
        community_cap=draw(LIMIT),
        min_final_score=Decimal(draw(st.sampled_from(["0", "40.00"]))),
        min_votes=draw(st.integers(0, 2)),
        one_per_community=draw(st.booleans()),
        max_per_category=draw(st.integers(0, 2)),
        on_misfit=draw(st.sampled_from(OnMisfit)),
        part_funding=draw(st.sampled_from(PartFunding)),
        part_min_share=Decimal(draw(st.sampled_from(["0.10", "0.3333", "1"]))),
        reserve=draw(st.integers(0, 2)),
    )


@st.composite
def archives(draw):
    """Whole contests of up to eight entries."""
    ruleset = draw(rulesets())
    entries = draw(st.integers(1, 8).flatmap(lambda count: st.tuples(*map(_entry, range(count)))))
    experts = tuple(ExpertRow(f"E{at}") for at in range(draw(st.integers(0, 5))))
    sheets = [(expert.code, entry) for expert in experts for entry in entries if draw(st.integers(0, 5))]
    numbers = [entry.number for entry in entries]
    ballots = draw(st.lists(st.lists(st.sampled_from(numbers), min_size=1, max_size=3, unique=True), max_size=8))
    if ruleset.public_method == PublicMethod.SHARE_OF_BALLOTS:
        ballots.append([numbers[0]])
    jury = st.lists(st.tuples(st.sampled_from(["J1", "J2"]), st.sampled_from(numbers)), max_size=6, unique=True)
    judges = draw(jury) if ruleset.public_method == PublicMethod.JURY_MEAN else []
    # At least one ballot stays valid, so that a share of ballots can be taken.
    voids = [f"B{at}" for at in range(1, len(ballots)) if not draw(st.integers(0, 4))]
    return ContestArchive(
        name=draw(st.sampled_from(["演示数据", 'a "quoted" name', "=1+1\\n"])),
        subdistrict="110105026",
        year=2018,
        ruleset=ruleset,
        communities=tuple(CommunityRow(code, code, draw(st.integers(1, 5000)), draw(LIMIT)) for code in COMMUNITIES),
        criteria=CRITERIA,
        entries=entries,
        experts=experts,
        marks=tuple(mark for expert, entry in sheets for mark in draw(_sheet(expert, entry))),
        recusals=tuple(
            RecusalRow(expert, entry.number, draw(st.sampled_from(RecusalGround)))
            for expert, entry in sheets
            if not draw(st.integers(0, 9))
        ),
        ballots=tuple(ChoiceRow(f"B{at}", number) for at, choices in enumerate(ballots) for number in choices),
        voids=tuple(VoidRow(ballot, draw(st.sampled_from(VoidReason))) for ballot in voids),
        offline_counts=tuple(
            OfflineRow(number, draw(st.integers(0, 3)), f"A {number}") for number in numbers if draw(st.booleans())
        ),
        jury=tuple(JuryRow(juror, number, draw(_points(100))) for juror, number in judges),
    )


def _entry(at):
    statuses = st.sampled_from([*[EntryStatus.IN] * 6, EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED])
    return st.builds(
        EntryRow,
        number=st.just(f"WJ-{at:03d}"),
        title=st.sampled_from(["一个提案", "=HYPERLINK(1)", 'with, comma and "quote"', "@SUM"]),
        community=st.sampled_from(COMMUNITIES),
        category=st.sampled_from(["SAFETY", "CULTURE"]),
        zone=st.sampled_from(["", "Z1", "Z2"]),
        requested_amount=AMOUNTS,
        status=statuses if at else st.just(EntryStatus.IN),
    )


def _points(maximum):
    # Few values, so that ties are common.
    return st.one_of(
        st.integers(0, 2).map(lambda third: Decimal(int(maximum * third / 2))),
        st.decimals(0, maximum, places=2),
    )


@st.composite
def _sheet(draw, expert, entry):
    rubric = [row for row in CRITERIA if row.zone == entry.zone] or [row for row in CRITERIA if not row.zone]
    return [MarkRow(expert, entry.number, row.code, draw(_points(row.max_points))) for row in rubric]
