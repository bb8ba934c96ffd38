"""A request on its way: with who asks it, and as it stands on the control socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..codec import UNREADABLE, decode, encode, known_fields
from ..errors import BadUsage, Message, bad_character
from .office_requests import AskInstallation, ConfirmVillage, DeclineOffer, InstallVoice
from .requests import (
    Approve,
    AskBoard,
    AskHealth,
    AskOutcome,
    AskPins,
    AskStatus,
    Commission,
    ConfirmAlert,
    ConfirmClock,
    EndUrgent,
    ExplainStop,
    GiveBack,
    Interrupt,
    LookAgain,
    NoteEdit,
    Pause,
    Play,
    PreviewEnd,
    PreviewUrgent,
    ProposeUrgent,
    Request,
    Resume,
    Skip,
    SoftenOutput,
    Stop,
    Submit,
    SweepSound,
    TakeAlert,
    TestOutput,
    Urgent,
    WithdrawUrgent,
)

SENDERS = ("by", "account", "via")


class Who(StrEnum):
    """Who may ask something, of those whom the control socket lets in."""

    ANYBODY = "anybody"
    NAMED = "named"  # who says their name, which is kept in the log


# Who may ask what.
WHO: Mapping[type[Request], Who] = {
    **dict.fromkeys((PreviewUrgent, PreviewEnd, AskStatus, AskBoard, AskHealth, AskOutcome, AskPins), Who.ANYBODY),
    **dict.fromkeys((LookAgain, AskInstallation), Who.ANYBODY),
    TakeAlert: Who.ANYBODY,  # whoever carries it: it says itself who has signed
    **dict.fromkeys((Play, Urgent, EndUrgent, TestOutput, Stop, Interrupt, ConfirmClock, SweepSound), Who.NAMED),
    **dict.fromkeys((Skip, Pause, Resume, Submit, Approve, GiveBack, Commission, SoftenOutput), Who.NAMED),
    **dict.fromkeys((NoteEdit, ExplainStop, ProposeUrgent, WithdrawUrgent, ConfirmAlert), Who.NAMED),
    **dict.fromkeys((ConfirmVillage, DeclineOffer, InstallVoice), Who.NAMED),
}
REQUESTS: Mapping[str, type[Request]] = {kind.verb: kind for kind in WHO}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request and who asks: the name that they give, the account and the program by which they come, their uid.

    Raises `BadUsage` where somebody has to say their name.
    """

    request: Request
    by: str | None = None
    account: str = ""
    via: str = ""
    uid: int = -1

    def __post_init__(self) -> None:
        if self.by is None and WHO[type(self.request)] is Who.NAMED:
            raise _unusable(self.request.verb, "by is missing")
        for name in ("by", "account", "via"):
            if fault := bad_character(getattr(self, name) or ""):
                raise BadUsage(Message("{name}: {fault}", name=name, fault=fault))

    def arguments(self) -> dict[str, object]:
        """What stands on the control socket beside the verb."""
        own = encode(self.request)
        for name in self.request.later:
            if own[name] is None:
                del own[name]
        return {**own, **self.sender()}

    def sender(self) -> dict[str, str]:
        """Who asks, as far as it was told."""
        known = {"by": self.by, "account": self.account or None, "via": self.via or None}
        return {name: value for name, value in known.items() if value is not None}


def read_request(verb: str, arguments: Mapping[str, object], uid: int) -> Envelope:
    """What came through the control socket. Raises `BadUsage` for what is no request, or has the wrong arguments."""
    kind = REQUESTS.get(verb)
    if kind is None:
        raise BadUsage(Message("the daemon knows no “{verb}”", verb=verb))
    senders = SENDERS if WHO[kind] is Who.NAMED else ()
    sender = {name: arguments[name] for name in senders if name in arguments}
    own = {name: value for name, value in arguments.items() if name not in sender}
    try:
        if unknown := own.keys() - {name for name, *_ in known_fields(kind)}:
            raise ValueError(f"{', '.join(sorted(unknown))}: not known here")
        named = {name: decode(str, value) for name, value in sender.items()}
        return Envelope(decode(kind, own), **named, uid=uid)
    except UNREADABLE as error:
        raise _unusable(verb, str(error)) from error


def _unusable(verb: str, error: str) -> BadUsage:
    return BadUsage(Message("“{verb}” cannot be done so: {error}", verb=verb, error=error))
