"""What the demo tells whoever tries it out; nothing of this exists outside the demo."""

from communities.models import User

PHONES = "+8613800"
SHOWN_RESIDENTS = 12


def staff() -> list[User]:
    """Accounts that log in with a password: officers, approvers, supervisors, experts."""
    return list(User.objects.filter(phone_hash__isnull=True, is_superuser=False).order_by("username"))


def residents() -> list[User]:
    """The first of the made-up residents. Numbers that a visitor typed are nobody else's business."""
    people = User.objects.filter(phone_hash__isnull=False).order_by("pk")[: 4 * SHOWN_RESIDENTS]
    return [user for user in people if user.phone.startswith(PHONES)][:SHOWN_RESIDENTS]
