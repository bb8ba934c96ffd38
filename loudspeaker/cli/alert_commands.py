"""Alarms for many boxes: written here, signed with `sign`, given by whoever carries them; agreed to at a box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BadUsage, Message
from . import rooms
from .app import TextType, TranslatedCommand, option
from .command_context import as_json, by_whom, current_station_context, why
from .parameter_types import LENGTH, MOMENT, _
from .prompts import ask_decider
from .signing_commands import in_scope
from .terminal import print_json, put, tell

if TYPE_CHECKING:
    from ..station import Station

NUMBER = click.IntRange(min=1)  # of an alert


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.argument("text", type=TextType(), required=False)
@in_scope
@option("--bulletin", metavar="B", help="A template of level emergency instead of a text.")
@option("--village", "villages", metavar="V", multiple=True, help="For this village; several times. Without: for all.")
@option("--commune", "communes", metavar="C", multiple=True, help="A province: for this commune; several times.")
@option("--group", "groups", metavar="G", multiple=True, help="A province: for a group of communes in commune.yaml.")
@option("--repeat", type=click.IntRange(1, 100), default=3, show_default=True, help="How often it is said.")
@option("--gap", type=LENGTH, default="30s", show_default=True, metavar="T", help="Silence between.")
@option("--lasts", type=LENGTH, default="2h", show_default=True, metavar="T", help="Boxes take it for so long.")
@option("--again", type=LENGTH, metavar="T", help="Say it again so often, day and night, such as each 2h.")
@option("--until", type=MOMENT, metavar="T", help="With --again: until then, at most for a day.")
@option("--drill", is_flag=True, help="Say that it is a drill.")
@option("--end", type=NUMBER, metavar="N", help="End alarm number N.")
@option("--form", type=click.Choice(["clear", "stop", "mistake"]), default="clear", help="With --end: how it ends.")
@option("--update", type=NUMBER, metavar="N", help="Take the place of alarm number N.")
@option("--check", is_flag=True, help="A silent check: each box makes sound that nobody hears.")
@option("--stop", is_flag=True, help="Silence whatever is on the air.")
@option("--play", metavar="B", help="Have this bulletin heard now, within the policy; one signs.")
@option("--speak", is_flag=True, help="Speak it here: boxes that have the sound in time use it instead of their voice.")
def alert(
    folder: Path,
    text: str | None,
    scope: str,
    bulletin: str | None,
    villages: tuple[str, ...],
    communes: tuple[str, ...],
    groups: tuple[str, ...],
    repeat: int,
    gap: timedelta,
    lasts: timedelta,
    again: timedelta | None,
    until: str | None,
    drill: bool,
    end: int | None,
    form: str,
    update: int | None,
    check: bool,
    stop: bool,
    play: str | None,
    speak: bool,
) -> None:
    """Write an alarm for all boxes of a commune into a delivery, to be signed by two; its end, or a check, by one."""
    kind, refers = _kind(end, update, check, stop, play)
    documents = rooms.signed_documents
    if bool(text) + bool(bulletin) != kind.is_alarm:
        raise BadUsage(Message("an alarm has either a text or --bulletin, and nothing else has one"))
    station = current_station_context().station
    draft = rooms.alert_packing.AlertDraft(
        kind,
        text,
        play or bulletin,
        refers,
        villages or (documents.EVERY_VILLAGE,),
        documents.AlertEnd(form),
        drill,
        repeat if kind.is_alarm else 1,
        gap.total_seconds() if kind.is_alarm else 0.0,
        lasts,
        audience=_audience(communes, groups, station),
        again=_cadence(again, until, station),
        spoken=speak,
    )
    written, path = rooms.alert_packing.write_alert(station, folder, scope, draft, station.clock.now())
    put(str(path))
    for line in rooms.alert_packing.alert_lines(written):
        put(line.say(_))
    tell(_("Nobody has signed it yet: use “sign”."))


def _audience(communes: Sequence[str], groups: Sequence[str], station: Station) -> tuple[str, ...]:
    """The communes that are meant, each once; none: all. Raises `BadUsage` for what is no commune, or no group."""
    known = station.files.commune.groups
    for name in groups:
        if name not in known:
            facts = {"name": name, "known": ", ".join(known) or "–"}
            raise BadUsage(Message("commune.yaml has no group “{name}” of communes; it has: {known}", **facts))
    chosen = dict.fromkeys((*communes, *(commune for name in groups for commune in known[name])))
    for commune in chosen:
        if not rooms.signed_documents.SCOPE.fullmatch(commune):
            raise BadUsage(Message("“{scope}” is no scope", scope=commune))
    return tuple(chosen)


def _cadence(again: timedelta | None, until: str | None, station: Station) -> rooms.signed_documents.Cadence | None:
    """Raises `BadUsage` where only one of both was given, or that instant is past."""
    if again is None and until is None:
        return None
    if again is None or until is None:
        raise BadUsage(Message("--again and --until belong together: how often it is said again, and until when"))
    return rooms.signed_documents.Cadence(again.total_seconds(), station.clock.resolve_future(until))


def _kind(
    end: int | None, update: int | None, check: bool, stop: bool, play: str | None
) -> tuple[rooms.signed_documents.AlertKind, tuple[int, ...]]:
    """What kind of alert is meant, and which ones it refers to. Raises `BadUsage` where several are."""
    kinds = rooms.signed_documents.AlertKind
    options = {kinds.END: end, kinds.UPDATE: update, kinds.CHECK: check, kinds.STOP: stop, kinds.PLAY: play}
    meant = [kind for kind, wanted in options.items() if wanted]
    if len(meant) > 1:
        raise BadUsage(Message("give one of --end, --update, --check, --stop and --play"))
    refers = tuple(number for number in (end, update) if number)
    return (meant or [kinds.ALERT])[0], refers


@click.command(cls=TranslatedCommand)
@click.argument("alert", metavar="ALERT")
@by_whom
def confirm(alert: str, by: str | None) -> None:
    """At a box: give an alarm that one person has signed, as the second person. It is heard at once."""
    who = ask_decider(by)
    ask, request = current_station_context().client.ask, rooms.requests.ConfirmAlert(alert)
    rooms.alert_delivery.ask_for_alert(partial(ask, request, who))
    tell(_("Alert {alert} is heard now.").format(alert=alert))


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@in_scope
@option("--pause", metavar="V", help="Keep this village quiet.")
@option("--until", metavar="T", help="With --pause: until then, such as 2026-12-01T18:00.")
@option("--resume", metavar="V", help="End the pause of this village.")
@option("--skip", metavar="AIRING", help="Leave this airing out.")
@why
@by_whom
def decide(
    folder: Path,
    scope: str,
    pause: str | None,
    until: str | None,
    resume: str | None,
    skip: str | None,
    why: str | None,
    by: str | None,
) -> None:
    """Decide for all boxes of a commune: put a pause, its end or a skip into a delivery, to be signed by one."""
    if [bool(pause), bool(resume), bool(skip)].count(True) != 1 or bool(pause) != bool(until):
        raise BadUsage(Message("give one of --pause V --until T, --resume V, --skip AIRING"))
    files, now = current_station_context().station.files, rooms.clock.SystemClock().now()
    village = files.village_id(pause or resume or "") if pause or resume else None
    verb = "skip" if skip else "pause" if pause else "resume"
    ends = rooms.commune_clock.parse_instant(until, files.commune.zone) if until else None
    documents = rooms.signed_documents
    decision = documents.ManifestDecision("-", verb, ask_decider(by), village, skip, ends, why or "")
    manifest = rooms.packing.carry_decision(folder, scope, decision, now)
    put(str(folder / documents.ROOT / scope / "manifest.json"))
    tell(
        _("Version {version}, {count} files; nobody has signed it yet: use “sign”.").format(
            version=manifest.version, count=len(manifest.files)
        )
    )


@click.command(cls=TranslatedCommand)
@as_json
def receipts(as_json: bool) -> None:
    """What this box has done with each signed alert, and after how long it was heard."""
    station = current_station_context().station
    rows = rooms.alert_receipts.read_receipts(station.log)
    if as_json:
        print_json([rooms.codec.encode(receipt) for receipt in rows])
        return
    zone = station.files.commune.zone
    for receipt in rows:
        put(replace(receipt, at=receipt.at.astimezone(zone)).message().say(_))
    if not rows:
        tell(_("No signed alert has come to this box."))


COMMANDS = (alert, confirm, decide, receipts)
