"""The bulletins of a delivery as sound, spoken at the office: for boxes to fetch later, in place of their own voice.

Each is said once, in the voice of first choice, before any mastering. What was said already, and would be again in the
same way, stays the file that boxes have. Loads numpy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ...errors import BadUsage, Message
from ...model.bulletin import Bulletin
from ...model.enums import Level
from ...model.programme import Voice
from ...production.carried_voices import SoundFormat, SpokenUtterance, format_sound, read_utterances
from ...production.specification import ProgrammeSpec, SpeechSpec
from ...production.specifications import REMINDER
from ...store.atomic import read_regular_file
from ...synthesis.fallback import Synthesis
from ...trust.signed_documents import MOST_FILE_BYTES, ROOT, SOUNDS, SignedFile, SignedManifest
from ..station import Station
from .packing import carry_files, read_packed


def sound_path(bulletin: str) -> str:
    """The file with the sound of a bulletin."""
    return f"{SOUNDS}{bulletin}.opus"


@dataclass(frozen=True, slots=True)
class SpokenBulletin:
    """A bulletin and the sound of its words."""

    bulletin: str  # id
    voice: str  # engine:voice
    data: bytes
    is_new: bool


@dataclass(frozen=True, slots=True)
class SoundPacking:
    """Speaks the bulletins of the delivery `out` of a scope, with the voices of `station`."""

    station: Station
    out: Path
    scope: str
    format: SoundFormat = format_sound

    def carry_sounds(self, now: datetime, told: Callable[[SpokenBulletin], object]) -> SignedManifest:
        """Put the sound of each bulletin beside it in the manifest of `out`, which then follows the last.

        `told` hears of each when it is spoken. Raises `BadUsage` where something else was packed than is here now, or
        where all of it was spoken before, `NotAvailable` where a voice is missing here, `WriteError`.
        """
        before = read_packed(self.out, self.scope)
        files, contents = dict(before.files), dict[str, bytes]()
        for spoken in self._speak_all(before):
            told(spoken)
            sha256 = hashlib.sha256(spoken.data).hexdigest()
            contents[sha256] = spoken.data
            bulletin, sound = f"bulletins/{spoken.bulletin}.md", sound_path(spoken.bulletin)
            files[sound] = SignedFile(sha256, len(spoken.data), lazy=True, voice=spoken.voice)
            files[bulletin] = replace(files[bulletin], audio=sound)
        if files == before.files:
            raise BadUsage(Message("nothing has changed since version {version}", version=before.version))
        return carry_files(self.out, replace(before, issued=now, files=files), contents)

    def _speak_all(self, before: SignedManifest) -> Iterator[SpokenBulletin]:
        """Every bulletin that is said in the hours of a schedule: an alarm speaks with the voices of the box."""
        revisions = self.station.files.contents.revisions
        own = [bulletin for bulletin in self.station.files.contents.bulletins.values() if "@" not in bulletin.id]
        for path in ("commune.yaml", *(bulletin.path for bulletin in own)):
            if path not in before.files or before.files[path].sha256 != revisions.get(path):
                raise BadUsage(Message("{file} was not packed as it is now: use “fleet pack” first", file=path))
        for bulletin in own:
            if bulletin.level is not Level.EMERGENCY and (texts := self._texts(bulletin)):
                yield self._speak(bulletin, texts, before)

    def _texts(self, bulletin: Bulletin) -> list[str]:
        """What is said of it in the voices of the bulletin, and what may be said between its repeats."""
        planner = self.station.planner
        voices = bulletin.voices or self.station.files.contents.voices
        pieces = planner.bulletin_spec(replace(bulletin, sound=None)).pieces
        spoken = [piece for piece in pieces if isinstance(piece, SpeechSpec) and piece.voices == voices]
        said = [*spoken, planner.builder.speech(REMINDER)] if spoken else []
        return list(dict.fromkeys(line.text for one in said for line in one.utterances))

    def _speak(self, bulletin: Bulletin, texts: list[str], before: SignedManifest) -> SpokenBulletin:
        voice = (bulletin.voices or self.station.files.contents.voices)[0]
        synthesis = _synthesize(self.station, texts, voice)
        said = list(map(SpokenUtterance, texts, synthesis.keys))
        known = self._read_packed_sound(before, bulletin)
        if known is not None and read_utterances(known) == said:
            return SpokenBulletin(bulletin.id, voice, known, is_new=False)
        data = self.format(zip(said, synthesis.clips, strict=True))
        return SpokenBulletin(bulletin.id, voice, data, is_new=True)

    def _read_packed_sound(self, before: SignedManifest, bulletin: Bulletin) -> bytes | None:
        """The sound of it that was packed last; None where there is none, or it is damaged."""
        packed = before.files.get(sound_path(bulletin.id))
        data = read_regular_file(self.out / ROOT / "blob" / packed.sha256, MOST_FILE_BYTES) if packed else None
        is_whole = packed and data and hashlib.sha256(data).hexdigest() == packed.sha256
        return data if is_whole else None


def speak_alarm(station: Station, spec: ProgrammeSpec) -> bytes:
    """What an alarm says, in the voice of first choice of this station. Raises `NotAvailable` where that is missing."""
    texts = list(dict.fromkeys(line.text for speech in spec.speeches for line in speech.utterances))
    synthesis = _synthesize(station, texts, station.files.contents.voices[0])
    utterances = map(SpokenUtterance, texts, synthesis.keys)
    return format_sound(zip(utterances, synthesis.clips, strict=True))


def _synthesize(station: Station, texts: Sequence[str], voice: str) -> Synthesis:
    return station.preparation.renderer.chain.synthesize(texts, [Voice.parse(voice)])
