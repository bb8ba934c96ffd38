"""The forms of the policy and of temporary rules: what is typed and ticked, and what of it is written. Pure.

Only what differs from the rules as they are is written: what nobody touched stays in the file as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from ...config import values
from ...config.commune_edit import weekdays, word
from ...config.entry_sentences import WEEKDAYS, clock_message
from ...errors import BadUsage, Message
from ...model.commune import Policy
from ...model.enums import ApprovalRule
from ...yamlfile import Mistake

WEEKDAY_NUMBERS = frozenset("0123456")  # of the boxes of the form, from Monday on
EMPTY_ROWS = 2  # for further hours
APPROVALS = {
    ApprovalRule.OPTIONAL: Message("nobody has to approve"),
    ApprovalRule.REQUIRED: Message("one person approves"),
    ApprovalRule.TWO: Message("another person than the one who wrote it approves"),
}
PERSONS = {"one": Message("one person on duty"), "two": Message("two persons")}
# Rules that hold for some days only are fewer: the others a commune does not change for a week.
TEMPORARY = ("hours", "sessions", "minutes", "night", "days")


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """The rules as the form has them; hours as they are typed, days from Monday 0 on."""

    hours: tuple[tuple[str, str], ...]
    sessions: str
    minutes: str
    night: bool
    approval: str
    on_paper: bool
    emergency: str
    days: tuple[int, ...]
    quiet: tuple[str, ...]  # named days without any sound

    @classmethod
    def of(cls, policy: Policy) -> PolicyForm:
        return cls(
            tuple((_clock(begins), _clock(ends)) for begins, ends in policy.hours),
            str(policy.sessions_per_day),
            f"{policy.minutes_per_session:g}",
            policy.allow_night,
            str(policy.approval),
            policy.approval_on_paper,
            "two" if policy.alarm_by_two else "one",
            tuple(sorted(policy.weekdays)),
            policy.quiet,
        )

    @classmethod
    def from_fields(cls, text: Callable[[str], str], texts: Callable[[str], tuple[str, ...]]) -> PolicyForm:
        """What was sent; times that can be read are written alike."""
        pairs = zip(map(_as_clock, texts("begins")), map(_as_clock, texts("ends")), strict=False)
        return cls(
            tuple(pair for pair in pairs if any(pair)),
            text("sessions"),
            text("minutes"),
            bool(text("night")),
            text("approval"),
            bool(text("on_paper")),
            text("emergency"),
            tuple(int(day) for day in texts("day") if day in WEEKDAY_NUMBERS),
            texts("quiet"),
        )

    @property
    def rows(self) -> Sequence[tuple[str, str]]:
        """The hours, and room for more."""
        return [*self.hours, *([("", "")] * EMPTY_ROWS)]

    def changes(self, now: PolicyForm, data: bytes, names: Sequence[str] = ()) -> dict[str, str]:
        """What is to be written into the file `data` instead of the rules as they are `now`: YAML by English key.

        `names` are the fields that this form has; none means all. Raises `BadUsage` with what cannot be read.
        """
        written: Mapping[str, tuple[str, Callable[[], str]]] = {
            "hours": ("hours", lambda: _hours(self.hours)),
            "sessions": ("sessions_per_day", lambda: _whole(self.sessions, 100)),
            "minutes": ("minutes_per_session", lambda: _whole(self.minutes, 1440)),
            "night": ("allow_night", lambda: word(data, "yes" if self.night else "no")),
            "approval": ("approval", lambda: word(data, _one_of(self.approval, list(APPROVALS)))),
            "on_paper": ("approval_on_paper", lambda: word(data, "yes" if self.on_paper else "no")),
            "emergency": ("emergency", lambda: word(data, _one_of(self.emergency, list(PERSONS)))),
            "days": ("days", lambda: weekdays(data, _some(self.days))),
            "quiet": ("quiet", lambda: f"[{', '.join(self.quiet)}]" if self.quiet else ""),
        }
        chosen = names or [field.name for field in fields(self)]
        return {
            key: make()
            for name, (key, make) in written.items()
            if name in chosen and getattr(self, name) != getattr(now, name)
        }


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One rule in words."""

    label: Message
    words: Sequence[Message | str]


def policy_rows(policy: Policy) -> Iterator[PolicyRow]:
    """The rules of a commune or a village in words, as they are printed."""
    hours = [Message("{begins}–{ends}", begins=clock_message(a), ends=clock_message(b)) for a, b in policy.hours]
    yield PolicyRow(Message("Hours"), hours)
    yield PolicyRow(Message("Sessions a day"), [Message("{count}", count=policy.sessions_per_day)])
    yield PolicyRow(Message("Minutes of a session"), [Message("{count}", count=f"{policy.minutes_per_session:g}")])
    night = Message("allowed") if policy.allow_night else Message("nothing but alarms")
    yield PolicyRow(Message("Before 5:00 and after 21:00"), [night])
    days = [WEEKDAYS[day] for day in sorted(policy.weekdays)]
    yield PolicyRow(Message("Weekdays"), [Message("every day")] if len(days) == 7 else days)
    if policy.quiet:
        yield PolicyRow(Message("Days without broadcasts"), list(policy.quiet))
    yield PolicyRow(Message("Approval of bulletins"), [APPROVALS[policy.approval]])
    paper = Message("may be entered") if policy.approval_on_paper else Message("does not count")
    yield PolicyRow(Message("Approval on paper"), [paper])
    yield PolicyRow(Message("A real alarm is given by"), [PERSONS["two" if policy.alarm_by_two else "one"]])


def _hours(hours: Sequence[tuple[str, str]]) -> str:
    spans = [values.read_typed(values.hours, f"{begins}-{ends}") for begins, ends in hours]
    if not spans:
        raise BadUsage(Message("at least one session must have its hours"))
    return f"[{', '.join(f'{_clock(begins)}-{_clock(ends)}' for begins, ends in spans)}]"


def _whole(text: str, most: int) -> str:
    return str(values.read_typed(values.whole(1, most), text))


def _one_of(text: str, known: Sequence[str]) -> str:
    if text not in known:
        raise BadUsage(Message("“{value}” is no choice here", value=text))
    return text


def _some(days: Sequence[int]) -> Sequence[int]:
    if not days:
        raise BadUsage(Message("at least one weekday must be left"))
    return days


def _as_clock(text: str) -> str:
    try:
        return _clock(values.clock_time(text.strip()))
    except Mistake:
        return "24:00" if text.strip() in ("24:00", "24h", "24h00") else text.strip()


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
