"""The rules of a contest in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contests.enums import OnMisfit, PartFunding, PublicMethod
from contests.ruleset import Ruleset, plain
from proposals.money import yuan


def rules_in_words(rules: Ruleset) -> list[str]:
    """One sentence for each rule that applies, in the order in which the tally uses them."""
    return [*_scores(rules), *_votes(rules), *_order(rules), *_awards(rules)]


def percent(share: Decimal) -> str:
    """A share of 0 to 1 in per cent, without the sign."""
    return plain(100 * share)


def _scores(rules: Ruleset) -> Iterator[str]:
    yield _("The experts' score counts %(expert)s%%, the public's %(public)s%%.") % {
        "expert": percent(rules.expert_weight),
        "public": percent(rules.public_weight),
    }
    if rules.expert_weight:
        yield _("An entry needs the score sheets of at least %(quorum)s experts.") % {"quorum": rules.quorum}
    if rules.trim_each_side:
        yield ngettext(
            "With %(panel)s or more sheets the highest and the lowest are dropped; the rest is averaged.",
            "With %(panel)s or more sheets the %(count)s highest and the %(count)s lowest are dropped;"
            " the rest is averaged.",
            rules.trim_each_side,
        ) % {"panel": rules.trim_min_panel, "count": rules.trim_each_side}


def _votes(rules: Ruleset) -> Iterator[str]:
    yield _("Each voter chooses %(least)s to %(most)s entries.") % {
        "least": rules.min_choices,
        "most": rules.max_choices,
    }
    yield METHODS[rules.public_method]()
    if rules.floor:
        yield _("The public score begins at %(floor)s.") % {"floor": plain(rules.floor)}


METHODS = {
    PublicMethod.SHARE_OF_TOP: lambda: _(
        "The entry with the most votes has a public score of 100, the others pro rata."
    ),
    PublicMethod.PER_THOUSAND: lambda: _(
        "Votes are counted per thousand residents of the community; the highest has a public score of 100,"
        " the others pro rata."
    ),
    PublicMethod.SHARE_OF_BALLOTS: lambda: _("The public score is the share of all ballots that chose the entry."),
    PublicMethod.RANK: lambda: _("Entries are ranked by votes; the first has a public score of 100, the last 0."),
    PublicMethod.JURY_MEAN: lambda: _("The public score is the mean of the scores of the jury in the hall."),
}


def _order(rules: Ruleset) -> Iterator[str]:
    ties = [str(tie.label) for tie in rules.tie_order]
    yield _("Equal composite scores are ordered by: %(ties)s.") % {"ties": " → ".join(ties)}


def _awards(rules: Ruleset) -> Iterator[str]:
    if rules.one_per_community:
        yield _("First the best entry of each community is considered, then all others by rank.")
    yield from _money(rules)
    if rules.min_final_score:
        yield _("A composite score of at least %(score)s is needed.") % {"score": plain(rules.min_final_score)}
    if rules.min_votes:
        yield _("At least %(votes)s votes are needed.") % {"votes": rules.min_votes}
    if rules.max_per_category:
        yield _("At most %(count)s awards go to one category.") % {"count": rules.max_per_category}
    yield MISFITS[rules.on_misfit]()
    if rules.part_funding == PartFunding.LAST:
        yield _("The last entry may take the remainder if that is at least %(share)s%% of what it asked for.") % {
            "share": percent(rules.part_min_share)
        }
    if rules.reserve:
        yield _("The next %(count)s entries are on the reserve list.") % {"count": rules.reserve}


def _money(rules: Ruleset) -> Iterator[str]:
    if rules.budget is not None:
        yield _("The budget is %(amount)s yuan.") % {"amount": yuan(rules.budget)}
    if rules.project_cap is not None:
        yield _("One project may ask for at most %(amount)s yuan.") % {"amount": yuan(rules.project_cap)}
    if rules.community_cap is not None:
        yield _("One community receives at most %(amount)s yuan.") % {"amount": yuan(rules.community_cap)}


MISFITS = {
    OnMisfit.SKIP: lambda: _("An entry that does not fit into the money left is passed over; the next is considered."),
    OnMisfit.STOP: lambda: _("The first entry that does not fit into the money left ends the selection."),
    OnMisfit.STOP_IN_COMMUNITY: lambda: _(
        "The first entry that does not fit under its community's cap ends the selection for that community."
    ),
}
