"""A commune: who the station is and by which rules it may speak. No rule is enforced here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from ..errors import Problem
from .day_set import EVERY_WEEKDAY, NamedDay
from .enums import ApprovalRule
from .spoken_text import ReadingSettings

USUAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # unless commune.yaml names another


@dataclass(frozen=True, slots=True)
class Policy:
    """The operating rules (quy chế). Hours are pairs of seconds since midnight: the whole airing lies inside one."""

    hours: tuple[tuple[int, int], ...] = ((19800, 23400), (38700, 41400), (59400, 66600))
    sessions_per_day: int = 3
    minutes_per_session: float = 45
    allow_night: bool = False  # before 05:00 or after 21:00
    approval: ApprovalRule = ApprovalRule.OPTIONAL
    approval_on_paper: bool = False  # may somebody enter that it was signed on paper?
    alarm_by_two: bool = False  # must two persons give an alarm?
    weekdays: frozenset[int] = EVERY_WEEKDAY
    quiet: tuple[str, ...] = ()  # named days on which nothing is aired


@dataclass(frozen=True, slots=True)
class ReceivedRules:
    """How the commune airs what an office above it has scheduled (tin cấp trên, Thông tư 39/2020/TT-BTTTT)."""

    routine: bool = False  # is its routine planned, too? Else it is only offered
    first: bool = False  # does its priority go before the commune's own?
    minutes_per_day: float = 15  # on each output; what the commune schedules itself does not count


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who is telephoned where the program cannot help."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class TemporaryPolicy:
    """Rules for the days from `first` to `last`, which belongs to them (quy chế tạm thời): they end by themselves."""

    first: date
    last: date
    why: str
    policy: Policy
    policies: Mapping[str, Policy] = field(default_factory=dict)  # of villages with rules of their own

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune (xã): the same on every box."""

    id: str
    name: str
    zone: ZoneInfo = USUAL_ZONE
    voices: tuple[str, ...] = ("espeak:vi",)  # engine:voice, tried in this order
    policy: Policy = Policy()
    policies: Mapping[str, Policy] = field(default_factory=dict)  # of villages with rules of their own
    exceptions: tuple[TemporaryPolicy, ...] = ()  # on no day two of them
    villages: tuple[str, ...] = ()
    days: Mapping[str, NamedDay] = field(default_factory=dict)
    opening: str = ""
    closing: str = ""
    chime: str | None = None  # a sound file instead of the built-in chime
    music: str | None = None  # a sound file instead of the built-in signature tune
    say: Mapping[str, str] = field(default_factory=dict)
    abbrev: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    region: str = "north"
    streams: tuple[str, ...] = ()  # hosts that may be relayed
    stations: Mapping[str, str] = field(default_factory=dict)  # name -> address, of those that are offered by name
    contacts: Mapping[str, Contact] = field(default_factory=dict)  # of villages: who is called where they hear nothing
    technician: Contact | None = None
    received: Mapping[str, ReceivedRules] = field(default_factory=dict)  # of offices above the commune, by their scope
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of an office above communes: their scopes
    origins: tuple[str, ...] = ()  # other communes whose bulletins are taken, as of an office above: scopes
    alarm_tails: Mapping[str, str] = field(default_factory=dict)  # of villages: a sound file, heard behind real alarms
    mistakes: tuple[Problem, ...] = ()  # that cost only what they are about: the rest of the file is used

    def approval_rule(self, day: date) -> ApprovalRule:
        """The strictest of all villages' from `day` on: a bulletin may be heard in any of them."""
        policies = [self.policy, *self.policies.values()]
        for rules in self.exceptions:
            policies += [rules.policy, *rules.policies.values()] if rules.last >= day else []
        return max((policy.approval for policy in policies), key=lambda rule: rule.rank)

    @property
    def reading_settings(self) -> ReadingSettings:
        """Its own words, and how its region reads."""
        return ReadingSettings(self.say, self.abbrev, self.names, "south" if self.region == "south" else "north")

    def rules_for(self, origin: str) -> ReceivedRules:
        """How what this office above the commune has scheduled is aired."""
        return self.received.get(origin) or ReceivedRules()

    def policy_of(self, village: str, day: date | None = None) -> Policy:
        """A village's own rules, or the commune's; on a `day`, where other rules may hold, those of that day."""
        rules = next((temporary for temporary in self.exceptions if day in temporary), self) if day else self
        return rules.policies.get(village, rules.policy)
