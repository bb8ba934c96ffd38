"""An emergency before it is aired: for whom, until when, in which words. The daemon does this for a command that asks.

It is read here, and made by whoever asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

from ...codec import encode
from ...errors import BadUsage, BeingRead, LoudspeakerError, Message, Problem, Refused
from ...model.airing import Airing
from ...model.alert_preview import AlertPreview, ClosingPreview, EndPreview, Wanted
from ...model.enums import Ending, Level
from ...model.requests import PreviewEnd, PreviewUrgent, Urgent
from ...model.spoken_text import Utterance
from ...production.specification import NOT_READ_YET, ProgrammeSpec, RecordingSpec
from ...schedule.open_hours import open_hours
from ...store.asrun import AsRunLog
from ..commune_clock import CommuneClock
from ..people_files import StationFiles
from ..planner import Planner
from ..reviews import Signer
from ..voice_engines import VoiceEngines
from .alarms import Closing, closing_words, closings, repeats, standing

EMBEDDED = "espeak:vi"
BLANK = re.compile(r"\[(?!\d{1,3}\])[^\[\]\n]*\]")  # [họ và tên], but not [1], which is a footnote
NOTHING_STANDS = Message("no emergency is on the air, and none of the last 24 hours waits for its all-clear")


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is said in an emergency, and at its end. `log` opens the station's log."""

    files: StationFiles
    clock: CommuneClock
    voices: VoiceEngines
    planner: Planner
    log: Callable[[], AsRunLog]

    def preview(self, request: PreviewUrgent) -> AlertPreview:
        """Show before it is said. Raises `BadUsage`, `NotFound`."""
        text, drill = request.text, request.drill
        villages = self.files.hearers(request.villages, request.everywhere)
        outputs = self.outputs_of(villages)
        self.must_be_drill_time(villages, drill)
        ends = self.clock.resolve_future(request.until).isoformat() if request.until else None
        bulletin = self.files.template(request.bulletin).id if request.bulletin else None
        if bulletin and self.files.template(bulletin).level is not Level.EMERGENCY:
            raise BadUsage(Message("“{bulletin}” is not of level emergency; use “play”", bulletin=bulletin))
        self.must_be_filled(text, bulletin)
        specs = {output: self.alert_spec(text, bulletin, output, drill) for output in outputs}
        spec = next(iter(specs.values()))
        if any(spec.unread for spec in specs.values()):
            raise BeingRead(NOT_READ_YET)
        if not spec.has_content:
            raise BadUsage(Message("nothing in this can be said"))
        clears: list[ProgrammeSpec] = []
        with suppress(LoudspeakerError):  # an alarm does not fail over the words that end it
            clears += self.all_clear_specs(bulletin, outputs, drill)
        return AlertPreview(
            text,
            bulletin,
            drill,
            ends,
            villages=[village for village, output in self.files.box.plays.items() if output in specs],
            spoken=spec.spoken_text,
            doubts=[doubt.message() for doubt in spec.doubts],
            mistakes=[*map(_mistake, self.files.problems), *(() if drill else self._silent_tails(outputs))],
            recipes={output: self.planner.recipe(spec) for output, spec in specs.items()},
            wanted=self.missing_sound(specs.values()),
            clears=self.missing_sound(clears),
            two_persons=not drill and self.asks_for_two(villages),
        )

    def must_be_filled(self, text: str | None, bulletin: str | None) -> None:
        """Raises `Refused` where blanks of a template, [in brackets], are still to be filled in."""
        template = self.files.template(bulletin) if bulletin else None
        if template is None:
            refuse_blanks(text)
        elif blanks := ", ".join(find_blanks(part.text for part in template.parts)):
            raise Refused(
                Message(
                    "“{bulletin}” has blanks that must be filled in first: {blanks}; edit {file}",
                    **{"bulletin": template.id, "blanks": blanks, "file": template.path},
                )
            )

    def must_be_drill_time(self, villages: Sequence[str], drill: bool) -> None:
        """Raises `Refused` for a drill outside the hours of somebody who would hear it: at night it is an alarm."""
        if drill and (closed := self._closed_villages(villages)):
            raise Refused(
                Message("a drill is given in the hours of the policy only; {village} has none now", village=closed[0])
            )

    def lies_in_hours(self, villages: Sequence[str]) -> bool:
        """Is it now within the hours of everybody who would hear something in these villages?"""
        return not self._closed_villages(villages)

    def _closed_villages(self, villages: Sequence[str]) -> list[str]:
        """Those of all who would hear it for whom the policy has no hours now."""
        now, commune = self.clock.now(), self.files.commune
        second = now.hour * 3600 + now.minute * 60 + now.second
        hours = {
            village: open_hours(commune.policy_of(village, now.date()), now.date(), commune.days)
            for village in self._heard_by(villages)
        }
        return [one for one, spans in hours.items() if not any(begins <= second < ends for begins, ends in spans)]

    def asks_for_two(self, villages: Sequence[str]) -> bool:
        """Does the policy of anybody who would hear it ask that two persons give an alarm?"""
        today = self.clock.now().date()
        return any(self.files.commune.policy_of(village, today).alarm_by_two for village in self._heard_by(villages))

    def must_be_by_two(self, request: Urgent, by: str) -> None:
        """Raises `Refused` where policy asks for two persons, and nobody or the same person is the second."""
        if request.drill or not self.asks_for_two(request.villages):
            return
        if not request.second:
            raise Refused(Message("the policy asks that two persons give an alarm: who is the second?"))
        if Signer(request.second).is_same(Signer(by)):
            raise Refused(
                Message("the policy asks that two persons give an alarm: the second is another than {by}", by=by)
            )

    def _heard_by(self, villages: Iterable[str]) -> list[str]:
        """All who hear what is said to these."""
        outputs, hearers = {self.files.box.plays.get(village) for village in villages}, self.files.box.hearers()
        return [village for output in outputs if output for village in hearers[output]]

    def alert_spec(self, text: str | None, bulletin: str | None, output: str, drill: bool) -> ProgrammeSpec:
        """What an emergency says once, and behind a real one what those who hear it are told in their language."""
        return self._with_tails(self._words_spec(text, bulletin, output, drill), output, drill)

    def _with_tails(self, spec: ProgrammeSpec, output: str, drill: bool) -> ProgrammeSpec:
        heard = () if drill else (tail for tail in self._tails(output).values() if tail.digest)
        return replace(spec, tail=tuple(dict.fromkeys(heard)))

    def _tails(self, output: str) -> dict[str, RecordingSpec]:
        """Village -> its recorded sentence, of all who hear this output and have one."""
        known = self.files.commune.alarm_tails
        heard = [village for village in self.files.box.hearers().get(output, ()) if village in known]
        return {village: self.planner.builder.recording(known[village]) for village in heard}

    def _silent_tails(self, outputs: Iterable[str]) -> Iterator[Message]:
        """What an alarm is given without, for it waits for nothing: sentences that are missing or not read yet."""
        for village, tail in chain.from_iterable(self._tails(output).items() for output in outputs):
            if not tail.digest:
                why = (
                    NOT_READ_YET if tail.digest is None else Message("the recording {file} is missing", file=tail.path)
                )
                facts = {"village": village, "why": why}
                yield Message("{village} will not hear its recorded sentence behind the alarm: {why}", **facts)

    def _words_spec(self, text: str | None, bulletin: str | None, output: str, drill: bool) -> ProgrammeSpec:
        """A bulletin, or a text of the moment, said once."""
        if bulletin:
            spec = self.planner.bulletin_spec(self.files.template(bulletin), output, repeat=1)
        else:
            spec = self.planner.urgent_spec(text or "", output)
        return self._for_alarm(spec, drill)

    def spoken_spec(self, words: tuple[Utterance, ...], output: str, drill: bool) -> ProgrammeSpec:
        """The same in words that are spoken as they stand."""
        return self._with_tails(self._for_alarm(self.planner.spoken_spec(words, output), drill), output, drill)

    def _for_alarm(self, spec: ProgrammeSpec, drill: bool) -> ProgrammeSpec:
        return (self.planner.drill_spec(spec) if drill else spec).with_voices(self.local_voices())

    def local_voices(self) -> tuple[str, ...]:
        """Voices that need no network: an emergency does not wait for one."""
        named = [voice for voice in self.files.contents.voices if self.voices.is_local(voice)]
        return tuple(named) or (EMBEDDED,)

    def all_clear_specs(self, bulletin: str | None, outputs: Iterable[str], drill: bool) -> list[ProgrammeSpec]:
        """The words of its end in every form, made while the alarm is heard, so that its end need not wait for them."""
        clear = self._readable(self.files.template(bulletin).all_clear if bulletin else None)
        words = [closing_words(form, clear, drill) for form in (Ending.CLEAR, Ending.MISTAKE)]
        return [self._words_spec(*said, output, drill) for said in words for output in outputs]

    def closings(self, alarms: Iterable[Airing], form: Ending | None) -> list[Closing]:
        """How these end; in the words of the station itself where an all-clear cannot be read any more."""
        return [replace(closing, bulletin=self._readable(closing.bulletin)) for closing in closings(alarms, form)]

    def _readable(self, bulletin: str | None) -> str | None:
        with suppress(LoudspeakerError):
            return bulletin and self.files.template(bulletin).id
        return None

    def preview_end(self, request: PreviewEnd) -> EndPreview:
        """Show how alarms would be ended before it is done: of these villages or all, drills only or real ones only.

        Raises `Refused` where none stands, `BadUsage` where both kinds do and nobody said which is meant, `NotFound`.
        """
        named = self.files.hearers(request.villages, request.everywhere) if request.villages else None
        outputs = self.outputs_of(named or list(self.files.box.plays))
        alarms = [
            alarm
            for alarm in standing(self.log(), self.clock.now())
            if self.files.box.plays.get(alarm.village) in outputs
        ]
        chosen = of_one_kind(alarms, request.drill)
        if not chosen:
            raise Refused(NOTHING_STANDS)
        specs: list[ProgrammeSpec] = []
        planned = []
        for closing in self.closings(chosen, request.form):
            by_output = self.closing_specs(closing)
            if any(spec.unread for spec in by_output.values()):
                raise BeingRead(NOT_READ_YET)
            specs += by_output.values()
            planned.append(self._preview_closing(closing, next(iter(by_output.values()), None)))
        return EndPreview(request.form, planned, self.missing_sound(specs))

    def closing_specs(self, closing: Closing) -> dict[str, ProgrammeSpec]:
        """Output -> what it hears at this end; nothing where the alarms only stop."""
        if closing.text is None:
            return {}
        outputs = self.outputs_of([alarm.village for alarm in closing.alarms])
        return {output: self._words_spec(closing.text, closing.bulletin, output, closing.drill) for output in outputs}

    def _preview_closing(self, closing: Closing, spec: ProgrammeSpec | None) -> ClosingPreview:
        return ClosingPreview(
            form=closing.form,
            drill=closing.drill,
            alarms=[alarm.id for alarm in closing.alarms],
            titles=list(dict.fromkeys(alarm.title for alarm in closing.alarms)),
            villages=list(dict.fromkeys(alarm.village for alarm in closing.alarms)),
            repeats=any(repeats(self.log(), alarm, self.clock.now()) for alarm in closing.alarms),
            spoken=spec.spoken_text if spec else "",
        )

    def outputs_of(self, villages: Sequence[str]) -> list[str]:
        """The outputs that these are heard on, as far as this box still plays for them."""
        return list(
            dict.fromkeys(self.files.box.plays[village] for village in villages if village in self.files.box.plays)
        )

    def missing_sound(self, specs: Iterable[ProgrammeSpec]) -> Wanted:
        """Recipe -> job of the sound that is missing, or was made in a voice of lower choice."""
        read = [spec for spec in specs if not spec.unread]
        return {self.planner.recipe(spec): encode(spec.job()) for spec in read if self.planner.must_be_made(spec)}


def find_blanks(texts: Iterable[str | None]) -> tuple[str, ...]:
    """What is to be filled in, [in brackets], each once."""
    return tuple(dict.fromkeys(blank for text in texts for blank in BLANK.findall(text or "")))


def refuse_blanks(text: str | None) -> None:
    """Raises `Refused` where blanks of an alarm's own words are still to be filled in."""
    if blanks := ", ".join(find_blanks([text])):
        raise Refused(Message("the text has blanks that must be filled in first: {blanks}", blanks=blanks))


def of_one_kind(alarms: Iterable[Airing], drill: bool | None) -> list[Airing]:
    """The drills among these, or the real ones. Raises `BadUsage` where there are both and nobody said which."""
    chosen = [alarm for alarm in alarms if drill is None or alarm.drill is drill]
    drills = list(dict.fromkeys(alarm.village for alarm in chosen if alarm.drill))
    real = list(dict.fromkeys(alarm.village for alarm in chosen if not alarm.drill))
    if drills and real:
        facts = {"real": ", ".join(real), "drills": ", ".join(drills)}
        raise BadUsage(
            Message("a real alarm ({real}) and a drill ({drills}) stand: say which ends, --real or --drill", **facts)
        )
    return chosen


def _mistake(problem: Problem) -> Message:
    return Message("{file}: {reason}", file=problem.place, reason=problem.message)
