"""Passwords: which ones are accepted, and their Argon2id hashes. Parameters of OWASP's password storage cheat sheet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ...errors import BadUsage, Message

SHORTEST, LONGEST = 10, 200  # characters

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # memory in KiB
_ONE_AT_A_TIME = Lock()  # each hash takes 19 MB


class WeakPassword(BadUsage):
    """A password that cannot be taken: too short, too long, or easily guessed."""


def check_password(password: str, names: Iterable[str] = ()) -> None:
    """Raises `WeakPassword`; `names` are those of the person, the commune and its villages, which are guessed first."""
    letters = len(normalize(password))
    if not SHORTEST <= letters <= LONGEST:
        raise WeakPassword(
            Message("a password has at least {least} characters; a short sentence is best", least=SHORTEST)
        )
    plain = _bare(password)
    if plain in _common() or len(set(plain)) < 4 or plain in {_bare(name) for name in names}:
        raise WeakPassword(Message("this password is among the first that are tried; choose another"))


def hash_password(password: str) -> str:
    """The Argon2id hash, with its parameters and salt, as text."""
    with _ONE_AT_A_TIME:
        return _HASHER.hash(normalize(password))


def verify_password(password: str, hashed: str | None) -> bool:
    """Does the password belong to the hash? As slow without a hash, so that the time tells nobody who is known."""
    try:
        with _ONE_AT_A_TIME:
            return _HASHER.verify(hashed or _hash_of_nobody(), normalize(password)) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def normalize(password: str) -> str:
    """NFC: keyboards for Vietnamese send the same letters composed or not."""
    return unicodedata.normalize("NFC", password)


def _bare(text: str) -> str:
    """Small letters without tone marks and blanks: `Bản Mây 2026` is `banmay2026`."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if letter.isalnum())


@cache
def _common() -> frozenset[str]:
    """The 30,000 passwords that were found most often in leaks."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 60 ms and 10 MB: only for who sets a password

    return frozenset(FREQUENCY_LISTS["passwords"])


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash("")
