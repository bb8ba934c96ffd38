"""What a box asks its hub by its own name: how far its log is there, to take what follows, and what time it is."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from ..codec import UNREADABLE
from ..errors import Message, Refused
from ..station.box.log_segment import make_segment
from ..store.asrun import AsRunLog
from ..trust.key_file import SigningKey
from .https import FAILURES, hub_unreachable, read_error
from .hub_settings import HubSettings, make_tls_context

PATIENCE, MOST_ANSWER_BYTES = 60.0, 10_000  # s, bytes


@dataclass(frozen=True, slots=True)
class HubIntake:
    """Where a hub answers one box. Of the log each question is answered with how many entries of it the hub has.

    Raises the error that the hub tells of, such as
    `RefusedLog` where it does not believe the log, and `Refused` where it cannot be reached.
    """

    settings: HubSettings
    line: http.client.HTTPSConnection

    @classmethod
    def open(cls, settings: HubSettings) -> HubIntake:
        """Connects with the first question."""
        context = make_tls_context(settings.ca)
        return cls(
            settings,
            http.client.HTTPSConnection(settings.address, settings.https_port, timeout=PATIENCE, context=context),
        )

    def close(self) -> None:
        self.line.close()

    def ask_end(self, life: str) -> int:
        """How far it has the log whose first entry has this hash."""
        return self._ask("GET", f"?life={life}")

    def send(self, piece: bytes) -> int:
        """Give it a piece (`station/box/log_segment.py`); one that it has already changes nothing."""
        return self._ask("POST", "", piece)

    def connect(self) -> None:
        """Before the first question."""
        try:
            self.line.connect()
        except FAILURES as error:
            raise Refused(hub_unreachable(self.settings.address, error)) from error

    def ask_time(self, nonce: str) -> bytes:
        """Its signed word what time it is (`station/box/hub_time.py`)."""
        return self._answer("POST", "time", nonce.encode())

    def _ask(self, method: str, query: str, body: bytes | None = None) -> int:
        answer = self._answer(method, f"log{query}", body)
        try:
            return int(json.loads(answer)["next"]) - 1
        except UNREADABLE:
            raise Refused(Message("the hub answers what is not understood")) from None

    def _answer(self, method: str, what: str, body: bytes | None) -> bytes:
        settings = self.settings
        try:
            self.line.request(method, f"/v1/box/{settings.user}/{what}", body, {**settings.log_in})
            answer = self.line.getresponse()
            content = answer.read(MOST_ANSWER_BYTES)
        except FAILURES as error:
            raise Refused(hub_unreachable(settings.address, error)) from error
        if answer.status != http.HTTPStatus.OK:
            raise read_error(content, answer.status)
        return content


def send_log(log: AsRunLog, key: SigningKey, settings: HubSettings, now: datetime) -> int:
    """Send what the hub does not have of this log yet; how many entries went.

    Raises as `HubIntake`, `LogUnusable`.
    """
    with closing(HubIntake.open(settings)) as hub:
        known = first = hub.ask_end(log.life())
        while known < log.last_number():
            known = hub.send(make_segment(log, key, known, now))
        if known == first:  # nothing is new, or less is here than there was: the hub is told so
            known = hub.send(make_segment(log, key, known, now))
    return known - first
