"""What offices above the commune offer, as the commune's own schedule would have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..config.entry_sentences import describe_entry
from ..config.schedule_entries import flow_yaml, raw_entries
from ..errors import Message
from ..model.broadcast import Broadcast
from ..schedule.origins import find_offers
from .people_files import StationFiles

REFERENCES = ("bulletin", "fallback")  # keys of an entry that name a bulletin


@dataclass(frozen=True, slots=True)
class Offer:
    """Routine of an office above the commune: nobody hears it before the commune schedules it.

    `line` is what the commune's schedule would say, YAML on one line.
    """

    origin: str
    title: str
    when: Message
    line: str


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
        title = _title(files, schedule.broadcasts[number])
        yield Offer(schedule.origin, title, describe_entry(entry), flow_yaml(entry))


def _title(files: StationFiles, entry: Broadcast) -> str:
    bulletin = files.contents.bulletins.get(entry.bulletin or "")
    return bulletin.title if bulletin else entry.name
