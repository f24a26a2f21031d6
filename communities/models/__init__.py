"""The tables of places, of people, and of what people are told."""

from communities.models.notifications import Delivery, Notification, NotificationChoice, Outgoing, SetAsideEvent
from communities.models.people import Appointment, Residency, ResidencyEvent, User
from communities.models.places import Community, Organisation, Subdistrict

__all__ = [
    "Appointment",
    "Community",
    "Delivery",
    "Notification",
    "NotificationChoice",
    "Organisation",
    "Outgoing",
    "Residency",
    "ResidencyEvent",
    "SetAsideEvent",
    "Subdistrict",
    "User",
]
