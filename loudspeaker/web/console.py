"""The console of a station: its site, and what its pages work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..clock import SystemClock
from ..errors import Message
from ..i18n import LANGUAGES
from ..interfaces import Clock
from ..station.naming import name_within_sentence
from .access.accounts import AccountStore
from .access.console_database import ConsoleDatabase
from .access.delegations import DelegationStore
from .access.passwords import PasswordHashes
from .airing_pages.alarm_forms import AlarmProposals
from .bulletin_pages.drafts import DraftStore
from .certificate import TLS_FOLDER, CertificateFiles
from .guard import DONE_ELSEWHERE, Task
from .jobs import Jobs
from .live_events import LiveEvents
from .shared_station import SharedStation
from .site import DATABASE, LOCAL, Site, SiteSubject, open_site
from .station_map import STATION_MAP


@dataclass(frozen=True, slots=True)
class Console:
    """The officers' console of one station: its pages, and what they work with."""

    site: Site
    shared_station: SharedStation
    drafts: DraftStore
    delegations: DelegationStore
    jobs: Jobs
    live: LiveEvents
    alarms: AlarmProposals = field(default_factory=AlarmProposals)

    def close(self) -> None:
        self.jobs.close()
        self.shared_station.close()
        self.site.close()


@dataclass(frozen=True, slots=True)
class ConsolePaths:
    """Where a console finds its station, and where its own files lie."""

    home: Path
    state: Path
    own: Path

    @property
    def database(self) -> Path:
        return self.own / DATABASE

    @property
    def tls(self) -> CertificateFiles:
        return CertificateFiles(self.own / TLS_FOLDER)


def console_paths(home: Path, state: Path) -> ConsolePaths:
    """A service has a folder of its own beside the station's (deploy/loudspeaker-web.service); else it is in HOME/.web.

    Accounts stand in no file of the station: those are the same on every box and travel on USB sticks.
    """
    of_service = home.with_name(f"{home.name}-web")
    return ConsolePaths(home, state, of_service if of_service.is_dir() else home / ".web")


def open_accounts(database: Path) -> AccountStore:
    """The accounts alone, by this machine's clock; whoever opens them closes them."""
    return AccountStore.open(database, SystemClock())


def open_console(
    paths: ConsolePaths,
    *,
    clock: Clock | None = None,
    language: str = LANGUAGES[0],
    hosts: frozenset[str] = LOCAL,
    secure: bool = False,
    hashes: PasswordHashes | None = None,
) -> Console:
    """The console over a station; whoever opens it closes it. The station is opened when a page first needs it."""
    clock = clock or SystemClock()
    station, database = SharedStation(paths.home, paths.state, clock), ConsoleDatabase.open(paths.database, clock)
    site = open_site(
        SiteSubject(
            station.name,
            lambda: _heading(station),
            station.zone,
            station.guessable_names,
            lambda task: _done_elsewhere(station, task),
        ),
        STATION_MAP,
        database,
        paths.own,
        clock,
        language=language,
        hosts=hosts,
        secure=secure,
        hashes=hashes,
    )
    drafts, delegations = DraftStore(database, clock), DelegationStore(database, clock)
    return Console(site, station, drafts, delegations, Jobs(), LiveEvents(station.mark))


def _heading(station: SharedStation) -> Message:
    return Message("Station of {commune}", commune=name_within_sentence(station.name()))


def _done_elsewhere(station: SharedStation, task: Task) -> Message | None:
    """What nobody does on a box that takes its bulletins and schedules signed from elsewhere."""
    if task in DONE_ELSEWHERE and (scope := station.scope()):
        return Message("this box takes its files signed from {scope}: change them there", scope=scope)
    return None
