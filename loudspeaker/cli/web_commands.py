"""The officers' console: its process, and the people who may use it."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage, Message
from . import rooms
from .app import TranslatedGroup, option
from .command_context import current_station_context
from .parameter_types import _
from .prompts import must_agree
from .tables import show_table
from .terminal import put, tell, translate_logging

if TYPE_CHECKING:
    from ..web.access.access_tokens import AccessTokens
    from ..web.access.accounts import AccountStore, Role
    from ..web.access.console_database import ConsoleDatabase
    from ..web.console import ConsolePaths

PORT, SECURE_PORT = 8080, 8443
N_ = str
ROLES = {
    "view": N_("see"),
    "edit": N_("edit"),
    "approve": N_("approve"),
    "duty": N_("on duty"),
    "admin": N_("administer"),
}
at_port = option("--port", type=click.IntRange(0, 65535), metavar="N", help="8080; of the network 8443.")
on_network = option("--lan", is_flag=True, help="For every machine on the network, over https; needs a certificate.")


@click.group(cls=TranslatedGroup, invoke_without_command=True)
@at_port
@on_network
@click.pass_context
def web(ctx: click.Context, port: int | None, lan: bool) -> None:
    """The officers' console: pages for a browser (trang của cán bộ)."""
    if ctx.invoked_subcommand is None:
        _serve(_paths(), port, lan)


@web.command()
@option("--name", "names", multiple=True, metavar="NAME", help="A name or an address of this machine; may be repeated.")
def certificate(names: tuple[str, ...]) -> None:
    """Make the certificate for --lan, and the authority that phones are to trust."""
    files = _paths().tls
    with _as_owner(files.folder.parent):
        rooms.certificate.make_certificate(files, names or rooms.certificate.own_names())
        put(_("for: {names}").format(names=", ".join(files.names())))
        put(_("SHA-256 of its authority: {fingerprint}").format(fingerprint=files.fingerprint()))
    tell(_("Phones trust it after they have taken in {file}; it is at /ca.crt, too.").format(file=files.authority))


@web.command()
@at_port
@on_network
def first(port: int | None, lan: bool) -> None:
    """Print the one-time link by which the first person makes an account."""
    with _accounts() as accounts:
        if not accounts.is_empty():
            raise BadUsage(Message("there are accounts already; “loudspeaker web user reset NAME” prints a new link"))
        put(_address(port, lan, accounts.make_link()))
    tell(_("It works once, within 30 minutes."))


@web.group(cls=TranslatedGroup)
def user() -> None:
    """The people who may use the console."""


@user.command(name="list")
def list_() -> None:
    """Show everybody and what they may do."""
    with _accounts() as accounts:
        rows = [
            [one.login, one.name, role_words(one.roles), account_state(one.locked, one.has_password)]
            for one in accounts.accounts()
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
        put(_address(port, lan, accounts.add(login, name, roles_of(roles or ("view",)))))
    tell(_("It works once, within 24 hours."))


@user.command()
@click.argument("login")
@at_port
@on_network
def reset(login: str, port: int | None, lan: bool) -> None:
    """Print a one-time link by which a person chooses a new password; they are logged out everywhere."""
    with _accounts() as accounts:
        put(_address(port, lan, accounts.make_link(login)))
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


@web.command()
@click.argument("login")
@option("--undo", is_flag=True, help="Let them in again.")
def lock(login: str, undo: bool) -> None:
    """Lock an account at once, after a telephone was lost; the person is logged out everywhere."""
    with _accounts() as accounts:
        accounts.set_locked(login, not undo)


@web.command()
@click.argument("login")
def sessions(login: str) -> None:
    """Log a person out everywhere."""
    with _accounts() as accounts:
        ended = accounts.end_sessions(login)
    tell(_("{count} sessions ended").format(count=ended))


@web.group(cls=TranslatedGroup)
def token() -> None:
    """What other programs read the station with."""


@token.command(name="list")
def list_tokens() -> None:
    """Show every token: its name, what it opens, until when, and when it was used."""
    with _tokens() as tokens:
        rows = [
            [
                one.name,
                one.village or _("the API"),
                _("has ended") if one.ended else f"{one.until.astimezone():%Y-%m-%d}",
                f"{one.used.astimezone():%Y-%m-%d}" if one.used else "–",
            ]
            for one in tokens.tokens()
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
    put(f"{_address(port, lan, None)}lich/{known}.ics?k={secret}" if known else secret)


@token.command(name="remove")
@click.argument("name")
def revoke_token(name: str) -> None:
    """Revoke a token: from now on it opens nothing."""
    with _tokens() as tokens:
        tokens.revoke(name)


@web.command()
def audit() -> None:
    """Check the chain of what people did at the console; print how many acts it has, and its head."""
    with _database() as database:
        acts = rooms.audit.ConsoleAudit(database)
        put(f"{acts.verify()} {acts.head()}")


def _current_village(name: str | None) -> str:
    """The id of a village of this station; "" where none is named. Raises `NotFound`."""
    return current_station_context().station.files.village_id(name) if name else ""


def _serve(paths: ConsolePaths, port: int | None, lan: bool) -> None:
    """Until a signal ends it; a service for which systemd holds the socket leaves when nobody comes."""
    translate_logging()
    tls, names = paths.tls, frozenset[str]()
    if lan:
        names = frozenset(tls.names())
        rooms.certificate.renew_if_due(tls)
    inherited = rooms.http_server.inherited_socket()
    listening = inherited or rooms.http_server.listen("" if lan else "127.0.0.1", _port(port, lan))
    plain = _plain_socket() if lan else None
    hosts = rooms.site.LOCAL | {name.lower() for name in names}
    language = os.environ.get("LOUDSPEAKER_LANG", "vi")
    console = rooms.console.open_console(paths, language=language, hosts=hosts, secure=lan)

    def ready() -> None:
        # Opening the link of “web first” begins a service: a new code would end that link, and lie in a journal.
        code = None if inherited else _first_code(console.site.accounts)
        address = _address(listening.getsockname()[1], lan, code)
        tell(_("Officers' console: {link}").format(link=address))
        if plain:
            tell(_("Phones take the certificate at {link}").format(link=f"http://{tls.names()[0]}:{PORT}/ca.crt"))

    try:
        with suppress(KeyboardInterrupt):  # Ctrl+C: everybody has been answered by then
            certificate = (tls.certificate, tls.key) if lan else None
            idle = rooms.serve.IDLE if inherited else None
            rooms.serve.serve(console, listening, certificate, idle, ready, plain=plain)
    finally:
        console.close()
        listening.close()
        if plain:
            plain.close()


def _plain_socket() -> socket.socket | None:
    """Where phones take the authority's certificate over http; None where something else has that address."""
    try:
        return rooms.http_server.listen("", PORT)
    except BadUsage as error:
        tell(error.say(_))
        return None


def _port(port: int | None, lan: bool) -> int:
    return (SECURE_PORT if lan else PORT) if port is None else port


def _first_code(accounts: AccountStore) -> str | None:
    """A code for the first account; None where there are accounts."""
    return accounts.make_link() if accounts.is_empty() else None


def _address(port: int | None, lan: bool, code: str | None) -> str:
    """The address of the console, or of a one-time link. The code stands in the fragment: no log ever has it."""
    host = _paths().tls.names()[0] if lan else "127.0.0.1"
    address = f"{'https' if lan else 'http'}://{host}:{_port(port, lan)}/"
    return f"{address}bat-dau#{code}" if code else address


def _paths() -> ConsolePaths:
    context = current_station_context()
    return rooms.console.console_paths(context.home, context.state)


@contextmanager
def _accounts() -> Iterator[AccountStore]:
    """The accounts, opened as whoever owns their folder: root must leave no file there that a service cannot open."""
    database = _paths().database
    with _as_owner(database.parent):
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
    path = _paths().database
    clock, opened = rooms.clock.SystemClock(), rooms.console_database.ConsoleDatabase.open
    with _as_owner(path.parent), closing(opened(path, clock)) as database:
        yield database


@contextmanager
def _as_owner(folder: Path) -> Iterator[None]:
    """Root becomes the owner of the folder meanwhile; whoever is not root stays who they are."""
    if os.geteuid() != 0 or not folder.exists():
        yield
        return
    owner = folder.stat()
    group = os.getegid()
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)


def roles_of(roles: tuple[str, ...]) -> list[Role]:
    return [rooms.accounts.Role(role) for role in roles]


def role_words(roles: frozenset[Role]) -> str:
    return ", ".join(_(word) for role, word in ROLES.items() if role in roles)


def account_state(locked: bool, has_password: bool) -> str:
    return _("locked") if locked else "" if has_password else _("has no password yet")


COMMANDS = (web,)
