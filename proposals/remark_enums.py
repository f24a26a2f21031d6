"""Values of questions and answers under ideas."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class RemarkState(TextChoices):
    """Questions and answers under an idea; everyone reads only what is released."""

    PENDING = "PENDING", pgettext_lazy("remark", "Waiting for release")
    RELEASED = "RELEASED", pgettext_lazy("remark", "Shown")
    WITHHELD = "WITHHELD", pgettext_lazy("remark", "Not shown")
    HIDDEN = "HIDDEN", pgettext_lazy("remark", "Hidden")


REMARK_TRANSITIONS: dict[RemarkState, frozenset[RemarkState]] = {
    RemarkState.PENDING: frozenset({RemarkState.RELEASED, RemarkState.WITHHELD}),
    RemarkState.RELEASED: frozenset({RemarkState.HIDDEN}),
    # Officers change their minds too.
    RemarkState.WITHHELD: frozenset({RemarkState.RELEASED}),
    RemarkState.HIDDEN: frozenset({RemarkState.RELEASED}),
}
