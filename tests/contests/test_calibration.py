"""How experts stand to each other, by hand and by properties."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contests.calibration import OUTLIER, Calibration, SheetScore, calibrate

SCORES = st.decimals(0, 100, places=2)
SHEETS = st.dictionaries(
    st.tuples(st.sampled_from(["E1", "E2", "E3"]), st.sampled_from(["001", "002", "003"])), SCORES
).map(lambda found: [SheetScore(expert, entry, score) for (expert, entry), score in found.items()])


def sheets(*rows):
    return [SheetScore(expert, entry, Decimal(score)) for expert, entry, score in rows]


def test_by_hand():
    found = calibrate(
        sheets(
            ("E1", "001", "90"), ("E2", "001", "80"), ("E3", "001", "85"), ("E1", "002", "70.50"), ("E2", "002", "50")
        )
    )
    assert [(row.entry, row.count, row.mean, row.spread) for row in found.entries] == [
        ("001", 3, Decimal("85.00"), Decimal(10)),
        ("002", 2, Decimal("60.25"), Decimal("20.50")),
    ]
    # E1 lies 7.50 above the two others in 001 and 20.50 above the one in 002.
    assert [(row.expert, row.count, row.mean, row.lowest, row.highest, row.distance) for row in found.experts] == [
        ("E1", 2, Decimal("80.25"), Decimal("70.50"), Decimal(90), Decimal("14.00")),
        ("E2", 2, Decimal("65.00"), Decimal(50), Decimal(80), Decimal("-14.00")),
        ("E3", 1, Decimal("85.00"), Decimal(85), Decimal(85), Decimal("0.00")),
    ]
    assert (found.outliers, found.mean) == ((), Decimal("75.10"))


def test_more_than_15_from_the_mean_sticks_out():
    near = sheets(("E1", "001", "100"), ("E2", "001", "70"))
    assert calibrate(near).outliers == ()
    far = sheets(("E1", "001", "100"), ("E2", "001", "69.98"))
    assert [sheet.expert for sheet in calibrate(far).outliers] == ["E1", "E2"]


def test_who_is_alone_has_no_distance():
    assert calibrate(sheets(("E1", "001", "90"))).experts[0].distance is None
    assert calibrate([]) == Calibration((), (), (), None)


@given(SHEETS)
def test_figures_lie_where_they_must(rows):
    found = calibrate(rows)
    assert sum(row.count for row in found.entries) == sum(row.count for row in found.experts) == len(rows)
    for row in (*found.entries, *found.experts):
        assert row.lowest <= row.mean <= row.highest
    for sheet in found.outliers:
        (entry,) = [row for row in found.entries if row.entry == sheet.entry]
        assert entry.spread > OUTLIER


@given(SHEETS, st.randoms())
def test_the_order_of_sheets_says_nothing(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert calibrate(shuffled) == calibrate(rows)


@given(SHEETS)
def test_two_who_scored_the_same_alone_are_as_far_apart_on_either_side(rows):
    pair = [sheet for sheet in rows if sheet.expert in {"E1", "E2"}]
    both = {sheet.entry for sheet in pair if sheet.expert == "E1"} & {
        sheet.entry for sheet in pair if sheet.expert == "E2"
    }
    distances = [row.distance for row in calibrate([sheet for sheet in pair if sheet.entry in both]).experts]
    assert not distances or distances[0] == -distances[1]
