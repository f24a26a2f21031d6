"""Telephone numbers: encrypted, found, masked."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from communities import phones

NUMBER = "+8613800001234"


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_a_number_comes_back_from_its_token(number: str) -> None:
    assert phones.decrypt(phones.encrypt(number)) == number


def test_equal_numbers_have_different_tokens_and_one_hash() -> None:
    assert phones.encrypt(NUMBER) != phones.encrypt(NUMBER)
    assert phones.keyed_hash(NUMBER) == phones.keyed_hash(NUMBER)
    assert phones.keyed_hash(NUMBER) != phones.keyed_hash("+8613800001235")


def test_neither_token_nor_hash_shows_the_number() -> None:
    assert "13800001234" not in phones.encrypt(NUMBER)
    assert len(phones.keyed_hash(NUMBER)) == 64


def test_without_the_key_nothing_is_read_or_found(settings: Settings) -> None:
    token, digest = phones.encrypt(NUMBER), phones.keyed_hash(NUMBER)
    settings.PHONE_KEY = Fernet.generate_key().decode()
    assert phones.keyed_hash(NUMBER) != digest
    with pytest.raises(InvalidToken):
        phones.decrypt(token)


@pytest.mark.parametrize("token", ["", NUMBER, "gAAAAA=="])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        phones.decrypt(token)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (NUMBER, "138****1234"),
        ("+4915112345678", "+49****5678"),
    ],
)
def test_mask(number: str, shown: str) -> None:
    assert phones.mask(number) == shown


@pytest.mark.parametrize(("number", "shown"), [("+8613800001234", "13800001234"), ("+85251234567", "+85251234567")])
def test_numbers_are_written_as_people_here_write_them(number, shown):
    assert phones.national(number) == shown
