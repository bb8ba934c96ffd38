"""The officers' console: its process, its address and its certificate."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage
from . import WEB_COMMANDS, rooms
from .app import LazyGroup, TranslatedCommand, collect_as_usual, option
from .command_context import current_station_context
from .parameter_types import _
from .terminal import put, tell, translate_logging

if TYPE_CHECKING:
    import socket

    from ..web.access.accounts import AccountStore
    from ..web.console import ConsolePaths

PORT, SECURE_PORT = 8080, 8443
at_port = option("--port", type=click.IntRange(0, 65535), metavar="N", help="8080; of the network 8443.")
on_network = option("--lan", is_flag=True, help="For every machine on the network, over https; needs a certificate.")


@click.group(cls=LazyGroup, table=WEB_COMMANDS, invoke_without_command=True)
@at_port
@on_network
@click.pass_context
def web(ctx: click.Context, port: int | None, lan: bool) -> None:
    """The officers' console: pages for a browser (trang của cán bộ)."""
    if ctx.invoked_subcommand is None:
        _serve(current_paths(), port, lan)


@click.command(cls=TranslatedCommand)
@option("--name", "names", multiple=True, metavar="NAME", help="A name or an address of this machine; may be repeated.")
def certificate(names: tuple[str, ...]) -> None:
    """Make the certificate for --lan, and the authority that phones are to trust."""
    files = current_paths().tls
    with as_owner(files.folder.parent):
        rooms.certificate.make_certificate(files, names or rooms.certificate.own_names())
        put(_("for: {names}").format(names=", ".join(files.names())))
        put(_("SHA-256 of its authority: {fingerprint}").format(fingerprint=files.fingerprint()))
    tell(_("Phones trust it after they have taken in {file}; it is at /ca.crt, too.").format(file=files.authority))


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
        address = web_address(listening.getsockname()[1], lan, code)
        tell(_("Officers' console: {link}").format(link=address))
        if plain:
            tell(_("Phones take the certificate at {link}").format(link=f"http://{tls.names()[0]}:{PORT}/ca.crt"))

    try:
        with suppress(KeyboardInterrupt):  # Ctrl+C: everybody has been answered by then
            certificate = (tls.certificate, tls.key) if lan else None
            idle = rooms.serve.IDLE if inherited else None
            collect_as_usual()
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


def web_address(port: int | None, lan: bool, code: str | None) -> str:
    """The address of the console, or of a one-time link. The code stands in the fragment: no log ever has it."""
    host = current_paths().tls.names()[0] if lan else "127.0.0.1"
    address = f"{'https' if lan else 'http'}://{host}:{_port(port, lan)}/"
    return f"{address}bat-dau#{code}" if code else address


def current_paths() -> ConsolePaths:
    context = current_station_context()
    return rooms.console.console_paths(context.home, context.state)


@contextmanager
def as_owner(folder: Path) -> Iterator[None]:
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


COMMANDS = (web, certificate)
