"""Looking after a hub: who may use its pages, to whom its incidents are told, its backup, other hubs' boxes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Message, Refused
from . import rooms
from .app import TranslatedCommand, option
from .hub_commands import HTTPS_PORT, with_hub
from .parameter_types import _
from .prompts import read_first_line
from .terminal import put, tell

if TYPE_CHECKING:
    from ..hub.backups import CopyResult
    from ..hub.hub import Hub
    from ..hub.watch.notices import MailChannel

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
@option("--security", type=click.Choice(SECURITY), default=SECURITY[0], show_default=True, help="TLS.")
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
    """Tell people of incidents: silent boxes, unanswered alerts, a lost broker and others. A trial is sent first."""
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
    password = read_first_line(password_file) if password_file else ""
    mail: MailChannel = notices.MailChannel(
        address.host, address.port, sender, to, notices.MailSecurity(security), user, password
    )
    return mail


@click.command(cls=TranslatedCommand)
@click.argument("target", type=click.Path(path_type=Path), metavar="FOLDER")
@with_hub
def backup(hub: Hub, target: Path) -> None:
    """Copy all of the hub, its keys too, to a folder, such as a second disk; again copies what is new."""
    _tell_copies(rooms.backups.back_up(hub.paths, target))


@click.command(cls=TranslatedCommand)
@click.argument("source", type=click.Path(path_type=Path), metavar="FOLDER")
@click.pass_context
def restore(context: click.Context, source: Path) -> None:
    """Put a backup in the place of a hub that was lost; boxes go on with the passwords that they have."""
    folder, _pid_file = context.meta["hub"]
    _tell_copies(rooms.backups.restore(source, rooms.hub_paths.HubPaths(folder), rooms.clock.SystemClock().now()))


@click.command(cls=TranslatedCommand)
@click.argument("target", type=click.Path(path_type=Path), metavar="FOLDER")
@with_hub
def mirror(hub: Hub, target: Path) -> None:
    """Copy what is served, without keys, to a folder that another web server serves, or a stick carries."""
    copied = rooms.backups.mirror(hub.paths.root, target)
    _tell_copies(copied)
    _tell_refused(copied.refused)


@click.command(cls=TranslatedCommand)
@option("--from", "folders", multiple=True, type=click.Path(path_type=Path), metavar="FOLDER", help="A copy.")
@with_hub
def scrub(hub: Hub, folders: tuple[Path, ...]) -> None:
    """Read all files that are served; what a disk has damaged comes back from copies or other hubs."""
    results = hub.scrub(*folders)
    line, gone = _("{file}: damaged or missing, brought again"), _("{file}: damaged or missing, and no copy has it")
    for result in results:
        names = ", ".join("/".join(name) for name in result.blob.names) or result.blob.sha256
        put((line if result.is_healed else gone).format(file=names))
    lost = sum(not result.is_healed for result in results)
    if lost:
        raise Refused(Message("{count} files are missing: publish a stick that has them", count=lost))
    tell(_("All files are whole."))


@click.command(cls=TranslatedCommand)
@click.argument("other", type=click.Path(path_type=Path), metavar="FOLDER")
@with_hub
def adopt(hub: Hub, other: Path) -> None:
    """Take over the boxes of another hub, by its folder or its backup; or its files, by a copy of a box’s folder."""
    result = rooms.adoption.adopt(hub, other)
    text = _("{scopes} offices, {boxes} boxes and {entries} entries of logs were taken over.")
    tell(text.format(scopes=result.scopes, boxes=result.boxes, entries=result.entries))
    if not result.has_authority and not result.boxes:
        tell(_("Boxes join this hub anew, each by a code of its own: “loudspeaker-hub invite”."))
    elif not result.has_authority:
        tell(_("These boxes trust another certificate: connect each anew with “loudspeaker fleet connect”."))
    _tell_refused(result.refused)


def _tell_copies(copied: CopyResult) -> None:
    tell(_("{new} of {all} files are new.").format(new=copied.new, all=copied.all))


def _tell_refused(refused: Sequence[Message]) -> None:
    """What was left out; the command has failed then."""
    for message in refused:
        tell(_("LEFT OUT: {what}").format(what=message.say(_)))
    if refused:
        click.get_current_context().exit(1)


COMMANDS = (link, notify, backup, restore, mirror, scrub, adopt)
