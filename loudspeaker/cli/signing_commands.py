"""Signed files: keys, deliveries that people sign, and a box that takes them from a folder, such as a stick.

Only `fleet join`, `take` and `leave` are for a box; the others need no station, and a PC that is not the hub will do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage, LoudspeakerError, Message, describe_os_error
from . import alert_views, rooms
from .app import TranslatedCommand, option
from .command_context import as_json, by_passphrase, by_whom, current_station_context, why, with_client, with_station
from .parameter_types import _, bulletins
from .prompts import ask_decider, must_agree, read_input, read_passphrase
from .terminal import print_json, put, tell

if TYPE_CHECKING:
    from datetime import datetime

    from ..daemon.client import Client
    from ..station import Station
    from ..station.box.returned_logs import ReturnedLog
    from ..station.deliveries.delivery import Deliveries, TakenDelivery
    from ..station.deliveries.stick_answer import Result

in_scope = option("--scope", metavar="SCOPE", required=True, help="The commune's id, such as ban-may.")


@click.command(cls=TranslatedCommand)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@option("--person", metavar="ID", required=True, help="Whose key it is: a short name, such as hoa.")
@option("--name", metavar="NAME", required=True, help="The name and office that others read.")
@by_passphrase
def key(file: Path, person: str, name: str, passphrase_file: str | None) -> None:
    """Make a key of one's own, sealed by a passphrase, for a stick that is kept locked away."""
    if file.exists():
        raise BadUsage(Message("{file} exists already; a key is never written over", file=file))
    key = rooms.key_file.make_key(person.strip(), name.strip())
    sealed = rooms.key_file.seal_key(key, read_passphrase(passphrase_file, new=True))
    rooms.atomic.write_private(file, sealed)
    put(f"{key.public.id} {key.public.public}")
    tell(_("This line is public; the file and its passphrase are not. Who has lost them cannot sign any more."))


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@in_scope
@option("--parent", metavar="SCOPE", help="The province that may reset it.")
@option("--reset", is_flag=True, help="All keys of it are lost: the people of its parent sign this list.")
@option("--hub", metavar="KEY", help="The key of its hub, as “loudspeaker-hub key” prints it.")
@option("--box", "boxes", metavar="KEY", multiple=True, help="The key of a box that is the commune's; several times.")
@option("--revoke", "revoked", metavar="BOX", multiple=True, help="A box that was stolen: its id; several times.")
@option("--at", "addresses", metavar="ADDRESS", multiple=True, help="Where a hub is; tried in turn. Several times.")
@option("--key", "keys", metavar="KEY", multiple=True, required=True, help="A key file of each person; several times.")
def trust(
    folder: Path,
    scope: str,
    parent: str | None,
    reset: bool,
    hub: str | None,
    boxes: tuple[str, ...],
    revoked: tuple[str, ...],
    addresses: tuple[str, ...],
    keys: tuple[str, ...],
) -> None:
    """Write the list of people who sign for a commune into a delivery, to be signed by two of them."""
    public = [rooms.key_file.read_public_key(read_input(file)) for file in keys]
    server = rooms.public_keys.machine_key(hub, "hub") if hub else None
    known = list(map(rooms.box_key.public_box_key, boxes))
    document, path = rooms.packing.write_trust(
        folder, scope, public, _now(), parent, reset, server, known, revoked, addresses
    )
    put(str(path))
    put(_("Fingerprint: {syllables}").format(syllables=_fingerprint(path)))
    count = document.threshold(rooms.signed_documents.SigningRole.TRUST)
    tell(_("Print the fingerprint; {count} persons sign it with “sign”.").format(count=count))


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@in_scope
@option("--spoken", is_flag=True, help="With the words as they are to be spoken: for boxes of other offices.")
@option("--zip", "packed", type=click.Path(path_type=Path), metavar="FILE", help="And all of it as one .zip file.")
def pack(folder: Path, scope: str, spoken: bool, packed: Path | None) -> None:
    """Put this station's bulletins, schedules and rules into a delivery, to be signed."""
    manifest = rooms.packing.pack_files(current_station_context().home, folder, scope, _now(), spoken)
    if packed:
        rooms.packing.write_zip(folder, scope, packed)
    put(str(folder / rooms.signed_documents.ROOT / scope / "manifest.json"))
    tell(
        _("Version {version}, {count} files; nobody has signed it yet: use “sign”.").format(
            version=manifest.version, count=len(manifest.files)
        )
    )


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@bulletins
@in_scope
@option("--key", "key_file", metavar="KEY", required=True, help="A key file made with “fleet key”.")
@option("--yes", is_flag=True, help="Do not ask.")
@by_passphrase
def approve(
    folder: Path, bulletins: tuple[str, ...], scope: str, key_file: str, yes: bool, passphrase_file: str | None
) -> None:
    """Sign bulletins of a delivery as approved: on every box, until one of them is edited."""
    station = current_station_context().station
    own = rooms.key_file.open_key(read_input(key_file), read_passphrase(passphrase_file))
    for name in dict.fromkeys(bulletins):
        shown, words = rooms.packing.words_shown(station, name)
        alert_views.show_approval(shown)
        if not yes and sys.stdin.isatty():
            must_agree(_("Approve this?"))
        rooms.packing.carry_approval(folder, scope, words, own, _now())
        tell(_("approved: {bulletin}, {digest}").format(bulletin=shown.bulletin, digest=shown.digest[:12]))
    tell(_("Now the manifest is signed anew: use “sign”."))


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
def take(folder: Path) -> None:
    """Take what is new in a delivery; what is not signed as it must be changes nothing. The stick is answered."""
    taker = deliveries()
    take_and_tell(folder, {scope: partial(taker.take, folder, scope) for scope in taker.scopes(folder)})


@click.command(cls=TranslatedCommand)
@as_json
def offers(as_json: bool) -> None:
    """What offices above the commune offer: nobody hears it before the commune's schedule has such a line."""
    station = current_station_context().station
    open_offers, _declined = rooms.offers.sort_offers(station.files, station.log)
    if as_json:
        print_json([alert_views.offer_row(offer) for offer in open_offers])
        return
    for offer in open_offers:
        alert_views.show_offer(station, offer)
    if not open_offers:
        tell(_("Nothing is offered that no schedule has taken up."))


@click.command(cls=TranslatedCommand)
@click.argument("offer", metavar="ID@ORIGIN")
@why
@option("--undo", is_flag=True, help="Leave it open again whether it is aired.")
@by_whom
@with_client
@with_station
def decline(station: Station, client: Client, offer: str, why: str | None, undo: bool, by: str | None) -> None:
    """Do not air what an office above the commune offers; the reason is kept in the log, which that office reads."""
    offered = rooms.offers.find_offer(station.files, offer)
    request = rooms.office_requests.DeclineOffer(offered.name, offered.digest, why or "", undo)
    client.decide(request, ask_decider(by))
    tell((_("open again: {title}") if undo else _("will not be aired: {title}")).format(title=offered.title))


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@as_json
def collect(folder: Path, as_json: bool) -> None:
    """At the office: which boxes' logs on a stick that came back are whole, cut or forged."""
    logs = rooms.returned_logs.read_returned_logs(folder, current_station_context().paths.known_boxes)
    if as_json:
        print_json([_log_row(log) for log in logs])
    else:
        for log in logs:
            put(_log_line(log))
    if any(log.state != "whole" for log in logs):
        click.get_current_context().exit(1)


def _log_line(log: ReturnedLog) -> str:
    """A log that came back, in a sentence."""
    facts = [", ".join(log.villages) or "–", rooms.returned_logs.STATES[log.state].say(_)]
    if log.why:
        facts.append(log.why.say(_))
    if log.head and log.state == "whole":
        until = log.head.issued.astimezone()
        facts.append(_("{count} entries until {time}").format(count=log.entries, time=f"{until:%H:%M %d/%m/%Y}"))
    return f"{log.box}: {'; '.join(facts)}"


def _log_row(log: ReturnedLog) -> dict[str, object]:
    row = {"box": log.box, "state": log.state, "why": log.why.say(_) if log.why else None}
    return row | {"entries": log.entries, "villages": log.villages, "file": str(log.folder / "log.jsonl")}


def take_and_tell(folder: Path, takes: Mapping[str, Callable[[], TakenDelivery]]) -> None:
    """Take what each scope has sent, say what came of it here and on the stick, and fail where one was refused."""
    results = take_scopes(folder, takes)
    refused = [result for result in results if not isinstance(result, rooms.delivery.TakenDelivery) and result.why]
    for result in results:
        if result not in refused[:1]:  # that one ends the command
            tell(result.message().say(_))
    if rooms.membership.read_membership(current_station_context().paths):
        answer_stick(folder, results)
    if refused and refused[0].why:
        raise refused[0].why


def take_scopes(folder: Path, takes: Mapping[str, Callable[[], TakenDelivery]]) -> list[Result]:
    """What came of each scope and of the alerts beside it: nothing is said of it yet."""
    results: list[Result] = []
    for scope, take in takes.items():
        try:
            results.append(take())
        except LoudspeakerError as error:
            results.append(rooms.delivery.RefusedDelivery(scope, error))
    ask = current_station_context().client.ask
    rooms.alert_sounds.take_alert_sounds(deliveries(), folder)
    for scope in takes:  # with the files that have come, and by people who still may sign
        results += rooms.alert_delivery.hand_over_alerts(folder, scope, ask)
    return results


def answer_stick(folder: Path, results: Sequence[Result]) -> None:
    """Write onto the stick what became of it, with this box's log; one that cannot be written costs only that."""
    context = current_station_context()
    say = rooms.i18n.translator("vi")
    try:
        if rooms.membership.read_membership(context.paths) is None:
            box = rooms.box_key.open_box_key(context.paths).public.person
            answer = rooms.stick_answer.write_result(folder, box, _now(), results, say)
        else:
            answer = rooms.stick_answer.write_answer(context.station, folder, results, say)
        tell(_("The answer lies in {folder}.").format(folder=answer))
    except (LoudspeakerError, OSError) as error:
        why = error.message if isinstance(error, LoudspeakerError) else describe_os_error(error)
        tell(Message("no answer was written onto the stick: {error}", error=why).say(_))


def deliveries() -> Deliveries:
    """What takes deliveries for this box, whose clock may be wrong until somebody has vouched for it."""
    paths, now = current_station_context().paths, _now()
    begin = partial(rooms.log_lives.begin_life, paths, now=now)
    return rooms.delivery.Deliveries(paths, now, rooms.hub_contact.is_vouched(paths, now), before_joining=begin)


def _now() -> datetime:
    return rooms.clock.SystemClock().now()


def _fingerprint(path: Path) -> str:
    return rooms.fingerprint.fingerprint(rooms.dsse.parse_envelope(read_input(str(path))).payload)


COMMANDS = (key, trust, pack, approve, take, offers, decline, collect)
