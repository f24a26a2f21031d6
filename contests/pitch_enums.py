"""Values of the pitch session (路演): its states, what the host may press in which, and why something is refused."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PitchState(TextChoices):
    PLANNED = "PLANNED", pgettext_lazy("pitch session", "Planned")
    DRAWN = "DRAWN", pgettext_lazy("pitch session", "Order drawn")
    RUNNING = "RUNNING", pgettext_lazy("pitch session", "Under way")
    PAUSED = "PAUSED", pgettext_lazy("pitch session", "Paused")
    ENDED = "ENDED", pgettext_lazy("pitch session", "Over")


class PitchAct(TextChoices):
    """What the host presses."""

    START = "START", pgettext_lazy("pitch session", "Start")
    NEXT = "NEXT", pgettext_lazy("pitch session", "Next pitch")
    BACK = "BACK", pgettext_lazy("pitch session", "Back to the pitch before")
    PAUSE = "PAUSE", pgettext_lazy("pitch session", "Stop the clock")
    RESUME = "RESUME", pgettext_lazy("pitch session", "Let the clock go on")


PITCH_ACTS: dict[PitchState, frozenset[PitchAct]] = {
    PitchState.PLANNED: frozenset(),
    PitchState.DRAWN: frozenset({PitchAct.START}),
    PitchState.RUNNING: frozenset({PitchAct.NEXT, PitchAct.BACK, PitchAct.PAUSE}),
    PitchState.PAUSED: frozenset({PitchAct.NEXT, PitchAct.BACK, PitchAct.RESUME}),
    # Whoever ended it by mistake goes back to the last pitch.
    PitchState.ENDED: frozenset({PitchAct.BACK}),
}

ON_STAGE = frozenset({PitchState.RUNNING, PitchState.PAUSED})
"""States in which somebody is on."""


class PitchRefusal(TextChoices):
    """Why a verb on the pitch session is refused; the label is what the person reads."""

    OUTSIDE_SCORING = (
        "OUTSIDE_SCORING",
        _("The experts score while they listen: the session begins between the opening and the closing of scoring."),
    )
    NOT_PLANNED = "NOT_PLANNED", _("Say first where and when the session is.")
    DRAWN_ALREADY = "DRAWN_ALREADY", _("The order has been drawn; it is not drawn a second time.")
    NOT_DRAWN = "NOT_DRAWN", _("Draw the order first.")
    BEGUN = "BEGUN", _("The session has begun; its place and time stay as they are.")
    PLACE_GONE = "PLACE_GONE", _("Only a pitch that is still to come is moved, and to a place that is still to come.")
    SAME_PLACE = "SAME_PLACE", _("The pitch stands there already.")
    MOVED_ON = (
        "MOVED_ON",
        _("Somebody has pressed a button meanwhile, so yours did nothing. Look where the session is now."),
    )
    OTHER_DAY = (
        "OTHER_DAY",
        _("The session is planned for another day. To start it today all the same, tick the box beside the button."),
    )
    NOT_NOW = "NOT_NOW", _("This is not possible at this point of the session.")
    FIRST_ALREADY = "FIRST_ALREADY", _("There is no pitch before this one.")
    NOT_HELD = "NOT_HELD", _("This pitch has not been held yet.")
    SHEETS_OUT = "SHEETS_OUT", _("The score is shown when every sheet that counts is in.")
    TOO_FEW_SHEETS = "TOO_FEW_SHEETS", _("The entry has too few sheets for a score.")
    REVEALED_ALREADY = "REVEALED_ALREADY", _("This score is on the screen already.")
