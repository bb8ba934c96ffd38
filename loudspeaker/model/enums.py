"""Closed sets of the trade (docs/glossary.md). Values stand in files, the log and on the socket: they never change."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How urgent a bulletin is (Thông tư 39/2020/TT-BTTTT): later members break into earlier ones."""

    ROUTINE = "routine"
    PRIORITY = "priority"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for routine up to 2 for an emergency: the higher goes first."""
        return (self is not Level.ROUTINE) + (self is Level.EMERGENCY)


class Verdict(StrEnum):
    """What became of an airing; every airing that came due gets exactly one, and it never changes."""

    AIRED = "aired"
    AIRED_LATE = "aired-late"  # by more than 2 s
    AIRED_PARTLY = "aired-partly"
    TO_FILE = "to-file"  # there is no sound card: written to a file
    PRE_EMPTED = "pre-empted"
    STOPPED = "stopped"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"  # the file changed
    REFUSED = "refused"  # a `Refusal` says by what
    DISPLACED = "displaced"  # overlap: the time was taken
    EXPIRED = "expired"
    MISSED_OFF = "missed-off"
    MISSED_CLOCK = "missed-clock"
    NO_AUDIO = "no-audio"  # played, but not heard by the proof input
    FAILED_SOUND = "failed-sound"  # nothing ready
    FAILED_DEVICE = "failed-device"


class Expected(StrEnum):
    """What a plan says will become of an airing."""

    AIR = "air"
    REFUSED = "refused"
    DISPLACED = "displaced"
    SKIPPED = "skipped"
    NOT_READY = "not-ready"


class Ending(StrEnum):
    """How a person ends an alarm."""

    STOP = "stop"  # it is repeated no more; the danger stands
    CLEAR = "clear"  # all-clear: it is over
    MISTAKE = "mistake"  # it was given by mistake


class ApprovalRule(StrEnum):
    """Whose word a bulletin needs before it is heard."""

    OPTIONAL = "optional"  # nobody's
    REQUIRED = "required"  # a person's
    TWO = "two"  # that of another person than who saved it last

    @property
    def rank(self) -> int:
        """0 for the most lenient up to 2 for the strictest."""
        return (self is not ApprovalRule.OPTIONAL) + (self is ApprovalRule.TWO)


class ReviewState(StrEnum):
    """Where a bulletin stands between its writer and its approver."""

    DRAFT = "draft"  # as it is, nobody has submitted it
    SUBMITTED = "submitted"
    RETURNED = "returned"  # by who should have approved it
    APPROVED = "approved"
    OUTDATED = "outdated"  # it was approved, and edited since


class StickSign(StrEnum):
    """What is heard once a stick was taken: who has put it in has no screen."""

    TAKEN = "taken"  # two beeps
    JOINED = "joined"  # whose box it is now, in words


# Names of what is no broadcast of a schedule: an alarm, and what is said at its end.
ALARM, ALL_CLEAR, CORRECTION, PLAY = "urgent", "all-clear", "correction", "play"
ALERT, CADENCE = "alert", "again"  # the kind of events that are steps of signed alerts; which of them are said again
ENDINGS = frozenset({ALL_CLEAR, CORRECTION})


def asked_kind(broadcast: str) -> str:
    """What was asked for, whoever signed it.

    >>> asked_kind("urgent@ban-may")
    'urgent'
    """
    return broadcast.partition("@")[0]
