"""What a resident reads with each reason of a screening: in the office's own words, or in these until it has some."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from proposals.enums import ScreeningDecision, ScreeningReason
from proposals.models import Idea, ReasonWording

R = ScreeningReason

DEFAULTS: dict[ScreeningReason, Promise] = {
    R.INDIVIDUAL_NEED: _(
        "Thank you for your idea. It concerns a few households, who can settle it among themselves; your residents' "
        "committee helps you to talk it over. If more neighbours need it too, hand it in together."
    ),
    R.PRIVATE_DOMAIN: _(
        "Thank you for your idea. This is a cost that owners bear themselves, so public money cannot pay for it. Please "
        "ask your property company or owners' committee."
    ),
    R.OTHER_DUTY_HOLDER: _(
        "Thank you for your idea. The property company or the owner of the place has to see to this. We suggest that you "
        "tell them; if nothing happens, your residents' committee will follow it up."
    ),
    R.GOV_DUTY: _(
        "Thank you for your idea. A government department is in charge of this. Please call 12345, where it is recorded "
        "and passed on."
    ),
    R.DUP_GOV_PROJECT: _(
        "Thank you for your idea. It is part of a government project already; your residents' committee can tell you how "
        "far that is."
    ),
    R.ALREADY_FUNDED: _("Thank you for your idea. It has got money from elsewhere, so it cannot be funded once more."),
    R.LEGAL_CHANNEL: _(
        "Thank you for writing to us. This has to be settled by a court or another legal body. The street's public legal "
        "service advises you free of charge."
    ),
    R.PETITION_REPEAT: _(
        "Thank you for writing to us. This is being dealt with as a petition or complaint, and the answer comes from there."
    ),
    R.DISPUTE: _(
        "Thank you for writing to us. This is a dispute between parties. Your community's mediation committee can help to "
        "settle it."
    ),
    R.UNCLEAR: _(
        "Thank you for your idea. We do not quite understand it yet: please say where it should be, what is missing there, "
        "and what you would like to be done."
    ),
    R.ADVERTISING: _(
        "Thank you for writing to us. The programme serves the common good, so it does not take in products or business "
        "for profit."
    ),
    R.NOT_ELIGIBLE: _(
        "Thank you for your idea. The place or the applicant lies outside this year's programme. Please ask the street "
        "office of that place."
    ),
    R.OVER_CAP: _(
        "Thank you for your idea. It costs more than one project may get. Please make it smaller or do a first part, and "
        "hand it in again."
    ),
    R.PLAGIARISM: _(
        "Thank you for writing to us. This text is somebody else's work. Please hand in an idea of your own; we look "
        "forward to it."
    ),
    R.ILLEGAL_CONTENT: _("The text has content that the law forbids, so it cannot be taken in."),
    R.DUPLICATE: _(
        "Thank you for your idea. A neighbour has handed in the same one before. You can second it and follow how it goes "
        "on."
    ),
    R.NOT_ANSWERED: _(
        "Thank you for your idea. We asked you to add to it, and the time for that is over, so this year it goes no further. "
        "Please hand it in again next year; your residents' committee helps you to write it."
    ),
    R.NOT_JOINED: _(
        "Thank you for your idea. We found it good, but it fitted into none of this year's proposals. Please hand it in "
        "again next year, or talk with your residents' committee about what neighbours can begin themselves."
    ),
}


RECEIVER = "{}"
"""Where it stands in the words of a referral, the receiver is put."""

REFERRED = _("Thank you for your idea. We have passed it on to %(receiver)s. What comes of it is told to you here.")
"""With whatever reason an idea is referred: the office has passed it on itself, so nobody is sent anywhere else."""


class Wordings(dict[str, str]):
    """Text by reason, all reasons, and the one of a referral, `REFER`."""

    language: str
    """Of the texts that the office has not written itself, and probably of those too."""


def wordings_of(subdistrict_id: int, ideas: Iterable[Idea] = ()) -> Wordings:
    """What stands for each reason; where the office has no words of its own, in the language of the ideas' authors.

    That is the site's where they read several, or have no account.
    """
    own = ReasonWording.objects.of_subdistrict(subdistrict_id).texts()
    languages = {idea.author.language if idea.author else settings.LANGUAGE_CODE for idea in ideas}
    language = languages.pop() if len(languages) == 1 else settings.LANGUAGE_CODE
    with override(language):
        texts = {reason.value: own.get(reason.value) or str(DEFAULTS[reason]) for reason in ScreeningReason}
        referred = own.get(ScreeningDecision.REFER.value) or str(REFERRED) % {"receiver": RECEIVER}
        wordings = Wordings({**texts, ScreeningDecision.REFER.value: referred})
    wordings.language = language
    return wordings
