"""Airings that somebody asks for by hand: named, given their sound, and submitted to the controller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import Message, NotFound
from ..model.airing import Airing, Occurrence
from ..model.bulletin import Bulletin
from ..model.enums import PLAY, Level
from ..playout.item import ManualRequest
from ..station.emergency.alarms import Closing
from .asked_airings import airing_name, at_once
from .on_air import OnAir
from .request_sound import RequestSound

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ManualAirings:
    """Makes them for one station on the air. Everything is called from the daemon's one thread."""

    on_air: OnAir
    sound: RequestSound

    def submit(self, request: ManualRequest) -> str:
        """The id of its airing."""
        self.on_air.controller.submit(request, self.on_air.now())
        return request.airing.id

    def replay(self, bulletin: Bulletin, village: str, now: datetime, kind: str = PLAY) -> Airing:
        """An airing of a bulletin that a person asked for, now."""
        occurrence = self.occurrence(kind, now, village, bulletin.title, bulletin.level, bulletin.id)
        plans = self.on_air.station.planner
        return at_once(occurrence, plans.duration(plans.bulletin_spec(bulletin, occurrence.output))[0])

    def closing_requests(self, closing: Closing, by: str, kind: str, at: datetime) -> list[ManualRequest]:
        """The words of an end, for each village where its alarms were given; `kind` and `at` name them."""
        specs = self.on_air.station.alerts.closing_specs(closing)
        programmes = {output: self.sound.find_made(spec) for output, spec in specs.items()}
        villages = dict.fromkeys(alarm.village for alarm in closing.alarms) if programmes else ()
        title = self.on_air.station.files.template(closing.bulletin).title if closing.bulletin else closing.text or ""
        requests = []
        for village in villages:
            occurrence = self.occurrence(kind, at, village, title, Level.EMERGENCY, closing.bulletin, closing.drill)
            ends = tuple(alarm.id for alarm in closing.alarms if alarm.village == village)
            requests.append(ManualRequest(at_once(occurrence), by, (programmes[occurrence.output],), ends=ends))
        return requests

    def occurrence(
        self,
        kind: str,
        now: datetime,
        village: str,
        title: str,
        level: Level,
        bulletin: str | None = None,
        drill: bool = False,
    ) -> Occurrence:
        name = airing_name(kind, village, now)
        return Occurrence(name, village, self.output_of(village), kind, bulletin, level, now, title, drill)

    def free_instant(self, kind: str, villages: Iterable[str]) -> datetime:
        """Now, or the next second in which nothing of this name was asked for."""
        now = self.on_air.now()
        while any(self.on_air.controller.log.events(airing=airing_name(kind, village, now)) for village in villages):
            now += SECOND
        return now

    def output_of(self, village: str) -> str:
        output = self.on_air.station.files.box.plays.get(village, "")
        if output not in self.on_air.speakers:
            raise NotFound(Message("this box plays nothing for “{village}”; see `plays:` in box.yaml", village=village))
        return output
