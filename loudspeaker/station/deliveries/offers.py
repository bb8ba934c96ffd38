"""What offices above the commune offer, as the commune's own schedule would have it, and what of it was declined."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...config.entry_sentences import describe_entry
from ...config.schedule_entries import Entry, flow_yaml, raw_entries
from ...errors import Message, NotFound
from ...model.asrun_record import Event
from ...model.broadcast import Broadcast
from ...model.bulletin import split_origin
from ...playout.ports import Log
from ...schedule.origins import find_offers
from ..approvals import sound_message
from ..people_files import StationFiles

REFERENCES = ("bulletin", "fallback")  # keys of an entry that name a bulletin
DECLINE = "decline"  # the commune does not air an offer: facts `offer`, `digest`, `title`, `why`, `undo`, `by`


@dataclass(frozen=True, slots=True)
class Offer:
    """Routine of an office above the commune: nobody hears it before the commune schedules it.

    `name` is what its broadcast is called. `digest` changes with the entry and with the words of its bulletin: whoever
    declines has seen these. `sound`: what is known of the sound that is signed with it. `office`: what `origin` is
    called.
    """

    name: str
    origin: str
    bulletin: str | None
    title: str
    entry: Entry
    digest: str
    sound: Message | None = None
    office: str = ""

    @property
    def when(self) -> Message:
        return describe_entry(self.entry)

    @property
    def line(self) -> str:
        """What the commune's schedule would say, YAML on one line."""
        return flow_yaml(self.entry)


def list_offers(files: StationFiles) -> Iterator[Offer]:
    """Every offer that no schedule of the commune has taken up. Raises `BadFile` where a file is gone meanwhile."""
    sources = {
        source.name(path): (source, path)
        for source in files.folder.sources
        if source.origin
        for path in source.paths("schedules", ".yaml")
    }
    for schedule, number in find_offers(files.contents):
        source, path = sources[schedule.path]
        entry = raw_entries(source.read(path))[number]
        entry |= {key: list(map(source.id, entry[key])) for key in REFERENCES if key in entry}
        broadcast = schedule.broadcasts[number]
        title, digest = _title(files, broadcast), _digest(files, entry, broadcast.bulletin or "")
        sound = sound_message(broadcast.bulletin, files) if broadcast.bulletin else None
        office = files.contents.office_name(schedule.origin)
        yield Offer(broadcast.name, schedule.origin, broadcast.bulletin, title, entry, digest, sound, office)


def find_offer(files: StationFiles, name: str) -> Offer:
    """One of them, by its name. Raises `NotFound`, and as `list_offers` does."""
    for offer in list_offers(files):
        if offer.name == name:
            return offer
    raise NotFound(Message("“{offer}” is not offered, or not any more", offer=name))


def sort_offers(files: StationFiles, log: Log) -> tuple[list[Offer], list[tuple[Offer, Event]]]:
    """Those that wait for a word of the commune's, and those that it has declined, each with its `DECLINE`.

    Raises as `list_offers` does, and `LogUnusable`.
    """
    offers = list(list_offers(files))
    declined = _find_declines(log) if offers else {}
    waiting = [offer for offer in offers if offer.digest not in declined]
    return waiting, [(offer, declined[offer.digest]) for offer in offers if offer.digest in declined]


def _find_declines(log: Log) -> Mapping[str, Event]:
    """By their digest; without what was taken back."""
    declines: dict[str, Event] = {}
    for event in log.events(DECLINE):
        declines[str(event.facts.get("digest"))] = event
    return {digest: event for digest, event in declines.items() if not event.facts.get("undo")}


def _title(files: StationFiles, entry: Broadcast) -> str:
    bulletin = files.contents.bulletins.get(entry.bulletin or "")
    return bulletin.title if bulletin else entry.name


def _digest(files: StationFiles, entry: Entry, bulletin: str) -> str:
    local, origin = split_origin(bulletin)
    path, words = f"bulletins/{local}.md", []
    for source in files.folder.sources:
        if source.origin == origin:
            words = [files.contents.revisions.get(source.name(path), ""), source.words_revision(path)]
    return hashlib.sha256(json.dumps([entry, *words], sort_keys=True).encode()).hexdigest()
