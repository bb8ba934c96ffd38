"""What people ask of a station on the air: replays, emergencies, tests, less sound.

No sound is made here: child processes make it, or whoever asks has had it made. Answers come at once; what becomes of
it, `AskOutcome` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..codec import encode
from ..errors import BadUsage, BeingRead, LoudspeakerError, Message, Refused
from ..model.alert_preview import AlertPreview, EndPreview
from ..model.board import Board, Health
from ..model.enums import ALARM, PLAY, Level
from ..model.envelope import Envelope, read_request
from ..model.office_requests import AskInstallation, InstallVoice
from ..model.programme import Programme
from ..model.requests import (
    AskBoard,
    AskHealth,
    AskOutcome,
    AskPins,
    AskStatus,
    ConfirmAlert,
    ConfirmClock,
    EndUrgent,
    Interrupt,
    LookAgain,
    Outcome,
    Play,
    PreviewEnd,
    PreviewUrgent,
    ProposeUrgent,
    Request,
    Stop,
    SweepSound,
    TakeAlert,
    TestOutput,
    Urgent,
    WithdrawUrgent,
)
from ..playout.item import ManualRequest, request_from_facts
from ..production.specification import NOT_READ_YET, ProgrammeSpec
from ..speakers.amplifier import AmplifierSpeaker
from ..speakers.pins import pin_faults
from ..station.commune_clock import parse_instant
from ..station.decisions import DECISIONS, Decisions
from ..station.deliveries.membership import must_have_joined
from ..station.emergency.alarms import Closing, has_cadence, standing
from ..station.emergency.alerts import of_one_kind
from ..store.asrun import LogUnusable
from .agent_access import AgentAccess
from .asked_airings import at_once, co_signer, in_words, named_recipes, names_file
from .board_rows import board, is_heard, status_row
from .manual_airings import SECOND, ManualAirings
from .on_air import OnAir
from .render_jobs import RenderJobs
from .request_sound import RequestSound
from .voice_installing import VoiceInstaller

if TYPE_CHECKING:
    from .alert_requests import SignedAlerts

INTERRUPTED = Message("the command that played it was interrupted")
CLOCKS_APART = timedelta(hours=1)  # a time that is further off is by a clock that is wrong, here or there


class Requests:
    """Carries out what people ask of a station on the air.

    `look` takes up what they have changed in its files, `health` is what the doctor said last. `jobs` makes the sound
    that they wait for; without it, whoever asks makes it. `sweep` has a child make room on the disk, and `voices` has
    one install a voice.
    """

    def __init__(
        self,
        on_air: OnAir,
        look: Callable[[], object] | None = None,
        health: Callable[[], Health] = Health,
        jobs: RenderJobs | None = None,
        sweep: Callable[[], object] = lambda: None,
        access: AgentAccess | None = None,
        voices: VoiceInstaller | None = None,
    ) -> None:
        self.on_air = on_air
        self._look = look or on_air.look
        self.health = health
        self.sweep = sweep
        self.voices = voices or VoiceInstaller(on_air.station.paths)
        self._access = access or AgentAccess()
        self._signed_alerts: SignedAlerts | None = None
        self._knows_cadences = False
        self.station = on_air.station
        self.sound = RequestSound(on_air.station, jobs)
        self.manual = ManualAirings(on_air, self.sound)
        self.controller = on_air.controller
        self.speakers = on_air.speakers
        self.log = on_air.log

    def step(self) -> datetime:
        """As `OnAir.step`; also submits repeated alerts and begins sound that was postponed."""
        again, fault = None, None
        try:
            again = self._say_again()
        except Exception as error:  # the step comes all the same
            fault = error
        wake = self.on_air.step()
        self.sound.start_postponed()
        if fault:
            raise fault
        return min(wake, again) if again else wake

    def _say_again(self) -> datetime | None:
        """Submit what of signed alerts is due once more; when the next is."""
        if not self._knows_cadences and self._signed_alerts is None and has_cadence(self.log):
            with suppress(BadUsage):  # it has left its commune since
                self.signed_alerts()
        self._knows_cadences = True
        return self._signed_alerts.repeated.submit_due() if self._signed_alerts else None

    def carry_out(self, verb: str, arguments: Mapping[str, object], uid: int) -> object:
        """What came through the control socket; the answer is JSON. Raises `BadUsage` for what is no request."""
        envelope = read_request(verb, arguments, uid)
        self._access.must_be_allowed(envelope)
        return encode(self.handle(envelope))

    def handle(self, envelope: Envelope) -> object:
        """Do what is asked, and keep in the log who asked. Raises `LoudspeakerError`.

        Whoever has to wait until the sound is made (`BeingMade`) asks again, and is kept in the log then.
        """
        request, by = envelope.request, envelope.by or ""
        if self.sound.jobs and isinstance(request, Play | Urgent | EndUrgent | TestOutput):
            self._await_sound(request)
        if envelope.by is not None:
            with suppress(LogUnusable):  # a full disk must not keep an alarm from being heard
                facts = {"do": request.verb, **envelope.sender(), "uid": envelope.uid, **co_signer(request)}
                self.log.event("request", "", self.on_air.now(), **facts)
        decide = DECISIONS.get(type(request))
        if decide or names_file(request):
            self._look()  # whoever asks means the files as they are: no older ones will do
        if isinstance(request, ProposeUrgent):  # it goes on in the name of whoever asks when they have their answer
            self.propose_urgent(request, envelope)
            return None
        if decide is None:
            return HANDLERS[type(request)](self, request, by)
        decide(Decisions(self.station), request, envelope)
        self._look()  # at once, not when it is next looked for
        return None

    def play(self, request: Play, by: str) -> list[str]:
        bulletin = self.station.files.bulletin(request.bulletin)
        now = self.manual.free_instant(PLAY, request.villages)
        airings = [self.manual.replay(bulletin, village, now) for village in dict.fromkeys(request.villages)]
        return [self.manual.submit(ManualRequest(airing, by, override=request.override)) for airing in airings]

    def urgent(self, request: Urgent, by: str) -> list[str]:
        """The ids of its airings; of those that there are already, where the same alarm is given once more."""
        if request.bulletin:
            request = replace(request, bulletin=self.station.files.template(request.bulletin).id)
        alerts = self.station.alerts
        alerts.must_be_filled(request.text, request.bulletin)
        alerts.must_be_drill_time(request.villages, request.drill)
        alerts.must_be_by_two(request, by)
        alarms = self._alarms(request, by, self._instant_of(request))
        while request.issued and any(self._is_taken(alarm) for alarm in alarms):
            alarms = self._alarms(request, by, alarms[0].airing.scheduled_at + SECOND)
        for alarm in [alarm for alarm in alarms if not self._is_given(alarm)]:
            self.manual.submit(alarm)
        self.on_air.button.forget(request.issued or "")
        return [alarm.airing.id for alarm in alarms]

    def propose_urgent(self, request: ProposeUrgent, envelope: Envelope) -> None:
        """Give it when somebody holds the button at the box. Raises `Refused` where there is none."""
        second = replace(request.alarm, second=self.on_air.say(Message("button at the box")))
        if self.on_air.button.contact is None:
            raise Refused(Message("this box has no button"))
        agreed = replace(envelope, request=second)
        self.on_air.button.wait_for(second.issued or "", lambda: self.handle(agreed))

    def _instant_of(self, request: Urgent) -> datetime:
        """When it was given: by the caller's clock where it agrees with this machine's, else the next free instant."""
        if request.issued:
            issued = parse_instant(request.issued, self.station.files.commune.zone)
            if abs(issued - self.on_air.now()) < CLOCKS_APART:
                return issued.astimezone(self.station.files.commune.zone)
        return self.manual.free_instant(ALARM, request.villages)

    def _alarms(self, request: Urgent, by: str, at: datetime) -> list[ManualRequest]:
        """An alarm as it would be given at this instant, village by village."""
        template = self.station.files.template(request.bulletin) if request.bulletin else None
        title, clear = (template.title, template.all_clear) if template else (request.text or "", None)
        until = parse_instant(request.until, self.station.files.commune.zone) if request.until else None
        programmes: dict[str, Programme] = {}
        alarms = []
        for village in request.villages:
            alarm = self.manual.occurrence(ALARM, at, village, title, Level.EMERGENCY, request.bulletin, request.drill)
            if alarm.output not in programmes:
                programmes[alarm.output] = self._sound_of(request, alarm.output)
            airing = at_once(alarm, fallback=clear)
            alarms.append(ManualRequest(airing, by, (programmes[alarm.output],), request.repeat, request.gap, until))
        return alarms

    def _sound_of(self, request: Urgent, output: str) -> Programme:
        """By the recipe that its maker names, whichever voice spoke; else by its words."""
        programme = self.station.planner.programmes.find((request.recipes or {}).get(output, ""))
        return programme or self.sound.find_made(
            self.station.alerts.alert_spec(request.text, request.bulletin, output, request.drill)
        )

    def _is_given(self, alarm: ManualRequest) -> bool:
        """Was this very alarm given before?"""
        asked = self.controller.log.events("asked", alarm.airing.id)
        return any(in_words(request_from_facts(event.facts)) == in_words(alarm) for event in asked)

    def _is_taken(self, alarm: ManualRequest) -> bool:
        """Does another alarm bear its name?"""
        return bool(self.controller.log.events(airing=alarm.airing.id)) and not self._is_given(alarm)

    def preview_urgent(self, request: PreviewUrgent, _by: str) -> AlertPreview:
        alert = self.station.alerts.preview(request)
        made = request.make and self.sound.jobs and self.sound.jobs.start(alert.wanted, alert.clears)
        return replace(alert, wanted={}, clears={}) if made else alert

    def preview_end(self, request: PreviewEnd, _by: str) -> EndPreview:
        end = self.station.alerts.preview_end(request)
        made = request.make and self.sound.jobs and self.sound.jobs.start(end.wanted)
        return replace(end, wanted={}) if made else end

    def _await_sound(self, request: Play | Urgent | EndUrgent | TestOutput) -> None:
        """Have made what nobody has made yet. Raises `BeingMade` until that is over, or could not be done."""
        self.sound.must_be_over(named_recipes(request))
        try:
            missing = self.missing_sound(request)
        except LoudspeakerError:
            return  # it is raised again by what carries the request out
        self.sound.await_made(missing)

    def missing_sound(self, request: Play | Urgent | EndUrgent | TestOutput) -> list[ProgrammeSpec]:
        """What is to be heard and has not been made, as far as its words have been read."""
        alerts, programmes = self.station.alerts, self.station.planner.programmes
        if isinstance(request, EndUrgent):
            specs = self._closing_specs(self._closings(request))
        elif isinstance(request, Play):
            bulletin, outputs = self.station.files.bulletin(request.bulletin), alerts.outputs_of(request.villages)
            specs = self.station.planner.replay_specs(bulletin, outputs, self.on_air.now())
        elif isinstance(request, TestOutput):
            self.station.preparation.must_be_testable(request.output)
            specs = [self.station.preparation.test_spec(request.output, request.tone, request.sign)]
        else:
            words, recipes = (request.text, request.bulletin), request.recipes or {}
            outputs = [
                output for output in alerts.outputs_of(request.villages) if not programmes.find(recipes.get(output, ""))
            ]
            specs = [alerts.alert_spec(*words, output, request.drill) for output in outputs]
        read = [spec for spec in specs if spec.has_content and not spec.unread]
        return [spec for spec in read if not self.station.planner.find_programme(spec)]

    def end_urgent(self, request: EndUrgent, by: str) -> list[str]:
        """Raises `BadUsage` where all are meant, and some are drills and some not."""
        closings = self._closings(request)
        if any(spec.unread for spec in self._closing_specs(closings)):
            raise BeingRead(NOT_READ_YET)
        for closing in closings:  # all of them, before any sound is looked for
            self.controller.end(self.on_air.now(), by, closing.form, closing.alarms)
        return [airing for closing in closings for airing in self._air_closing(closing, by)]

    def _closings(self, request: EndUrgent) -> list[Closing]:
        """How the alarms that it means end."""
        plays, named = self.station.files.box.plays, request.alarms
        alarms = [alarm for alarm in standing(self.log, self.on_air.now()) if plays.get(alarm.village) in self.speakers]
        meant = of_one_kind(alarms, None) if named is None else [alarm for alarm in alarms if alarm.id in named]
        return self.station.alerts.closings(meant, request.form)

    def _closing_specs(self, closings: Iterable[Closing]) -> list[ProgrammeSpec]:
        return [spec for closing in closings for spec in self.station.alerts.closing_specs(closing).values()]

    def _air_closing(self, closing: Closing, by: str) -> list[str]:
        """Air the words of an end where its alarms were given."""
        now = self.manual.free_instant(closing.kind, {alarm.village for alarm in closing.alarms})
        return [self.manual.submit(request) for request in self.manual.closing_requests(closing, by, closing.kind, now)]

    def test(self, request: TestOutput, by: str) -> list[str]:
        output = request.output
        self.station.preparation.must_be_testable(output)
        heard_by = self.station.files.box.hearers().get(output, [])
        if request.sign and not self.station.alerts.lies_in_hours(heard_by):
            raise Refused(Message("outside the hours of the policy only the light of the box tells that it was taken"))
        village = next((village for village, where in self.station.files.box.plays.items() if where == output), output)
        now = self.manual.free_instant("test", [village])
        occurrence = self.manual.occurrence("test", now, village, output, Level.ROUTINE)
        programme = self.sound.find_made(self.station.preparation.test_spec(output, request.tone, request.sign))
        return [self.manual.submit(ManualRequest(at_once(occurrence), by, (programme,), override="test"))]

    def signed_alerts(self) -> SignedAlerts:
        """What does them. Raises `BadUsage` for a box that has not joined."""
        must_have_joined(self.station.paths)
        if self._signed_alerts is None:
            from .alert_requests import SignedAlerts  # `cryptography` takes memory, which most boxes save

            self._signed_alerts = SignedAlerts(self.manual, self._look)
        return self._signed_alerts

    def stop(self, request: Stop, by: str) -> list[str]:
        outputs = {
            self.manual.output_of(self.station.files.village_id(village)) for village in request.villages
        } or None
        return self.controller.stop(self.on_air.now(), by, request.why, outputs)

    def interrupt(self, request: Interrupt, by: str) -> list[str]:
        return self.controller.call_off(self.on_air.now(), by, self.on_air.say(INTERRUPTED), request.airings)

    def confirm_clock(self, _request: ConfirmClock, by: str) -> None:
        self.on_air.watch.confirm(self.on_air.now(), by)

    def look(self, _request: LookAgain, _by: str = "") -> None:
        self._look()

    def status(self, _request: AskStatus, _by: str) -> list[dict[str, object]]:
        """What is on and what comes, in this process' hands."""
        zone = self.station.files.commune.zone
        return [status_row(item, zone) for item in self.controller.open_items()]

    def board(self, _request: AskBoard, _by: str) -> Board:
        return board(self.on_air, self._signed_alerts.waiting() if self._signed_alerts else ())

    def pins(self, _request: AskPins, _by: str) -> dict[str, str]:
        """What is wrong with the pins in this process' hands: number -> reason."""
        amplified = [speaker for speaker in self.speakers.values() if isinstance(speaker, AmplifierSpeaker)]
        return pin_faults([speaker.amplifier.relay for speaker in amplified], self.on_air.button.contact)

    def outcome(self, request: AskOutcome, _by: str = "") -> list[Outcome]:
        heard, waits = {item.airing.id for item in self.controller.open_items() if is_heard(item)}, self.hindrances()
        return [self._outcome(airing, airing in heard, waits.get(airing)) for airing in request.airings]

    def hindrances(self) -> dict[str, str]:
        """By airing id: why what nobody has heard yet could not start, so far."""
        waiting = [item for item in self.controller.open_items() if item.state.hindrance and not is_heard(item)]
        return {item.airing.id: self.on_air.say(item.state.hindrance[1]) for item in waiting if item.state.hindrance}

    def _outcome(self, airing: str, heard: bool, waits: str | None) -> Outcome:
        record = self.station.airings.record(airing) if self.log.verdict_of(airing) else None
        if record:
            return Outcome(airing, record.verdict, record.why)
        return Outcome(airing, "on-air" if heard else None, waits)


# What answers each request that is no decision.
HANDLERS: Mapping[type[Request], Callable[[Requests, Any, str], object]] = {
    Play: Requests.play,
    Urgent: Requests.urgent,
    PreviewUrgent: Requests.preview_urgent,
    WithdrawUrgent: lambda requests, request, _by: requests.on_air.button.forget(request.issued),
    EndUrgent: Requests.end_urgent,
    TakeAlert: lambda requests, request, _by: requests.signed_alerts().take(request),
    ConfirmAlert: lambda requests, request, by: requests.signed_alerts().confirm(request, by),
    PreviewEnd: Requests.preview_end,
    TestOutput: Requests.test,
    Stop: Requests.stop,
    Interrupt: Requests.interrupt,
    ConfirmClock: Requests.confirm_clock,
    SweepSound: lambda requests, _request, _by: requests.sweep(),
    InstallVoice: lambda requests, request, _by: requests.voices.start(request),
    AskInstallation: lambda requests, _request, _by: requests.voices.latest(),
    AskStatus: Requests.status,
    AskBoard: Requests.board,
    AskHealth: lambda requests, _request, _by: requests.health(),
    AskOutcome: Requests.outcome,
    AskPins: Requests.pins,
    LookAgain: Requests.look,
}
