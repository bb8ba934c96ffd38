"""Looking after a hub: who may use its pages, to whom its incidents are told."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from ..errors import Message, Refused
from . import rooms
from .app import TranslatedCommand, option
from .hub_commands import HTTPS_PORT, with_hub
from .parameter_types import _
from .prompts import read_input_lines
from .terminal import put, tell

if TYPE_CHECKING:
    from ..hub.hub import Hub
    from ..hub.notices import MailChannel

MAIL_PORT = 587
SECURITY = ("starttls", "tls", "none")


@click.command(cls=TranslatedCommand)
@click.argument("login", required=False)
@option("--port", type=click.IntRange(1, 65535), default=HTTPS_PORT, metavar="N", help="8443 unless told otherwise.")
@with_hub
def link(hub: Hub, login: str | None, port: int) -> None:
    """Print a one-time link to the hub's pages: for the first person, or for one who has forgotten the password."""
    with closing(rooms.hub_site.HubSite.open(hub)) as pages:
        if login is None and not pages.site.accounts.is_empty():
            raise Refused(Message("there are accounts already; name one of them, or ask its owner for a link"))
        code = pages.site.accounts.make_link(login)
    put(f"https://{rooms.hub_paths.need_certificate(hub.paths).names()[0]}:{port}/bat-dau#{code}")


@click.command(cls=TranslatedCommand)
@option("--smtp", metavar="HOST:PORT", help="The mail server; port 587 unless told otherwise.")
@option("--from", "sender", metavar="ADDRESS", default="", help="Who the mails are from.")
@option("--to", multiple=True, metavar="ADDRESS", help="Who gets them; may be repeated.")
@option(
    "--security", type=click.Choice(("starttls", "tls", "none")), default="starttls", show_default=True, help="TLS."
)
@option("--user", metavar="NAME", default="", help="To log in at the mail server.")
@option("--password-file", metavar="FILE", help="The password is its first line.")
@option("--webhook", metavar="URL", help="Gets the same as JSON, by POST.")
@option("--off", is_flag=True, help="Tell nobody any more.")
@with_hub
def notify(
    hub: Hub,
    smtp: str | None,
    sender: str,
    to: tuple[str, ...],
    security: str,
    user: str,
    password_file: str | None,
    webhook: str | None,
    off: bool,
) -> None:
    """Tell people of silent boxes, logs that are not believed and a lost broker. A trial is sent first."""
    notices = rooms.notices
    mail = _mail(smtp, sender, to, security, user, password_file) if smtp else None
    settings = notices.NoticeSettings(mail, notices.WebhookChannel(webhook) if webhook else None)
    if not settings.channels() and not off:
        for channel in notices.read_notice_settings(hub.paths.notices).channels():
            put(str(channel))
        return
    text = _("This is a trial: from now on you are told of incidents of {hub}.").format(hub=hub.office() or "–")
    for channel in settings.channels():
        channel.tell(notices.Notice(_("A trial of the hub"), [text], []), hub.clock)
        tell(_("Sent to {channel}.").format(channel=channel))
    notices.write_notice_settings(hub.paths.notices, settings)
    if off:
        tell(_("Nobody is told any more."))


def _mail(
    smtp: str, sender: str, to: tuple[str, ...], security: str, user: str, password_file: str | None
) -> MailChannel:
    """Raises `BadUsage`, `BadFile`."""
    notices, address = rooms.notices, rooms.joining.parse_address(smtp, MAIL_PORT)
    password = next(read_input_lines(password_file), b"").decode().rstrip("\r\n") if password_file else ""
    mail: MailChannel = notices.MailChannel(
        address.host, address.port, sender, to, notices.MailSecurity(security), user, password
    )
    return mail


COMMANDS = (link, notify)
