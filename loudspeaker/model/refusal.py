"""Why an airing may not be heard: a sentence with its facts, and which kind of reason that is. Values only."""

from __future__ import annotations

from enum import StrEnum

from ..errors import Message


class Refusal(StrEnum):
    """Which rule, or whose decision, forbids an airing that is refused."""

    POLICY = "policy"  # its hours, sessions and minutes
    PAUSE = "pause"
    APPROVAL = "approval"  # a missing one
    VALIDITY = "validity"  # the bulletin's days have passed or are to come
    STREAM = "stream"  # not among the commune's
    EMERGENCY = "emergency"  # it cannot be scheduled
    COMMISSIONING = "commissioning"  # of the output, which has not been done
    VILLAGE = "village"  # nobody has confirmed that the box is in the right one


# What each kind is called where there is room for a few words.
LABELS: dict[Refusal, Message] = {
    Refusal.POLICY: Message("against the policy"),
    Refusal.PAUSE: Message("paused"),
    Refusal.APPROVAL: Message("not approved"),
    Refusal.VALIDITY: Message("not valid on that day"),
    Refusal.STREAM: Message("station not allowed"),
    Refusal.EMERGENCY: Message("emergencies have no schedule"),
    Refusal.COMMISSIONING: Message("output not commissioned"),
    Refusal.VILLAGE: Message("right village not confirmed"),
}


class Reason(Message):
    """A message that knows its kind."""

    __slots__ = ("kind",)

    def __init__(self, kind: Refusal, message: Message) -> None:
        super().__init__(message.template, **message.facts)
        self.kind = kind


def kind_of(why: Message | None) -> Refusal | None:
    """The kind of a reason; None where it is another message."""
    return why.kind if isinstance(why, Reason) else None


def parse_refusal(kind: str) -> Refusal | None:
    """A kind as a log keeps it; None where there is none, or where only a newer version knows it."""
    return Refusal(kind) if kind in set(Refusal) else None
