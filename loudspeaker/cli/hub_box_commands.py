"""What a box asks of its hub: to be taken in by a code, and to take in its log."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import rooms
from .app import TranslatedCommand, option
from .command_context import current_station_context
from .parameter_types import _
from .terminal import tell

if TYPE_CHECKING:
    from ..station.deliveries.delivery import Deliveries

CREDENTIAL = "hub.json"  # as systemd hands it over (LoadCredential=)


def join_by_code(deliveries: Deliveries, address: str, code: str, who: str, replaces: str) -> None:
    """The code vouches for the hub: nobody has to compare syllables."""
    plays = rooms.box_villages.played_villages(rooms.box_villages.read_box_yaml(deliveries.paths))
    for taken in rooms.join_client.join_hub(deliveries, plays, address, code, who, replaces):
        tell(taken.message().say(_))


@click.command(name="send-log", cls=TranslatedCommand)
@option(
    "--settings", type=click.Path(path_type=Path), metavar="FILE", help="Where the hub is, if not as “join” kept it."
)
def send_log(settings: Path | None) -> None:
    """Send this box's log to its hub, from where the hub has it."""
    context = current_station_context()
    paths = context.paths
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    file = settings or (Path(handed) / CREDENTIAL if handed else None)
    known = (
        rooms.codec.decode(rooms.hub_settings.HubSettings, json.loads(file.read_bytes()))
        if file
        else rooms.hub_settings.read_hub_settings(paths)
    )
    key = rooms.box_key.open_box_key(paths)
    station = context.station
    count = rooms.log_sender.send_log(station.log, key, known, station.clock.now())
    tell(_("{count} entries were sent to {address}.").format(count=count, address=known.address))


COMMANDS = (send_log,)
