"""What happened: the as-run log, the story of one airing, reports."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage, Message
from . import airing_views, rooms, tables
from .app import TranslatedCommand, option
from .command_context import as_json, with_station
from .parameter_types import AIRING, DAY, _
from .plan_commands import for_days, on_day
from .terminal import print_json, put, tell

if TYPE_CHECKING:
    from ..station import Station
    from ..station.airings import ChainState


@click.command(cls=TranslatedCommand)
@on_day
@for_days
@as_json
@option("--verify", is_flag=True, help="Check the chain of hashes and print its head.")
@option("--export", type=click.Path(path_type=Path), metavar="FILE", help="The log as JSON lines, to merge elsewhere.")
@with_station
def log(station: Station, day: date | None, days: int, as_json: bool, verify: bool, export: Path | None) -> None:
    """Show what became of each airing."""
    if damage := station.airings.damage():
        tell(damage.say(_))
    if verify:
        with tables.show_progress(_("Checking the log")) as progress:
            state = station.airings.verify(progress)
        return show_chain(state, as_json)
    if export:
        with tables.show_progress(_("Writing the log")) as progress:
            rooms.log_export.export_log(station.log, station.files.box.plays, station.clock.now(), export, progress)
        return None
    records, zone = station.airings.records(day, days), station.files.commune.zone
    if as_json:
        rows = [rooms.json_output.asrun_record(record, zone, station.log.hash_of(record.id)) for record in records]
        return print_json(rows)
    return airing_views.show_log(records, zone)


def show_chain(state: ChainState, as_json: bool) -> None:
    """The head, to be written down elsewhere; 1 where something was changed."""
    print_json(rooms.json_output.chain_state(state)) if as_json else put(f"{state.entries} {state.head}")
    if broken := state.broken:
        tell(broken.why.say(_) + (f" ({broken.airing})" if broken.airing else ""))
        click.get_current_context().exit(1)


@click.command(name="why", cls=TranslatedCommand)
@click.argument("airing", type=AIRING)
@as_json
@with_station
def why_(station: Station, airing: str, as_json: bool) -> None:
    """Tell the story of one airing in plain words. AIRING is an id or its row in today's `plan`, or a signed alert."""
    zone = station.files.commune.zone
    if steps := rooms.audit_trail.explain_alert(station.log, airing, zone):
        sentences = [sentence.say(_) for sentence in steps]
        return print_json(sentences) if as_json else put("\n".join(sentences))
    name, planned, record = station.airings.look_up(airing)
    approval = station.planner.approval_message(station.log, planned.bulletin if planned else None)
    now, offices = station.clock.now(), station.files.contents.offices
    story = rooms.explain.explain_airing(name, planned, record, station.log, now, zone, _, approval, offices)
    if as_json:
        return print_json(rooms.json_output.story(name, planned, record, story, zone, station.log.hash_of(name)))
    for sentence in story:
        put(sentence.say(_))
    return None


@click.command(cls=TranslatedCommand)
@option("--month", metavar="YYYY-MM", help="Everything of one month.")
@option("--from", "begins", type=DAY, metavar="D", help="Everything from this day on.")
@option("--to", "ends", type=DAY, metavar="D", help="The last day of it; today where none is given.")
@option("--source", metavar="TEXT", help="What was done for one dispatch.")
@option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help=".xlsx or .csv")
@click.argument("logs", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[EXPORTED LOG]…")
@with_station
def report(
    station: Station,
    month: str | None,
    begins: date | None,
    ends: date | None,
    source: str | None,
    output: Path,
    logs: tuple[Path, ...],
) -> None:
    """Report per village and bulletin, merging other boxes' exported logs."""
    if sum(map(bool, (month, begins, source))) != 1 or (ends and not begins):
        raise BadUsage(Message("give one of --month, --from (with --to, or until today) and --source"))
    with tables.show_progress(_("Writing the report")) as progress:
        counted = station.airings.report(month, source, logs, output, _, begins, ends, progress)
    tell(_("written: {file}").format(file=output))
    tell(counted.say(_))


COMMANDS = (log, why_, report)
