"""Alerts as signed documents of a delivery, for people to sign: alarms, their ends, checks, stops.

    v1/SCOPE/alert/17.json

Numbers rise within the folder, and no two alerts of it are of the same second: boxes know them by both. So a scope's
alerts are written in one folder, of which sticks are copies. What is packed nobody has signed yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from ...errors import BadUsage, Message, NotFound
from ...model.bulletin import Bulletin
from ...model.enums import Level
from ...production.specification import ProgrammeSpec, RecordingSpec, SpeechSpec, SpokenWords
from ...store.atomic import write_atomic
from ...text.reading import read
from ...text.sentences import utterances
from ...trust.dsse import format_envelope, parse_envelope
from ...trust.opening import read_unverified, seal
from ...trust.signed_documents import EVERY_VILLAGE, ROOT, Alert, AlertEnd, AlertKind, Cadence, SignedSound
from .. import approvals
from ..deliveries.delivered_changes import DeliveredFiles
from ..deliveries.delivery import alert_folder
from ..emergency.alerts import refuse_blanks
from ..station import Station

SECOND = timedelta(seconds=1)
KINDS: Mapping[AlertKind, Message] = {
    AlertKind.ALERT: Message("an alarm"),
    AlertKind.UPDATE: Message("an alarm in the place of another"),
    AlertKind.CHECK: Message("a silent check"),
    AlertKind.STOP: Message("silence, now"),
    AlertKind.PLAY: Message("a bulletin, within the policy"),
}
ENDS: Mapping[AlertEnd, Message] = {
    AlertEnd.CLEAR: Message("the end of an alarm, with the all-clear"),
    AlertEnd.STOP: Message("the end of an alarm: it is said no more, the danger stands"),
    AlertEnd.MISTAKE: Message("the end of an alarm: it was given by mistake"),
}


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """What somebody wants boxes to do: `bulletin` or `text` is said, `references` are numbers of alerts."""

    kind: AlertKind
    text: str | None = None
    bulletin: str | None = None
    references: tuple[int, ...] = ()
    villages: tuple[str, ...] = (EVERY_VILLAGE,)
    form: AlertEnd = AlertEnd.CLEAR
    drill: bool = False
    repeat: int = 1
    gap: float = 0.0  # seconds
    lasts: timedelta = timedelta(hours=2)
    audience: tuple[str, ...] = ()  # communes of a province; none: all
    again: Cadence | None = None
    spoken: bool = False  # here, in the voice of this station: boxes that have got the sound by then use it


def write_alert(station: Station, out: Path, scope: str, draft: AlertDraft, now: datetime) -> tuple[Alert, Path]:
    """The alert that follows the last in `out`, and its file; its words are read as `station` reads them.

    Raises `Refused` where blanks are to be filled in, `BadUsage`, `NotFound`, `UntrustedDocument` for what no alert can
    be, `NotAvailable` where it is to be spoken here and the voice is missing, `WriteError`.
    """
    folder = alert_folder(out, scope)
    before = list(_read_alerts(folder))
    seq = max((alert.seq for alert in before), default=0) + 1
    issued = max([now.replace(microsecond=0), *(alert.issued + SECOND for alert in before)])
    spoken, approved = _words(station, draft)
    alert = compose_alert(scope, seq, issued, draft, spoken, approved)
    if draft.spoken:
        alert = replace(alert, audio=_speak(station, out, draft, spoken))
    path = folder / f"{seq}.json"
    write_atomic(path, format_envelope(seal(alert)))
    return alert, path


def compose_alert(
    scope: str, seq: int, issued: datetime, draft: AlertDraft, spoken: str | None = None, approved: str | None = None
) -> Alert:
    """What somebody wants as an alert of this number; one with a cadence lasts until that ends.

    Raises `UntrustedDocument` for what no alert can be.
    """
    return Alert(
        f"{scope}/{seq}",
        seq,
        scope,
        draft.kind,
        draft.villages,
        issued,
        max(issued + draft.lasts, draft.again.until if draft.again else issued),
        draft.text,
        spoken,
        draft.bulletin,
        approved,
        tuple(f"{scope}/{number}" for number in draft.references),
        draft.audience,
        drill=draft.drill,
        repeat=draft.repeat,
        gap=draft.gap,
        again=draft.again,
        form=draft.form,
    )


def compose_from_files(scope: str, seq: int, issued: datetime, draft: AlertDraft, files: DeliveredFiles) -> Alert:
    """The same where no station is: its words are read by the rules that were published, its template is one of them.

    Raises `Refused` where blanks are to be filled in, `NotFound`, `BadUsage`, `UntrustedDocument`.
    """
    refuse_blanks(draft.text)
    spoken = read(draft.text, files.settings).spoken if draft.text is not None else None
    found = find_published(files, draft.bulletin) if draft.bulletin is not None else None
    if found is None:
        return compose_alert(scope, seq, issued, draft, spoken)
    _must_suit(found, draft.kind)
    if draft.kind is AlertKind.PLAY:
        return compose_alert(scope, seq, issued, draft)
    refuse_blanks("\n".join(part.text or "" for part in found.parts))
    return compose_alert(scope, seq, issued, draft, approved=published_digest(files, found))


def find_published(files: DeliveredFiles, bulletin: str) -> Bulletin:
    """A bulletin of what was published, by its id. Raises `NotFound`."""
    for published in files.bulletins.values():
        if published.id == bulletin:
            return published
    raise NotFound(Message("there is no bulletin “{bulletin}”", bulletin=bulletin))


def published_digest(files: DeliveredFiles, bulletin: Bulletin) -> str:
    """The digest that boxes have of a bulletin as it was published (`approvals.digest`)."""
    sounds = {path: file.sha256 for path, file in files.manifest.files.items()}
    pieces: list[SpeechSpec | RecordingSpec] = []
    for part in bulletin.parts:
        if part.audio:
            pieces.append(RecordingSpec(part.audio, sounds.get(part.audio, "")))
        else:
            spoken = utterances(read(part.text or "", files.settings).spoken) if part.spoken is None else part.spoken
            pieces.append(SpokenWords(spoken, ()).speech())
    return approvals.digest(bulletin, ProgrammeSpec(tuple(pieces)))


def _words(station: Station, draft: AlertDraft) -> tuple[str | None, str | None]:
    """How its text is spoken; the digest of its template."""
    station.alerts.must_be_filled(draft.text, draft.bulletin)
    if draft.text is not None:
        return read(draft.text, station.files.commune.reading_settings).spoken, None
    if draft.bulletin is None:
        return None, None
    template = station.files.bulletin(draft.bulletin)
    _must_suit(template, draft.kind)
    alarm = draft.kind is not AlertKind.PLAY
    return None, approvals.digest(template, station.planner.bulletin_spec(template)) if alarm else None


def _must_suit(found: Bulletin, kind: AlertKind) -> None:
    """Raises `BadUsage` for an alarm that says no template, and for a template that is said by none."""
    if (found.level is Level.EMERGENCY) is (kind is AlertKind.PLAY):
        raise BadUsage(Message("an alarm says a template, and a template is said by an alarm: “{name}”", name=found.id))


def cadence_line(alert: Alert, zone: tzinfo | None = None) -> Message | None:
    """How often it is said again, and until when; None where it is not."""
    if alert.again is None:
        return None
    every, last = timedelta(seconds=alert.again.every), f"{alert.again.until.astimezone(zone):%H:%M %d/%m/%Y}"
    return Message("said again every {every} until {until}, day and night", every=_span(every), until=last)


def _span(length: timedelta) -> Message:
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    if minutes == 0:
        return Message("{hours} hours", hours=hours)
    return Message("{minutes} minutes", minutes=hours * 60 + minutes)


def _speak(station: Station, out: Path, draft: AlertDraft, spoken: str | None) -> SignedSound:
    """The sound of an alarm, which then lies in `out`; of one in which nothing is said, BadUsage is raised."""
    from .sound_packing import speak_alarm  # numpy: only for what is spoken here

    if not draft.kind.is_alarm:
        raise BadUsage(Message("only an alarm is spoken beforehand"))
    output = station.files.outputs()[0]
    if spoken is None:
        spec = station.alerts.alert_spec(None, draft.bulletin, output, draft.drill)
    else:
        spec = station.alerts.spoken_spec(utterances(spoken), output, draft.drill)
    sound = speak_alarm(station, spec)
    sha256 = hashlib.sha256(sound).hexdigest()
    write_atomic(out / ROOT / "blob" / sha256, sound)
    return SignedSound(sha256, len(sound))


def _read_alerts(folder: Path) -> Iterator[Alert]:
    for path in folder.glob("*.json"):
        document = read_unverified(parse_envelope(path.read_bytes()))
        if isinstance(document, Alert):
            yield document


def alert_lines(alert: Alert, names: Mapping[str, str] | None = None, zone: tzinfo | None = None) -> Sequence[Message]:
    """An alert as its signer reads it; `names`: id -> name of villages and of communes of its audience; `zone`: the
    reader's, else this machine's.
    """
    named = [(names or {}).get(village, village) for village in alert.villages]
    villages = ", ".join(named) if EVERY_VILLAGE not in alert.villages else Message("all villages")
    times = Message("{times} times", times=alert.repeat) if alert.repeat > 1 else Message("once")
    until = f"{alert.until.astimezone(zone):%H:%M %d/%m/%Y}"
    lines = [ENDS[alert.form] if alert.kind is AlertKind.END else KINDS[alert.kind]]
    lines.append(Message("for {villages}, until {until}", villages=villages, until=until))
    if alert.audience:
        communes = ", ".join((names or {}).get(commune, commune) for commune in alert.audience)
        count = len(alert.audience)
        lines.append(Message("only in these {count} communes: {communes}", count=count, communes=communes))
    if again := cadence_line(alert, zone):
        lines.append(again)
    if alert.drill:
        lines.append(Message("it is a drill"))
    if alert.references:
        lines.append(Message("about {alerts}", alerts=", ".join(alert.references)))
    if alert.spoken:
        lines.append(Message("spoken {times}: {words}", times=times, words=alert.spoken))
    if alert.bulletin:
        lines.append(Message("spoken {times}: the bulletin “{name}”", times=times, name=alert.bulletin))
    if alert.audio:
        lines.append(Message("its sound was made beforehand; listen to it: blob/{name}", name=alert.audio.sha256))
    return lines
