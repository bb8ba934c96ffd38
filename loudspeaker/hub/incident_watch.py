"""Looks for incidents and has them told, in a thread of its own: a mail server may take its time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event, Thread

from ..errors import LoudspeakerError, Message
from .box_board import BoxRow
from .hub import Hub
from .incidents import Incident, IncidentBook, find_troubles
from .notices import Notice, read_notice_settings

LOOK = 30.0  # s between two looks
MOST_LISTED = 20  # incidents in one notice; the rest is counted
logger = logging.getLogger(__name__)


class IncidentWatch:
    """What one look does; `translate`: the language of what is told."""

    def __init__(self, hub: Hub, translate: Callable[[str], str]) -> None:
        self._hub = hub
        self._translate = translate
        self._book = IncidentBook(hub.database, translate)

    def look(self) -> None:
        """Note what has begun or is over, and tell it. What a channel does not take, it is offered with the next look.

        Raises `WriteError`, `BadFile`.
        """
        hub, now = self._hub, self._hub.clock.now()
        lost = hub.contact.lost
        troubles = list(find_troubles(hub.board().boxes(), now, lost, self._names))
        self._book.note(troubles, now, broker_lost=lost is not None)
        for channel in read_notice_settings(hub.paths.notices).channels():
            untold = self._book.untold(channel.name)
            if not untold:
                continue
            try:
                channel.tell(self.notice(untold), hub.clock)
            except LoudspeakerError as error:
                logger.warning("%s", error)
            else:
                self._book.mark_told(channel.name, untold, now)

    def notice(self, incidents: Sequence[Incident]) -> Notice:
        """What is told of these at once."""
        begun = sum(one.over is None for one in incidents)
        head = Message(
            "{hub}: {begun} new incidents, {over} over",
            hub=self._hub.office() or "hub",
            begun=begun,
            over=len(incidents) - begun,
        )
        sentences = [one.message().say(self._translate) for one in incidents]
        shown = sentences[:MOST_LISTED]
        if more := len(sentences) - len(shown):
            shown.append(Message("… and {count} more incidents", count=more).say(self._translate))
        facts = [
            {
                "kind": one.kind.value,
                "about": one.about,
                "since": one.since.isoformat(),
                "over": one.over and one.over.isoformat(),
                "text": text,
            }
            for one, text in zip(incidents, sentences, strict=True)
        ]
        return Notice(head.say(self._translate), shown, facts)

    def _names(self, row: BoxRow) -> Mapping[str, str]:
        """A box as people call it."""
        villages = ", ".join(self._hub.village_name(row.scope, one) for one in row.villages)
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
