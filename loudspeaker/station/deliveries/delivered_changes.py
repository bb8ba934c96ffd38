"""What a manifest changes against the one before it, as whoever signs it reads it: words as they will be spoken,
entries of schedules, lines of the rules, recordings.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

from ...config.entry_sentences import describe_entry
from ...config.folder import Folder, Survey
from ...config.schedule_entries import Entry, entry_name, flow_yaml, raw_entries
from ...config.source import Source
from ...errors import BadFile, Message, Refused
from ...model.bulletin import Bulletin
from ...model.spoken_text import ReadingSettings, SpokenPart
from ...store.atomic import read_regular_file
from ...text.reading import read
from ...text.sentences import utterances
from ...trust.signed_documents import ManifestDecision, SignedManifest
from ..approvals import bulletin_facts
from ..signing.packing import decision_lines
from .membership import MOST_BYTES

RULES_FILE = "commune.yaml"
TEXTS = (".md", ".yaml", ".json")  # files of people, and words as they are spoken


@dataclass(frozen=True, slots=True)
class ChangedBulletin:
    """A bulletin as it will be heard. `is_new`: the version before has none of its id."""

    id: str
    title: str
    is_new: bool
    facts: Sequence[Message]
    parts: Sequence[SpokenPart]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of a schedule: what, when, and as it is written."""

    what: str
    when: Message
    written: str


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """What becomes of a schedule; none of both: its file only is written otherwise."""

    name: str
    added: Sequence[EntryLine]
    removed: Sequence[EntryLine]


@dataclass(frozen=True, slots=True)
class ManifestChanges:
    """All that is other than before. `rules`: lines of commune.yaml, each behind + or −."""

    bulletins: Sequence[ChangedBulletin]
    gone: Sequence[str]  # titles
    schedules: Sequence[ScheduleChange]
    rules: Sequence[str]
    recordings: Sequence[str]  # new ones, and others than before
    decisions: Sequence[Message]

    @property
    def is_nothing(self) -> bool:
        heard = self.bulletins, self.gone, self.schedules
        return not any((*heard, self.rules, self.recordings, self.decisions))


class DeliveredFiles:
    """The texts of one manifest, whose blobs lie in the folder `blobs`; read once. Other files are only named."""

    def __init__(self, blobs: Path, manifest: SignedManifest, now: datetime) -> None:
        self.manifest = manifest
        self._blobs = blobs
        self._now = now

    @cached_property
    def texts(self) -> Mapping[str, bytes]:
        """Raises `Refused` where one does not lie there."""
        paths = [path for path in self.manifest.files if path.endswith(TEXTS)]
        return {path: self._read(path) for path in paths}

    def is_whole(self) -> bool:
        """Do all of its texts lie there?"""
        with suppress(Refused):
            return bool(self.texts)
        return False

    @cached_property
    def survey(self) -> Survey:
        """Its files as values, each mistake with its line. Raises `Refused`."""
        speech = {path: file.speech for path, file in self.manifest.files.items() if file.speech}
        return Folder([Source(self._blobs, edits=self.texts, speech=speech)]).survey(self._now)

    def must_be_sound(self) -> None:
        """Raises `BadFile` with every mistake in them, `Refused`."""
        if mistakes := self.survey.problems:
            raise BadFile(mistakes)

    @property
    def bulletins(self) -> Mapping[str, Bulletin]:
        """Those that can be understood, by their path."""
        bulletins = [loaded.value for loaded in self.survey.bulletins.values() if loaded.value]
        return {bulletin.path: bulletin for bulletin in bulletins}

    @property
    def settings(self) -> ReadingSettings:
        commune = self.survey.commune.understood
        return commune.reading_settings if commune else ReadingSettings()

    def spoken_parts(self, bulletin: Bulletin) -> tuple[SpokenPart, ...]:
        """What is heard of a bulletin, part by part: the words that are signed, else as its text is read."""
        return tuple(_spoken_parts(bulletin, self.settings))

    def schedule(self, path: str) -> tuple[str, Sequence[Entry]]:
        """What a schedule is called, and its entries; none where there is no such file."""
        loaded = self.survey.schedules.get(path)
        known = loaded.value if loaded else None
        return (known.name, raw_entries(self.texts[path])) if known else (PurePosixPath(path).stem, ())

    def _read(self, path: str) -> bytes:
        data = read_regular_file(self._blobs / self.manifest.files[path].sha256, MOST_BYTES)
        if data is None:
            raise Refused(Message("{file} is named in the manifest and does not lie in the folder", file=path))
        return data


def find_changes(before: DeliveredFiles | None, after: DeliveredFiles) -> ManifestChanges:
    """What `after` changes; everything in it where there is nothing before. Raises `Refused`."""
    new, old = after.bulletins, before.bulletins if before else {}
    other = set(_other_files(before, after))
    return ManifestChanges(
        [_changed_text(after, path, path not in old) for path in new if _sounds_otherwise(before, after, path, other)],
        [old[path].title for path in old if path not in new],
        [_schedule_change(before, after, path) for path in sorted(other) if path.startswith("schedules/")],
        _rule_lines(before, after) if RULES_FILE in other else (),
        sorted(path for path in other & after.manifest.files.keys() if path.startswith(("recordings/", "audio/"))),
        list(decision_lines(replace(after.manifest, decisions=tuple(_new_decisions(before, after))))),
    )


def _new_decisions(before: DeliveredFiles | None, after: DeliveredFiles) -> Iterator[ManifestDecision]:
    known = {decision.id for decision in before.manifest.decisions} if before else set()
    return (decision for decision in after.manifest.decisions if decision.id not in known)


def _other_files(before: DeliveredFiles | None, after: DeliveredFiles) -> Iterator[str]:
    """The paths of files that are new, gone, or others than before."""
    old = before.manifest.files if before else {}
    new = after.manifest.files
    for path in {**old, **new}:
        if path not in old or path not in new or old[path].sha256 != new[path].sha256:
            yield path


def _sounds_otherwise(before: DeliveredFiles | None, after: DeliveredFiles, path: str, other: set[str]) -> bool:
    """Is a bulletin of `after` another than before, or read otherwise because the rules are?"""
    file = after.manifest.files[path]
    if before is None or path in other or file.speech in other or path not in before.bulletins:
        return True
    old, new = before.bulletins[path], after.bulletins[path]
    if any(part.audio in other for part in new.parts):
        return True
    return before.settings != after.settings and before.spoken_parts(old) != after.spoken_parts(new)


def _changed_text(files: DeliveredFiles, path: str, is_new: bool) -> ChangedBulletin:
    new = files.bulletins[path]
    return ChangedBulletin(new.id, new.title, is_new, list(bulletin_facts(new)), files.spoken_parts(new))


def _spoken_parts(bulletin: Bulletin, settings: ReadingSettings) -> Iterator[SpokenPart]:
    for part in bulletin.parts:
        if part.audio:
            yield SpokenPart(recording=part.audio)
            continue
        reading = read(part.text or "", settings)
        spoken = utterances(reading.spoken) if part.spoken is None else part.spoken
        doubts = reading.doubts if part.spoken is None else ()
        yield SpokenPart(" ".join(utterance.text for utterance in spoken), doubts=doubts)


def _schedule_change(before: DeliveredFiles | None, after: DeliveredFiles, path: str) -> ScheduleChange:
    name, new = after.schedule(path)
    old_name, old = before.schedule(path) if before else ("", ())
    titles = {
        bulletin.id: bulletin.title for files in (before, after) if files for bulletin in files.bulletins.values()
    }
    is_there = path in after.manifest.files
    return ScheduleChange(
        name if is_there else old_name,
        list(_lines([entry for entry in new if entry not in old], titles)),
        list(_lines([entry for entry in old if entry not in new], titles)),
    )


def _lines(entries: Iterable[Entry], titles: Mapping[str, str]) -> Iterator[EntryLine]:
    for entry in entries:
        bulletin = next(iter(entry.get("bulletin", ())), "")
        yield EntryLine(titles.get(bulletin, bulletin) or entry_name(entry), describe_entry(entry), flow_yaml(entry))


def _rule_lines(before: DeliveredFiles | None, after: DeliveredFiles) -> list[str]:
    old, new = (files.texts.get(RULES_FILE, b"").decode().splitlines() if files else [] for files in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    lines: list[str] = []
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind != "equal":
            lines += [f"− {line}" for line in old[old_from:old_to]]
            lines += [f"+ {line}" for line in new[new_from:new_to]]
    return lines
