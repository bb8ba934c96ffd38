"""What a person approves, and whether an approval still stands. Any edit of what is bound here voids it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..errors import Message
from ..model.asrun_record import Event
from ..model.bulletin import Bulletin, CarriedApproval
from ..model.contents import voices_in_order
from ..model.enums import Level
from ..model.spoken_text import SpokenPart
from ..playout.ports import Log
from ..production.specification import ProgrammeSpec, SpeechSpec
from .people_files import StationFiles

LEVELS = {
    Level.ROUTINE: Message("a routine bulletin"),
    Level.PRIORITY: Message("a bulletin with priority"),
    Level.EMERGENCY: Message("an emergency"),
}
BINDS = 2  # version of what goes into a digest; version 1 bound only words and recordings


@dataclass(frozen=True, slots=True)
class Preview:
    """A bulletin as it is shown to its approver; `digest` binds what is shown."""

    bulletin: str
    title: str
    level: Level
    repeat: int
    gap: float  # seconds between
    valid_from: date | None
    valid_until: date | None
    parts: Sequence[SpokenPart]
    doubts: Sequence[Message]
    digest: str
    approved: CarriedApproval | None = None  # elsewhere already
    sound: Message | None = None  # what is known of the sound that is signed with it

    def facts(self) -> Iterator[Message]:
        """What else is approved, besides the words."""
        yield from bulletin_facts(self)
        if self.sound:
            yield self.sound
        if self.approved:
            yield carried_message(self.approved)
        if self.level is Level.EMERGENCY:
            yield Message("an emergency needs no approval: it may be used at once")


def bulletin_facts(one: Bulletin | Preview) -> Iterator[Message]:
    """What is heard of a bulletin besides its words: how urgent it is, how often it is said, when it is valid."""
    yield LEVELS[one.level]
    yield Message("said {times} times", times=one.repeat) if one.repeat > 1 else Message("said once")
    if one.valid_from:
        yield Message("valid from {day}", day=f"{one.valid_from:%d/%m/%Y}")
    if one.valid_until:
        yield Message("valid until {day}", day=f"{one.valid_until:%d/%m/%Y}")


def preview(bulletin: Bulletin, spec: ProgrammeSpec, files: StationFiles) -> Preview:
    parts = [
        SpokenPart(" ".join(line.text for line in piece.utterances))
        if isinstance(piece, SpeechSpec)
        else SpokenPart(recording=piece.path)
        for piece in spec.pieces
    ]
    return Preview(
        bulletin=bulletin.id,
        title=bulletin.title,
        level=bulletin.level,
        repeat=bulletin.repeat,
        gap=bulletin.gap,
        valid_from=bulletin.valid_from,
        valid_until=bulletin.valid_until,
        parts=parts,
        doubts=[doubt.message() for doubt in spec.doubts],
        digest=digest(bulletin, spec),
        approved=carried_approval(bulletin, spec),
        sound=sound_message(bulletin.id, files),
    )


def sound_message(bulletin: str, files: StationFiles) -> Message | None:
    """Whether a bulletin will be heard in the sound that is signed with it; None where there is none.

    What has not come yet nobody here can have listened to before they approve it.
    """
    sound = files.carried_sound(bulletin)
    if sound is None:
        return None
    if sound.voice not in voices_in_order(files.commune, files.box):
        return Message(
            "it came spoken in the voice {voice}, which is none of those of this box: the box speaks itself",
            voice=sound.voice,
        )
    known = files.contents.bulletins.get(bulletin)
    if known and known.sound:
        return Message("it came spoken in the voice {voice}; that sound is here", voice=sound.voice)
    return Message(
        "it was spoken in the voice {voice}; that sound is not here yet: until then the box speaks itself",
        voice=sound.voice,
    )


def carried_message(approval: CarriedApproval) -> Message:
    """Who approved it, and in which scope."""
    return Message("approved and signed by {names} ({scope})", names=", ".join(approval.by), scope=approval.scope)


def digest(bulletin: Bulletin, spec: ProgrammeSpec) -> str:
    """The hash of all that is approved: pieces, level, title, repeat, gap, validity and parts. Not who says it."""
    days = [day and day.isoformat() for day in (bulletin.valid_from, bulletin.valid_until)]
    parts = [[part.audio or "text", part.language] for part in bulletin.parts]
    head = [bulletin.title, bulletin.level, bulletin.repeat, bulletin.gap, days, parts]
    content = [BINDS, [piece.approval_content() for piece in spec.pieces], head]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def stands(approved: str | None, bulletin: Bulletin, spec: ProgrammeSpec) -> bool:
    """Does an approval of this digest hold for the bulletin as it is now? An older one binds what it bound."""
    if approved is None or spec.unread:
        return False
    return approved == digest(bulletin, spec) or approved == spec.legacy_approval_digest()


def carried_approval(bulletin: Bulletin, spec: ProgrammeSpec) -> CarriedApproval | None:
    """The approval that came signed with a bulletin, if it holds for what it says here."""
    approval = bulletin.approved
    if approval is None or spec.unread:
        return None
    as_signed = replace(bulletin, valid_until=approval.valid_until)
    return approval if approval.digest == digest(as_signed, spec) else None


def approval_message(bulletin: Bulletin, spec: ProgrammeSpec, event: Event | None) -> Message | None:
    """Who has approved a bulletin as it is now, and where; None where nobody has. `event`: its last approval here."""
    if event and stands(str(event.facts.get("digest")), bulletin, spec):
        name = event.facts.get("signer") or event.facts.get("by") or "?"
        return Message("approved by {name} on this box", name=name)
    approval = carried_approval(bulletin, spec)
    return carried_message(approval) if approval else None


def standing(log: Log) -> Mapping[str, Event]:
    """Bulletin -> its last approval, unless that was taken back."""
    approvals: dict[str, Event] = {}
    for event in log.events("approve"):
        if event.facts.get("undo"):
            approvals.pop(str(event.facts.get("bulletin")), None)
        else:
            approvals[str(event.facts.get("bulletin"))] = event
    return approvals
