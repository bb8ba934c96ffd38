"""Alarms on their way: filled in and to be looked over, or waiting for a second person. In memory, for minutes only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from ...model.alert_preview import AlertPreview
from ...model.board import StandingAlarm
from ...model.requests import Urgent

WAITS = timedelta(minutes=10)
MOST_FORMS = 50  # that are kept to be looked over


@dataclass(frozen=True, slots=True)
class AlarmForm:
    """What the first page asks for, as the second one carries it on."""

    bulletin: str | None
    text: str | None
    villages: tuple[str, ...]
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """One alarm that somebody has read and wants to give; `request.issued` names it."""

    request: Urgent
    alert: AlertPreview
    by: str
    account: str
    at: datetime


@dataclass(slots=True)
class AlarmProposals:
    """Alarms that a second person must still agree to, and their forms. Safe to be used from several threads."""

    _forms: dict[str, AlarmForm] = field(default_factory=dict)  # by the instant that will name the alarm
    _waiting: dict[str, Proposal] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def keep(self, issued: str, form: AlarmForm) -> None:
        """So that the second page has an address of its own, to come back to; the oldest make room."""
        with self._lock:
            self._forms[issued] = form
            while len(self._forms) > MOST_FORMS:
                del self._forms[next(iter(self._forms))]

    def form(self, issued: str) -> AlarmForm | None:
        with self._lock:
            return self._forms.get(issued)

    def add(self, proposal: Proposal) -> None:
        with self._lock:
            self._waiting[str(proposal.request.issued)] = proposal

    def waiting(self, now: datetime, standing: Iterable[StandingAlarm] = ()) -> list[Proposal]:
        """The oldest first; what is too old is forgotten, and what is among the alarms that stand, was agreed to."""
        given = {alarm.given_at for alarm in standing}
        with self._lock:
            self._waiting = {
                name: proposal
                for name, proposal in self._waiting.items()
                if now - proposal.at < WAITS and datetime.fromisoformat(name) not in given
            }
            return list(self._waiting.values())

    def find(self, issued: str, now: datetime) -> Proposal | None:
        """None where it is too old, was agreed to, or was withdrawn."""
        return next((proposal for proposal in self.waiting(now) if proposal.request.issued == issued), None)

    def remove(self, proposal: Proposal) -> None:
        """It was agreed to, or withdrawn; perhaps somebody else was first."""
        with self._lock:
            self._waiting.pop(str(proposal.request.issued), None)
