"""Looking after the box: what is wrong, the outputs, the clock, voices, the cache."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Message, Refused, Unreachable
from . import installation_view, maintenance_views, rooms, tables
from .air_commands import show_outcome
from .app import TranslatedCommand, TranslatedGroup, option
from .command_context import as_json, by_whom, save_edit, with_client, with_station
from .parameter_types import OUTPUT, _
from .prompts import ask_decider, must_agree
from .terminal import print_json, put, tell

if TYPE_CHECKING:
    from ..daemon.client import Client
    from ..maintenance.devices import Pins
    from ..station import Station


@click.command(cls=TranslatedCommand)
@option("--paper", is_flag=True, help="The record of installation and trial run, to be printed and signed.")
@as_json
@with_station
def doctor(station: Station, as_json: bool, paper: bool) -> None:
    """Say what is wrong with this box and what to do about it."""
    if paper:
        installation_view.show_record(
            rooms.installation.look_at_installation(station, rooms.protocol.pins(station.paths.socket))
        )
        return
    checks = rooms.doctor.examine(station, rooms.protocol.pins(station.paths.socket))
    print_json(list(map(rooms.json_output.health_check, checks))) if as_json else maintenance_views.show_health(checks)
    if any(check.serious for check in checks):
        click.get_current_context().exit(1)


@click.command(cls=TranslatedCommand)
@as_json
@with_station
def status(station: Station, as_json: bool) -> None:
    """Say what is on the air, what comes next and what is wrong."""
    door = station.paths.socket
    station_status = rooms.doctor.look_at_station(station, rooms.protocol.on_air(door), rooms.protocol.pins(door))
    wrong = [(check.what, check.wrong) for check in station_status.wrong]
    if as_json:
        print_json(rooms.json_output.status(station_status.on, station_status.next, wrong))
    else:
        maintenance_views.show_status(station_status)
    if not station_status.running:
        click.get_current_context().exit(Unreachable.exit_code)


@click.command(cls=TranslatedCommand)
@click.argument("output", type=OUTPUT)
@option("--tone", is_flag=True, help="1 kHz at −18 dBFS instead of words.")
@by_whom
@with_client
@with_station
def test(station: Station, client: Client, output: str, tone: bool, by: str | None) -> None:
    """Say on one output whose it is (6 s), by day; logged as a test. Commissions a new station's output."""
    who = ask_decider(by)

    rows = client.test(rooms.requests.TestOutput(output, tone), who)
    show_outcome(rows)
    if not may_commission(station, output, rooms.protocol.pins(station.paths.socket)):
        return
    question = _("Was it heard clearly, in the right village, and may output {output} air its schedule from now on?")
    try:
        must_agree(question.format(output=output))
    except click.Abort:
        tell(_("{output} stays silent: try it again when it is heard clearly").format(output=output))
        return
    client.commission(output, who)
    tell(_("{output} is commissioned and airs its schedule from now on").format(output=output))


def may_commission(station: Station, output: str, pins: Pins | None) -> bool:
    """Is it a new station's output that airs nothing yet? Raises `Refused` where something must be mended first."""
    obstacles = rooms.doctor.commissioning_obstacles(station, output, pins)
    if obstacles:
        errors = "; ".join(map(maintenance_views.health_line, obstacles))
        message = "{output} cannot be commissioned before this is mended: {errors}"
        raise Refused(Message(message, output=output, errors=errors))
    return obstacles is not None


@click.group(cls=TranslatedGroup)
def clock() -> None:
    """Is the time trusted, and a person's word that it is."""


@clock.command()
@as_json
@with_station
def show(station: Station, as_json: bool) -> None:
    """Show the time and who vouches for it."""
    state = rooms.clock_state.look_at_clock(station)
    print_json(rooms.json_output.clock_state(state)) if as_json else put(maintenance_views.clock_line(state))


@clock.command()
@by_whom
@with_client
@with_station
def confirm(station: Station, client: Client, by: str | None) -> None:
    """Give your word that the time shown is right."""
    client.confirm_clock(ask_decider(by))
    put(maintenance_views.clock_line(rooms.clock_state.look_at_clock(station)))


@clock.command(name="set")
@click.argument("time", metavar="YYYY-MM-DDTHH:MM:SS")
@by_whom
@with_client
@with_station
def set_(station: Station, client: Client, time: str, by: str | None) -> None:
    """Set the box's clock (root only) and give your word for it."""
    who = ask_decider(by)
    rooms.clock_state.set_clock(station, time, who)
    client.confirm_clock(who)
    put(maintenance_views.clock_line(rooms.clock_state.look_at_clock(station)))


@click.group(cls=TranslatedGroup)
def voices() -> None:
    """The voices: which there are, getting more, hearing them."""


@voices.command(name="list")
@as_json
@with_station
def list_(station: Station, as_json: bool) -> None:
    """Show every engine, its voices, and whether texts leave this machine for it."""
    states = rooms.voice_list.list_voices(station)
    print_json(list(map(rooms.json_output.voice, states))) if as_json else maintenance_views.show_voices(states)


@voices.command()
@click.argument("voice")
@option("--source", metavar="URL|FILE|FOLDER", help="Where from; a USB stick's folder will do.")
@option("--sha256", metavar="HEX", help="The SHA-256 of its model, as somebody you believe tells it.")
@option("--trust", is_flag=True, help="Believe the place that it comes from, where no SHA-256 is known here.")
@option("--progress-json", is_flag=True, help="Tell how far it is, and what came of it, as lines of JSON on stdout.")
@with_station
def install(
    station: Station, voice: str, source: str | None, sha256: str | None, trust: bool, progress_json: bool
) -> None:
    """Install a piper voice, checked against its SHA-256."""
    with tables.json_progress() if progress_json else tables.show_progress() as progress:
        digest = rooms.voice_installer.install_voice(
            voice, source, station.paths.voices, progress, sha256=sha256, trust=trust
        )
    if progress_json:
        print_json({"installed": digest}, indent=None)
    tell(_("installed: {voice}, SHA-256 {digest}").format(voice=voice, digest=digest))


@voices.command(name="test")
@click.argument("names", nargs=-1, metavar="[ENGINE:VOICE]…")
@option("-o", "--output", default="voices", metavar="DIR", help="Where the sound files go.")
@with_station
def try_(station: Station, names: tuple[str, ...], output: str) -> None:
    """Let each voice say one sentence into a file."""
    states = rooms.voice_list.try_voices(station, names, Path(output))
    maintenance_views.show_voices(states)
    speaks = [state.here for state in states]
    if not (all(speaks) if names else any(speaks)):  # of the commune's own, one is enough: they stand in for each other
        click.get_current_context().exit(1)


@voices.command()
@click.argument("voice", metavar="ENGINE:VOICE")
@option("--days", type=click.IntRange(1, 31), default=2, metavar="N", help="How many days are made before it speaks.")
@option("--only-make", is_flag=True, help="Make the sound and change nothing; the change takes no time then.")
@option("--progress-json", is_flag=True, help="Tell each sentence that is done as a line of JSON on stdout.")
@by_whom
@with_client
@with_station
def use(
    station: Station, client: Client, voice: str, days: int, only_make: bool, progress_json: bool, by: str | None
) -> None:
    """Let the commune speak with another voice; the old one is heard until everything that is coming has been made."""
    who = "" if only_make else ask_decider(by)
    edit = station.editing.commune.use_voice(voice)
    with tables.json_progress() if progress_json else tables.show_progress() as progress:
        station.preparation.make_supposed(station.files.suppose({edit.path: edit.after}), days, progress)
    if only_make:
        tell(_("made in the voice {voice}: what is coming in {days} days").format(voice=voice, days=days))
        return
    save_edit(station, client, edit, who)
    tell(_("{voice} speaks from now on").format(voice=voice))


@click.group(cls=TranslatedGroup)
def cache() -> None:
    """The sound that is kept: may be deleted at any moment."""


@cache.command(name="show")
@as_json
@with_station
def show_cache(station: Station, as_json: bool) -> None:
    """Show how much there is and of what."""
    row = rooms.json_output.cache_size(rooms.cache.measure_cache(station))
    print_json(row) if as_json else maintenance_views.show_cache(row)


@cache.command()
@with_station
def verify(station: Station) -> None:
    """Check every file; damaged ones are removed and made again when needed."""
    sound, damaged = rooms.cache.verify_cache(station)
    put(
        _("{sound} programmes are sound, {damaged} files were damaged and removed").format(sound=sound, damaged=damaged)
    )


@cache.command()
@option("--all", "everything", is_flag=True, help="All but what the coming 48 hours need, whatever the budget.")
@with_station
def sweep(station: Station, everything: bool) -> None:
    """Remove what has not been used longest, down to the budget; never what the coming 48 hours need."""
    freed = rooms.cache.sweep_cache(station, 0 if everything else rooms.cache.BUDGET)
    put(_("{freed:.1f} MB freed").format(freed=freed / 1e6))


COMMANDS = (status, doctor, test, clock, voices, cache)
