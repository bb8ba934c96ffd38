"""What all pages share: the station's desk, the accounts, the language, the names by which this machine is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment

from ..clock import SystemClock
from ..i18n import LANGUAGES, translator
from ..interfaces import Clock
from ..store.atomic import databases_aside
from .access.access_tokens import AccessTokens
from .access.accounts import AccountStore
from .access.audit import ConsoleAudit
from .access.console_database import ConsoleDatabase
from .access.delegations import DelegationStore
from .access.passwords import PasswordHashes
from .airing_pages.alarm_forms import AlarmDesk
from .bulletin_pages.drafts import DraftStore
from .certificate import TLS_FOLDER, CertificateFiles
from .desk import Desk
from .jobs import Jobs
from .live_events import LiveEvents
from .templating import Asset, load_assets, make_templates

DATABASE = "console.db"
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Console:
    """The officers' console of one station."""

    desk: Desk
    accounts: AccountStore
    tokens: AccessTokens
    audit: ConsoleAudit
    drafts: DraftStore
    delegations: DelegationStore
    jobs: Jobs
    own: Path  # the console's folder
    clock: Clock
    language: str
    translate: Callable[[str], str]
    assets: Mapping[str, Asset]
    templates: Environment
    live: LiveEvents
    hosts: frozenset[str] = LOCAL  # names and addresses by which it may be asked
    secure: bool = False  # over https
    alarms: AlarmDesk = field(default_factory=AlarmDesk)

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; with `__Host-` a browser takes it from this very address only."""
        return "__Host-s" if self.secure else "s"

    def databases_aside(self) -> list[str]:
        """Files with accounts and acts that were damaged, the oldest first: a technician may still read them."""
        return [path.name for path in databases_aside(self.own / DATABASE)]

    def close(self) -> None:
        self.jobs.close()
        self.desk.close()
        self.accounts.close()


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
    desk, database = Desk(paths.home, paths.state, clock), ConsoleDatabase.open(paths.database, clock)
    return Console(
        desk,
        AccountStore(database, hashes),
        AccessTokens(database),
        ConsoleAudit(database),
        DraftStore(database, clock),
        DelegationStore(database, clock),
        Jobs(),
        paths.own,
        clock,
        language,
        translator(language),
        load_assets(),
        make_templates(language),
        LiveEvents(desk.mark),
        hosts,
        secure,
    )
