"""One station for all pages: read again when its files have changed, used by one thread at a time."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from threading import Lock, RLock
from typing import Any, Generic, NamedTuple, TypeVar, TypeVarTuple, cast

from ..daemon.board_client import BoardClient
from ..errors import BeingRead, LoudspeakerError, Message, Unreachable
from ..interfaces import Clock
from ..model.alert_answer import PreparedAlert
from ..model.board import Board, BoardAiring, Health, StandingAlarm, VoiceInstallation
from ..model.commune import Contact
from ..model.contents import Contents
from ..model.envelope import Envelope
from ..model.requests import NoteEdit, Request
from ..station.deliveries.membership import must_be_edited_here, signed_scope
from ..station.emergency.alarms import repeats, standing, standing_alarm
from ..station.paths import StationPaths
from ..station.planner import Planner
from ..station.station import Station
from ..store.edits import FileEdit, apply_edits

FRESH = 1.0  # s that what the files and the daemon said is shown without looking again
PATIENCE = 2.0  # s that a page waits for the daemon's answer to a question
READING, POLL = 6.0, 0.25  # s that whoever decides about a text waits until it is read, and between two looks

V = TypeVar("V")
Q = TypeVarTuple("Q")


@dataclass(frozen=True, slots=True)
class AirState:
    """What every page shows of the air: the daemon's board, or without a daemon what the log tells."""

    board: Board | None = None  # without its instant; None where the daemon does not answer
    alarms: tuple[StandingAlarm, ...] = ()
    fault: Message | None = None  # why files or log cannot be read
    log: int = 0  # the number of the log's last entry, where the daemon does not tell

    @property
    def running(self) -> bool:
        """Does the daemon answer?"""
        return self.board is not None

    @property
    def on(self) -> tuple[BoardAiring, ...]:
        """What is on the air, or between two plays."""
        return self.board.on if self.board else ()

    @property
    def prepared(self) -> tuple[PreparedAlert, ...]:
        """Signed alerts that wait for more signatures."""
        return self.board.prepared if self.board else ()

    @property
    def next_at(self) -> datetime | None:
        """When the next airing begins."""
        return self.board.next[0].at if self.board and self.board.next else None


class Fresh(Generic[V]):
    """What `look` returns, at most `FRESH` seconds old; the very same value as before, where both are equal."""

    def __init__(self, look: Callable[[], V], clock: Clock) -> None:
        self._look = look
        self._clock = clock
        self._value: V | None = None
        self._until = 0.0  # monotonic

    def value(self) -> V:
        now, value = self._clock.monotonic(), self._value
        if value is None or now >= self._until:
            self._until = now + FRESH  # before it looks: whoever has it forgotten meanwhile wants another look
            seen = self._look()
            value = self._value = value if value == seen else seen
        return value

    def forget(self) -> None:
        """Look again when next asked."""
        self._value, self._until = None, 0.0


class SharedAnswer(NamedTuple):
    """What was read from the station, and all that it depends on."""

    value: object
    depends_on: tuple[object, ...]


class SharedStation:
    """The station in `home`, whose log (in `state`) is only read here: whatever is decided, the daemon is asked to."""

    def __init__(self, home: Path, state: Path, clock: Clock) -> None:
        self.paths = StationPaths(home, state)
        self.client = BoardClient(home, state, self._current, clock=clock)
        self.planning = Lock()  # held while a change is planned: two at once would make everybody wait twice as long
        self._clock = clock
        self._lock = RLock()
        self._station: Station | None = None
        self._planner: Planner | None = None  # the station's, who knows what its files look like
        self._sight = Fresh(self._look_at_files, clock)
        self._seen: object = None  # the sight of the files as they were read last
        self._scope = ""
        self._air = Fresh(self._look_at_air, clock)
        self._health = Fresh(self._ask_health, clock)
        self._shared: dict[object, SharedAnswer] = {}  # by the function that read it

    @contextmanager
    def station(self) -> Iterator[Station]:
        """The station as its files are now, for this thread alone: take out what is needed, and let go of it.

        What others than the console have edited is seen within `FRESH` seconds.
        Raises `BadFile` where there is none, `LogUnusable`.
        """
        with self._lock:
            yield self._current()

    def ask(self, request: Request, by: str, account: str) -> Any:
        """What the daemon answers to somebody's request. Raises `Unreachable`, and whatever the daemon refuses with."""
        try:
            return self.client.send(Envelope(request, by, account, "web"))
        finally:
            self.look_anew()

    def give(self, request: Request, by: str, account: str, patience: float) -> Sequence[str]:
        """Have something heard as soon as its sound is made: the ids of its airings.

        Raises as `ask` does, and `BeingMade` after `patience` seconds.
        """
        try:
            return self.client.give(Envelope(request, by, account, "web"), patience)
        finally:
            self.look_anew()

    def ask_about_text(self, request: Request, by: str, account: str) -> Any:
        """The same of a text that may have been saved a moment ago: waits until a child of the daemon has read it."""
        tries = round(READING / POLL)
        for _ in range(tries - 1):
            with suppress(BeingRead):
                return self.ask(request, by, account)
            time.sleep(POLL)
        return self.ask(request, by, account)

    def save(self, edits: Sequence[FileEdit], by: str, account: str) -> None:
        """Write files, all or none, where they change anything, and have it noted who did.

        Raises `Refused` where the station takes signed files, `EditConflict`, `EditLocked`, `WriteError`.
        """
        must_be_edited_here(self.paths)
        changed = [edit for edit in edits if edit.revision_after != edit.revision]
        apply_edits(self.paths.home, changed, by)
        self.look_anew()
        self.note_saved(changed, by, account)

    def note_saved(self, edits: Sequence[FileEdit], by: str, account: str) -> None:
        """Have it noted in the log who has saved these files."""
        with suppress(Unreachable):  # the files tell by themselves that they are others; only by whom, they do not
            for edit in edits:
                self.ask(NoteEdit(edit.path, edit.revision, edit.revision_after), by, account)

    def scope(self) -> str:
        """Whose signed files this box takes, as it was seen last; "" where bulletins and schedules are edited here."""
        self._last_station()
        return self._scope

    def air(self) -> AirState:
        """What is on the air and what stands, at most `FRESH` seconds old."""
        return self._air.value()

    def health(self) -> Health:
        """What the doctor said last of this box, at most `FRESH` seconds ago; nothing where no daemon answers."""
        return self._health.value()

    def installation(self) -> VoiceInstallation | None:
        """How far the voice is that somebody had installed last; None where the daemon does not answer in time."""
        with suppress(LoudspeakerError):
            return self.client.installation(PATIENCE)
        return None

    def share(self, make: Callable[[Station, AirState, Health, *Q], V], *question: *Q) -> V:
        """What `make` reads from the station, made once for all who ask the same in this minute while nothing happens.

        So it must be the same for everybody: what one person may see or do is for the template to tell. Of each `make`
        the last question is kept with its answer. Raises as `station` and `make` do.
        """
        air, health, minute = self.air(), self.health(), self._clock.now().replace(second=0, microsecond=0)
        asked_for = air, health, minute, question
        answer = self._shared.get(make)
        if answer is None or answer.depends_on != (self._sight.value(), *asked_for):
            with self.station() as station:
                answer = self._shared.get(make)
                depends_on = self._seen, *asked_for
                if answer is None or answer.depends_on != depends_on:  # else another thread has read it meanwhile
                    answer = self._shared[make] = SharedAnswer(make(station, air, health, *question), depends_on)
        return cast("V", answer.value)

    def mark(self) -> str:
        """Changes whenever a page would look different: with the air, the box, people's files, each entry of the log.

        Whoever asks once a second spares the others the looking.
        """
        return hashlib.sha256(repr((self.air(), self.health(), self._sight.value())).encode()).hexdigest()

    def contents(self) -> Contents:
        """What people's files say now: nobody waits for whoever has the station, unless files have changed.

        Raises as `station` does.
        """
        station = self._station
        if station is None or self._sight.value() != self._seen:
            with self.station() as station:
                return station.files.contents
        return station.files.contents

    # What the files said when they were read last: for this nobody waits until another page lets go of the station.

    def name(self) -> str:
        """The commune's; "" where its files cannot be read."""
        station = self._last_station()
        return station.files.commune.name if station else ""

    def technician(self) -> Contact | None:
        """Whom to call when something is broken, as far as the files can be read and tell."""
        station = self._last_station()
        return station.files.commune.technician if station else None

    def village_names(self) -> Mapping[str, str]:
        """What villages are called, by id; none where the files cannot be read."""
        station = self._last_station()
        return village_names(station) if station else {}

    def zone(self) -> tzinfo | None:
        """The commune's; the machine's where its files cannot be read."""
        station = self._last_station()
        return station.files.commune.zone if station else self._clock.now().tzinfo

    def guessable_names(self) -> Sequence[str]:
        """Names that are tried first by whoever guesses a password: the commune's and its villages'."""
        station = self._last_station()
        if station is None:
            return ()
        files = station.files
        return [files.commune.name, *(schedule.name for schedule in files.contents.schedules), *files.commune.villages]

    def close(self) -> None:
        with self._lock:
            if self._station:
                self._station.close()

    def look_anew(self) -> None:
        """Show nothing that was seen before now: somebody does, or has done, something here."""
        self._sight.forget()
        self._air.forget()
        self._health.forget()
        self._shared.clear()

    def _ask_health(self) -> Health:
        with suppress(LoudspeakerError):
            return self.client.health(PATIENCE)
        return Health()

    def _look_at_air(self) -> AirState:
        try:
            board = replace(self.client.board(PATIENCE), at=datetime.min)  # else nothing may have happened
            return AirState(board, board.alarms)
        except Unreachable:
            return self._look_at_log()
        except LoudspeakerError as error:
            return AirState(fault=error.message)

    def _look_at_log(self) -> AirState:
        try:
            with self.station() as station:
                log, now = station.log, station.clock.now()
                alarms = [standing_alarm(alarm, repeats(log, alarm, now)) for alarm in standing(log, now)]
                return AirState(alarms=tuple(alarms), log=log.last_number())
        except LoudspeakerError as error:
            return AirState(fault=error.message)

    def _last_station(self) -> Station | None:
        """The station as it was read last, for what its files say; None where there is none that can be read."""
        if self._station is None:
            with suppress(LoudspeakerError):
                self._current()
        return self._station

    def _current(self) -> Station:
        """The station, opened, or read again where its files or its log are others now."""
        with self._lock:
            if self._station is None:
                self._station = Station.open(self.paths.home, self.paths.state, clock=self._clock, writes=False)
                self._planner = self._station.planner
                self._sight.forget()
                self._seen = self._sight.value()
                self._scope = signed_scope(self.paths)
            elif (seen := self._sight.value()) != self._seen:
                self._station.reload()
                self._station.close()
                self._seen = seen
                self._scope = signed_scope(self.paths)
            return self._station

    def _look_at_files(self) -> object:
        """Changes with the station, and with the log as a file: without a writer it is read as it was when opened."""
        written = _identify(Path(f"{self.paths.log}-wal"))
        try:
            stamp: object = self._planner.stamp() if self._planner else None
        except LoudspeakerError as error:  # whoever reads the files now is told so
            stamp = str(error)
        return stamp, written, None if written else _identify(self.paths.log)


def village_names(station: Station) -> Mapping[str, str]:
    """What villages are called, by id: all of the commune's, and all that this box plays."""
    names = {schedule.id: schedule.name for schedule in station.files.contents.schedules}
    known = dict.fromkeys((*station.files.commune.villages, *station.files.box.plays, *names))
    return {village: names.get(village, village) for village in known}


def _identify(path: Path) -> object:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, None if path.name.endswith("-wal") else state.st_mtime_ns
