"""What a command is given: its station, the client that asks the daemon, and options that many commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property, update_wrapper
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from ..errors import Unreachable
from . import rooms
from .app import option
from .terminal import tell, translate_logging, warn

if TYPE_CHECKING:
    from ..daemon.client import Client
    from ..interfaces import Clock
    from ..station import Station
    from ..station.paths import StationPaths
    from ..store.edits import FileEdit

P = ParamSpec("P")
R = TypeVar("R")

as_json = option("--json", "as_json", is_flag=True, help="One JSON document on stdout, people's text on stderr.")
by_whom = option("--by", metavar="NAME", help="Who decides this; asked for on a terminal.")
by_passphrase = option(
    "--passphrase-file", metavar="FILE", help="The passphrase is its first line; asked for on a terminal."
)
why = option("--why", metavar="TEXT", help="The reason, kept in the log.")


class CommandContext:
    """Which station a command is about; it is opened when it is first asked for. `clock`: None is this machine's."""

    def __init__(self, home: Path, state: Path, clock: Clock | None = None) -> None:
        self.home = home
        self.state = state
        self.clock = clock

    @property
    def paths(self) -> StationPaths:
        """Where its files lie, without opening it."""
        return rooms.paths.StationPaths(self.home, self.state)

    @cached_property
    def station(self) -> rooms.station.Station:
        translate_logging()
        station = rooms.station.Station.open(self.home, self.state, clock=self.clock)
        click.get_current_context().find_root().call_on_close(station.close)
        return station

    @cached_property
    def client(self) -> rooms.client.Client:
        """What the daemon can do without us: an alarm does not wait until the station is opened here."""
        return rooms.client.Client(self.home, self.state, lambda: self.station, _tell_wait)


def _tell_wait(airing: str, why: str) -> None:
    tell(_("{airing}: not heard yet, still trying; Ctrl+C gives up ({why})").format(airing=airing, why=why))


def with_client(command: Callable[Concatenate[Client, P], R]) -> Callable[P, R]:
    """Give the command the client of its station's daemon as its first argument."""

    def run(*args: P.args, **settings: P.kwargs) -> R:
        return command(current_station_context().client, *args, **settings)

    return update_wrapper(run, command)


def with_station(command: Callable[Concatenate[Station, P], R]) -> Callable[P, R]:
    """Give the command the station as its first argument, and tell what is wrong with its files."""

    def run(*args: P.args, **settings: P.kwargs) -> R:
        station = current_station_context().station
        warn(station.files.problems)
        return command(station, *args, **settings)

    return update_wrapper(run, command)


def save_edit(station: Station, client: Client, edit: FileEdit, who: str) -> None:
    """Write one file whose new content was shown, and have it noted who did."""
    rooms.membership.must_be_edited_here(station.paths)
    rooms.edits.apply_edits(station.paths.home, [edit], who)
    note_edit(client, edit, who)


def note_edit(client: Client, edit: FileEdit, who: str) -> None:
    """Have the daemon note who saved a file."""
    try:
        client.decide(rooms.requests.NoteEdit(edit.path, edit.revision, edit.revision_after), who)
    except Unreachable as error:  # it is saved all the same
        tell(_("{file}: the log does not know who saved it ({why})").format(file=edit.path, why=error.say(_)))


def current_station_context() -> CommandContext:
    """The context of the command that runs."""
    context = click.get_current_context().find_object(CommandContext)
    assert context
    return context


def default_home() -> Path:
    """The current folder when it is a station, else LOUDSPEAKER_HOME, else where a box keeps it."""
    # Under sudo -u it may be somebody's home, into which the service's users may not look: `Path.exists` would raise.
    if os.path.exists("commune.yaml"):
        return Path.cwd()
    return Path(os.environ.get("LOUDSPEAKER_HOME") or "/var/lib/loudspeaker")
