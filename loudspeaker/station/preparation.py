"""Sound ahead of time: what is to be made for the coming airings, and the making of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import LoudspeakerError, Message, NotFound, Refused
from ..model.airing import Airing
from ..model.enums import Expected, Level, StickSign
from ..production.specification import Lead, ProgrammeSpec
from ..schedule.open_hours import DAYTIME
from ..store.asrun import AsRunLog
from .approvals import Preview, preview
from .commune_clock import CommuneClock, Day
from .naming import name_within_sentence
from .paths import StationPaths
from .people_files import StationFiles
from .planner import Planner
from .voice_engines import VoiceEngines

if TYPE_CHECKING:
    from ..production.renderer import ProgrammeRenderer

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Is the sound of an airing there? Its voice (None where it has none), and the guesses in its words."""

    airing: Airing
    why_not: Message | None
    voice: str | None
    doubts: int

    @property
    def ready(self) -> bool:
        return self.airing.expected is Expected.AIR and self.why_not is None


class Preparation:
    """Makes the sound of one station ahead of time. `log` opens its log."""

    def __init__(
        self,
        paths: StationPaths,
        files: StationFiles,
        clock: CommuneClock,
        voices: VoiceEngines,
        planner: Planner,
        log: Callable[[], AsRunLog],
    ) -> None:
        self.paths = paths
        self.files = files
        self.clock = clock
        self.voices = voices
        self.planner = planner
        self.log = log

    def _plan(self, begins: datetime, ends: datetime) -> list[Airing]:
        return self.planner.plan(begins, ends, self.log())

    def prepare(self, day: Day, days: int, progress: Progress, also: str | None = None) -> list[Readiness]:
        """Make what is missing for this box's airings of these days; the readiness of each that people would miss.

        `also` names a bulletin that is made in any case.
        """
        if also:
            output = self.files.outputs()[0]
            spec = self.planner.bulletin_spec(self.files.bulletin(also), output)
            self.make([self.planner.adapt_to_hour(spec, output, self.clock.now())], progress)
        window = self.clock.window(day, days)  # once: while sound is made, midnight may pass, or the clock be set
        coming = [airing for airing in self._plan(*window) if _is_missed(airing)]
        now = self.clock.now()
        due = sorted(coming, key=lambda airing: (airing.scheduled_at < now, airing.scheduled_at))
        failed = self.make(self.specs_of(due), progress)  # what is past already comes last
        after = {airing.id: airing for airing in self._plan(*window)}
        return [self._readiness(after[airing.id], failed) for airing in coming]

    def make_supposed(self, files: StationFiles, days: int, progress: Progress) -> None:
        """Make the sound of the coming airings as it would be by these files, which nobody has saved yet.

        What was made by the files as they are stays, and is heard until others are saved.
        Raises `LoudspeakerError` with what could not be made.
        """
        planner = self.planner.suppose(files)
        supposed = Preparation(self.paths, files, self.clock, self.voices, planner, self.log)
        coming = [airing for airing in supposed._plan(*self.clock.window(None, days)) if _is_missed(airing)]
        for message in supposed.make(supposed.specs_of(coming), progress).values():
            raise LoudspeakerError(message)

    def read_ahead(self) -> None:
        """Read what these files have said and the sound files that they name, and leave it for every other process.

        The shortest first: whatever else lies in the folder, it does not keep them waiting.
        """
        texts, written = self.planner.texts, self.planner.written_texts()
        for text in written:
            if texts.outline(text) is None:
                texts.read_and_keep(text)
        self.planner.recordings()
        wanted = {texts.key(text) for text in written}
        texts.store.sweep(wanted | texts.known_recording_keys(), self.clock.now().timestamp())

    def make(self, specs: Iterable[ProgrammeSpec], progress: Progress) -> dict[ProgrammeSpec, Message]:
        """Render what is not there yet, or only in a voice of second choice. Returns what failed, and why."""
        wanted = [spec for spec in dict.fromkeys(specs) if self.planner.must_be_made(spec)]
        total = sum(_sentences(spec) for spec in wanted)
        failed, before = {}, 0
        for spec in wanted:
            share = _sentences(spec)

            def advance(done: int, of: int, before: int = before, share: int = share) -> None:
                progress(before + (share * done // of if of else share), total, "")

            try:
                self.renderer.render(spec, self.planner.recipe(spec), advance)
            except LoudspeakerError as error:
                failed[spec] = error.message
            before += share
        if wanted:  # which services want to be left alone is known to the next process, too
            with suppress(LoudspeakerError):  # an alarm must not fail over a log that this person may not write
                self.log().remember("breakers", self.renderer.chain.breakers.state())
        return failed

    @cached_property
    def renderer(self) -> ProgrammeRenderer:
        """Loads numpy, which takes memory: only for processes that end."""
        from .rendering import open_renderer  # numpy

        return open_renderer(self.paths, self.clock.now, self.voices.engine, self.log().recall("breakers"))

    def prepare_replay(self, bulletin: str, villages: Iterable[str], progress: Progress) -> str:
        """Make what these villages would hear of a bulletin now; its id. Raises `LoudspeakerError`."""
        chosen = self.files.bulletin(bulletin)
        if chosen.level is Level.EMERGENCY:
            raise Refused(Message("an emergency is aired with “urgent”, not with “play”"))
        outputs = [self.files.box.plays[village] for village in villages]
        specs = self.planner.replay_specs(chosen, outputs, self.clock.now())
        for message in self.make(specs, progress).values():
            raise LoudspeakerError(message)
        return chosen.id

    def prepare_test(self, output: str, tone: bool, sign: StickSign | None = None) -> None:
        """Make what `test` sounds: whose output it is (about 6 s), or 1 kHz at −18 dBFS (at most 5 s), or a sign.

        Raises as `must_be_testable` does, `LoudspeakerError` where it cannot be made.
        """
        self.must_be_testable(output)
        for message in self.make([self.test_spec(output, tone, sign)], lambda done, total, what: None).values():
            raise LoudspeakerError(message)

    def must_be_testable(self, output: str) -> None:
        """Raises `NotFound` where this box has no such output, `Refused` at night."""
        if output not in self.files.box.outputs:
            raise NotFound(Message("there is no output “{name}” in box.yaml", name=output))
        now = self.clock.now()
        second = now.hour * 3600 + now.minute * 60
        if not any(begins <= second < ends for begins, ends in DAYTIME):
            raise Refused(Message("at night nothing is tested; wait until 05:00"))

    def preview(self, bulletin: str) -> Preview:
        """What `approve` would bind, to be looked at first. Raises `NotFound`, `BadFile`."""
        chosen = self.files.bulletin(bulletin)
        spec = self.planner.bulletin_spec(chosen)
        if message := spec.missing():
            raise Refused(message)
        return preview(chosen, spec, self.files)

    def test_spec(self, output: str, tone: bool, sign: StickSign | None = None) -> ProgrammeSpec:
        """What `test` sounds: a tone, or who should be hearing it, so that a wrong village is noticed; or a sign."""
        if tone or sign is StickSign.TAKEN:
            return ProgrammeSpec((), Lead.TONE if tone else Lead.BEEPS)
        names = {schedule.id: schedule.name for schedule in self.files.contents.schedules}
        heard = [names.get(village, village) for village, where in self.files.box.plays.items() if where == output]
        if sign is StickSign.JOINED:
            return self.planner.words_spec(joining_words(heard, self.files.commune.name), output)
        places = ", ".join([*heard[:2], self.files.commune.name])
        return self.planner.words_spec(f"Thử loa. Đây là cụm loa {places}.", output)

    def specs_of(self, airings: Iterable[Airing]) -> list[ProgrammeSpec]:
        """What these need, with what opens and closes a session for each: a skip can make any airing the first."""
        specs: list[ProgrammeSpec | None] = []
        for airing in airings:
            if airing.expected is not Expected.AIR:
                continue
            if airing.stream:
                specs.append(self.planner.fallback_spec(airing))
            else:
                specs += self.planner.sequence_specs(airing)
                output, at = airing.output, airing.scheduled_at
                specs += [self.planner.opening_spec(output, airing.music, at), self.planner.closing_spec(output, at)]
        return [spec for spec in specs if spec and not spec.missing()]

    def _readiness(self, airing: Airing, failed: dict[ProgrammeSpec, Message]) -> Readiness:
        why = airing.why
        programme = None
        specs = self.planner.sequence_specs(airing) if airing.bulletin in self.files.contents.bulletins else []
        if airing.stream and airing.expected is Expected.AIR:  # whether it comes, only its hour can tell
            instead = self.planner.fallback_spec(airing)
            why = (failed.get(instead) or instead.missing()) if instead else None
        elif airing.expected is Expected.AIR:
            why = self.planner.why_unready(airing)
            why = next((failed[spec] for spec in specs if spec in failed), why) if why else None
            programme = self.planner.find_programme(self.planner.airing_spec(airing))
        voice = programme.voice if programme else None
        return Readiness(airing, why, voice, sum(spec.doubt_count for spec in specs))


def joining_words(villages: Sequence[str], commune: str) -> str:
    """What a box says once it has joined a commune by itself.

    >>> joining_words(["Thôn Nà Hoa"], "Xã Bản Mây")
    'Máy thôn Nà Hoa đã vào hệ thống xã Bản Mây.'
    """
    places = ", ".join(map(name_within_sentence, villages[:2]))
    return f"Máy {places} đã vào hệ thống {name_within_sentence(commune)}."


def _is_missed(airing: Airing) -> bool:
    """Would people on this box's outputs miss it?"""
    return bool(airing.output) and airing.expected is not Expected.SKIPPED


def _sentences(spec: ProgrammeSpec) -> int:
    return sum(speech.sentences for speech in spec.speeches)
