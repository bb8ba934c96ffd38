"""Checks when a sequence of programmes is armed: is it fit to be played? Nothing is repaired or made here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ..errors import Message, SpeakerError
from ..model.programme import Programme


def check(sequence: Sequence[Programme]) -> None:
    """Compare each file's SHA-256 with what it was when it was made, and the rates with each other.

    Raises `SpeakerError` where there is nothing to play, a file is missing or damaged, or the rates differ.
    """
    if not sequence:
        raise SpeakerError(Message("There is nothing to play."))
    for programme in sequence:
        if not programme.live:
            _check_hash(programme)
    if len({programme.rate for programme in sequence}) > 1:
        raise SpeakerError(Message("The parts to be played differ in their sample rates. Prepare them again."))


def _check_hash(programme: Programme) -> None:
    try:
        with programme.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SpeakerError(Message("The sound file {path} cannot be read.", path=programme.path)) from error
    if digest != programme.sha256:
        raise SpeakerError(Message("The sound file {path} is damaged. Prepare it again.", path=programme.path))
