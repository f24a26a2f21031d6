"""Telephone numbers: encrypted at rest, found by a keyed hash, shown masked.

All functions take numbers in E.164 form (`+8613800001234`). The key is `settings.PHONE_KEY`, a Fernet key.
"""

import hashlib
import hmac

from cryptography.fernet import Fernet
from django.conf import settings

CHINA = "+86"


def encrypt(number: str) -> str:
    """The number as a Fernet token; two calls give two different tokens."""
    return Fernet(settings.PHONE_KEY).encrypt(number.encode()).decode()


def decrypt(token: str) -> str:
    """The number in a token of `encrypt`; raises `cryptography.fernet.InvalidToken` for anything else."""
    return Fernet(settings.PHONE_KEY).decrypt(token.encode()).decode()


def keyed_hash(number: str) -> str:
    """64 hex digits by which a number is found, useless without the key."""
    return hmac.new(settings.PHONE_KEY.encode(), number.encode(), hashlib.sha256).hexdigest()


def mask(number: str) -> str:
    """What people see: `138****1234`, with the country before numbers from elsewhere."""
    shown = national(number)
    return f"{shown[:3]}****{shown[-4:]}"


def national(number: str) -> str:
    """The number as people here write it, without +86; numbers from elsewhere keep their country."""
    return number.removeprefix(CHINA)
