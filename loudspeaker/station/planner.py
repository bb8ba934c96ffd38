"""From files and log to the running order: which programmes an airing needs, and the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime

from ..config.source import file_stamp
from ..errors import Message
from ..model.airing import Airing, BulletinFacts, SessionWords
from ..model.asrun_record import Event
from ..model.box import Output
from ..model.bulletin import Bulletin
from ..model.contents import Contents, PlanInput
from ..model.enums import Level
from ..model.generations import Generations
from ..model.programme import Programme
from ..model.spoken_text import Utterance
from ..playout.ports import Log
from ..production.reading_cache import ReadingCache, rules_revision
from ..production.specification import LEAD_SECONDS, RATE, Lead, ProgrammeSpec, RecordingSpec, estimate
from ..production.specifications import DRILL, REMINDER, SpecBuilder
from ..schedule.crowd import MOST_A_DAY
from ..schedule.origins import planned_schedules
from ..schedule.plan import DayPlans, plan
from ..store.programmes import ProgrammeStore
from ..store.readings import ReadingStore
from . import approvals
from .paths import StationPaths
from .people_files import StationFiles
from .restrictions import MEMORY, restrictions
from .voice_engines import VoiceEngines

BROKEN = BulletinFacts("…", ready=False, why=Message("its file has mistakes; see “loudspeaker check”"))


class Planner:
    """Answers what is to be heard, with which programmes, by the files as they were read last.

    `reads`: are texts that nobody has read yet read in this process?
    """

    def __init__(self, paths: StationPaths, files: StationFiles, voices: VoiceEngines, reads: bool = True) -> None:
        self.paths = paths
        self.files = files
        self.voices = voices
        self.programmes = ProgrammeStore(paths.programmes)
        self.texts = self._open_texts(reads)
        self._specs: Generations[object, ProgrammeSpec] = Generations()
        self._recipes: Generations[object, str] = Generations()
        self._durations: Generations[str, tuple[object, float]] = Generations()  # recipe -> folder's state, seconds
        self._taken_up: Mapping[str, str] = {}  # the files, by revision
        self._facts: Generations[str, tuple[object, BulletinFacts]] = Generations()  # id -> what they depend on, facts
        self._days = DayPlans()
        self.take_up(reads)

    def take_up(self, reads: bool | None = None) -> None:
        """Take up the files after they were read again; `reads` as before where nothing is said.

        What depends on nothing that has changed is kept: specifications, recipes, durations, days of an output.
        """
        self.schedules = planned_schedules(self.contents)
        self.texts = self._open_texts(self.texts.reads if reads is None else reads, self.texts)
        self.builder = SpecBuilder(self.texts, self.contents.voices, self.files.folder.recording_state)
        for kept in (self._specs, self._facts, self._days):
            kept.turn()
        if self._taken_up != self.contents.revisions:  # recipes are asked for once an edit's sound is made, not before
            self._taken_up = self.contents.revisions
            self._recipes.turn()
            self._durations.turn()

    def stamp(self) -> tuple[object, object]:
        """One part changes whenever people's files may have changed, the other with what was made or read of them."""
        files = file_stamp(self.paths.membership), self.files.folder.state(self.sound_files())
        return files, (file_stamp(self.programmes.folder), file_stamp(self.texts.store.folder))

    def suppose(self, files: StationFiles) -> Planner:
        """A planner of files that nobody has saved: it uses what is kept here, and nothing of that is lost by it."""
        supposed = copy(self)
        supposed.files = files
        supposed.schedules = planned_schedules(files.contents)
        supposed.texts = supposed._open_texts(self.texts.reads, self.texts)
        supposed.builder = SpecBuilder(supposed.texts, files.contents.voices, files.folder.recording_state)
        supposed._days = DayPlans()
        return supposed

    @property
    def contents(self) -> Contents:
        return self.files.contents

    def _open_texts(self, reads: bool, before: ReadingCache | None = None) -> ReadingCache:
        """What the texts of these files say; `before` is kept where the same words rule it."""
        commune = self.contents.commune
        revision = rules_revision(commune.region, commune.say, commune.abbrev, commune.names)
        home = self.files.folder.home
        if before and (before.rules_revision, before.reads, before.home) == (revision, reads, home):
            return before
        return ReadingCache(home, ReadingStore(self.paths.readings), commune.reading_settings, revision, reads)

    # Programmes: what they are made of, and whether they are there.

    def bulletin_spec(
        self, bulletin: Bulletin, output: str = "", repeat: int | None = None, chime: bool = True
    ) -> ProgrammeSpec:
        """A bulletin with the settings of `output`; `repeat` and `chime` are those of its entry in the schedule."""
        lead = self._lead(bulletin, chime)
        sound = self._lead_file(lead), self.contents.box.outputs.get(output)
        words = self.texts.rules_revision, self.contents.voices
        key = bulletin.path, self.revision(bulletin), bulletin.speech, bulletin.sound, repeat, lead, sound, words
        if (spec := self._specs.get(key)) is None:
            repeated = bulletin if repeat is None else replace(bulletin, repeat=repeat)
            spec = self._for_output(self.builder.for_bulletin(repeated), output, lead)
            if not (spec.unread or any(part.audio for part in bulletin.parts)):  # else it can change with no file
                self._specs.keep(key, spec)
        return spec

    def opening_spec(self, output: str, music: bool, at: datetime | None = None) -> ProgrammeSpec | None:
        """What opens a session that begins `at`: signature tune and the commune's opening words."""
        return self._session_spec(self.contents.commune.opening, output, Lead.TUNE if music else Lead.NONE, at)

    def closing_spec(self, output: str, at: datetime | None = None) -> ProgrammeSpec | None:
        """What closes a session, where the commune has closing words."""
        return self._session_spec(self.contents.commune.closing, output, Lead.NONE, at)

    def _session_spec(self, text: str | None, output: str, lead: Lead, at: datetime | None) -> ProgrammeSpec | None:
        if not text:
            return None
        return self.adapt_to_hour(self._for_output(self.builder.for_text(text), output, lead), output, at)

    def adapt_to_hour(self, spec: ProgrammeSpec, output: str, at: datetime | None) -> ProgrammeSpec:
        """`spec` as `output` sounds at that time, in the commune's zone: more quietly in its early hours."""
        settings = self.contents.box.outputs.get(output)
        early = at and settings and at.hour * 3600 + at.minute * 60 + at.second < settings.early
        return spec.for_early_hours() if early else spec

    def replay_specs(self, bulletin: Bulletin, outputs: Iterable[str], at: datetime) -> list[ProgrammeSpec]:
        """What these outputs hear of a bulletin at that time, where a person wishes it."""
        return [self.adapt_to_hour(self.bulletin_spec(bulletin, output), output, at) for output in outputs]

    def urgent_spec(self, text: str, output: str) -> ProgrammeSpec:
        """An emergency's own words; its attention signal stands before every play."""
        return self._for_output(self.builder.for_urgent_text(text), output, Lead.ATTENTION)

    def spoken_spec(self, words: tuple[Utterance, ...], output: str) -> ProgrammeSpec:
        """The same in words that are spoken as they stand."""
        return self._for_output(self.builder.for_spoken_words(words), output, Lead.ATTENTION)

    def words_spec(self, text: str, output: str) -> ProgrammeSpec:
        """A few words of the moment with nothing around them."""
        return self._for_output(self.builder.for_urgent_text(text), output, Lead.NONE)

    def drill_spec(self, spec: ProgrammeSpec) -> ProgrammeSpec:
        """The same between the words of a drill."""
        drill = self.builder.speech(DRILL)
        return replace(spec, pieces=(drill, *spec.pieces, drill))

    def airing_spec(self, airing: Airing) -> ProgrammeSpec:
        """The bulletin of an airing, without the words of its session."""
        assert airing.bulletin
        bulletin = self.contents.bulletins[airing.bulletin]
        spec = self.bulletin_spec(bulletin, airing.output, airing.repeat, airing.chime)
        return self.adapt_to_hour(spec, airing.output, airing.scheduled_at)

    def fallback_spec(self, airing: Airing) -> ProgrammeSpec | None:
        """The bulletin that stands in for a stream that does not come."""
        bulletin = self.contents.bulletins.get(airing.fallback or "")
        if bulletin is None:
            return None
        spec = self.bulletin_spec(bulletin, airing.output, chime=airing.chime)
        return self.adapt_to_hour(spec, airing.output, airing.scheduled_at)

    def sequence_specs(self, airing: Airing) -> list[ProgrammeSpec]:
        """Everything that is heard for one airing, in order: opening, bulletin, closing."""
        output, at = airing.output, airing.scheduled_at
        opening = self.opening_spec(output, airing.music, at) if airing.opens else None
        closing = self.closing_spec(output, at) if airing.closes else None
        return [spec for spec in (opening, self.airing_spec(airing), closing) if spec]

    def find_programme(self, spec: ProgrammeSpec) -> Programme | None:
        """The programme made by `spec`; None where it is not in the cache. An empty cache needs no fingerprints."""
        if spec.unread or not self.programmes.folder.is_dir():
            return None
        return self.programmes.find(self.recipe(spec))

    def recipe(self, spec: ProgrammeSpec) -> str:
        """The cache key of its programme: a SHA-256 in hexadecimal."""
        voices = dict.fromkeys(voice for speech in spec.speeches for voice in speech.voices)
        key = spec, *map(self.voices.fingerprint, voices)
        return self._recipes.get(key) or self._recipes.keep(key, spec.recipe(self.voices.fingerprint))

    def must_be_made(self, spec: ProgrammeSpec) -> bool:
        """Is its sound still to be made, or was it made in another voice than that of first choice?"""
        programme = self.find_programme(spec)
        return programme is None or not spec.is_first_choice(programme.voice)

    def why_unready(self, airing: Airing) -> Message | None:
        """Why an airing could not be aired as things are: what is missing of its sequence."""
        for spec in self.sequence_specs(airing):
            if message := spec.missing():
                return message
            if not self.find_programme(spec):
                return Message("it has not been prepared yet; run “loudspeaker prepare”")
        return None

    def duration(self, spec: ProgrammeSpec) -> tuple[float, str]:
        """Seconds, and whether they are `prepared` or `estimated`."""
        known = self._known_duration(spec)
        if known is None and self._has_early_hours:
            known = self._known_duration(spec.for_early_hours())  # it lasts as long
        return (estimate(spec), "estimated") if known is None else (known, "prepared")

    @property
    def _has_early_hours(self) -> bool:
        """Is any output softer early in the morning?"""
        return any(output.early for output in self.contents.box.outputs.values())

    def _known_duration(self, spec: ProgrammeSpec) -> float | None:
        """Seconds of what was made; looked at again only where something in the folder has changed."""
        if spec.unread or (state := file_stamp(self.programmes.folder)) is None:
            return None
        recipe = self.recipe(spec)
        known = self._durations.get(recipe)
        if known and known[0] == state:
            return known[1]
        programme = self.programmes.find(recipe)
        return self._durations.keep(recipe, (state, programme.duration))[1] if programme else None

    def revision(self, bulletin: Bulletin) -> str:
        """The SHA-256 of the bulletin's file; "" where it is in none."""
        return self.contents.revisions.get(bulletin.path, "")

    # Texts and sound files: what was read of them.

    def written_texts(self) -> list[str]:
        """Every text that these files have said, the shortest first."""
        commune = self.contents.commune
        parts = [part for bulletin in self.contents.bulletins.values() for part in bulletin.parts]
        texts = {part.text for part in parts if part.spoken is None}
        return sorted((text for text in {REMINDER, commune.opening, commune.closing, *texts} if text), key=len)

    def sound_files(self) -> list[str]:
        """Every recording that these files name, by its path below the station's folder."""
        commune = self.contents.commune
        paths = {part.audio for bulletin in self.contents.bulletins.values() for part in bulletin.parts}
        return sorted(path for path in {commune.chime, commune.music, *commune.alarm_tails.values(), *paths} if path)

    def recordings(self) -> list[RecordingSpec]:
        return [self.builder.recording(path) for path in self.sound_files()]

    def unread_sources(self) -> list[str]:
        """The texts, and behind them the sound files, that nobody has read yet."""
        texts = [text for text in self.written_texts() if self.texts.outline(text) is None]
        return texts + [recording.path for recording in self.recordings() if recording.digest is None]

    # The plan.

    def plan(self, begins: datetime, ends: datetime, log: Log, given: PlanInput | None = None) -> list[Airing]:
        """Every airing of the window, refused ones too. `given`: `scheduled_input`, where that is known already."""
        return plan(given or self.scheduled_input(log, begins), begins, ends, self._days)

    def scheduled_input(self, log: Log, begins: datetime) -> PlanInput:
        """What a plan of all that is scheduled from `begins` on depends on."""
        given = self.plan_input(log, begins, self.bulletin_facts(log, self._names_in_schedules()))
        return replace(given, words=self.session_words())

    def plan_input(self, log: Log, begins: datetime, facts: Mapping[str, BulletinFacts]) -> PlanInput:
        """What a plan from `begins` on depends on, but for the words of sessions."""
        commune, box = self.contents.commune, self.contents.box
        decisions = restrictions(log, box.outputs, begins - MEMORY)
        return PlanInput(commune, box, self.schedules, facts, decisions, most=MOST_A_DAY)

    def bulletin_facts(self, log: Log, names: Iterable[str]) -> dict[str, BulletinFacts]:
        """What a plan must know of the bulletins of these names; those that do not exist are left out."""
        approved, known, names = approvals.standing(log), self.contents.bulletins, set(names)
        broken = dict.fromkeys(names & self.contents.broken, BROKEN)
        repeats: dict[str | None, set[int]] = defaultdict(set)
        for broadcast in (broadcast for village in self.schedules for broadcast in village.broadcasts):
            if broadcast.repeat:
                repeats[broadcast.bulletin].add(broadcast.repeat)
        return broken | {
            name: self._facts_of(known[name], approved.get(name), repeats[name]) for name in names if name in known
        }

    def void_approvals(self, log: Log) -> Iterator[tuple[str, Event]]:
        """Bulletins that an edit has taken out of their approval, with that approval."""
        for name, event in approvals.standing(log).items():
            if bulletin := self.contents.bulletins.get(name):
                spec = self.bulletin_spec(bulletin)
                if not spec.unread and not approvals.stands(str(event.facts.get("digest")), bulletin, spec):
                    yield name, event

    def approval_message(self, log: Log, name: str | None) -> Message | None:
        """Who has approved the bulletin of this id as it is now, and where; None where nobody has, or none is there."""
        bulletin = self.contents.bulletins.get(name or "")
        event = approvals.standing(log).get(name or "")
        return approvals.approval_message(bulletin, self.bulletin_spec(bulletin), event) if bulletin else None

    def _names_in_schedules(self) -> set[str]:
        entries = [entry for village in self.schedules for entry in village.broadcasts]
        return {name for entry in entries for name in (entry.bulletin, entry.fallback) if name}

    def session_words(self) -> SessionWords:
        output = self._usual_output()
        opening, closing = self.opening_spec(output, True), self.closing_spec(output)
        tune = LEAD_SECONDS[Lead.TUNE] - LEAD_SECONDS[Lead.NONE] if opening else 0.0
        return SessionWords(
            tune=tune,
            opening=self.duration(opening)[0] - tune if opening else 0.0,
            closing=self.duration(closing)[0] if closing else 0.0,
        )

    def _facts_of(self, bulletin: Bulletin, approved: Event | None, repeats: Iterable[int]) -> BulletinFacts:
        """As they were, where neither file, words, voices, approval nor what was made has changed."""
        output = self._usual_output()
        spec = self.bulletin_spec(bulletin, output)
        others = {repeat: self.bulletin_spec(bulletin, output, repeat) for repeat in repeats}
        cached = file_stamp(self.programmes.folder)
        speeches = (speech for programme in (spec, *others.values()) for speech in programme.speeches)
        names = {voice for speech in speeches for voice in speech.voices if cached}  # of nothing no voice is asked
        voices = {name: self.voices.fingerprint(name) for name in names}
        depends = bulletin, approved, spec, others, voices, self._has_early_hours, cached
        known = self._facts.get(bulletin.id)
        if known and known[0] == depends:
            return known[1]
        return self._facts.keep(bulletin.id, (depends, self._facts_anew(bulletin, approved, spec, others)))[1]

    def _facts_anew(
        self, bulletin: Bulletin, approved: Event | None, spec: ProgrammeSpec, others: Mapping[int, ProgrammeSpec]
    ) -> BulletinFacts:
        """`others`: how it is made where an entry repeats it otherwise."""
        duration, source = self.duration(spec)
        missing = spec.missing()
        return BulletinFacts(
            title=bulletin.title,
            level=bulletin.level,
            valid_from=bulletin.valid_from,
            valid_until=bulletin.valid_until,
            duration=duration,
            duration_source=source,
            ready=missing is None,
            approved=_is_approved(bulletin, spec, approved),
            why=missing,
            repeats={repeat: self.duration(other)[0] for repeat, other in others.items()},
        )

    def _usual_output(self) -> str:
        return next(iter(self.contents.box.outputs), "")

    def _for_output(self, spec: ProgrammeSpec, output: str, lead: Lead) -> ProgrammeSpec:
        settings = self.contents.box.outputs.get(output) or Output(output)
        return replace(
            spec,
            lead=lead,
            lead_file=self._lead_file(lead),
            profile=settings.profile,
            loudness=settings.loudness,
            rate=RATE,
        )

    def _lead_file(self, lead: Lead) -> RecordingSpec | None:
        """The commune's own sound instead of the built-in one."""
        own = {Lead.CHIME: self.contents.commune.chime, Lead.TUNE: self.contents.commune.music}.get(lead)
        return self.builder.recording(own) if own else None

    @staticmethod
    def _lead(bulletin: Bulletin, chime: bool) -> Lead:
        if bulletin.level is Level.EMERGENCY:
            return Lead.ATTENTION
        return Lead.CHIME if chime else Lead.NONE


def _is_approved(bulletin: Bulletin, spec: ProgrammeSpec, event: Event | None) -> bool:
    """By an approval of this box's log, or by one that came with it."""
    here = event is not None and approvals.stands(str(event.facts.get("digest")), bulletin, spec)
    return here or approvals.carried_approval(bulletin, spec) is not None
