"""Connecting a box to its hub, and what the daemon does for the agent, which carries what is signed between both."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from . import rooms
from .app import TranslatedCommand, option
from .command_context import by_whom, current_station_context, with_client
from .parameter_types import _
from .prompts import ask_decider, read_first_line, read_input
from .terminal import tell

if TYPE_CHECKING:
    from ..daemon.client import Client

PORT = click.IntRange(1, 65535)


@click.command(cls=TranslatedCommand)
@click.argument("address", metavar="ADDRESS")
@option("--ca", "ca_file", metavar="FILE", required=True, help="The hub’s own certificate authority (PEM).")
@option("--user", metavar="BOX", required=True, help="The name by which this box logs in there: its id.")
@option("--password-file", metavar="FILE", help="The password is its first line; asked for on a terminal.")
@option("--mqtt-port", type=PORT, default=8883, show_default=True, metavar="N", help="Where its broker listens.")
@option("--https-port", type=PORT, default=8443, show_default=True, metavar="N", help="Where its files are.")
def connect(address: str, ca_file: str, user: str, password_file: str | None, mqtt_port: int, https_port: int) -> None:
    """Tell this box where its hub is: bulletins, schedules and alarms that were signed then come over the network."""
    paths = current_station_context().paths
    ca = read_input(ca_file).decode(errors="replace")
    settings = rooms.hub_settings.HubSettings(
        address.strip(), user.strip(), _read_password(password_file), ca, mqtt_port, https_port
    )
    rooms.hub_settings.write_hub_settings(paths, settings)
    tell(_("This box is connected to {address} as {user}.").format(address=settings.address, user=settings.user))
    if rooms.hub_settings.agent_user():
        tell(_("Switch it on: sudo systemctl enable --now loudspeaker-fleet"))


def _read_password(file: str | None) -> str:
    """That of the box at the hub. Raises `BadFile`, `UsageError`."""
    if file is not None:
        return read_first_line(file)
    if not sys.stdin.isatty():
        raise click.UsageError(_("give --password-file FILE where nobody can be asked"))
    return str(click.prompt(_("Password of this box at the hub"), hide_input=True, err=True))


@click.command(name="confirm-village", cls=TranslatedCommand)
@by_whom
@with_client
def confirm_village(client: Client, by: str | None) -> None:
    """At a box that has joined by itself: its spoken test was heard in the right village, and it airs its schedule."""
    client.decide(rooms.office_requests.ConfirmVillage(), ask_decider(by))
    tell(_("Confirmed: from now on this box airs what is planned."))


@click.command(name="take-fetched", cls=TranslatedCommand, hidden=True)
def take_fetched() -> None:
    """Take what the agent has fetched. The daemon runs this."""
    now, context = rooms.clock.SystemClock().now(), current_station_context()
    deliveries = rooms.delivery.Deliveries(context.paths, now, rooms.hub_contact.is_vouched(context.paths, now))
    rooms.alert_sounds.take_alert_sounds(deliveries, context.paths.fleet)
    deliveries.take_fetched(lambda: rooms.late_files.needed_sounds(context.paths, lambda: context.station))


@click.command(name="sign-log", cls=TranslatedCommand, hidden=True)
def sign_log() -> None:
    """Sign the piece of the log that the agent asks for. The daemon runs this."""
    rooms.log_segment.sign_wanted_piece(current_station_context().paths, rooms.clock.SystemClock().now())


COMMANDS = (connect, confirm_village, take_fetched, sign_log)
