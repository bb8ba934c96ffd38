"""Everything that could keep the next airing from being heard, looked at in one go; and the station at one glance."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ..config.folder import STANDS_IN
from ..errors import LoudspeakerError, Message
from ..model.board import HealthSubject
from ..model.enums import Expected
from ..model.refusal import Refusal, kind_of
from ..speakers.card.speaker import fault_message
from ..station.airings import PlannedAiring
from ..station.box.hub_contact import read_hub_contact
from ..station.restrictions import awaits_village, uncommissioned_outputs
from ..station.station import Station
from .clock_state import look_at_clock
from .devices import HealthCheck, Pins, check_devices

NOT_RUNNING = Message("it is not running: nothing will be aired; start it with “systemctl start loudspeaker”")
NOT_CONFIRMED = Message(
    "nobody has confirmed yet that this box is in the right village: only alarms are heard; listen to"
    " “loudspeaker test”, then: loudspeaker fleet confirm-village --by NAME, or hold the stop button for three seconds"
)
ENOUGH = 200_000_000  # bytes free, for a day's programmes and a log
SILENCE = timedelta(days=7)  # of the hub: then somebody should know
OnAirFacts = Mapping[str, object]  # of one airing: id, village, output, title, level, drill, started_at, ends_at


@dataclass(frozen=True, slots=True)
class Status:
    """`running`: does the daemon answer? `on` is what it has on the air, as it says it."""

    running: bool
    on: tuple[OnAirFacts, ...]
    next: tuple[PlannedAiring, ...]
    wrong: tuple[HealthCheck, ...]


def examine(station: Station, pins: Pins | None) -> list[HealthCheck]:
    """All of it; `pins` is what a running daemon says of those that it holds, None where none runs."""
    return list(_checks(station, pins))


def look_at_station(station: Station, on: Sequence[OnAirFacts] | None, pins: Pins | None) -> Status:
    """What is on the air, what comes next and what is wrong; with no daemon, as far as files and log tell.

    `on` and `pins` are what a running daemon says of the air and of the pins that it holds, None where none runs.
    """
    wrong = tuple(check for check in examine(station, pins) if check.wrong)
    ids = [str(facts["id"]) for facts in on or ()]
    return Status(on is not None, tuple(on or ()), station.airings.coming(ids), wrong)


def commissioning_obstacles(station: Station, output: str, pins: Pins | None) -> list[HealthCheck] | None:
    """What must be mended before `output` may air its schedule; None where it is not to be commissioned."""
    if output not in uncommissioned_outputs(station.log, station.files.box.outputs):
        return None
    return [check for check in examine(station, pins) if check.serious]


def _checks(station: Station, pins: Pins | None) -> Iterator[HealthCheck]:
    paths, files = station.paths, station.files
    yield _health(HealthSubject.FILES, Message("files"), _file_mistakes(station), serious=True)
    closed = paths.unwritable
    yield _health(HealthSubject.STATE, Message("state folder {folder}", folder=paths.state), closed, serious=True)
    yield _health(HealthSubject.DISK, Message("disk"), _full_disk(paths.home), serious=True)
    yield _health(HealthSubject.VOICES, Message("voices"), _no_voice(station), serious=True)
    yield _health(HealthSubject.PROGRAM, Message("ffmpeg (recordings, streams)"), _not_installed("ffmpeg"))
    yield _health(HealthSubject.PROGRAM, Message("openssl (streams by https)"), _not_installed("openssl"))
    if closed:
        return  # nothing below can be looked at without the log
    yield _health(HealthSubject.CLOCK, Message("clock"), look_at_clock(station).trust.why)
    yield _health(HealthSubject.DAEMON, Message("daemon"), NOT_RUNNING if pins is None else None)
    yield _health(HealthSubject.LOG, Message("log"), _log_damage(station), serious=True)
    for name, output in files.box.outputs.items():
        what = Message("output {output} ({device})", output=name, device=output.device)
        yield _health(HealthSubject.CARD, what, _no_card(output.device))
    for name in sorted(uncommissioned_outputs(station.log, files.box.outputs)):
        what = Message("commissioning of output {output}", output=name)
        yield _health(HealthSubject.COMMISSIONING, what, _not_commissioned(name))
    if awaits_village(station.log):
        yield _health(HealthSubject.VILLAGE, Message("right village"), NOT_CONFIRMED)
    yield from check_devices(files.contents, pins)
    yield _health(HealthSubject.TOMORROW, Message("tomorrow"), _not_prepared(station))
    yield _health(HealthSubject.APPROVALS, Message("approvals"), _not_approved(station))
    if paths.hub_settings.exists():
        yield _health(HealthSubject.HUB, Message("hub"), _no_contact(station))


def _health(about: HealthSubject, what: Message, wrong: Message | None, serious: bool = False) -> HealthCheck:
    return HealthCheck(what, wrong, about, serious and wrong is not None)


def _file_mistakes(station: Station) -> Message | None:
    # Where a last good version stands in, that is no second mistake.
    count = sum(problem.message != STANDS_IN for problem in station.files.problems)
    return Message("{count} mistakes; see “loudspeaker check”", count=count) if count else None


def _full_disk(folder: Path) -> Message | None:
    free = shutil.disk_usage(folder).free
    if free >= ENOUGH:
        return None
    return Message("only {free:.0f} MB are free; delete what is not needed", free=free / 1e6)


def _no_voice(station: Station) -> Message | None:
    voices = station.files.contents.voices
    if any(station.planner.voices.fingerprint(voice) is not None for voice in voices):
        return None
    return Message("none of {voices} can speak here; install espeak-ng", voices=", ".join(voices))


def _not_installed(program: str) -> Message | None:
    return None if shutil.which(program) else Message("it is not installed: sudo apt install {name}", name=program)


def _log_damage(station: Station) -> Message | None:
    try:
        station.log.verify()
    except LoudspeakerError as error:
        return error.message
    return station.airings.damage()


def _no_card(device: str) -> Message | None:
    if device.partition(":")[0] in ("file", "memory"):
        return None
    try:
        from ..speakers.card import portaudio  # loads PortAudio, for whoever has a card
    except OSError:
        return fault_message("library", device, "")
    try:
        portaudio.find_card(device)
    except portaudio.CardNotFound:
        if device == "auto":
            return Message("there is no sound card: it is aired into a file")
        known = ", ".join(card.name for card in portaudio.list_cards()) or "–"
        return Message("there is no such sound card; the system has: {known}", known=known)
    except portaudio.AmbiguousCard as error:
        return Message("more than one sound card goes by that name: {known}", known=error)
    except portaudio.PortAudioError as error:
        return fault_message("closed", device, str(error))
    return None


def _no_contact(station: Station) -> Message | None:
    """What comes over the network comes no more; sticks do."""
    contact = read_hub_contact(station.paths)
    if contact is None:
        return Message("it was not reached yet: is the agent running? “systemctl status loudspeaker-fleet”")
    if station.clock.now() - contact.heard_at < SILENCE:
        return None
    day = contact.heard_at.astimezone(station.files.commune.zone)
    return Message("{address} was not reached since {day}", address=contact.address, day=f"{day:%d/%m/%Y %H:%M}")


def _not_commissioned(output: str) -> Message:
    return Message(
        "it airs nothing that is planned until it has been tried: loudspeaker test {output} --by NAME", output=output
    )


def _not_prepared(station: Station) -> Message | None:
    planned = station.airings.between(*station.clock.window("tomorrow", 1))
    coming = [airing for airing in planned if airing.expected is Expected.AIR and airing.output and airing.bulletin]
    missing = [airing for airing in coming if station.planner.why_unready(airing)]
    if not missing:
        return None
    return Message("{missing} of {all} airings are not prepared", missing=len(missing), all=len(coming))


def _not_approved(station: Station) -> Message | None:
    now, planned = station.clock.now(), station.airings.between(*station.clock.window(None, 2))
    coming = [airing for airing in planned if airing.output and airing.scheduled_at > now]
    waiting = [airing for airing in coming if kind_of(airing.why) == Refusal.APPROVAL]
    if not waiting:
        return None
    return Message(
        "{count} airings until tomorrow night will not be heard before somebody approves: {bulletins}",
        count=len(waiting),
        bulletins=", ".join(sorted({airing.bulletin or "" for airing in waiting})),
    )
