"""Values of a proposal's document."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BudgetSource(TextChoices):
    REQUESTED = "REQUESTED", _("Requested")
    OWN = "OWN", _("Own money")
    IN_KIND = "IN_KIND", _("Given in kind")


class TeamType(TextChoices):
    RESIDENTS = "RESIDENTS", _("Group of residents")
    COMMUNITY_GROUP = "COMMUNITY_GROUP", _("Community organisation on file with the community")
    REGISTERED = "REGISTERED", _("Registered social organisation")


class AttachmentKind(TextChoices):
    PDF = "PDF", "PDF"
    JPG = "JPG", "JPG"
    PNG = "PNG", "PNG"
    DOCX = "DOCX", "Word"
    PPTX = "PPTX", _("Slides")


class DocumentSection(TextChoices):
    """The sections of a proposal's document, in their order."""

    BASICS = "basics", _("Basics")
    TEAM = "team", _("Team")
    SUMMARY = "summary", _("In short")
    NEEDS = "needs", _("What is needed, and by whom")
    GOALS = "goals", _("Goal and objectives")
    PLAN = "plan", _("Plan")
    BUDGET = "budget", _("Budget")
    EFFECT = "effect", _("What is new, and what lasts")
    RISKS = "risks", _("Risks and answers")
    COMMUNITY_OPINION = "community-opinion", _("Opinion of the residents' committee")
    SUPPORT_OPINION = "support-opinion", _("Opinion of the support organisation")


OPINIONS = frozenset({DocumentSection.COMMUNITY_OPINION, DocumentSection.SUPPORT_OPINION})
"""Sections that are left to those whose opinion it is, also after the proposal was handed in."""
