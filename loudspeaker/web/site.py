"""What all pages of one site stand on, a station's or a hub's: who may come in, what it is about, its language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from jinja2 import Environment

from ..errors import Message
from ..i18n import LANGUAGES, translator
from ..interfaces import Clock
from ..store.atomic import databases_aside
from .access.access_tokens import AccessTokens
from .access.accounts import AccountStore
from .access.audit import ConsoleAudit
from .access.console_database import ConsoleDatabase
from .access.passwords import PasswordHashes
from .guard import Task
from .templating import Asset, load_assets, make_templates

DATABASE = "console.db"
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
Entries = Sequence[tuple[str, Message]]  # address and name of a page


@dataclass(frozen=True, slots=True)
class SiteSubject:
    """What the pages are about. Functions: files may change while pages are shown."""

    name: Callable[[], str]
    heading: Callable[[], Message]  # above the doors
    zone: Callable[[], tzinfo | None]
    guessable_names: Callable[[], Sequence[str]]  # what whoever guesses a password tries first
    done_elsewhere: Callable[[Task], Message | None] = lambda task: None  # why nobody does this here


@dataclass(frozen=True, slots=True)
class SiteMap:
    """Which pages there are, what each form does in words, and what stands where."""

    needs: Mapping[str, Task | None]  # a row for each route, as in guard.py
    largest_bodies: Mapping[str, int]  # bytes, of forms with files
    deeds: Mapping[str, Message]
    trials: frozenset[str]  # forms that change nothing by themselves
    navigation: Entries
    more: Entries
    top: str  # the template of the bar above every page
    first_command: str  # prints the link of the first account
    templates: tuple[Path, ...] = ()  # folders beside that of web/
    is_live: bool = False  # pages that are open are told of changes at /song


@dataclass(frozen=True, slots=True)
class Site:
    """The pages of a station or a hub, and who may use them."""

    subject: SiteSubject
    map: SiteMap
    accounts: AccountStore
    tokens: AccessTokens
    audit: ConsoleAudit
    own: Path  # the folder with console.db
    clock: Clock
    language: str
    translate: Callable[[str], str]
    assets: Mapping[str, Asset]
    templates: Environment
    hosts: frozenset[str] = LOCAL  # names and addresses by which it may be asked
    secure: bool = False  # over https

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; with `__Host-` a browser takes it from this very address only."""
        return "__Host-s" if self.secure else "s"

    def databases_aside(self) -> list[str]:
        """Files with accounts and acts that were damaged, the oldest first: a technician may still read them."""
        return [path.name for path in databases_aside(self.own / DATABASE)]

    def close(self) -> None:
        self.accounts.close()


def open_site(
    subject: SiteSubject,
    site_map: SiteMap,
    database: ConsoleDatabase,
    own: Path,
    clock: Clock,
    *,
    language: str = LANGUAGES[0],
    hosts: frozenset[str] = LOCAL,
    secure: bool = False,
    hashes: PasswordHashes | None = None,
) -> Site:
    """The site whose people stand in `database`; whoever opens it closes it."""
    return Site(
        subject,
        site_map,
        AccountStore(database, hashes),
        AccessTokens(database),
        ConsoleAudit(database),
        own,
        clock,
        language,
        translator(language),
        load_assets(),
        make_templates(language, site_map.templates),
        hosts,
        secure,
    )
