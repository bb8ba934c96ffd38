"""The verbs of looking after a box: doctor, test, clock, voices, cache. Each answer says what to do about it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..clock import boot, vouchers
from ..config.folder import STANDS_IN
from ..errors import BadUsage, EngineError, LoudspeakerError, Message, NotFound, Refused
from ..model.airing import Airing
from ..model.enums import Refusal
from ..model.refusal import kind_of
from ..production.specification import ProgrammeSpec
from ..store.asrun import UNWRITABLE
from ..store.atomic import is_writable
from .airings import Recording
from .commissioning import uncommissioned
from .devices import Ailment, Pins, equipment
from .preparation import Progress, Row
from .status import Status, to_come

if TYPE_CHECKING:
    from ..playout.clock_trust import Trust
    from ..synthesis import registry

NOT_RUNNING = Message("it is not running: nothing will be aired; start it with “systemctl start loudspeaker”")
ENOUGH = 200_000_000  # bytes free, for a day's programmes and a log
BUDGET = 2_000_000_000  # bytes of sound that are kept
SAMPLE = "Đây là đài truyền thanh. Kính chúc bà con một ngày tốt lành."


VOUCHERS = {
    "network": Message("the time from the network"),
    "rtc": Message("the battery clock"),
    "box": Message("“clock: trusted” in box.yaml"),
}


@dataclass(frozen=True, slots=True)
class Vouched:
    """The time, whether it is believed, and who vouches for it."""

    now: datetime
    by: frozenset[str]
    trust: Trust

    def row(self, say: Callable[[str], str]) -> Row:
        why = self.trust.why.say(say) if self.trust.why else None
        return {"now": self.now.isoformat(), "trusted": self.trust.believed, "vouchers": sorted(self.by), "why": why}

    def say(self, say: Callable[[str], str]) -> str:
        now = f"{self.now:%H:%M:%S %d/%m/%Y}"
        if self.trust.why:
            return f"{now}: " + self.trust.why.say(say)
        if not self.by:  # somebody's word, or a source that has gone since
            return Message("{now}: the time is trusted", now=now).say(say)
        by = ", ".join(VOUCHERS[one].say(say) if one in VOUCHERS else one for one in sorted(self.by))
        return Message("{now}: the time is trusted ({by})", now=now, by=by).say(say)


class Care(Recording):
    """Looking after the box."""

    def doctor(self, held: Pins | None) -> list[Ailment]:
        """Everything that could keep the next airing from being heard.

        `held` is what a running daemon says of its pins, None where none runs.
        """
        return list(self._examined(held))

    def _examined(self, held: Pins | None) -> Iterator[Ailment]:
        yield _fine(Message("files"), self._files(), serious=True)
        closed = None if is_writable(self.paths.state) else UNWRITABLE
        yield _fine(Message("state folder {folder}", folder=self.paths.state), closed, serious=True)
        yield _fine(Message("disk"), _full(self.paths.home), serious=True)
        yield _fine(Message("voices"), self._voiceless(), serious=True)
        yield _fine(Message("ffmpeg (recordings, streams)"), _absent("ffmpeg"))
        yield _fine(Message("openssl (streams by https)"), _absent("openssl"))
        if closed:
            return  # nothing below can be looked at without the log
        yield _fine(Message("clock"), self.clock_trust().trust.why)
        yield _fine(Message("daemon"), NOT_RUNNING if held is None else None)
        yield _fine(Message("log"), self._torn(), serious=True)
        for name, output in self.files.box.outputs.items():
            yield _fine(Message("output {output} ({device})", output=name, device=output.device), self._mute(name))
        for name in sorted(uncommissioned(self.log, self.files.box.outputs)):
            yield _fine(Message("commissioning of output {output}", output=name), _silent(name))
        yield from equipment(self.files.contents, held)
        yield _fine(Message("tomorrow"), self._unready())
        yield _fine(Message("approvals"), self._unapproved())

    def status(self, on: Sequence[Row] | None, held: Pins | None) -> Status:
        """What is on the air, what comes next, and what is wrong; with no daemon, as far as files and log tell.

        `on` and `held` are what a running daemon says of the air and of its pins, None where none runs.
        """
        wrong = tuple(ailment for ailment in self.doctor(held) if ailment.wrong)
        return Status(on is not None, tuple(on or ()), self.coming(on or ()), wrong)

    def coming(self, on: Sequence[Row] = ()) -> tuple[Row, ...]:
        """What this box airs next, today or tomorrow; rows as of `plan`, without those in `on`."""
        return to_come(self.plan(None, 2), self.clock.now(), on)

    def _files(self) -> Message | None:
        count = sum(
            problem.message != STANDS_IN for problem in self.files.problems
        )  # what stands in is no second mistake
        return Message("{count} mistakes; see “loudspeaker check”", count=count) if count else None

    def _voiceless(self) -> Message | None:
        if any(self.voices.fingerprint(voice) is not None for voice in self.files.contents.voices):
            return None
        return Message(
            "none of {voices} can speak here; install espeak-ng", voices=", ".join(self.files.contents.voices)
        )

    def _torn(self) -> Message | None:
        try:
            self.log.verify()
        except LoudspeakerError as error:
            return error.message
        return self.damage()

    def _mute(self, output: str) -> Message | None:
        device = self.files.box.outputs[output].device
        if device.partition(":")[0] in ("file", "memory"):
            return None
        from ..speakers.card import portaudio  # loads PortAudio: for a process that ends

        try:
            portaudio.find_card(device)
        except portaudio.CardNotFound:
            if device == "auto":
                return Message("there is no sound card: it is aired into a file")
            known = ", ".join(card.name for card in portaudio.list_cards()) or "–"
            return Message("there is no such sound card; the system has: {known}", known=known)
        except portaudio.AmbiguousCard as error:
            return Message("more than one sound card goes by that name: {known}", known=error)
        return None

    def _unready(self) -> Message | None:
        from .planner import unready

        coming = [
            a
            for a in self.airings(*self.clock.window("tomorrow", 1))
            if a.expected == "air" and a.output and a.bulletin
        ]
        missing = [airing for airing in coming if unready(self.planner, airing)]
        if not missing:
            return None
        return Message("{missing} of {all} airings are not prepared", missing=len(missing), all=len(coming))

    def _unapproved(self) -> Message | None:
        now, (begins, ends) = self.clock.now(), self.clock.window(None, 2)
        coming = [a for a in self.airings(begins, ends) if a.output and a.scheduled_at > now]
        waiting = [airing for airing in coming if kind_of(airing.why) == Refusal.APPROVAL]
        if not waiting:
            return None
        return Message(
            "{count} airings until tomorrow night will not be heard before somebody approves: {bulletins}",
            count=len(waiting),
            bulletins=", ".join(sorted({airing.bulletin or "" for airing in waiting})),
        )

    def prepare_test(self, output: str, tone: bool) -> None:
        """Make what `test` sounds, at most 5 s: the villages' names, or 1 kHz at −18 dBFS.

        Raises `NotFound`, `Refused` at night.
        """
        if output not in self.files.box.outputs:
            raise NotFound(Message("there is no output “{name}” in box.yaml", name=output))
        from ..schedule.open_hours import DAYTIME

        now = self.clock.now()
        second = now.hour * 3600 + now.minute * 60
        if not any(begins <= second < ends for begins, ends in DAYTIME):
            raise Refused(Message("at night nothing is tested; wait until 05:00"))
        for message in self.make([self.trial(output, tone)], lambda done, total, what: None).values():
            raise LoudspeakerError(message)

    def may_commission(self, output: str, held: Pins | None) -> bool:
        """Is it a new station's output that airs nothing yet? Raises `Refused` where the doctor has found errors."""
        if output not in uncommissioned(self.log, self.files.box.outputs):
            return False
        errors = [ailment.say(self.say) for ailment in self.doctor(held) if ailment.serious]
        if errors:
            raise Refused(
                Message(
                    "{output} cannot be commissioned before this is mended: {errors}",
                    output=output,
                    errors="; ".join(errors),
                )
            )
        return True

    # The clock.

    def clock_trust(self) -> Vouched:
        now = self.clock.now()
        by = vouchers(now, self.files.box.clock_trusted)
        from ..playout.clock_trust import ClockWatch

        return Vouched(now, by, ClockWatch(self.log, boot()).look(now, self.clock.monotonic(), by))

    def set_clock(self, time: str, by: str) -> None:
        """Set the clock of this machine. Raises `BadUsage`, `Refused`."""
        try:
            moment = datetime.fromisoformat(time)
        except ValueError as error:
            raise BadUsage(Message("“{time}” is not a time; write 2026-11-24T18:30:00", time=time)) from error
        moment = moment if moment.tzinfo else moment.replace(tzinfo=self.files.commune.zone)
        before = self.clock.now()
        done = subprocess.run(["date", "-s", f"@{moment.timestamp():.0f}"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(Message("the clock cannot be set ({error}); it takes root: sudo", error=done.stderr.strip()))
        self.log.event("clock", "", self.clock.now(), set_from=before.isoformat(), by=by)

    # Voices.

    def list_voices(self) -> list[Row]:
        """Every voice that was named or is here."""
        from ..synthesis import registry

        named = [registry.Voice.parse(voice) for voice in self.files.contents.voices]
        here = [registry.Voice(name, voice) for name in registry.engine_names() for voice in self._spoken(name)]
        return [self._voice(voice) for voice in dict.fromkeys([*named, *here])]

    def _spoken(self, engine: str) -> Sequence[str]:
        try:
            voices = self.voices.engine(engine).voices()
        except EngineError:
            return ()
        foreign = engine in ("espeak", "gtts", "edge")  # these speak everything
        return [voice for voice in voices if not foreign or voice.startswith("vi")]

    def _voice(self, voice: registry.Voice) -> Row:
        why = None
        online = False
        try:
            engine = self.voices.engine(voice.engine)
            online = engine.online
            engine.fingerprint(voice.name)
        except EngineError as error:
            why = error.say(self.say)
        return {"voice": str(voice), "here": why is None, "online": online, "why": why}

    def install_voice(self, voice: str, source: str | None, sha256: str | None, trust: bool, progress: Progress) -> str:
        """Returns the SHA-256 of its model; arguments and errors as of `install_voice`."""
        from ..synthesis.voice_installer import install_voice

        return install_voice(voice, source, self.paths.voices, progress, sha256=sha256, trust=trust)

    def try_voices(self, names: Sequence[str], folder: str) -> list[Row]:
        """One sentence by each, into files of `folder`; a row for each."""
        from ..synthesis import registry

        Path(folder).mkdir(parents=True, exist_ok=True)
        return [self._tried(registry.Voice.parse(name), Path(folder)) for name in names or self.files.contents.voices]

    def _tried(self, voice: registry.Voice, folder: Path) -> Row:
        from ..sound.wav import wav_bytes
        from ..store.atomic import write_atomic

        row = self._voice(voice)
        if row["here"]:
            path = folder / f"{voice.engine}-{voice.name}.wav".replace("/", "_")
            try:
                write_atomic(path, wav_bytes(self.voices.engine(voice.engine).synthesize(SAMPLE, voice.name))[0])
                row["why"] = str(path)
            except EngineError as error:
                row |= {"here": False, "why": error.say(self.say)}
        return row

    # The cache.

    def cache(self) -> Row:
        kept = [programme for _, programme in self.programmes.all()]
        size = sum(programme.path.stat().st_size for programme in kept)
        return {
            "clips_mb": round(self.clips.total_bytes() / 1e6, 1),
            "programmes": len(kept),
            "programmes_mb": round(size / 1e6, 1),
        }

    def verify_cache(self) -> tuple[int, int]:
        """How many programmes are sound, and how many files were damaged and are gone."""
        bad = self.clips.damaged_keys()
        for key in bad:
            self.clips.discard(key)
        found = list(self.programmes.all())
        torn = [recipe for recipe, programme in found if not self.programmes.check(programme)]
        for recipe in torn:
            self.programmes.discard(recipe)
        return len(found) - len(torn), len(bad) + len(torn)

    def sweep(self, budget: int = BUDGET) -> int:
        """Bytes freed; never what the coming 48 hours need, nor the plan that a daemon accepted on a good clock."""
        coming = [airing for airing in self.airings(*self.clock.window(None, 3)) if airing.output]
        orders = set(self.orders([*coming, *self._accepted()]))
        recipes = {self.planner.recipe(order) for order in orders}
        now = self.clock.now().timestamp()
        keys = {key for order in orders for key in self._clip_keys(order)}
        return self.programmes.sweep(budget, recipes, now) + self.clips.sweep(budget, keys, now)

    def _accepted(self) -> Iterator[Airing]:
        """What is to come by the daemon's last good time: today may be any day by the clock."""
        from ..playout.journal import PlayoutJournal

        airings, _ = PlayoutJournal(self.log).kept_plan() or ([], None)
        yield from (one for one in airings if one.stream or one.bulletin in self.files.contents.bulletins)

    def _clip_keys(self, order: ProgrammeSpec) -> Iterator[str]:
        from ..synthesis import registry
        from ..synthesis.cache_key import clip_key

        for speech in order.speeches:
            for voice in map(registry.Voice.parse, speech.voices):
                if found := self.voices.fingerprint(str(voice)):
                    yield from (clip_key(voice.engine, found, voice.name, u.text) for u in speech.utterances)


def _fine(what: Message, wrong: Message | None, serious: bool = False) -> Ailment:
    return Ailment(what, wrong, serious and wrong is not None)


def _silent(output: str) -> Message:
    return Message(
        "it airs nothing that is planned until it has been tried: loudspeaker test {output} --by NAME", output=output
    )


def _full(folder: Path) -> Message | None:
    import shutil  # slow to load: it knows every archive

    free = shutil.disk_usage(folder).free
    if free >= ENOUGH:
        return None
    return Message("only {free:.0f} MB are free; delete what is not needed", free=free / 1e6)


def _absent(program: str) -> Message | None:
    import shutil

    return None if shutil.which(program) else Message("it is not installed: sudo apt install {name}", name=program)
