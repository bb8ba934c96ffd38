"""What playout needs of the rest of the program: a log and a station. Answers come at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ..errors import Message
from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord, Event
from ..model.enums import Verdict

if TYPE_CHECKING:
    from ..model.programme import Programme


class Log(Protocol):
    """The append-only as-run log, as playout sees it. Each call is on the disk when it returns."""

    def event(self, kind: str, airing: str, at: datetime, /, **facts: object) -> None:
        """Append an event; `airing` is an id, or "" where it is about the station."""

    def verdict(self, record: AsRunRecord) -> None:
        """Append the verdict of an airing. Raises `ValueError` where it has one already."""

    def verdict_of(self, airing: str) -> Verdict | None:
        """The verdict of an airing (id), where it has one."""

    def events(
        self, kind: str | None = None, airing: str | None = None, since: datetime | None = None
    ) -> Sequence[Event]:
        """In the order in which they were written."""

    def rows(self, begins: datetime, ends: datetime) -> Sequence[AsRunRecord]:
        """Verdicts of airings scheduled from `begins` up to, but not including, `ends`, in order of schedule."""

    def remember(self, key: str, value: object) -> None:
        """A small JSON value that must survive a restart (the heartbeat, an emergency's count): outside the chain."""

    def recall(self, key: str) -> object:
        """What was remembered under `key`; None where nothing was."""


class StationPort(Protocol):
    """The station, which knows files, sounds and policy. Nothing is prepared or fetched here."""

    def ready(self, airing: Airing) -> Sequence[Programme] | Message:
        """What is to be heard, in this order and without a gap; or why there is nothing."""

    def instead(self, airing: Airing) -> Programme | None:
        """What stands in for a stream that does not come, if it may be heard whole; None while that is not known."""

    def permits(self, airing: Airing, begins: datetime, ends: datetime) -> Message | None:
        """None if policy, pauses and approvals allow it for everybody who would hear it; else why not."""

    def softer(self, airing: Airing) -> float:
        """By how many dB people want it softer than its output is set."""

    def revision(self, airing: Airing) -> str:
        """Hash of the bulletin's file as it is now."""

    def say(self, message: Message) -> str:
        """The sentence, in the station's language, as it is to stand in the log."""
