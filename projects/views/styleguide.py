"""The catalogue of components, for who builds pages: every component in every state, from the pieces that pages use."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from communities import palette
from communities.bigrams import Query
from communities.display import ELDER
from contests.enums import RunState
from contests.ruleset import Ruleset
from projects import specimen_pieces, specimens
from projects.views.search import hit
from proposals.enums import IdeaState


def styleguide(request: HttpRequest) -> HttpResponse:
    """`?display=elder` shows it in elder mode; `?question=1` is the page that the dialog asks its question from."""
    elder = request.GET.get("display") == ELDER
    if "question" in request.GET:
        return render(request, "styleguide_question.html", {"elder": elder})
    now = timezone.now()
    for level, text in (
        (messages.SUCCESS, _("Your idea has been sent.")),
        (messages.ERROR, _("Nothing was saved.")),
    ):
        messages.add_message(request, level, text)
    context = {
        "elder": elder,
        "text_pairs": _figures(palette.TEXT),
        "mark_pairs": _figures(palette.MARKS),
        "form": specimens.filled_form(),
        "states": {kind: states.choices for kind, states in specimens.STATES.items()},
        "categories": specimens.categories(),
        "calendar": specimens.year(now),
        "ideas": [specimens.idea(now), specimens.idea(now, IdeaState.RETURNED, place=4)],
        "contest": specimens.contest(),
        "project": specimens.project(),
        "results": specimens.results(),
        "notice": specimens.notice(now),
        "office": specimens.office(),
        "rules": Ruleset(),
        "journeys": specimens.journeys(now),
        "todo": specimens.todo(now),
        "notifications": specimens.notifications(now),
        "hits": [hit(specimens.idea(now), Query.of(_("bench")), ["problem"])],
        "chips": specimens.chips(),
        "chart": specimens.chart(),
        "pages": [Paginator(range(60), 20).get_page(number) for number in (1, 2, 3)],
        **_taking_part(now),
    }
    return render(request, "styleguide.html", context)


def _taking_part(now: datetime) -> dict[str, object]:
    """What people write, choose and score with."""
    return {
        "plain_form": specimen_pieces.PlainFieldsForm(),
        "filter": specimen_pieces.Sieve(specimen_pieces.SieveForm()),
        "proposal": specimen_pieces.proposal(),
        "drafts": specimen_pieces.drafts(now),
        "photos": specimen_pieces.photos(now),
        "seconded": specimen_pieces.seconded(now),
        "seconding": {"open": True, "mine": True},
        "threads": specimen_pieces.threads(now),
        "ballot": specimen_pieces.contest(),
        "rows": specimen_pieces.ballot(),
        "chosen_count": 1,
        "places": [place.community for place, _ticked, _fits in specimen_pieces.ballot()],
        "criteria": specimen_pieces.criteria(),
        "sheet": specimen_pieces.sheet(),
        "scored": specimen_pieces.entry(),
        "runs": [specimen_pieces.run(state) for state in (RunState.DONE, RunState.FAILED)],
        "clock": {"seconds_left": 90},
    }


def _figures(pairs: tuple[palette.Pair, ...]) -> list[tuple[palette.Pair, list[str]]]:
    """Each pair with its contrast in the light and in the dark scheme."""
    css = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text("utf-8")
    schemes = [palette.tokens(css, scheme) for scheme in palette.SCHEMES]
    return [
        (pair, [f"{palette.contrast(colours[pair.colour], colours[pair.ground]):.1f}" for colours in schemes])
        for pair in pairs
    ]
