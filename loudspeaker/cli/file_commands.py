"""People's files: a new station, what is wrong with it, what will be said, documents and sheets in and out."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BadFile, BadUsage, LoudspeakerError, Message, Problem
from . import maintenance_views, rooms
from .app import TranslatedCommand, option
from .command_context import CommandContext, as_json, current_station_context, with_station
from .parameter_types import _
from .prompts import read_input, read_input_lines
from .terminal import print_json, put, tell, warn

if TYPE_CHECKING:
    from ..station import Station


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@option("--empty", is_flag=True, help="One village and no schedule instead; silent until it is commissioned.")
@option("--commune", metavar="NAME", help="Name of the commune, for --empty.")
@option("--village", metavar="NAME", help="Name of its first village, for --empty.")
@click.pass_context
def init(ctx: click.Context, folder: Path, empty: bool, commune: str | None, village: str | None) -> None:
    """Make a new station folder with the sample commune in it."""
    if not empty and (commune or village):
        raise BadUsage(Message("--commune and --village go with --empty"))
    if empty:
        _make_empty(folder, ctx.find_root().params["state"] or folder / ".state", commune, village)
    else:
        rooms.new_station.copy_sample(folder)
    tell(_("{folder} is ready. Next: cd {folder} && loudspeaker check").format(folder=folder))


def _make_empty(folder: Path, state: Path, commune: str | None, village: str | None) -> None:
    rooms.new_station.must_be_new(folder)  # before anybody is asked
    commune = commune or _ask_name(_("Name of the commune"), rooms.new_station.COMMUNE)
    village = village or _ask_name(_("Name of its first village"), rooms.new_station.VILLAGE)
    rooms.new_station.make_empty(folder, state, commune.strip(), village.strip())


def _ask_name(question: str, otherwise: str) -> str:
    """Asked for on a terminal."""
    return str(click.prompt(question, default=otherwise, err=True)) if sys.stdin.isatty() else otherwise


@click.command(cls=TranslatedCommand)
@option("--days", type=click.IntRange(1, 366), default=30, metavar="N", help="How far to look ahead.")
@as_json
@click.pass_context
def check(ctx: click.Context, days: int, as_json: bool) -> None:
    """Tell every mistake in every file, and what the coming days would not allow."""
    context = current_station_context()

    try:
        findings = rooms.check.check_files(context.station, days)
    except BadFile as error:  # commune.yaml or box.yaml: nothing can be planned, but the mistakes can be told
        findings = rooms.check.check_unopenable(context.home, error)
    if as_json:
        print_json(list(map(rooms.json_output.finding, findings)))
    else:
        for finding in findings:
            put(finding.problem.say(_))
    maintenance_views.show_summary(findings)
    if any(finding.mistake for finding in findings):
        ctx.exit(2)


@click.command(cls=TranslatedCommand)
@click.argument("file", default="-", type=click.Path(), metavar="[FILE|-]")
@option("--each-line", is_flag=True, help="One line in, one line out; nothing is learnt across lines.")
@option("--all", "everything", is_flag=True, help="Of an official letter its head and signature, too.")
@as_json
def read(file: str, each_line: bool, everything: bool, as_json: bool) -> None:
    """Show what will be said, and mark every guess in it. Works without a station."""
    if each_line and as_json:
        raise BadUsage(Message("choose one of --each-line and --json"))
    context = current_station_context()
    file = bulletin_file(context, file)
    reader = rooms.read_text.Reader.for_station(context.home)
    if each_line:
        for line in read_input_lines(file):
            put(reader.read_line(line))
        return
    data = read_input(file)
    left: list[Message] = []
    if parts := reader.read_parts(file, data):
        row, spoken = rooms.json_output.spoken_parts(parts), "\n".join(part.say(_) for part in parts)
        doubts = [doubt for part in parts for doubt in part.doubts]
    else:
        reading = reader.read_text(file, data, None if everything else partial(rooms.draft.leave_out, left))
        row, spoken, doubts = rooms.json_output.reading(reading, left), reading.spoken, list(reading.doubts)
    if as_json:
        print_json(row)
        return
    for sentence in spoken.strip("\n").split("\n"):
        put(sentence)
    for note in left:
        tell(note.say(_))
    warn(rooms.read_text.doubt_problems(file, doubts))


def bulletin_file(context: CommandContext, name: str) -> str:
    """The file of a bulletin named by its id or title, where no file has this name; else what was given."""
    if name == "-" or Path(name).exists() or not (context.home / "commune.yaml").is_file():
        return name
    with suppress(LoudspeakerError, OSError):  # whoever may not open the station can still read files
        return str(context.home / "bulletins" / f"{context.station.files.bulletin_id(name)}.md")
    return name


@click.command(name="import", cls=TranslatedCommand)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE…")
@with_station
def import_(station: Station, paths: tuple[Path, ...]) -> None:
    """Take in documents (.docx .odt .pdf .txt), recordings and schedule sheets (.xlsx)."""
    rooms.membership.must_be_edited_here(station.paths)
    problems: list[Problem] = []
    for path in paths:
        try:
            for sentence in rooms.imports.import_file(path, station.paths.home, station.files.commune.reading_settings):
                tell(sentence.say(_))
        except BadFile as error:  # the others are as good as they are
            problems += error.problems
    if problems:
        raise BadFile(problems)


@click.command(cls=TranslatedCommand)
@option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help=".xlsx")
@with_station
def export(station: Station, output: Path) -> None:
    """Write all schedules as one sheet, as `import` reads it."""
    if output.suffix.lower() != ".xlsx":
        raise BadUsage(Message("{file}: a schedule sheet is an .xlsx file", file=output))
    rooms.sheets.export_sheet(station.paths.home, output)


COMMANDS = (init, check, read, import_, export)
