"""Values of people and places: what is stored (ASCII) and what people read (lazy labels)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HousingType(TextChoices):
    OLD_ESTATE = "OLD_ESTATE", _("Old housing estate")
    COMMERCIAL = "COMMERCIAL", _("Commercial housing")
    RELOCATION = "RELOCATION", _("Relocation housing")
    MIXED = "MIXED", _("Mixed")


class OrganisationKind(TextChoices):
    RESIDENTS_COMMITTEE = "RESIDENTS_COMMITTEE", _("Residents' committee")
    SUPPORT = "SUPPORT", _("Support organisation")
    COMMUNITY_GROUP = "COMMUNITY_GROUP", _("Community group")
    PROPERTY_COMPANY = "PROPERTY_COMPANY", _("Property company")
    RESIDENT_UNIT = "RESIDENT_UNIT", _("Unit based in the community")


class ResidencyState(TextChoices):
    PENDING = "PENDING", _("Waiting for verification")
    VERIFIED = "VERIFIED", _("Verified")
    REFUSED = "REFUSED", _("Refused")


class VerificationMethod(TextChoices):
    ROSTER = "ROSTER", _("On the residents' roster")
    IN_PERSON = "IN_PERSON", _("In person at the residents' committee")
    HOUSEHOLD_CODE = "HOUSEHOLD_CODE", _("By household code")


class Salutation(TextChoices):
    """How somebody wants to be named where everyone reads it."""

    MR = "MR", _("Family name and “Mr”")
    MS = "MS", _("Family name and “Ms”")
    NICKNAME = "NICKNAME", _("A nickname, just as I write it")


class Role(TextChoices):
    """Offices that a person may hold; `Appointment` says which of them has a community or an organisation as its scope."""

    STREET_OFFICER = "STREET_OFFICER", _("Street officer")
    STREET_APPROVER = "STREET_APPROVER", _("Street approver")
    COMMUNITY_OFFICER = "COMMUNITY_OFFICER", _("Community officer")
    SUPPORT_MEMBER = "SUPPORT_MEMBER", _("Member of a support organisation")
    SUPERVISOR = "SUPERVISOR", _("Supervisor")


STREET_ROLES = frozenset({Role.STREET_OFFICER, Role.STREET_APPROVER})
OFFICE_ROLES = STREET_ROLES | {Role.SUPERVISOR}
"""Who may enter the office's admin site."""


class CommunityRefusal(TextChoices):
    """Why a verb on people and places is refused; the label is what the person reads."""

    NOT_AN_OFFICER = "NOT_AN_OFFICER", _("Only an officer with this task may do this.")
    NOT_GIVEN_UP = "NOT_GIVEN_UP", _("This message is on its way already.")
    RESIDENCY_DECIDED = "RESIDENCY_DECIDED", _("This residency has been decided already.")
    OTHER_RESIDENCY = "OTHER_RESIDENCY", _("This person is already verified in another community of the sub-district.")
    TOO_MANY_MAILS = "TOO_MANY_MAILS", _("You have changed your address often today. Try again tomorrow.")
    NAME_LONG = "NAME_LONG", _("A name has 20 characters at most.")
    NAME_HIDDEN = "NAME_HIDDEN", _("This name holds characters that cannot be seen. Please type it anew.")
    NAME_EMPTY = "NAME_EMPTY", _("Please use letters or figures, so that others can read the name.")
    NAME_NUMBER = (
        "NAME_NUMBER",
        _("No telephone or identity numbers, please: everyone can read this name."),
    )
    NAMED_BY_OFFICE = "NAMED_BY_OFFICE", _("The street office writes the names of officers and experts.")
    PASSWORD_ACCOUNT = "PASSWORD_ACCOUNT", _("Only who logs in by phone can log out everywhere. Ask the street office.")


class SheetProblem(TextChoices):
    """Why a spreadsheet that somebody hands in cannot be read; `%(most)s` is how many rows it may have."""

    UNREADABLE = "UNREADABLE", _("This file cannot be read. Save it as XLSX, or as CSV, and choose it again.")
    TOO_LONG = "TOO_LONG", _("This file is too long: %(most)s rows and 2 MB at most. Divide it.")
    EMPTY = "EMPTY", _("This file has no rows below its heading.")


class Channel(TextChoices):
    """Ways on which people are told something."""

    SITE = "SITE", _("On this site")
    SMS = "SMS", _("Text message")
    EMAIL = "EMAIL", _("E-mail")


class DeliveryState(TextChoices):
    WAITING = "WAITING", pgettext_lazy("delivery", "Waiting")
    SENT = "SENT", pgettext_lazy("delivery", "Sent")
    FAILED = "FAILED", pgettext_lazy("delivery", "Given up")


class Language(TextChoices):
    """Languages in which text messages and e-mails are written."""

    CHINESE = "zh-hans", _("Chinese")
    ENGLISH = "en", _("English")
