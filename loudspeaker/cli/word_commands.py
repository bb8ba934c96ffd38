"""The commune's own words: how they are read, added and taken out, with what that changes shown before it is saved."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage, Message
from . import editing_views, rooms
from .app import TranslatedCommand, TranslatedGroup, option
from .command_context import as_json, by_whom, save_edit, with_client, with_station
from .editing_commands import yes
from .parameter_types import _
from .prompts import ask_decider, must_agree
from .terminal import print_json, tell

if TYPE_CHECKING:
    from ..daemon.client import Client
    from ..station import Station
    from ..station.editing.bulletin_editing import OwnWord, WordKey


@click.group(cls=TranslatedGroup)
def words() -> None:
    """The commune's own readings of words."""


@words.command(name="list", cls=TranslatedCommand)
@as_json
@with_station
def list_(station: Station, as_json: bool) -> None:
    """Show the commune's own readings."""
    readings = rooms.bulletin_editing.own_words(station.files.commune)
    print_json(list(map(rooms.json_output.own_word, readings))) if as_json else editing_views.show_words(readings)


@words.command(cls=TranslatedCommand)
@click.argument("written")
@click.argument("spoken", required=False)
@option(
    "--as",
    "key",
    type=click.Choice(("say", "abbrev", "names")),
    help="A word that is said otherwise, an abbreviation, or a name that stays as it is.",
)
@yes
@by_whom
@as_json
@with_client
@with_station
def add(
    station: Station,
    client: Client,
    /,
    written: str,
    spoken: str | None,
    key: WordKey | None,
    yes: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Read WRITTEN as SPOKEN in every bulletin of the commune."""
    own = rooms.bulletin_editing
    likely = own.likely_key(written)
    if likely is None:
        raise BadUsage(Message("a number is never learnt for the whole commune: correct it at its place"))
    chosen = key or likely
    if spoken is None and chosen != "names":
        raise BadUsage(Message("say how it is to be read"))
    _change(station, client, own.OwnWord(chosen, written, spoken or written), False, yes, by, as_json)


@words.command(cls=TranslatedCommand)
@click.argument("written")
@yes
@by_whom
@as_json
@with_client
@with_station
def remove(station: Station, client: Client, written: str, yes: bool, by: str | None, as_json: bool) -> None:
    """Read WRITTEN again as the program does by itself."""
    own = rooms.bulletin_editing
    known = [word for word in own.own_words(station.files.commune) if word.written == written]
    word = known[0] if known else own.OwnWord("say", written, "")  # which is told
    _change(station, client, word, True, yes, by, as_json)


def _change(
    station: Station, client: Client, word: OwnWord, forget: bool, yes: bool, by: str | None, as_json: bool
) -> None:
    """Show what it changes, ask, and save it."""
    who = ask_decider(by)
    effect = station.editing.bulletins.word_effect(word, forget)
    editing_views.show_word_effect(effect)
    if not yes and sys.stdin.isatty():
        must_agree(_("Save this?"))
    save_edit(station, client, effect.edit, who)
    if as_json:
        print_json(rooms.json_output.word_effect(effect))
    else:
        tell(_("saved: {files}").format(files=effect.edit.path))


COMMANDS = (words,)
