"""What is coming: the plan, getting it ready, approving it, hearing it beforehand."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage, Message
from . import airing_views, alert_views, rooms, tables
from .app import TranslatedCommand, option
from .command_context import as_json, by_whom, save_edit, with_client, with_station
from .parameter_types import BULLETIN, DAY, VILLAGE, _, bulletins
from .prompts import ask_decider, must_agree
from .terminal import print_json, put, tell

if TYPE_CHECKING:
    from ..daemon.client import Client
    from ..station import Station

on_day = option("--date", "day", type=DAY, metavar="D", help="First day; today if left out.")
for_days = option("--days", type=click.IntRange(1, 366), default=1, metavar="N", help="How many days.")
message = option("--message", is_flag=True, help="A short plain text to send round.")


@click.command(cls=TranslatedCommand)
@on_day
@for_days
@option("--village", type=VILLAGE, metavar="VILLAGE", help="Only this village.")
@as_json
@message
@option("--picture", type=click.Path(path_type=Path), metavar="FILE", help="Draw the day as a chart (.svg or .png).")
@with_station
def plan(
    station: Station,
    day: date | None,
    days: int,
    village: str | None,
    as_json: bool,
    message: bool,
    picture: Path | None,
) -> None:
    """Show the airings in order, refused ones too."""
    planned = station.airings.plan(day, days, village)
    if picture:
        airing_views.draw_chart(planned, picture)
    on = [] if as_json or message else rooms.protocol.on_air(station.paths.socket) or []  # else nobody looks at it
    if as_json:
        print_json(list(map(rooms.json_output.planned_airing, planned)))
    elif message:
        put_lines(airing_views.plan_message(planned))
    else:
        airing_views.show_plan(planned, on={str(row["id"]) for row in on})


@click.command(cls=TranslatedCommand)
@on_day
@option("--days", type=click.IntRange(1, 31), default=1, metavar="N", help="How many days.")
@as_json
@message
@option("--also", type=BULLETIN, metavar="BULLETIN", help="This one too, planned or not.")
@with_station
def prepare(station: Station, day: date | None, days: int, as_json: bool, message: bool, also: str | None) -> None:
    """Synthesize and master what is coming, ahead of time."""
    with tables.show_progress() as progress:
        readiness = station.preparation.prepare(day, days, progress, also)
    if as_json:
        print_json(list(map(rooms.json_output.readiness, readiness)))
    elif message:
        put_lines(airing_views.readiness_message(readiness))
    else:
        airing_views.show_readiness(readiness)
    if not all(state.ready for state in readiness):
        click.get_current_context().exit(1)


@click.command(name="read-ahead", cls=TranslatedCommand, hidden=True)
@with_station
def read_ahead(station: Station) -> None:
    """Read texts and recordings and leave what was read for the daemon, which starts this."""
    station.preparation.read_ahead()


@click.command(cls=TranslatedCommand)
@bulletins
@by_whom
@with_client
@with_station
def submit(station: Station, client: Client, bulletins: tuple[str, ...], by: str | None) -> None:
    """Put bulletins as they are before whoever approves them."""
    who = ask_decider(by)
    for bulletin in dict.fromkeys(bulletins):
        shown = station.preparation.preview(bulletin)
        client.decide(rooms.requests.Submit(shown.bulletin, shown.digest), who)
        tell(_("submitted: {bulletin}, {digest}").format(bulletin=shown.bulletin, digest=shown.digest[:12]))


@click.command(cls=TranslatedCommand)
@bulletins
@option("--yes", is_flag=True, help="Do not ask.")
@option("--undo", is_flag=True, help="Take the approval back.")
@option("--return", "why", metavar="WORDS", help="Give it back instead: what is to be written otherwise.")
@option("--paper", metavar="NUMBER", help="It was approved on paper of this number; needs --signer.")
@option("--photo", metavar="FILE", help="A photograph of the paper, with its number or in its place; needs --signer.")
@option("--signer", metavar="NAME", help="With --paper or --photo: who signed it.")
@by_whom
@with_client
@with_station
def approve(
    station: Station,
    client: Client,
    /,
    bulletins: tuple[str, ...],
    yes: bool,
    undo: bool,
    by: str | None,
    why: str | None,
    **on_paper: str | None,
) -> None:
    """Approve bulletins as they will be said; any edit voids it."""
    if undo and why is not None:
        raise BadUsage(Message("choose one of --undo and --return"))
    who = ask_decider(by)
    photo = on_paper["photo"] and _keep_photo(station, client, Path(on_paper["photo"]), who)
    if undo:
        for bulletin in dict.fromkeys(bulletins):
            client.disapprove(bulletin, who)
            tell(_("not approved any more: {bulletin}").format(bulletin=bulletin))
        return
    for shown in [station.preparation.preview(bulletin) for bulletin in dict.fromkeys(bulletins)]:
        alert_views.show_approval(shown)
        if not yes and sys.stdin.isatty():
            must_agree(_("Approve this?") if why is None else _("Give this back?"))
        if why is not None:
            client.decide(rooms.requests.GiveBack(shown.bulletin, shown.digest, why), who)
            tell(_("given back: {bulletin}").format(bulletin=shown.bulletin))
            continue
        approval = client.approve(shown.bulletin, who, shown, **on_paper | {"photo": photo})
        tell(_("approved: {bulletin}, {digest}").format(bulletin=shown.bulletin, digest=approval[:12]))


def _keep_photo(station: Station, client: Client, file: Path, who: str) -> str:
    """The SHA-256 of a photograph, which is kept. Raises `BadUsage` where it is none."""
    data = rooms.atomic.read_regular_file(file, rooms.paper_photos.LARGEST + 1)
    if data is None:
        raise BadUsage(Message("{file} cannot be read", file=file))
    sha256, edit = rooms.paper_photos.keep_photo(station.paths.home, data)
    if edit:
        save_edit(station, client, edit, who)
    return str(sha256)


@click.command(cls=TranslatedCommand)
@click.argument("bulletin", type=BULLETIN)
@option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help=".wav, .flac or .mp3")
@option("--voice", metavar="ENGINE:VOICE", help="Another voice than the bulletin's.")
@option(
    "--picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw the sound with its sentences (.svg or .png).",
)
@option("--progress-json", is_flag=True, help="Tell each sentence that is done as a line of JSON on stdout.")
@with_station
def render(
    station: Station, bulletin: str, output: Path, voice: str | None, picture: Path | None, progress_json: bool
) -> None:
    """Make one programme to listen to or send round before it airs."""
    with tables.json_progress() if progress_json else tables.show_progress() as progress:
        export = rooms.bulletin_export.BulletinExport(output, voice, picture)
        rendered = export.write(station.preparation, bulletin, progress)
    tell(
        _("{file}: {seconds:.0f} s, voice {voice}").format(file=output, seconds=rendered.duration, voice=rendered.voice)
    )


def put_lines(lines: Iterable[str]) -> None:
    """A short plain text, to be sent round."""
    for line in lines:
        put(line)


COMMANDS = (plan, prepare, read_ahead, submit, approve, render)
