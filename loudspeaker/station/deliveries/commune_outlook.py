"""What a commune would hear of an office above it, planned as its boxes plan it, by the files of both.

Nobody has taken these files yet: whoever signs them reads what they would do. What a box alone knows, its log and its
made sound, is not in it: a bulletin lasts as long as its words are estimated to, and a commune’s own bulletins count as
approved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from ...config import box_file
from ...config.folder import Folder
from ...config.source import Source
from ...errors import BadFile, LoudspeakerError, Message
from ...model.airing import Airing, BulletinFacts, Restrictions, SessionWords, StandingPause
from ...model.box import Box
from ...model.broadcast import Broadcast, VillageSchedule
from ...model.bulletin import Bulletin, CarriedApproval, split_origin
from ...model.contents import Contents, PlanInput
from ...model.enums import Level
from ...model.spoken_text import ReadingSettings
from ...production.reading_cache import rules_revision
from ...production.specification import (
    LEAD_SECONDS,
    Lead,
    ProgrammeSpec,
    RecordingSpec,
    SpeechSpec,
    SpokenWords,
    estimate,
)
from ...production.specifications import REMINDER
from ...schedule.crowd import MOST_A_DAY
from ...schedule.origins import find_offers, planned_schedules
from ...schedule.plan import plan
from ...store.readings import Outline, Passage
from ...text.reading import read
from ...text.sentences import utterances
from ...trust.signed_documents import SignedManifest
from .. import approvals
from ..people_files import is_for_commune
from .delivered_changes import DeliveredFiles
from .delivered_names import NO_BOX

MOST_KEPT = 20_000  # texts whose outlines are remembered
NOWHERE = Path("/dev/null")  # a folder in which nothing lies
LATER = 92  # days in which the first of an entry is looked for


@dataclass(frozen=True, slots=True)
class OfficeFiles:
    """What an office above communes would publish; `approved`: approvals in it, of bulletins by their path."""

    files: DeliveredFiles
    approved: Mapping[str, CarriedApproval] = field(default_factory=dict)

    def source(self, commune: str) -> Source:
        """What the boxes of a commune would read of it."""
        manifest = self.files.manifest
        texts = {path: text for path, text in self.files.texts.items() if is_for_commune(path, commune, manifest.scope)}
        speech = {path: file.speech for path, file in manifest.files.items() if file.speech}
        until = manifest.expires and manifest.expires.date() - timedelta(days=1)
        return Source(NOWHERE, manifest.scope, edits=texts, speech=speech, until=until, approved=self.approved)


@dataclass(frozen=True, slots=True)
class CommuneFiles:
    """What a commune has published, and what each of its boxes plays (its box.yaml), where it has told.

    `revision` changes with the files: the SHA-256 of the manifest’s envelope.
    """

    files: DeliveredFiles
    boxes: tuple[str, ...] = ()
    revision: str = ""


@dataclass(frozen=True, slots=True)
class BulletinOutlook:
    """What a commune would hear of one bulletin; `reason`: why a village does not.

    `offered`: nothing before the commune schedules it; `later`: the first day of it behind those that were planned.
    """

    title: str
    level: Level
    begins: datetime | None  # of the first airing
    villages: int  # that hear it
    reason: Message | None
    offered: bool = False
    later: date | None = None

    @property
    def is_planned(self) -> bool:
        """Is there an airing of it on the days that were planned, heard or not?"""
        return not (self.offered or self.later)


@dataclass(frozen=True, slots=True)
class CommuneOutlook:
    """What a commune would hear of an office, by the ids that its bulletins have there.

    `assumed`: how many of its `villages` count as played though no box has told what it plays. `fault`: why nobody can
    tell.
    """

    villages: int
    assumed: int
    bulletins: Mapping[str, BulletinOutlook]
    fault: LoudspeakerError | None = None


class TextOutlines:
    """Outlines of texts by the words that rule their reading: each is read once. Not for several threads at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Outline] = {}

    def outline(self, text: str, settings: ReadingSettings, revision: str) -> Outline:
        key = revision, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if key not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[key] = Outline.of(Passage(utterances(read(text, settings).spoken)))
        return self._known[key]


def find_outlook(
    office: OfficeFiles, commune: CommuneFiles, begins: datetime, days: int, outlines: TextOutlines
) -> CommuneOutlook:
    """What would be heard of `office` in a commune from `begins` to the end of the day, and on the `days` behind it."""
    try:
        contents = _read_contents(office, commune, begins)
    except LoudspeakerError as fault:
        return CommuneOutlook(0, 0, {}, fault)
    schedules = planned_schedules(contents)
    villages = {*contents.commune.villages, *(schedule.id for schedule in contents.schedules), *contents.box.plays}
    given = _Lengths(contents, outlines).plan_input(schedules, _restrictions(commune.files.manifest))
    first = begins.astimezone(contents.commune.zone)
    last = first.date() + timedelta(days=days)
    airings = plan(given, first, datetime.combine(last + timedelta(days=1), time(), first.tzinfo))
    origin = office.files.manifest.scope
    own = [airing for airing in airings if split_origin(airing.bulletin or "")[1] == origin]
    sent = [schedule for schedule in schedules if schedule.origin == origin]
    assumed = 0 if contents.box.plays else len(villages)
    found = {split_origin(name)[0]: one for name, one in _bulletins(contents, sent, own, last)}
    return CommuneOutlook(len(villages), assumed, found)


def _read_contents(office: OfficeFiles, commune: CommuneFiles, now: datetime) -> Contents:
    """Raises `BadFile`, `Refused` where the files of the commune cannot be used."""
    files = commune.files
    speech = {path: file.speech for path, file in files.manifest.files.items() if file.speech}
    own = Source(NOWHERE, edits=files.texts, speech=speech)
    contents = Folder([own, office.source(files.manifest.scope)]).contents(now)
    return replace(contents, box=_join_boxes(commune.boxes))


def _join_boxes(texts: Sequence[str]) -> Box:
    """All boxes of a commune as one; a village that several play counts as the first one’s."""
    plays: dict[str, str] = {}
    for number, text in enumerate(texts):
        with suppress(BadFile):  # it is the box that has trouble with it, and says so
            box = box_file.parse("box.yaml", text.encode())
            plays = {**{village: f"{number}-{output}" for village, output in box.plays.items()}, **plays}
    return Box(plays)


def _restrictions(manifest: SignedManifest) -> Restrictions:
    """What its people have decided for all boxes."""
    skips = {decision.airing: decision.why for decision in manifest.decisions if decision.airing}
    pauses: dict[str, StandingPause] = {}
    for decision in manifest.decisions:
        if decision.village:
            pauses.pop(decision.village, None)
            if decision.do == "pause" and decision.until:
                pauses[decision.village] = StandingPause(
                    decision.village, manifest.issued, decision.until, decision.why
                )
    return Restrictions(skips, tuple(pauses.values()))


@dataclass(frozen=True, slots=True)
class _Lengths:
    """How long bulletins and words of sessions last in one commune."""

    contents: Contents
    outlines: TextOutlines

    def plan_input(self, schedules: Sequence[VillageSchedule], restrictions: Restrictions) -> PlanInput:
        commune, known = self.contents.commune, self.contents.bulletins
        entries = [entry for schedule in schedules for entry in schedule.broadcasts]
        names = {name for entry in entries for name in (entry.bulletin, entry.fallback) if name and name in known}
        repeats = {name: {entry.repeat for entry in entries if entry.bulletin == name} - {None} for name in names}
        facts = {name: self._facts(known[name], repeats[name]) for name in names}
        return PlanInput(commune, self.contents.box, schedules, facts, restrictions, self._session_words(), MOST_A_DAY)

    def _facts(self, bulletin: Bulletin, repeats: set[int | None]) -> BulletinFacts:
        spec = self._spec(bulletin)
        lengths = {repeat: estimate(replace(spec, repeat=repeat)) for repeat in repeats if repeat}
        approved = not split_origin(bulletin.id)[1] or approvals.carried_approval(bulletin, spec) is not None
        return BulletinFacts(
            bulletin.title,
            bulletin.level,
            bulletin.valid_from,
            bulletin.valid_until,
            estimate(spec),
            approved=approved,
            repeats=lengths,
        )

    def _spec(self, bulletin: Bulletin) -> ProgrammeSpec:
        pieces: list[SpeechSpec | RecordingSpec] = []
        for part in bulletin.parts:
            if part.audio:
                pieces.append(RecordingSpec(part.audio, ""))
            elif part.spoken is not None:
                pieces.append(SpokenWords(part.spoken, ()).speech())
            else:
                pieces.append(self._speech(part.text or ""))
        return ProgrammeSpec(tuple(pieces), repeat=bulletin.repeat, gap=bulletin.gap, reminder=self._speech(REMINDER))

    def _session_words(self) -> SessionWords:
        commune = self.contents.commune
        opening, closing = (self._words_seconds(text) for text in (commune.opening, commune.closing))
        tune = LEAD_SECONDS[Lead.TUNE] - LEAD_SECONDS[Lead.NONE] if opening else 0.0
        return SessionWords(tune, opening, closing)

    def _words_seconds(self, text: str) -> float:
        return estimate(ProgrammeSpec((self._speech(text),), Lead.NONE)) if text else 0.0

    def _speech(self, text: str) -> SpeechSpec:
        commune = self.contents.commune
        revision = rules_revision(commune.region, commune.say, commune.abbrev, commune.names)
        return SpeechSpec(self.outlines.outline(text, commune.reading_settings, revision), (), _no_words)


def _no_words() -> Passage:
    """Of a text that is only measured."""
    return Passage(())


def _bulletins(
    contents: Contents, schedules: Sequence[VillageSchedule], airings: Sequence[Airing], after: date
) -> Iterator[tuple[str, BulletinOutlook]]:
    """By their names: what the commune is only offered, what comes `after` the days that were planned, what on them."""
    for bulletin in _find_offered(contents):
        yield bulletin.id, BulletinOutlook(bulletin.title, bulletin.level, None, 0, None, offered=True)
    for entry in (entry for schedule in schedules for entry in schedule.broadcasts):
        if (found := contents.bulletins.get(entry.bulletin or "")) and (day := _first_day(entry, after)):
            yield found.id, BulletinOutlook(found.title, entry.level or found.level, None, 0, None, later=day)
    planned: dict[str, list[Airing]] = {}
    for airing in airings:
        planned.setdefault(airing.bulletin or "", []).append(airing)
    for name, own in planned.items():
        yield name, _airings_outlook(own, bool(contents.box.plays))


def _find_offered(contents: Contents) -> Iterator[Bulletin]:
    names = (schedule.broadcasts[number].bulletin for schedule, number in find_offers(contents))
    return (contents.bulletins[name] for name in names if name and name in contents.bulletins)


def _airings_outlook(airings: Sequence[Airing], boxes_known: bool) -> BulletinOutlook:
    """Of one bulletin. Where no box has told what it plays, every village counts as played by one."""
    heard = [airing for airing in airings if airing.starts_at and (airing.output or not boxes_known)]
    villages = {airing.village for airing in heard}
    begins = min((airing.starts_at for airing in heard if airing.starts_at), default=None)
    silent = [airing for airing in airings if airing.village not in villages]
    reason = NO_BOX if boxes_known and not all(airing.output for airing in silent) else _find_refusal(silent)
    return BulletinOutlook(airings[0].title, airings[0].level, begins, len(villages), reason)


def _find_refusal(silent: Sequence[Airing]) -> Message | None:
    """Why villages do not hear it, of which these are all airings."""
    return next((airing.why for airing in silent if airing.why and not airing.starts_at), None)


def _first_day(entry: Broadcast, after: date) -> date | None:
    days = (after + timedelta(days=number) for number in range(1, LATER + 1))
    return next((day for day in days if entry.falls_on(day)), None)
