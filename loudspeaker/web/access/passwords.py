"""Passwords: which ones are accepted, and their Argon2id hashes. Parameters of OWASP's password storage cheat sheet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache, cached_property
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ...errors import BadUsage, Message

SHORTEST, LONGEST = 10, 200  # characters


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


class PasswordHashes:
    """Argon2id hashes. Safe to be used from several threads, of which one is served at a time.

    What a guess costs is `rounds` over `memory` KiB; a hash keeps what it was made with.
    """

    def __init__(self, rounds: int = 2, memory: int = 19_456) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=1)
        self._one_at_a_time = Lock()  # for the sake of memory

    def hash(self, password: str) -> str:
        """The hash, with its parameters and salt, as text."""
        with self._one_at_a_time:
            return self._hasher.hash(normalize(password))

    def verify(self, password: str, hashed: str | None) -> bool:
        """Does the password belong to the hash? As slow without a hash, so that the time tells nobody who is known."""
        try:
            with self._one_at_a_time:
                return self._hasher.verify(hashed or self._of_nobody, normalize(password)) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _of_nobody(self) -> str:
        return self._hasher.hash("")


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
