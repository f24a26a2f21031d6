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


def read(name: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; print(settings.{name})"],
        env={**os.environ, **PRODUCTION, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def setting(name: str, **environ: str) -> str:
    done = read(name, **environ)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "DEMO"])
def test_what_is_missing_is_named_in_one_line(name: str) -> None:
    done = read("DEBUG", **{name: ""})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name} is not set")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PHONE_KEY", "short"),
        ("DATABASE_URL", "sqlite:///ideas.db"),
        ("SECRET_KEY_FILE", "/nowhere/secret"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(name: str, value: str) -> None:
    done = read("DEBUG", **{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name} ")
    assert done.stderr.count("\n") == 1


def test_a_secret_may_come_from_a_file(tmp_path) -> None:
    path = tmp_path / "key"
    path.write_text("from a file\n", "utf-8")
    assert setting("SECRET_KEY", SECRET_KEY_FILE=str(path)) == "from a file"


def test_mail_comes_from_an_address_in_a_file_and_waits_for_no_dead_server(tmp_path) -> None:
    assert setting("EMAIL_OFFERED") == "False"
    path = tmp_path / "mail"
    path.write_text("smtp+tls://user:word@mail.example.org:587\n", "utf-8")
    assert setting("EMAIL_HOST", EMAIL_URL_FILE=str(path)) == "mail.example.org"
    assert setting("EMAIL_TIMEOUT", EMAIL_URL_FILE=str(path)) == "20"


def test_nothing_of_the_demo_is_there() -> None:
    assert setting("DEMO_PASSWORD") == ""
    assert setting("SECURE_SSL_REDIRECT") == "True"
    assert setting("DEBUG") == "False"


@pytest.mark.parametrize(("behind", "proxies"), [("false", "0"), ("true", "1")])
def test_a_visitors_address_comes_from_the_proxy_that_is_there(behind: str, proxies: str) -> None:
    assert setting("ALLAUTH_TRUSTED_PROXY_COUNT", BEHIND_PROXY=behind) == proxies
