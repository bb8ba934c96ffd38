"""What happened: the as-run log, the story of one airing, reports."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import BadUsage, Message
from . import tables
from .planning import for_days, on_day
from .shell import Command, as_json, option, print_json, put, tell, with_station
from .values import AIRING, DAY, _

if TYPE_CHECKING:
    from ..station import Station


@click.command(cls=Command)
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
        with tables.progress(_("Checking the log")) as progress:
            found = station.airings.verify(progress)
        return verified(found, as_json)
    if export:
        with tables.progress(_("Writing the log")) as progress:
            station.airings.export(export, progress)
        return None
    rows = station.airings.rows(day, days)
    return print_json(rows) if as_json else tables.log(rows)


def verified(head: dict[str, Any], as_json: bool) -> None:
    """The head, to be written down elsewhere; 1 where something was changed."""
    print_json(head) if as_json else put("{rows} {head}".format(**head))
    if broken := head["broken"]:
        tell(broken["why"] + (f" ({broken['airing']})" if broken["airing"] else ""))
        click.get_current_context().exit(1)


@click.command(name="why", cls=Command)
@click.argument("airing", type=AIRING)
@with_station
def why_(station: Station, airing: str) -> None:
    """Tell the story of one airing in plain words. AIRING is an id or its row in today's `plan`."""
    for sentence in station.airings.explain(airing):
        put(sentence.say(_))


@click.command(cls=Command)
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
    with tables.progress(_("Writing the report")) as progress:
        counted = station.airings.report(month, source, logs, output, begins, ends, progress)
    tell(_("written: {file}").format(file=output))
    tell(counted.say(_))


COMMANDS = (log, why_, report)
