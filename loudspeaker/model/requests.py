"""What people ask of a station on the air: one value for each, checked when it is made, the same whatever way it comes.

Command line, console, control socket, daemon and log use these. On the control socket a request is its verb and its
fields; who asks stands beside them (`envelope.py`). A new request is a class with its row in `envelope.WHO` and a
handler, in `daemon/requests.py` or, of what is decided, in `station/decisions.py`. What an office asks for that is
heard by nobody yet has its classes in `office_requests.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..codec import known_fields
from ..errors import BadUsage, Message, bad_character
from .enums import Ending, StickSign
from .request_checks import SHA256, check_instant, check_length, check_softer

MOST_PLAYS, LONGEST_GAP = 100, 3600.0  # of an alarm; seconds


class Request:
    """What one can ask; `verb` is its name on the control socket and in the log. Raises `BadUsage` when it is made.

    Equality and text are written here once: making them anew for each class takes as long as all else that a command
    loads to give an alarm.
    """

    __slots__: tuple[str, ...] = ()
    verb: ClassVar[str]
    later: ClassVar[frozenset[str]] = (
        frozenset()
    )  # fields that a daemon from before an update may not know: not sent as None

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({values})"

    def __post_init__(self) -> None:
        for name, *_ in known_fields(type(self)):
            value = getattr(self, name)
            for words in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
                if fault := bad_character(words, lines=name == "text"):
                    raise BadUsage(Message("{name}: {fault}", name=name, fault=fault))


# What is to be heard. The answer is the ids of its airings.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Play(Request):
    """Replay a bulletin now. Its sound must have been made; `override` is the reason for breaking policy."""

    verb: ClassVar[str] = "play"
    bulletin: str
    villages: tuple[str, ...]
    override: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Urgent(Request):
    """Give an alarm now, in words of the moment (`text`) or by a template (`bulletin`). Its sound must have been made.

    `until` and `issued` are ISO times, in the commune's zone where they name none. `issued` is when it was given: its
    airings are named by it, so that the same request, asked again, is the same airings.
    """

    verb: ClassVar[str] = "urgent"
    later: ClassVar[frozenset[str]] = frozenset({"issued", "second"})
    text: str | None
    bulletin: str | None
    villages: tuple[str, ...]
    repeat: int
    gap: float  # seconds between
    until: str | None
    drill: bool
    recipes: Mapping[str, str] | None = None  # of the sound, by output: which voice spoke is then its maker's business
    issued: str | None = None
    second: str | None = None  # who else gives it, where policy asks for two persons

    def __post_init__(self) -> None:
        Request.__post_init__(self)
        if not 1 <= self.repeat <= MOST_PLAYS or not 0 <= self.gap <= LONGEST_GAP:
            raise BadUsage(Message("an alarm is said 1 to {most} times, at most an hour apart", most=MOST_PLAYS))
        check_length(self.text)
        if not all(map(SHA256.fullmatch, (self.recipes or {}).values())):  # they become names of files
            raise BadUsage(Message("a recipe of sound is 64 hexadecimal digits"))
        for moment in (self.until, self.issued):
            if moment is not None:
                check_instant(moment)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ProposeUrgent(Request):
    """Hold an alarm back until a second person holds the button at the box for 3 s, within 10 minutes."""

    verb: ClassVar[str] = "propose_urgent"
    alarm: Urgent


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WithdrawUrgent(Request):
    """Withdraw the alarm that waits for a second person and was `issued` at this instant; nothing is aired."""

    verb: ClassVar[str] = "withdraw_urgent"
    issued: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EndUrgent(Request):
    """End these alarms (ids), or all that stand, and air their closing text, whose sound must have been made.

    `form` None: an alarm from a template ends with its all-clear, any other is only no longer repeated.
    """

    verb: ClassVar[str] = "end_urgent"
    form: Ending | None = None
    alarms: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TestOutput(Request):
    """Sound one output, by day: its villages' names, a tone, or (in the policy's hours) a `sign`. Logged as a test."""

    verb: ClassVar[str] = "test"
    later: ClassVar[frozenset[str]] = frozenset({"sign"})
    output: str
    tone: bool
    sign: StickSign | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SweepSound(Request):
    """Make room: have all made sound removed that the coming days do not need. It is made anew when it is needed."""

    verb: ClassVar[str] = "sweep"


# What is to be heard no more. The answer is the ids of the airings that were stopped.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stop(Request):
    """Silence what sounds on these villages' outputs, or on all."""

    verb: ClassVar[str] = "stop"
    villages: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Interrupt(Request):
    """Stop these airings (ids) and nothing else, because the person who asked for them no longer waits."""

    verb: ClassVar[str] = "interrupt"
    airings: tuple[str, ...]


# What was signed elsewhere. The answer is an `AlertAnswer`.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TakeAlert(Request):
    """Carry out a signed alert (its `envelope` as JSON), if enough people have signed it."""

    verb: ClassVar[str] = "alert"
    envelope: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConfirmAlert(Request):
    """Give an alert (its id) that one person has signed; the caller, at the box, is the second person."""

    verb: ClassVar[str] = "confirm_alert"
    alert: str


# Decisions, which are kept in the log.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Skip(Request):
    """Leave one airing (an id) out, or take that back."""

    verb: ClassVar[str] = "skip"
    airing: str
    why: str
    undo: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pause(Request):
    """Keep a village quiet until then, an ISO time, in the commune's zone where it names none."""

    verb: ClassVar[str] = "pause"
    village: str
    until: str
    why: str

    def __post_init__(self) -> None:
        Request.__post_init__(self)
        check_instant(self.until)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Resume(Request):
    """End a village's pause."""

    verb: ClassVar[str] = "resume"
    village: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Approve(Request):
    """A bulletin may be aired as `digest` says that it was shown; or take that back."""

    verb: ClassVar[str] = "approve"
    later: ClassVar[frozenset[str]] = frozenset({"paper", "signer", "heard", "in_place_of", "photo"})
    bulletin: str
    digest: str
    undo: bool = False
    paper: str | None = None  # it was approved on paper: the number of that, and who signed it
    signer: str | None = None
    heard: bool | None = None  # did whoever approves listen to it? None: nobody knows
    in_place_of: str | None = None  # by whose delegation
    photo: str | None = None  # of the paper: the SHA-256 under which it is kept (station/paper_photos.py)

    def __post_init__(self) -> None:
        Request.__post_init__(self)
        if self.photo is not None and not SHA256.fullmatch(self.photo):
            raise BadUsage(Message("a photograph is named by 64 hexadecimal digits"))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Submit(Request):
    """Put a bulletin, in the version with this `digest`, before its approvers."""

    verb: ClassVar[str] = "submit"
    bulletin: str
    digest: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GiveBack(Request):
    """Return a bulletin, in the version with this `digest`, to its editor, and say why."""

    verb: ClassVar[str] = "give_back"
    bulletin: str
    digest: str
    why: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NoteEdit(Request):
    """Somebody has saved a file of the station's. Revisions are SHA-256 of its bytes, "" where there was or is none."""

    verb: ClassVar[str] = "note_edit"
    path: str  # below the station's folder
    before: str
    after: str

    def __post_init__(self) -> None:
        Request.__post_init__(self)
        if not all(not revision or SHA256.fullmatch(revision) for revision in (self.before, self.after)):
            raise BadUsage(Message("a revision is 64 hexadecimal digits"))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExplainStop(Request):
    """Why these airings (ids) were stopped, told after they were."""

    verb: ClassVar[str] = "explain_stop"
    airings: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Commission(Request):
    """A person heard this output: from now on it airs what is planned."""

    verb: ClassVar[str] = "commission"
    output: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SoftenOutput(Request):
    """From its next airing on an output is so many dB softer than the technician has set it; alarms are not."""

    verb: ClassVar[str] = "soften"
    output: str
    decibels: int  # one of `SOFTER`; 0: as it is set

    def __post_init__(self) -> None:
        Request.__post_init__(self)
        check_softer(self.decibels)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConfirmClock(Request):
    """A person's word that the time is good; holds until the next step of the clock, or start of the machine."""

    verb: ClassVar[str] = "confirm_clock"


# Questions, which change nothing.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PreviewUrgent(Request):
    """What an alarm would say, before it is given: an `AlertPreview`. `until` also as 18:30, or as seconds: +7200.

    With `make`, the daemon has its sound made, which is `wanted` of nobody then: `Urgent` raises `BeingMade` meanwhile.
    """

    verb: ClassVar[str] = "compose"
    later: ClassVar[frozenset[str]] = frozenset({"make"})
    text: str | None
    bulletin: str | None
    villages: tuple[str, ...]
    everywhere: bool
    drill: bool
    until: str | None
    make: bool | None = None

    def __post_init__(self) -> None:
        Request.__post_init__(self)
        check_length(self.text)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PreviewEnd(Request):
    """How alarms would end, before they do: an `EndPreview`. Of drills, of real ones, or (None) of what stands.

    `make` as in `PreviewUrgent`.
    """

    verb: ClassVar[str] = "compose_end"
    later: ClassVar[frozenset[str]] = frozenset({"make"})
    form: Ending | None
    villages: tuple[str, ...]
    everywhere: bool
    drill: bool | None
    make: bool | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AskStatus(Request):
    """What is on the air and what comes."""

    verb: ClassVar[str] = "status"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AskHealth(Request):
    """What “doctor” said last: a `Health`. Where that is old, the doctor is asked again."""

    verb: ClassVar[str] = "health"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AskBoard(Request):
    """The station at a glance: a `Board`."""

    verb: ClassVar[str] = "board"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an airing: a `Verdict` and its reason, `on-air`, or None and what it waits for."""

    id: str
    verdict: str | None
    why: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AskOutcome(Request):
    """What became of these airings (ids): an `Outcome` each."""

    verb: ClassVar[str] = "outcome"
    airings: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LookAgain(Request):
    """There are new files: take them up at once, not when they are next looked for."""

    verb: ClassVar[str] = "look"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AskPins(Request):
    """What is wrong with the pins in the daemon's hands."""

    verb: ClassVar[str] = "pins"
