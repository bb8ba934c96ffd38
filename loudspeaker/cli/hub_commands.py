"""The hub of a commune or a province: its process, what it publishes, the boxes that have joined it.

`loudspeaker-hub publish usb` is the same as `loudspeaker hub publish usb`. None of these needs a station.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from ..errors import LoudspeakerError, Message, NotFound
from . import hub, rooms
from .app import TranslatedCommand, collect_as_usual, option, start
from .command_context import as_json
from .parameter_types import _
from .tables import day_hour, show_table
from .terminal import print_json, put, tell, translate_logging

if TYPE_CHECKING:
    from ..hub.boxes.box_board import BoxBoard, BoxRow, VillageCount
    from ..hub.hub import Hub

P = ParamSpec("P")
R = TypeVar("R")
HTTPS_PORT, BROKER_PORT = 8443, 8883


in_place = option(
    "--replace", "replaces", metavar="BOX", default="", help="In the place of this box, which is revoked."
)


def with_hub(command: Callable[Concatenate[Hub, P], R]) -> Callable[P, R]:
    """Give the command the hub as its first argument."""

    def run(*args: P.args, **settings: P.kwargs) -> R:
        translate_logging()
        context = click.get_current_context()
        folder, broker_pid = context.meta["hub"]
        opened = rooms.hub.Hub.open(folder, pid_file=broker_pid)
        context.call_on_close(opened.close)
        return command(opened, *args, **settings)

    return update_wrapper(run, command)


@click.command(cls=TranslatedCommand)
@option("--port", type=click.IntRange(0, 65535), default=HTTPS_PORT, metavar="N", help="8443 unless told otherwise.")
@option("--name", "names", multiple=True, metavar="NAME", help="A name or an address of this machine; may be repeated.")
@option("--broker", default=f"localhost:{BROKER_PORT}", metavar="HOST:PORT", help="Where Mosquitto is.")
@option("--without-broker", is_flag=True, help="Boxes ask for what is new every minute.")
@with_hub
def serve(hub: Hub, port: int, names: tuple[str, ...], broker: str, without_broker: bool) -> None:
    """Serve the signed files and take in logs until a signal ends it."""
    address = rooms.joining.parse_address(broker, BROKER_PORT)
    files = rooms.hub_paths.need_certificate(hub.paths, names)
    listening = rooms.http_server.listen("", port)
    address_of_pages = f"https://{files.names()[0]}:{listening.getsockname()[1]}"
    hosts = rooms.site.LOCAL | {name.lower() for name in files.names()}
    pages = rooms.hub_site.HubSite.open(hub, language=os.environ.get("LOUDSPEAKER_LANG", "vi"), hosts=hosts)
    try:
        with suppress(KeyboardInterrupt):  # Ctrl+C
            collect_as_usual()
            rooms.hub_process.serve_hub(
                hub.at_port(address.port),
                listening,
                None if without_broker else address,
                pages,
                lambda: tell(_("The hub: {address}").format(address=address_of_pages)),
            )
    finally:
        pages.close()
        listening.close()


@click.command(cls=TranslatedCommand)
@with_hub
def key(hub: Hub) -> None:
    """Print the key that signs this hub's bells, for “fleet trust --hub”."""
    put(hub.key.public.public)


@click.command(cls=TranslatedCommand)
@click.argument("delivery", type=click.Path(path_type=Path), metavar="FOLDER")
@with_hub
def publish(hub: Hub, delivery: Path) -> None:
    """Serve what is signed and new in a delivery, such as a stick; what no box would take changes nothing."""
    scopes = rooms.published_files.list_scopes(delivery)
    if not scopes:
        raise NotFound(rooms.published_files.nothing_in(delivery))
    failed: list[LoudspeakerError] = []
    for scope in scopes:
        try:
            heads = hub.publish(delivery, scope).heads
        except LoudspeakerError as error:
            failed.append(error)
            tell(_("NOT PUBLISHED of {scope}: {why}").format(scope=scope, why=error.say(_)))
        else:
            facts = {"trust": heads.trust, "manifest": heads.manifest, "alert": heads.alert}
            text = _("{scope}: trust document {trust}, version {manifest}, alert {alert} are published.")
            tell(text.format(scope=scope, **facts))
    if failed:
        click.get_current_context().exit(failed[0].exit_code)


@click.command(cls=TranslatedCommand)
@click.argument("delivery", type=click.Path(path_type=Path), metavar="FOLDER")
@with_hub
def propose(hub: Hub, delivery: Path) -> None:
    """Have what “fleet pack” has made looked over and signed at the hub's pages; it is published once it is."""
    scopes = rooms.manifest_drafts.proposed_scopes(delivery)
    if not scopes:
        raise NotFound(Message("there is no manifest in {folder}: use “fleet pack” first", folder=delivery))
    for scope in scopes:
        draft = hub.drafts.propose(delivery, scope)
        facts = {"scope": scope, "version": draft.manifest.version, "missing": draft.missing}
        tell(_("{scope}: version {version} waits; signatures missing: {missing}.").format(**facts))


@click.command(cls=TranslatedCommand)
@option("--scope", metavar="SCOPE", required=True, help="The commune's id, such as ban-may.")
@option("--box", "name", metavar="NAME", default="", help="What people call the box.")
@in_place
@with_hub
def invite(hub: Hub, scope: str, name: str, replaces: str) -> None:
    """Print a code by which one box may join, once, within a week."""
    put(str(hub.registry.invite(scope, name, replaces)))
    if replaces:
        text = _("At the box: loudspeaker fleet join ADDRESS CODE --replace {box}. It is not shown again.")
        tell(text.format(box=replaces))
    else:
        tell(_("At the box: loudspeaker fleet join ADDRESS CODE. It is not shown again."))


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@option("--scope", metavar="SCOPE", required=True, help="The commune's id, such as ban-may.")
@option("--box", "name", metavar="NAME", required=True, help="What people call the box.")
@option("--village", "villages", metavar="V", multiple=True, help="A village that hears it (its id); several times.")
@option("--at", "address", metavar="ADDRESS", help="Where boxes reach this hub; by the name in its certificate else.")
@in_place
@option(
    "--without-network", is_flag=True, help="For a box without a network: everything that it takes is on the stick."
)
@with_hub
def stick(
    hub: Hub,
    folder: Path,
    scope: str,
    name: str,
    villages: tuple[str, ...],
    address: str | None,
    replaces: str,
    without_network: bool,
) -> None:
    """Write a stick by which one box joins without a keyboard: put in, it says by day which commune it has joined."""
    if not folder.is_dir():
        raise NotFound(Message("{folder} is not there: is the stick in?", folder=folder))
    own = rooms.hub_paths.need_certificate(hub.paths).names()[0]
    where = "" if without_network else str(rooms.joining.parse_address(address or own, HTTPS_PORT))
    wish = rooms.join_sticks.StickWish(scope, name, villages, where, replaces)
    written = rooms.join_sticks.write_stick(hub, folder, wish)
    until = day_hour(written.until.astimezone())
    tell(_("{file} for {box} is good for one box, until {until}.").format(file="tham-gia.json", box=name, until=until))


@click.command(cls=TranslatedCommand)
@click.argument("box", metavar="BOX")
@with_hub
def revoke(hub: Hub, box: str) -> None:
    """Let a box in nowhere any more, such as one that was stolen; its logs stay."""
    revoked = hub.revoke(box)
    tell(_("{box} of {scope} is let in nowhere any more.").format(box=revoked.id, scope=revoked.scope))


@click.command(cls=TranslatedCommand)
@click.argument("scope", metavar="[SCOPE]", required=False)
@as_json
@with_hub
def boxes(hub: Hub, scope: str | None, as_json: bool) -> None:
    """Who is there, which version each box holds, how far its log has come."""
    rows = _board(hub).boxes(scope)
    if as_json:
        print_json([rooms.codec.encode(row) for row in rows])
        return
    columns = (_("box"), _("called"), _("villages"), _("state"), _("version"), _("log"))
    show_table(columns, [_box_cells(row) for row in rows], _("No box has joined yet."))


@click.command(cls=TranslatedCommand)
@click.argument("scope", metavar="SCOPE")
@option("--bulletin", metavar="BULLETIN", required=True, help="Its id.")
@option("--asked", type=click.IntRange(1), default=1, metavar="N", help="How often it was to be aired.")
@as_json
@with_hub
def report(hub: Hub, scope: str, bulletin: str, asked: int, as_json: bool) -> None:
    """How often each village has aired a bulletin, by logs that its boxes have signed, and which has not."""
    counts = _board(hub).report(scope, bulletin)
    if as_json:
        print_json([rooms.codec.encode(count) for count in counts])
        return
    columns = (_("commune"), _("village"), _("aired"), _("minutes"), _("last"), _("what else"))
    show_table(columns, [_count_cells(count) for count in counts], _("No village is known yet."))
    often_enough = sum(count.aired >= asked for count in counts)
    without = sum(not count.logged for count in counts)
    text = _("{done} of {all} villages have aired it {times} times, {less} less often, {without} without a log.")
    less = len(counts) - often_enough - without
    tell(text.format(done=often_enough, all=len(counts), times=asked, less=less, without=without))


@click.command(cls=TranslatedCommand)
@option("--port", type=click.IntRange(1, 65535), default=BROKER_PORT, metavar="N", help="8883 unless told otherwise.")
@option("--name", "names", multiple=True, metavar="NAME", help="A name or an address of this machine; may be repeated.")
@with_hub
def broker(hub: Hub, port: int, names: tuple[str, ...]) -> None:
    """Write what Mosquitto reads of this hub, and print its part of mosquitto.conf."""
    rooms.hub_paths.need_certificate(hub.paths, names)
    rooms.hub_process.prepare_broker(hub)
    for line in hub.broker.listener(port).splitlines():
        put(line)


def _board(hub: Hub) -> BoxBoard:
    root = hub.paths.root
    published = []
    for scope in rooms.published_files.list_scopes(root):
        try:
            published.append(rooms.published_files.read_published(root, scope))
        except LoudspeakerError as error:  # the others can be told of all the same
            tell(f"{scope}: {error.say(_)}")
    return rooms.box_board.BoxBoard(hub.database, hub.registry, tuple(published))


def _box_cells(row: BoxRow) -> list[str]:
    version = f"{row.manifest}/{row.newest}"
    log = f"{row.entries}, {_when(row.log_until)}" if row.log_until else "–"
    return [row.box, row.name or "–", ", ".join(row.villages) or "–", "; ".join(_states(row)), version, log]


def _states(row: BoxRow) -> Iterator[str]:
    """How a box is, in words."""
    if row.revoked:
        yield _("revoked")
    elif row.since is None:
        yield _("was never there")
    else:
        text = _("there since {time}") if row.on else _("away since {time}")
        yield text.format(time=_when(row.since))
    if not row.confirmed:
        yield _("not confirmed by the commune yet")
    if any(fault.about == rooms.board.HealthSubject.VILLAGE for fault in row.wrong):
        yield _("right village not confirmed")
    if row.log_fault:
        yield _("LOG NOT BELIEVED: {why}").format(why=row.log_fault)


def _count_cells(count: VillageCount) -> list[str]:
    words = {value: message.say(_) for value, message in _outcome_words()}
    missed = [f"{words.get(outcome, outcome)} ×{number}" for outcome, number in count.missed]
    what = ", ".join(missed) or "–" if count.logged else _("no log yet")
    return [count.scope, count.village, str(count.aired), f"{count.minutes:.1f}", _when(count.last), what]


def _outcome_words() -> Iterator[tuple[str, Message]]:
    for outcome, message in rooms.outcome_words.VERDICTS.items():
        yield outcome.value, message


def _when(moment: datetime | None) -> str:
    return day_hour(moment.astimezone()) if moment else "–"


COMMANDS = (serve, key, publish, propose, invite, stick, revoke, boxes, report, broker)


def main() -> None:
    """Entry point of `loudspeaker-hub`."""
    start(hub)
