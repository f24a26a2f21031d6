"""The one tie between a line of the roll and its ballots: a hash under the contest's secret, until that is destroyed."""

from __future__ import annotations

import hmac

from contests.models import Contest, Voter


def voter_key(contest: Contest, voter: Voter) -> str:
    """64 hex digits. Raises `ContestSecret.DoesNotExist` once the result is confirmed."""
    return hmac.digest(contest.secret.key.encode(), str(voter.pk).encode(), "sha256").hex()


def blinded(contest: Contest, value: str) -> str:
    """16 hex digits by which two ballots that came in alike are seen to be so, and no more."""
    return hmac.digest(contest.secret.key.encode(), f"trace:{value}".encode(), "sha256").hex()[:16]
