"""The settings of a production installation, read in a process of their own."""

import os
import subprocess
import sys

import pytest

PRODUCTION = {
    "DEMO": "false",
    "SECRET_KEY": "x" * 50,
    "PHONE_KEY": "b25seS1mb3ItdGhlLWRlcGxveW1lbnQtY2hlY2stMDA=",
    "DATABASE_URL": "postgresql://ideas@db.example.org/ideas",
    "REDIS_URL": "redis://redis.example.org",
    "ALLOWED_HOSTS": "ideas.example.org",
    "SMS_SENDER": "communities.sms.show_in_demo",
}


def setting(name: str, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"from config import settings; print(settings.{name})"],
        env={**os.environ, **PRODUCTION, **environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(("behind", "proxies"), [("false", "0"), ("true", "1")])
def test_a_visitors_address_comes_from_the_proxy_that_is_there(behind: str, proxies: str) -> None:
    assert setting("ALLAUTH_TRUSTED_PROXY_COUNT", BEHIND_PROXY=behind) == proxies
