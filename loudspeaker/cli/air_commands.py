"""On the air: playing by hand, emergencies, less sound, the daemon and its rehearsal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from ..errors import BadFile, BadUsage, LoudspeakerError, Message, Refused
from . import airing_views, alert_views, rooms, tables
from .app import TextType, TranslatedCommand, option
from .command_context import as_json, by_whom, current_station_context, why, with_client, with_station
from .parameter_types import AIRING, BULLETIN, DAY, LENGTH, MOMENT, VILLAGE, _, in_village
from .prompts import ask_decider, ask_second, must_agree
from .terminal import print_json, tell, warn

if TYPE_CHECKING:
    from ..daemon.client import Client
    from ..daemon.service import Service
    from ..model.enums import Ending
    from ..model.requests import Outcome
    from ..station import Station

everywhere = option("--all", "everywhere", is_flag=True, help="Every village of this box.")
until = option("--until", type=MOMENT, metavar="T", help="18:30, 2026-11-24T18:30, or 2h from now.")


@click.command(cls=TranslatedCommand)
@click.argument("bulletin", type=BULLETIN)
@in_village
@everywhere
@by_whom
@option("--override", is_flag=True, help="Although the policy forbids it; needs --why and is logged.")
@why
@with_client
@with_station
def play(
    station: Station,
    client: Client,
    bulletin: str,
    villages: tuple[str, ...],
    everywhere: bool,
    by: str | None,
    override: bool,
    why: str | None,
) -> None:
    """Replay a bulletin now, through the daemon if it runs; Ctrl+C stops it."""
    if override and not why:
        raise BadUsage(Message("--override needs --why: the reason is kept in the log"))

    with tables.show_progress() as progress:
        request = rooms.requests.Play(
            bulletin, station.files.hearers(villages, everywhere), why or "" if override else ""
        )
        rows = client.play(request, ask_decider(by), progress)
    show_outcome(rows)


@click.command(cls=TranslatedCommand)
@click.argument("text", type=TextType(), required=False)
@option("--bulletin", type=BULLETIN, metavar="B", help="A template of level emergency.")
@in_village
@everywhere
@option("--repeat", type=click.IntRange(1, 100), default=3, show_default=True, help="How often it is said.")
@option("--gap", type=LENGTH, default="30s", show_default=True, metavar="T", help="Silence between.")
@until
@option("--drill/--real", default=None, help="Say that it is a drill; with --end: only drills, or only real alarms.")
@option("--yes", is_flag=True, help="Do not ask.")
@option("--end", is_flag=True, help="End it: all-clear after a template; after a text it is only repeated no more.")
@option("--stop", is_flag=True, help="With --end: repeat it no more; the danger stands.")
@option("--clear", is_flag=True, help="With --end: all-clear, the danger has passed.")
@option("--mistake", is_flag=True, help="With --end: a correction, it was given by mistake.")
@option("--second", metavar="NAME", help="Who else gives it, where the policy asks for two persons.")
@by_whom
@with_client
def urgent(
    client: Client,
    /,
    text: str | None,
    bulletin: str | None,
    villages: tuple[str, ...],
    everywhere: bool,
    repeat: int,
    gap: timedelta,
    until: str | None,
    drill: bool | None,
    yes: bool,
    end: bool,
    second: str | None,
    by: str | None,
    **forms: bool,
) -> None:
    """Break into everything with an emergency, at once; or end it."""
    form = _one_form(forms, end)
    if end:
        if text or bulletin:
            raise BadUsage(Message("--end takes no text and no bulletin: each village hears its own all-clear"))
        return end_urgent(client, form, villages, everywhere, drill, yes, ask_decider(by))
    if bool(text) == bool(bulletin):
        raise BadUsage(Message("give either a text or --bulletin"))

    who = ask_decider(by)
    alert = client.preview_urgent(
        rooms.requests.PreviewUrgent(text, bulletin, villages, everywhere, bool(drill), until)
    )
    second = ask_second(second) if alert.two_persons else second
    warn(alert.mistakes)
    alert_views.show_alert(alert)
    client.make(alert.wanted)  # while it is read: the answer is followed by sound
    if not yes:
        must_agree(_("Air this now?"))
    show_outcome(client.urgent(alert, repeat, gap.total_seconds(), who, second))


def end_urgent(
    client: Client,
    form: Ending | None,
    villages: tuple[str, ...],
    everywhere: bool,
    drill: bool | None,
    yes: bool,
    by: str,
) -> None:
    """Show how it will end, ask, and end it. A script that names no form is not asked: it never was."""
    planned = client.preview_end(rooms.requests.PreviewEnd(form, villages, everywhere, drill))
    alert_views.show_end(planned)
    client.make_ahead(planned.wanted)
    if not yes and (form or sys.stdin.isatty()):
        must_agree(_("End it like this now?"))
    rows = client.end_urgent(planned, by)
    alert_views.show_silent_ends(planned)
    show_outcome(rows)


def _one_form(forms: dict[str, bool], end: bool) -> rooms.enums.Ending | None:
    chosen = [form for form, given in forms.items() if given]
    if len(chosen) > 1 or (chosen and not end):
        raise BadUsage(Message("one of --stop, --clear and --mistake says how an alarm ends, beside --end"))

    return rooms.enums.Ending(chosen[0]) if chosen else None


@click.command(cls=TranslatedCommand)
@click.argument("airing", type=AIRING, metavar="[AIRING|NUMBER]", required=False)
@why
@option("--undo", is_flag=True, help="Take the skip back; the last one if none is named.")
@by_whom
@with_client
@with_station
def skip(_station: Station, client: Client, airing: str | None, why: str | None, undo: bool, by: str | None) -> None:
    """Leave one airing out. NUMBER is its row in today's `plan`."""
    if not undo and not why:
        raise BadUsage(Message("give --why: the reason is kept in the log"))
    if not undo and not airing:
        raise BadUsage(Message("say which airing: its id, or its row in today's plan"))
    skipped = client.skip(airing, why, ask_decider(by), undo)
    tell((_("taken back: {airing}") if undo else _("will be left out: {airing}")).format(airing=skipped))


@click.command(cls=TranslatedCommand)
@in_village
@why
@by_whom
@with_client
def stop(client: Client, villages: tuple[str, ...], why: str | None, by: str | None) -> None:
    """Fade out what is on the air now, an emergency too."""
    if not why:
        raise BadUsage(Message("give --why: the reason is kept in the log"))

    stopped = client.stop(rooms.requests.Stop(villages, why), ask_decider(by))
    if not stopped:
        raise Refused(Message("nothing is on the air there"))
    airing_views.show_outcomes(stopped)


@click.command(cls=TranslatedCommand)
@option("--village", type=VILLAGE, required=True, metavar="VILLAGE", help="Which village is to be quiet.")
@until
@why
@by_whom
@with_client
@with_station
def pause(station: Station, client: Client, village: str, until: str | None, why: str | None, by: str | None) -> None:
    """Keep a village quiet for a while: a funeral, an announced power cut."""
    if not why or not until:
        raise BadUsage(Message("give --until and --why: both are kept in the log"))
    ends = station.clock.resolve_future(until)
    client.pause(village, ends, why, ask_decider(by))
    tell(_("{village} is quiet until {until}").format(village=village, until=f"{ends:%H:%M %d/%m/%Y}"))


@click.command(cls=TranslatedCommand)
@option("--village", type=VILLAGE, metavar="VILLAGE", help="Which village may be heard again; all, if left out.")
@by_whom
@with_client
@with_station
def resume(_station: Station, client: Client, village: str | None, by: str | None) -> None:
    """End a pause."""
    for resumed in client.resume(village, ask_decider(by)):
        tell(_("{village} may be heard again").format(village=resumed))


@click.command(cls=TranslatedCommand)
@option("--welcome", type=BULLETIN, metavar="BULLETIN", help="Air this first, whatever the hour, as a logged replay.")
def run(welcome: str | None) -> None:
    """The daemon: air everything at its second, and have what is coming made ahead of time."""
    station = _open_whole_station()
    warn(station.files.problems)
    rooms.service.must_be_free(station)
    if welcome:
        rooms.service.prepare_welcome(station, welcome)

    def start(wake: Callable[[], None]) -> Service:
        service = rooms.service.open_service(station, wake, welcome, _)
        tell(_("on the air; Ctrl+C ends it"))
        if welcome:
            tell(
                _("Now: {title}, a greeting in all villages of this box").format(
                    title=station.files.bulletin(welcome).title
                )
            )
        try:
            airing_views.show_coming(station.airings.coming(), station.airings.unready())
        except LoudspeakerError as error:  # what cannot be shown may be heard all the same
            tell(error.say(_))
        return service

    rooms.loop.run(start, station.paths.socket, station.clock)


def _open_whole_station() -> Station:
    """The station, with what the agent has fetched in place of signed files that were damaged on this box.

    No child of a daemon can take these where there can be no daemon without them. Raises `BadFile`.
    """
    context = current_station_context()
    try:
        return context.station
    except BadFile:
        now = rooms.clock.SystemClock().now()
        has_joined = rooms.membership.read_membership(context.paths) is not None
        if not has_joined or not rooms.delivery.Deliveries(context.paths, now, trusted=False).mend():
            raise
    return context.station


@click.command(cls=TranslatedCommand)
@option("--from", "begins", type=DAY, required=True, metavar="D", help="First day.")
@option("--to", "ends", type=DAY, required=True, metavar="D", help="Last day.")
@as_json
@with_station
def rehearse(station: Station, begins: date, ends: date, as_json: bool) -> None:
    """Whole days at full speed, through the same code with a fake clock; the real log is left alone."""
    records, zone = rooms.on_air.rehearse(station, begins, ends), station.files.commune.zone
    if as_json:
        print_json([rooms.json_output.asrun_record(record, zone, None) for record in records])
    else:
        airing_views.show_log(records, zone)


def show_outcome(outcomes: Sequence[Outcome]) -> None:
    """Tell what came of it; 1 where it was not heard in full."""
    airing_views.show_outcomes(outcomes)
    if any(outcome.verdict not in rooms.outcome_words.FULLY_HEARD | {"on-air"} for outcome in outcomes):
        click.get_current_context().exit(1)


COMMANDS = (play, urgent, skip, stop, pause, resume, run, rehearse)
