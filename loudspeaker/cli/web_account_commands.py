"""Who may use the officers' console: people and their accounts, programs and their tokens, and what was done there."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage, Message
from . import rooms
from .app import TranslatedCommand, TranslatedGroup, option
from .command_context import current_station_context
from .parameter_types import _
from .prompts import must_agree
from .tables import show_table
from .terminal import put, tell
from .web_commands import as_owner, at_port, current_paths, on_network, web_address

if TYPE_CHECKING:
    from ..web.access.access_tokens import AccessTokens
    from ..web.access.accounts import AccountStore, Role
    from ..web.access.console_database import ConsoleDatabase

N_ = str
ROLES = {
    "view": N_("see"),
    "edit": N_("edit"),
    "approve": N_("approve"),
    "duty": N_("on duty"),
    "admin": N_("administer"),
}


@click.command(cls=TranslatedCommand)
@at_port
@on_network
def first(port: int | None, lan: bool) -> None:
    """Print the one-time link by which the first person makes an account."""
    with _accounts() as accounts:
        if not accounts.is_empty():
            raise BadUsage(Message("there are accounts already; “loudspeaker web user reset NAME” prints a new link"))
        put(web_address(port, lan, accounts.make_link()))
    tell(_("It works once, within 30 minutes."))


@click.group(cls=TranslatedGroup)
def user() -> None:
    """The people who may use the console."""


@user.command(name="list")
def list_() -> None:
    """Show everybody and what they may do."""
    with _accounts() as accounts:
        rows = [
            [user.login, user.name, role_words(user.roles), account_state(user.locked, user.has_password)]
            for user in accounts.accounts()
        ]
    show_table((_("log-in name"), _("name"), _("may"), _("state")), rows, _("Nobody has an account yet."))


@user.command()
@click.argument("login")
@option("--name", required=True, metavar="NAME", help="Full name, as it is shown and logged.")
@option("--role", "roles", multiple=True, type=click.Choice(tuple(ROLES)), help="What they may do; may be repeated.")
@at_port
@on_network
def add(login: str, name: str, roles: tuple[str, ...], port: int | None, lan: bool) -> None:
    """Add a person, and print the one-time link by which they choose a password."""
    with _accounts() as accounts:
        put(web_address(port, lan, accounts.add(login, name, roles_of(roles or ("view",)))))
    tell(_("It works once, within 24 hours."))


@user.command()
@click.argument("login")
@at_port
@on_network
def reset(login: str, port: int | None, lan: bool) -> None:
    """Print a one-time link by which a person chooses a new password; they are logged out everywhere."""
    with _accounts() as accounts:
        put(web_address(port, lan, accounts.make_link(login)))
    tell(_("It works once, within 24 hours."))


@user.command(name="roles")
@click.argument("login")
@click.argument("roles", nargs=-1, type=click.Choice(tuple(ROLES)))
def set_roles(login: str, roles: tuple[str, ...]) -> None:
    """Say anew what a person may do."""
    with _accounts() as accounts:
        accounts.set_roles(login, roles_of(roles))


@user.command()
@click.argument("login")
@option("--yes", is_flag=True, help="Do not ask.")
def remove(login: str, yes: bool) -> None:
    """Remove a person. What they did stays in the log."""
    if not yes:
        must_agree(_("Remove “{login}”?").format(login=login))
    with _accounts() as accounts:
        accounts.remove(login)


@click.command(cls=TranslatedCommand)
@click.argument("login")
@option("--undo", is_flag=True, help="Let them in again.")
def lock(login: str, undo: bool) -> None:
    """Lock an account at once, after a telephone was lost; the person is logged out everywhere."""
    with _accounts() as accounts:
        accounts.set_locked(login, not undo)


@click.command(cls=TranslatedCommand)
@click.argument("login")
def sessions(login: str) -> None:
    """Log a person out everywhere."""
    with _accounts() as accounts:
        ended = accounts.end_sessions(login)
    tell(_("{count} sessions ended").format(count=ended))


@click.group(cls=TranslatedGroup)
def token() -> None:
    """What other programs read the station with."""


@token.command(name="list")
def list_tokens() -> None:
    """Show every token: its name, what it opens, until when, and when it was used."""
    with _tokens() as tokens:
        rows = [
            [
                entry.name,
                entry.village or _("the API"),
                _("has ended") if entry.ended else f"{entry.until.astimezone():%Y-%m-%d}",
                f"{entry.used.astimezone():%Y-%m-%d}" if entry.used else "–",
            ]
            for entry in tokens.tokens()
        ]
    show_table((_("name"), _("opens"), _("until"), _("last used")), rows, _("No program has a token."))


@token.command(name="add")
@click.argument("name")
@option("--village", metavar="VILLAGE", help="Opens only the calendar of this village.")
@option("--days", type=click.IntRange(1, 1095), default=365, metavar="N", help="How many days it is valid.")
@at_port
@on_network
def add_token(name: str, village: str | None, days: int, port: int | None, lan: bool) -> None:
    """Make a token and print it, or the address of the calendar that it opens. It is not shown again."""
    known = _current_village(village)
    with _tokens() as tokens:
        secret = tokens.make(name, days, getpass.getuser(), known)
    put(f"{web_address(port, lan, None)}lich/{known}.ics?k={secret}" if known else secret)


@token.command(name="remove")
@click.argument("name")
def revoke_token(name: str) -> None:
    """Revoke a token: from now on it opens nothing."""
    with _tokens() as tokens:
        tokens.revoke(name)


@click.command(cls=TranslatedCommand)
def audit() -> None:
    """Check the chain of what people did at the console; print how many acts it has, and its head."""
    with _database() as database:
        acts = rooms.audit.ConsoleAudit(database)
        put(f"{acts.verify()} {acts.head()}")


def _current_village(name: str | None) -> str:
    """The id of a village of this station; "" where none is named. Raises `NotFound`."""
    return current_station_context().station.files.village_id(name) if name else ""


@contextmanager
def _accounts() -> Iterator[AccountStore]:
    """The accounts, opened as whoever owns their folder: root must leave no file there that a service cannot open."""
    database = current_paths().database
    with as_owner(database.parent):
        store = rooms.console.open_accounts(database)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def _tokens() -> Iterator[AccessTokens]:
    with _database() as database:
        yield rooms.access_tokens.AccessTokens(database)


@contextmanager
def _database() -> Iterator[ConsoleDatabase]:
    """console.db, opened as the accounts are."""
    path = current_paths().database
    clock, opened = rooms.clock.SystemClock(), rooms.console_database.ConsoleDatabase.open
    with as_owner(path.parent), closing(opened(path, clock)) as database:
        yield database


def roles_of(roles: tuple[str, ...]) -> list[Role]:
    return [rooms.accounts.Role(role) for role in roles]


def role_words(roles: frozenset[Role]) -> str:
    return ", ".join(_(word) for role, word in ROLES.items() if role in roles)


def account_state(locked: bool, has_password: bool) -> str:
    return _("locked") if locked else "" if has_password else _("has no password yet")


COMMANDS = (first, user, lock, sessions, token, audit)
