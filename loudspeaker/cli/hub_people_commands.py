"""Who uses a hub's pages, and for which office: the same as its page “People”, for whoever has many to add."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage, Message
from . import rooms
from .app import TranslatedGroup, option
from .hub_commands import HTTPS_PORT, with_hub
from .parameter_types import _
from .tables import show_table
from .terminal import put, tell
from .web_account_commands import ROLES, account_state, role_words, roles_of

if TYPE_CHECKING:
    from ..hub.hub import Hub
    from ..web.access.accounts import AccountStore


@click.group(cls=TranslatedGroup)
def user() -> None:
    """The people who may use the hub's pages."""


@user.command(name="list")
@with_hub
def list_(hub: Hub) -> None:
    """Show everybody: what they may do, and for which office."""
    with _accounts(hub) as accounts:
        rows = [
            [
                account.login,
                account.name,
                account.scope or _("everything"),
                role_words(account.roles),
                account_state(account.locked, account.has_password),
            ]
            for account in accounts.accounts()
        ]
    columns = (_("log-in name"), _("name"), _("sees"), _("may"), _("state"))
    show_table(columns, rows, _("Nobody has an account yet."))


@user.command()
@click.argument("login")
@option("--name", required=True, metavar="NAME", help="Full name, as it is shown and logged.")
@option("--role", "roles", multiple=True, type=click.Choice(tuple(ROLES)), help="What they may do; may be repeated.")
@option("--scope", metavar="SCOPE", default="", help="The office that is theirs, with those below it; without: all.")
@option("--port", type=click.IntRange(1, 65535), default=HTTPS_PORT, metavar="N", help="8443 unless told otherwise.")
@with_hub
def add(hub: Hub, login: str, name: str, roles: tuple[str, ...], scope: str, port: int) -> None:
    """Add a person, and print the one-time link by which they choose a password."""
    with _accounts(hub) as accounts:
        code = accounts.add(login, name, roles_of(roles or ("view",)), _read_scope(scope))
    put(f"https://{rooms.hub_paths.need_certificate(hub.paths).names()[0]}:{port}/bat-dau#{code}")
    tell(_("It works once, within 24 hours."))


@user.command(name="scope")
@click.argument("login")
@click.argument("scope", metavar="[SCOPE]", required=False, default="")
@with_hub
def set_scope(hub: Hub, login: str, scope: str) -> None:
    """Say anew which office is theirs; without SCOPE they see everything. They are logged out everywhere."""
    with _accounts(hub) as accounts:
        accounts.set_scope(login, _read_scope(scope))


def _read_scope(scope: str) -> str:
    """Raises `BadUsage` for what is no scope."""
    if scope and not rooms.signed_documents.SCOPE.fullmatch(scope):
        raise BadUsage(Message("“{scope}” is no scope", scope=scope))
    return scope


@contextmanager
def _accounts(hub: Hub) -> Iterator[AccountStore]:
    with closing(rooms.hub_site.HubSite.open(hub)) as pages:
        yield pages.site.accounts


COMMANDS = (user,)
