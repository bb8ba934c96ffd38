"""What the daemon and a player write to each other: each of these values is one JSON line on the player's pipes.

Moments are monotonic seconds: both processes read the same clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import get_args

from ...interfaces import State


@dataclass(frozen=True, slots=True)
class ArmCommand:
    """Play a sequence on one channel for `output`."""

    output: str
    airing: str
    channel: int  # from 1
    due: float
    gain: float  # dB
    rate: int  # frames a second
    live: int  # frames that a stream lasts at most, which then is the only path; 0: WAV files
    paths: Sequence[str]


@dataclass(frozen=True, slots=True)
class StopCommand:
    """Fade out what plays for `output`."""

    output: str
    fade: float  # seconds


@dataclass(frozen=True, slots=True)
class OutputReport:
    """Where the last sequence of one output stands. Sent when its state changes."""

    output: str
    airing: str
    state: State
    frames: int  # that have left the card
    started: float | None = None
    ended: float | None = None
    card: str = ""  # the card's whole name; "" where none was opened
    fault: str = ""  # see `speaker.fault_message`
    detail: str = ""
    confirmed: bool = True  # False: not sent by the player but assumed until it is


@dataclass(frozen=True, slots=True)
class LatencyReport:
    """What the last streams of one set-up of a card have found, the newest at the end. Sent when one is closed."""

    setup: str
    latencies: Sequence[float]


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """The player lives, and its card is open."""

    progress: Mapping[str, int]  # by output, frames that have left the card


@dataclass(frozen=True, slots=True)
class Idle:
    """No card is open: no keep-alive is due until the next command."""

    commands: int  # that the player has seen


@dataclass(frozen=True, slots=True)
class Leaving:
    """The player has given up its card and ends."""


Command = ArmCommand | StopCommand
PlayerReport = OutputReport | LatencyReport | KeepAlive | Idle | Leaving
KINDS = {kind.__name__: kind for kind in (*get_args(Command), *get_args(PlayerReport))}


def encode(message: Command | PlayerReport) -> bytes:
    """The line that says it."""
    return json.dumps({"kind": type(message).__name__, **asdict(message)}).encode() + b"\n"


def decode_command(line: bytes) -> Command:
    """A line to the player. Raises `LookupError`, `TypeError` or `ValueError` for anything else."""
    message = _decode(line)
    if not isinstance(message, Command):
        raise ValueError(line)
    return message


def decode_report(line: bytes) -> PlayerReport:
    """A line of the player. Raises `LookupError`, `TypeError` or `ValueError` for anything else."""
    message = _decode(line)
    if not isinstance(message, PlayerReport):
        raise ValueError(line)
    return message


def _decode(line: bytes) -> object:
    facts = json.loads(line)
    kind = KINDS[facts.pop("kind")]
    if kind is OutputReport:
        facts["state"] = State(facts["state"])
    return kind(**facts)
