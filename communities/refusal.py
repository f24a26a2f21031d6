"""The one exception with which a verb says no.

Reasons are members of a `…Refusal` enumeration of each app: the value is the code that tests and logs use, the
label is the sentence that the person reads, with `%(name)s` places for the facts of the case.
"""

from django.db.models import TextChoices
from django.utils.encoding import force_str


class Refused(Exception):
    """A verb was not carried out and nothing has changed.

    `reason` is the enumeration member, `facts` fill the places in its label.
    """

    def __init__(self, reason: TextChoices, **facts: object) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts

    def __str__(self) -> str:
        label = force_str(self.reason.label)
        return label % self.facts if self.facts else label


def refuse_if(reason: TextChoices | None) -> None:
    """Raise `Refused` when a `why_not_…` rule gave a reason."""
    if reason is not None:
        raise Refused(reason)
