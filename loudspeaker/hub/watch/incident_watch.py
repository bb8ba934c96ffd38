"""Looks for incidents and has them told, in a thread of its own: a mail server may take its time.

What goes on is told again every four hours by day: who was told of it may have gone off duty.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Thread

from ...errors import LoudspeakerError, Message
from ...trust.signed_documents import Alert, AlertKind
from ..boxes.box_board import BoxBoard, BoxRow
from ..hub import Hub
from ..hub_database import instant_of, text_of
from ..published_files import PublishedScope
from .blob_scrub import find_missing
from .incidents import COUNTS, Incident, IncidentBook, IncidentKind, Trouble
from .notices import Notice, read_notice_settings
from .troubles import (
    LASTING,
    AwaitedAlert,
    WatchedVersion,
    expected_alerts,
    find_alert_trouble,
    find_box_troubles,
    find_broker_trouble,
    find_version_trouble,
    is_day,
    is_unwell,
)

LOOK = 30.0  # s between two looks
MOST_LISTED = 10  # incidents in one notice; of more it begins with how many there are of each kind
AGAIN = timedelta(hours=4)  # until what goes on is told again
END_WORDS: Mapping[AlertKind, Message] = {
    AlertKind.END: Message("end of an alarm"),
    AlertKind.STOP: Message("stop of what sounds"),
}
logger = logging.getLogger(__name__)


class IncidentWatch:
    """What one look does; `translate`: the language of what is told."""

    def __init__(self, hub: Hub, translate: Callable[[str], str]) -> None:
        self._hub = hub
        self._translate = translate
        self._book = IncidentBook(hub.database, translate)
        self._since: dict[tuple[IncidentKind, str], datetime] = {}  # what is wrong now, seen first by this process

    def look(self) -> None:
        """Note what has begun or is over, and tell it. What a channel does not take, it is offered with the next look.

        Raises `WriteError`, `BadFile`.
        """
        hub, now = self._hub, self._hub.clock.now()
        lost = hub.contact.lost
        self._book.note(self._find_lasting(now, lost), now, broker_lost=lost is not None)
        for channel in read_notice_settings(hub.paths.notices).channels():
            untold = self._book.find_untold(channel.name)
            again = self._book.going_on(channel.name, now - AGAIN) if is_day(now) else []
            if not untold and not again:
                continue
            try:
                channel.tell(self.notice(untold, again), hub.clock)
            except LoudspeakerError as error:
                logger.warning("%s", error)
            else:
                self._book.mark_told(channel.name, [*untold, *again], now)

    def notice(self, untold: Sequence[Incident], again: Sequence[Incident] = ()) -> Notice:
        """What is told of these at once; of `again` people have heard before."""
        incidents = [*untold, *again]
        sentences = [
            *(incident.message().say(self._translate) for incident in untold),
            *(Message("Still so: {incident}", incident=incident.message()).say(self._translate) for incident in again),
        ]
        shown = sentences[:MOST_LISTED]
        if more := len(sentences) - len(shown):
            shown = [self._summary(incidents), *shown]
            shown.append(Message("… and {count} more incidents", count=more).say(self._translate))
        facts = [
            {
                "kind": incident.kind.value,
                "about": incident.about,
                "since": incident.since.isoformat(),
                "over": incident.over and incident.over.isoformat(),
                "again": number >= len(untold),
                "text": text,
            }
            for number, (incident, text) in enumerate(zip(incidents, sentences, strict=True))
        ]
        return Notice(self._head(untold, again), shown, facts)

    def _head(self, untold: Sequence[Incident], again: Sequence[Incident]) -> str:
        begun = sum(incident.over is None for incident in untold)
        counts = {"hub": self._hub.office() or "hub", "begun": begun, "over": len(untold) - begun}
        head = Message("{hub}: {begun} new incidents, {over} over", **counts)
        if again:
            head = Message("{hub}: {begun} new incidents, {over} over, {again} go on", **counts, again=len(again))
        return head.say(self._translate)

    def _summary(self, incidents: Iterable[Incident]) -> str:
        """How many of each kind go on."""
        counts = Counter(incident.kind for incident in incidents if incident.over is None)
        messages = (Message(COUNTS[kind].template, count=count) for kind, count in counts.most_common())
        return "; ".join(message.say(self._translate) for message in messages)

    def _find_lasting(self, now: datetime, broker_lost: datetime | None) -> list[Trouble]:
        """What is wrong, each with whether it has lasted for long enough."""
        troubles = list(self._find(now, broker_lost))
        self._since = {trouble.key: self._since.get(trouble.key, now) for trouble in troubles}
        return [replace(trouble, may_begin=trouble.may_begin and self._lasts(trouble, now)) for trouble in troubles]

    def _lasts(self, trouble: Trouble, now: datetime) -> bool:
        return now - self._since[trouble.key] >= LASTING.get(trouble.kind, timedelta(0))

    def _find(self, now: datetime, broker_lost: datetime | None) -> Iterator[Trouble]:
        board = self._hub.board()
        yield from find_broker_trouble(now, broker_lost)
        yield from self._find_damaged(board)
        rows = [row for row in board.boxes() if not row.revoked]
        for row in rows:
            yield from find_box_troubles(row, now, self._names)
        for office in board.published:
            below = frozenset(board.scopes(office.scope))
            boxes = [row for row in rows if row.scope in below]
            for alert in self._find_awaited(board, office, boxes, now):
                yield from find_alert_trouble(alert, now, self._names)
            if watched := self._watch_version(office, boxes, now):
                yield from find_version_trouble(watched, now, self._names)

    def _find_damaged(self, board: BoxBoard) -> Iterator[Trouble]:
        """Files that are served and are not there, or were damaged and healed since the last look."""
        root = self._hub.paths.root
        for scope, path in dict.fromkeys((*find_missing(root, board.published), *self._hub.findings.take())):
            facts = {"file": path, "office": self._hub.office_name(scope)}
            yield Trouble(IncidentKind.DAMAGED_FILE, f"{scope}/{path}", facts)

    def _find_awaited(
        self, board: BoxBoard, office: PublishedScope, boxes: Sequence[BoxRow], now: datetime
    ) -> Iterator[AwaitedAlert]:
        since = board.signed_since(office.scope)
        opened = (alert.opened for alert in office.alerts)
        signed = {alert.document: since[alert.sha256] for alert in opened if alert.sha256 in since}
        for alert in expected_alerts(signed, now):
            meant = [box for box in boxes if box.is_meant(alert)]
            yield AwaitedAlert(alert, self._title(alert), signed[alert], meant, board.receipts(alert.id))

    def _watch_version(self, office: PublishedScope, boxes: Sequence[BoxRow], now: datetime) -> WatchedVersion | None:
        """The newest manifest of an office; which boxes were unwell before it is noted when it is seen first."""
        if office.manifest is None:
            return None
        scope, version, database = office.scope, office.manifest.version, self._hub.database
        row = database.row("SELECT * FROM health_before WHERE scope = ? AND version >= ?", scope, version)
        if row is None:
            unwell = frozenset(box.box for box in boxes if is_unwell(box))
            with database.change() as connection:
                values = scope, version, text_of(now), json.dumps(sorted(unwell))
                connection.execute("INSERT OR REPLACE INTO health_before VALUES (?, ?, ?, ?)", values)
            return None
        since, before = instant_of(row["at"]), frozenset(json.loads(row["unwell"]))
        return WatchedVersion(scope, self._hub.office_name(scope), version, since, before, boxes)

    def _title(self, alert: Alert) -> str | Message:
        """What an alert is called where it is told of."""
        if alert.kind in END_WORDS:
            return END_WORDS[alert.kind]
        names = self._hub.names(alert.scope)
        return alert.text or (names.bulletin(alert.bulletin).title if names and alert.bulletin else "–")

    def _names(self, row: BoxRow) -> Mapping[str, str]:
        """A box as people call it."""
        villages = ", ".join(self._hub.village_name(row.scope, village) for village in row.villages)
        return {"box": row.name or row.box, "commune": self._hub.office_name(row.scope), "villages": villages or "–"}


@contextmanager
def watching(hub: Hub, translate: Callable[[str], str]) -> Iterator[None]:
    """A watch that looks every `LOOK` seconds until the block ends."""
    watch, ended = IncidentWatch(hub, translate), Event()

    def look_again() -> None:
        while not ended.wait(LOOK):
            try:
                watch.look()
            except LoudspeakerError as error:  # a full disk: the next look may have more luck
                logger.error("%s", error)
            except Exception:  # a mistake of the program ends no watch
                logger.exception("the watch for incidents")

    thread = Thread(target=look_again, name="incidents")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
