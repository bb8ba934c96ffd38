"""Changes of people's files: entries of schedules, new bulletins. What a change does is shown before it is saved."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage, Message
from . import editing_views, rooms
from .app import TextType, TranslatedCommand, TranslatedGroup, option
from .command_context import as_json, by_whom, note_edit, with_client, with_station
from .parameter_types import BULLETIN, VILLAGE, _, in_village
from .prompts import ask_decider, must_agree, read_text
from .terminal import print_json, tell

if TYPE_CHECKING:
    from ..daemon.client import Client
    from ..station import Station
    from ..station.editing.schedule_editing import EntryEdit, EntrySource
    from ..station.editing.what_if import ChangeEffect

CHOICES = ("move", "once", "instead", "late")
MANY = ("at", "lunar", "on", "days", "except", "monthdays")  # options that may hold several values, by comma

yes = option("--yes", is_flag=True, help="Do not ask.")
choice = option(
    "--choice",
    type=click.Choice(CHOICES),
    help="What to do about a clash: another time, read once, air it instead, or be late.",
)


@click.group(cls=TranslatedGroup)
def schedule() -> None:
    """The entries of the villages' schedules."""


@schedule.command(name="list", cls=TranslatedCommand)
@option("--village", type=VILLAGE, metavar="VILLAGE", help="Only this village.")
@as_json
@with_station
def list_(station: Station, village: str | None, as_json: bool) -> None:
    """Show the entries in words."""
    villages = [village] if village else [schedule.id for schedule in station.files.contents.schedules]
    entries = [source for name in villages for source in station.editing.schedules.entries(name)]
    print_json(list(map(rooms.json_output.entry, entries))) if as_json else editing_views.show_entries(entries)


@schedule.command(cls=TranslatedCommand)
@click.argument("bulletin", type=BULLETIN, required=False)
@in_village
@option("--all", "everywhere", is_flag=True, help="In all villages.")
@option("--at", metavar="TIMES", help="One time or several: 6h05, 17h30.")
@option("--every", metavar="LENGTH", help="Again and again, between two times.")
@option("--between", metavar="TIMES", help="From when to when, with --every: 16:30-18:00.")
@option("--days", metavar="DAYS", help="Weekdays: 2, 4, 6, CN or mon, wed.")
@option("--lunar", metavar="DAYS", help="Days of the lunar calendar: 1, 15.")
@option("--monthdays", metavar="DAYS", help="Days of each month: 5, 20.")
@option("--on", metavar="DAYS", help="Only on these days: 28/11/2026.")
@option("--from", "from_", metavar="D", help="First day.")
@option("--until", metavar="D", help="Last day.")
@option("--except", "except_", metavar="DAYS", help="Not on these days; named days too: tet.")
@option("--repeat", metavar="N", help="How often it is said.")
@option("--level", metavar="LEVEL", help="Of this entry, instead of the bulletin's.")
@option("--name", metavar="NAME", help="Of the entry; else the bulletin's id.")
@option("--stream", metavar="ADDRESS", help="Another station, instead of a bulletin.")
@option("--for", "for_", metavar="LENGTH", help="How long a stream lasts.")
@option("--fallback", type=BULLETIN, metavar="BULLETIN", help="Stands in for a stream that does not come.")
@choice
@yes
@by_whom
@as_json
@with_client
@with_station
def add(
    station: Station,
    client: Client,
    /,
    villages: tuple[str, ...],
    everywhere: bool,
    choice: str | None,
    yes: bool,
    by: str | None,
    as_json: bool,
    **given: str | None,
) -> None:
    """Add an entry to the schedules of villages."""
    entry = {(key := name.rstrip("_")): _values(key, written) for name, written in given.items() if written is not None}
    if "bulletin" in entry:
        entry["bulletin"] = [station.files.bulletin_id(entry["bulletin"][0])]
    station.editing.schedules.must_be_sound(entry)
    edits = [
        rooms.schedule_editing.EntryEdit(village, "", entry) for village in _villages(station, villages, everywhere)
    ]
    _carry_out(station, client, edits, choice, yes, by, as_json)


@schedule.command(cls=TranslatedCommand)
@click.argument("names", nargs=-1, required=True, metavar="ENTRY…")
@in_village
@option("--all", "everywhere", is_flag=True, help="In all villages.")
@yes
@by_whom
@as_json
@with_client
@with_station
def remove(
    station: Station,
    client: Client,
    names: tuple[str, ...],
    villages: tuple[str, ...],
    everywhere: bool,
    yes: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Take entries out of the schedules of villages, by their names."""
    entries: list[EntrySource] = []
    for village in _villages(station, villages, everywhere):
        known = {source.name: source for source in station.editing.schedules.entries(village)}
        entries += [known[name] for name in names if name in known]
        if not everywhere:
            for name in names:
                station.editing.schedules.entry(village, name)  # raises
    if not entries:
        station.editing.schedules.entry(_villages(station, villages, everywhere)[0], names[0])  # raises
    edits = [rooms.schedule_editing.EntryEdit(source.village, source.name, None) for source in entries]
    _carry_out(station, client, edits, None, yes, by, as_json)


@click.command(cls=TranslatedCommand)
@click.argument("title")
@click.argument("file", default="-", type=click.Path(), metavar="[FILE|-]")
@option("--text", type=TextType(), metavar="TEXT", help="The text itself, instead of a file.")
@option("--level", metavar="LEVEL", help="routine, priority or emergency.")
@option("--valid", metavar="DAYS", help="Valid days: 5/7/2026..30/9/2026.")
@option("--source", metavar="TEXT", help="Where it comes from, for the report.")
@option("--repeat", metavar="N", help="How often it is said.")
@by_whom
@as_json
@with_client
@with_station
def new(
    station: Station,
    client: Client,
    /,
    title: str,
    file: str,
    text: str | None,
    by: str | None,
    as_json: bool,
    **head: str | None,
) -> None:
    """Write a bulletin from a title and a text (a file, or what is piped in); nobody hears it yet."""
    who = ask_decider(by)
    text = read_text(file) if text is None else text
    known = {key: value for key, value in head.items() if value}
    bulletin, edit = station.editing.bulletins.create(title, text)
    edit = station.editing.bulletins.with_head(edit, known)
    _save(station, client, station.editing.schedules.suppose((edit,)), who, accept_late=False)
    if as_json:
        print_json({"id": bulletin, "path": edit.path})
    else:
        tell(_("{file} is written. Next: loudspeaker read {name}").format(file=edit.path, name=bulletin))


def _values(key: str, written: str) -> list[str]:
    return [part.strip() for part in written.split(",") if part.strip()] if key in MANY else [written.strip()]


def _villages(station: Station, villages: Sequence[str], everywhere: bool) -> list[str]:
    if everywhere:
        return list(station.files.commune.villages) or [schedule.id for schedule in station.files.contents.schedules]
    if not villages:
        raise BadUsage(Message("say for whom: --village VILLAGE, or --all"))
    return list(dict.fromkeys(map(station.files.village_id, villages)))


def _carry_out(
    station: Station,
    client: Client,
    edits: Sequence[EntryEdit],
    choice: str | None,
    yes: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Show what a change of entries does, ask, and save it."""
    who = ask_decider(by)
    effect = station.editing.schedules.suppose(station.editing.schedules.change(edits))
    if choice:
        chosen = effect.choice(choice)
        edits = station.editing.schedules.adjust(edits, chosen.adjustments)
        effect = station.editing.schedules.suppose(station.editing.schedules.change(edits))
    editing_views.show_effect(effect)
    late = choice == "late"
    rooms.what_if.must_be_bearable(effect.comparison, late)
    if not yes and sys.stdin.isatty():
        must_agree(_("Save this?"))
    _save(station, client, effect, who, late)
    if as_json:
        print_json(rooms.json_output.change_effect(effect))
    else:
        tell(_("saved: {files}").format(files=", ".join(edit.path for edit in effect.change)))


def _save(station: Station, client: Client, effect: ChangeEffect, who: str, accept_late: bool) -> None:
    station.editing.schedules.save(effect, who, accept_late)
    for edit in effect.change:
        note_edit(client, edit, who)


COMMANDS = (new, schedule)
