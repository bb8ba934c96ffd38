"""A box joins a commune or an office above it, takes the place of another box, and leaves again."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import BadUsage, Message
from . import rooms
from .app import TranslatedCommand, option
from .command_context import by_whom, current_station_context
from .daemon_pause import without_daemon
from .hub_box_commands import join_by_code
from .parameter_types import _
from .prompts import ask_decider, must_agree
from .signing_commands import deliveries, take_and_tell
from .terminal import put, tell


@click.command(cls=TranslatedCommand)
@click.argument("place", metavar="FOLDER|ADDRESS")
@click.argument("code", metavar="[CODE]", required=False)
@option("--scope", metavar="SCOPE", help="From a folder: the commune's id, such as ban-may.")
@option("--above", is_flag=True, help="An office above the commune, whose own files people go on editing here.")
@option("--yes", is_flag=True, help="From a folder: the fingerprint was compared already.")
@option("--replace", "replaces", metavar="BOX", default="", help="In the place of this box: with its box.yaml.")
@by_whom
def join(
    place: str, code: str | None, scope: str | None, above: bool, yes: bool, replaces: str, by: str | None
) -> None:
    """Take files signed from now on, from a stick or by a hub's code: what lies on this box is read no more."""
    paths = current_station_context().paths
    with without_daemon(rooms.new_station.is_unnamed(paths.home, paths.state)):
        if code is not None:
            join_by_code(deliveries(), place, code, ask_decider(by), replaces)
        elif scope is None:
            raise BadUsage(Message("a folder is joined with --scope SCOPE, a hub with its code"))
        else:
            box_yaml = rooms.box_villages.carried_box_yaml(Path(place), replaces) if replaces else b""
            with rooms.box_villages.box_yaml_in_place(paths, box_yaml):
                _join_stick(Path(place), scope, above, yes, ask_decider(by))


def _join_stick(folder: Path, scope: str, above: bool, yes: bool, who: str) -> None:
    taker = deliveries()
    first = taker.first_trust(folder, scope)
    for person in first.document.keys:
        put(f"{person.person}: {person.name}")
    put(_("Fingerprint: {syllables}").format(syllables=first.fingerprint))
    if not yes:
        must_agree(_("Are these the eight syllables on the sheet of that office?"))
    if above:
        commune = current_station_context().station.files.commune.id
        take_and_tell(folder, {scope: lambda: taker.follow(folder, first, commune, who)})
    else:
        take_and_tell(folder, {scope: lambda: taker.join(folder, first, who)})


@click.command(cls=TranslatedCommand)
def leave() -> None:
    """Take the files that people edit on this box again, beginning with the last signed ones."""
    scope = deliveries().leave()
    tell(_("This box takes nothing from {scope} any more; its last files are now its own.").format(scope=scope))


@click.command(cls=TranslatedCommand)
@click.argument("commune", metavar="COMMUNE")
@option("--name", metavar="NAME", default="", help="What the new commune is called.")
@option("--yes", is_flag=True, help="Do not ask.")
@by_whom
def move(commune: str, name: str, yes: bool, by: str | None) -> None:
    """Go over to another commune (its id): the log is closed, stays readable, and a new one begins."""
    paths, who = current_station_context().paths, ask_decider(by)
    if not yes:
        must_agree(_("Close this box’s log for good, and begin one of {commune}?").format(commune=commune))
    with without_daemon(True):
        moved = rooms.moving.move_box(paths, commune, who, rooms.clock.SystemClock().now(), name)
    text = _("This box is of {after} now. The log of {before} is closed: {folder}")
    tell(text.format(before=moved.before, after=moved.after, folder=moved.life))
    if moved.left:
        tell(
            _("It airs the last files of {before} until it joins: “loudspeaker fleet join”.").format(before=moved.left)
        )


COMMANDS = (join, leave, move)
