"""Requests as values: on the control socket as ever, checked once, an alarm asked again is the same alarm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.fake_daemon import FakeDaemon, client_of
from harness.made_sound import make_sound
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.codec import encode
from loudspeaker.daemon.client import Client
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import BadUsage, Message, Refused
from loudspeaker.model import office_requests, requests
from loudspeaker.model.enums import Ending
from loudspeaker.model.envelope import WHO, Envelope, read_request
from loudspeaker.model.requests import Request
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

ISSUED = "2026-11-24T06:00:07.250000+07:00"
ALARM = requests.Urgent("Nước dâng!", None, ("na-hoa", "suoi-trat"), 2, 5.0, None, False, issued=ISSUED)

# A request, who asks, and how it has always stood on the control socket.
LINES: list[tuple[Request, str | None, str, dict[str, Any]]] = [
    (
        requests.Play("nhac", ("na-hoa",), "mất bò"),
        "Lan",
        "play",
        {"bulletin": "nhac", "villages": ["na-hoa"], "by": "Lan", "override": "mất bò"},
    ),
    (requests.EndUrgent(Ending.CLEAR, ("a",)), "Lan", "end_urgent", {"by": "Lan", "form": "clear", "alarms": ["a"]}),
    (requests.EndUrgent(), "Lan", "end_urgent", {"by": "Lan", "form": None, "alarms": None}),
    (requests.SweepSound(), "Lan", "sweep", {"by": "Lan"}),
    (requests.TestOutput("a", True), "Lan", "test", {"output": "a", "tone": True, "by": "Lan"}),
    (requests.Stop((), "đám tang"), "Lan", "stop", {"villages": [], "why": "đám tang", "by": "Lan"}),
    (requests.Interrupt(("a",)), "Lan", "interrupt", {"airings": ["a"], "by": "Lan"}),
    (requests.Skip("a", "mưa"), "Lan", "skip", {"airing": "a", "why": "mưa", "by": "Lan", "undo": False}),
    (
        requests.Pause("na-hoa", "2026-11-24T12:00:00+07:00", "tang"),
        "Lan",
        "pause",
        {"village": "na-hoa", "until": "2026-11-24T12:00:00+07:00", "why": "tang", "by": "Lan"},
    ),
    (requests.Resume("na-hoa"), "Lan", "resume", {"village": "na-hoa", "by": "Lan"}),
    (
        requests.Approve("nhac", "0" * 64),
        "Lan",
        "approve",
        {"bulletin": "nhac", "digest": "0" * 64, "by": "Lan", "undo": False},
    ),
    (requests.Commission("a"), "Lan", "commission", {"output": "a", "by": "Lan"}),
    (office_requests.ConfirmVillage(), "Lan", "confirm_village", {"by": "Lan"}),
    (requests.SoftenOutput("a", 4), "Lan", "soften", {"output": "a", "decibels": 4, "by": "Lan"}),
    (requests.ConfirmClock(), "Lan", "confirm_clock", {"by": "Lan"}),
    (
        requests.PreviewUrgent("Lũ!", None, ("na-hoa",), False, True, "+7200"),
        None,
        "compose",
        {"text": "Lũ!", "bulletin": None, "villages": ["na-hoa"], "everywhere": False, "drill": True, "until": "+7200"},
    ),
    (
        requests.PreviewEnd(None, (), False, None),
        None,
        "compose_end",
        {"form": None, "villages": [], "everywhere": False, "drill": None},
    ),
    (requests.AskStatus(), None, "status", {}),
    (requests.AskBoard(), None, "board", {}),
    (requests.AskHealth(), None, "health", {}),
    (requests.Submit("nhac", "0" * 64), "Lan", "submit", {"bulletin": "nhac", "digest": "0" * 64, "by": "Lan"}),
    (
        requests.GiveBack("nhac", "0" * 64, "sai ngày"),
        "Páo",
        "give_back",
        {"bulletin": "nhac", "digest": "0" * 64, "why": "sai ngày", "by": "Páo"},
    ),
    (
        requests.NoteEdit("bulletins/nhac.md", "", "0" * 64),
        "Lan",
        "note_edit",
        {"path": "bulletins/nhac.md", "before": "", "after": "0" * 64, "by": "Lan"},
    ),
    (requests.ExplainStop(("a",), "tang"), "Lan", "explain_stop", {"airings": ["a"], "why": "tang", "by": "Lan"}),
    (
        office_requests.DeclineOffer("bao@lao-cai", "0" * 64, "xã không có sông"),
        "Lan",
        "decline_offer",
        {"offer": "bao@lao-cai", "digest": "0" * 64, "why": "xã không có sông", "undo": False, "by": "Lan"},
    ),
    (
        office_requests.InstallVoice("vi_VN-vais1000-medium", from_box=True),
        "Lan",
        "install_voice",
        {"voice": "vi_VN-vais1000-medium", "from_box": True, "by": "Lan"},
    ),
    (office_requests.AskInstallation(), None, "installation", {}),
    (requests.AskOutcome(("a",)), None, "outcome", {"airings": ["a"]}),
    (requests.AskPins(), None, "pins", {}),
    (requests.LookAgain(), None, "look", {}),
    (requests.TakeAlert("{}"), None, "alert", {"envelope": "{}"}),
    (requests.ConfirmAlert("xa-thu/17"), "Lan", "confirm_alert", {"alert": "xa-thu/17", "by": "Lan"}),
    (
        requests.Urgent("Lũ!", None, ("na-hoa",), 3, 30.0, None, False, {"a": "0" * 64}, ISSUED),
        "Lan",
        "urgent",
        {
            **{"text": "Lũ!", "bulletin": None, "villages": ["na-hoa"], "drill": False, "repeat": 3, "gap": 30.0},
            **{"until": None, "by": "Lan", "recipes": {"a": "0" * 64}, "issued": ISSUED},
        },
    ),
    (
        requests.ProposeUrgent(requests.Urgent("Lũ!", None, ("na-hoa",), 3, 30.0, None, False, {}, ISSUED)),
        "Lan",
        "propose_urgent",
        {
            "alarm": {
                **{"text": "Lũ!", "bulletin": None, "villages": ["na-hoa"], "drill": False, "repeat": 3, "gap": 30.0},
                **{"until": None, "recipes": {}, "issued": ISSUED, "second": None},
            },
            "by": "Lan",
        },
    ),
    (requests.WithdrawUrgent(ISSUED), "Lan", "withdraw_urgent", {"issued": ISSUED, "by": "Lan"}),
]


@pytest.mark.parametrize(("request_", "by", "verb", "arguments"), LINES, ids=lambda part: str(part)[:30])
def test_a_request_stands_on_the_control_socket_as_it_always_has(
    request_: Request, by: str | None, verb: str, arguments: dict[str, Any]
) -> None:
    envelope = Envelope(request_, by, uid=7)

    assert (request_.verb, json.loads(json.dumps(envelope.arguments()))) == (verb, arguments)
    assert read_request(verb, arguments, 7) == envelope


def test_every_request_has_its_line() -> None:
    assert {type(request) for request, *_ in LINES} == set(WHO)


def test_an_older_client_names_no_instant_and_leaves_out_what_has_a_default() -> None:
    arguments = {
        "text": "Lũ!",
        "bulletin": None,
        "villages": ["a"],
        "repeat": 1,
        "gap": 5,
        "until": None,
        "drill": True,
    }

    request = read_request("urgent", {**arguments, "by": "Lan"}, 0).request

    assert request == requests.Urgent("Lũ!", None, ("a",), 1, 5, None, True)


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("stop", {"villages": [], "why": "tang"}),  # nobody says their name
        ("status", {"by": "Lan"}),
        ("stop", {"villages": [], "why": "tang", "by": "Lan", "loud": True}),
        ("stop", {"villages": [], "why": "tang", "by": "Lan\x07"}),
        ("stop", {"villages": ["a\nb"], "why": "tang", "by": "Lan"}),
        ("end_urgent", {"by": "Lan", "form": "never"}),
        ("close", {}),
    ],
)
def test_what_is_no_request_or_has_other_arguments_is_refused(verb: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(BadUsage):
        read_request(verb, arguments, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"repeat": 0}, {"gap": float("inf")}, {"until": "soon"}, {"issued": "mai"}, {"recipes": {"a": "../x"}}],
    ids=str,
)
def test_a_request_that_cannot_be_meant_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadUsage):
        replace(ALARM, **wrong)


@pytest.fixture
def station(home: Path) -> Iterator[Station]:
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory}}\n", encoding="utf-8"
    )
    with closing(Station.open(home, clock=FakeClock(at("2026-11-24T06:00:08")))) as station:
        preview = requests.PreviewUrgent("Nước dâng!", None, ALARM.villages, False, False, None)
        make_sound(station, station.alerts.preview(preview).wanted)
        yield station


def answering(station: Station) -> Requests:
    speakers = {output: MemorySpeaker(station.clock) for output in "ab"}
    return Requests(OnAir(station, speakers, station.clock, station.log, lambda now, trusted: frozenset({"box"})))


def test_an_alarm_is_named_by_the_instant_at_which_it_was_given(station: Station) -> None:
    assert answering(station).urgent(ALARM, "Lan") == [
        "na-hoa/urgent/2026-11-24T06:00:07",
        "suoi-trat/urgent/2026-11-24T06:00:07",
    ]


def test_an_alarm_that_is_asked_for_again_is_the_same_alarm_over_a_restart_too(station: Station) -> None:
    first = answering(station)
    ids = first.urgent(ALARM, "Lan")
    first.on_air.step()
    again = first.urgent(ALARM, "Lan")
    later = answering(station).urgent(ALARM, "Lan")

    assert ids == again == later
    assert len(station.log.events("asked")) == 2


def test_an_instant_by_another_clock_is_not_taken_for_ours(station: Station) -> None:
    (first, _) = answering(station).urgent(replace(ALARM, issued="2036-11-24T06:00:07+07:00"), "Lan")

    assert first == "na-hoa/urgent/2026-11-24T06:00:08"


def test_two_alarms_of_one_second_are_two(station: Station) -> None:
    answering_ = answering(station)
    ids = answering_.urgent(ALARM, "Lan")

    other = answering_.urgent(replace(ALARM, repeat=3), "Lan")
    others = answering_.urgent(ALARM, "Hoa")

    assert not set(ids) & set(other)
    assert not set(others) & {*ids, *other}


def test_an_alarm_that_is_given_anew_in_the_same_second_is_another_one(station: Station) -> None:
    daemon = answering(station)
    first = daemon.urgent(ALARM, "Lan")
    anew = daemon.urgent(replace(ALARM, issued="2026-11-24T06:00:07.750000+07:00"), "Lan")

    assert first[0] == "na-hoa/urgent/2026-11-24T06:00:07"
    assert anew[0] == "na-hoa/urgent/2026-11-24T06:00:08"


def test_the_log_keeps_the_account_and_the_way_of_whoever_asks(station: Station) -> None:
    stop = {"villages": [], "why": "tang", "by": "Lan"}
    answering_ = answering(station)
    answering_.carry_out("stop", {**stop, "account": "lan", "via": "web"}, 33)
    answering_.carry_out("stop", stop, 0)

    web, terminal = (event.facts for event in station.log.events("request"))
    assert web == {"do": "stop", "by": "Lan", "account": "lan", "via": "web", "uid": 33}
    assert terminal == {"do": "stop", "by": "Lan", "uid": 0}


class OlderDaemon(FakeDaemon):
    """One that was started before an update: it takes no `issued`, no `make`, and no more of an approval."""

    def _carry_out(self, do: str, args: dict[str, Any], uid: int) -> object:
        if new := args.keys() & {"issued", "make", "heard", "in_place_of"}:
            raise BadUsage(Message("“{do}” cannot be done like this: {error}", do=do, error=repr(new)))
        return super()._carry_out(do, args, uid)


def test_a_daemon_from_before_an_update_is_given_the_alarm_as_it_knows_it(tmp_path: Path) -> None:
    daemon = OlderDaemon(tmp_path / "control.sock")
    daemon.answers["urgent"] = ["na-hoa/urgent/2026-11-24T06:00:07"]
    client = Client(tmp_path, tmp_path, lambda: pytest.fail("the station is not opened"))

    with closing(daemon):
        assert client.ask(replace(ALARM, issued=None), "Lan") == daemon.answers["urgent"]

    assert [(do, args["by"], "issued" in args) for do, args, _ in daemon.asked] == [("urgent", "Lan", False)]


def test_a_daemon_from_before_an_update_is_told_of_an_approval_what_it_knows(tmp_path: Path) -> None:
    daemon = OlderDaemon(tmp_path / "control.sock")
    client = Client(tmp_path, tmp_path, lambda: pytest.fail("the station is not opened"))
    approval = requests.Approve("nhac", "0" * 64, heard=False, in_place_of="anh Lý")

    with closing(daemon):
        client.ask(approval, "Lan")

    assert [(do, sorted(args)) for do, args, _ in daemon.asked] == [("approve", ["bulletin", "by", "digest", "undo"])]


# Drills and alarms by two.


def write_policy(station: Station, rules: str) -> None:
    commune = station.paths.home / "commune.yaml"
    commune.write_text(f"{commune.read_text(encoding='utf-8')}policy: {{{rules}}}\n", encoding="utf-8")
    station.reload()


DRILL = requests.PreviewUrgent("Nước dâng!", None, ("na-hoa",), False, True, None)


def test_a_drill_is_given_in_open_hours_only(station: Station) -> None:
    client_of(station).make(station.alerts.preview(DRILL).wanted)
    drill = replace(ALARM, drill=True, villages=("na-hoa",))
    assert answering(station).urgent(drill, "Lan")

    write_policy(station, "hours: [10:00-11:00]")
    with pytest.raises(Refused, match="hours of the policy"):
        answering(station).urgent(replace(drill, repeat=1), "Lan")
    with pytest.raises(Refused, match="hours of the policy"):
        station.alerts.preview(DRILL)
    assert answering(station).urgent(ALARM, "Lan")  # a real one is given at any hour


def test_a_village_that_hears_with_others_has_its_say_about_the_hour_of_a_drill(home: Path, station: Station) -> None:
    box = home / "box.yaml"
    box.write_text(box.read_text(encoding="utf-8").replace("suoi-trat: b", "suoi-trat: a"), encoding="utf-8")
    write_policy(station, "hours: [05:00-21:00], villages: {suoi-trat: {hours: [10:00-11:00]}}")

    with pytest.raises(Refused, match="suoi-trat"):
        station.alerts.preview(DRILL)


def test_policy_may_ask_for_two_persons_to_give_an_alarm(station: Station) -> None:
    write_policy(station, "emergency: two")
    real = replace(DRILL, drill=False)
    assert station.alerts.preview(real).two_persons
    assert not station.alerts.preview(replace(real, drill=True)).two_persons

    for second in (None, "Lan", " lan "):
        with pytest.raises(Refused, match="two persons"):
            answering(station).urgent(replace(ALARM, second=second), "Lan")
    assert station.log.events("asked") == []

    daemon = answering(station)
    given = replace(ALARM, second="Páo", recipes={})
    assert daemon.handle(Envelope(given, "Lan"))
    assert station.log.events("request")[0].facts == {"do": "urgent", "by": "Lan", "uid": -1, "second": "Páo"}


def test_what_a_daemon_from_before_an_update_wants_is_made_by_whoever_asks(tmp_path: Path, station: Station) -> None:
    daemon = OlderDaemon(tmp_path / "control.sock")
    preview = requests.PreviewUrgent("Đê vỡ!", None, ("na-hoa",), False, False, None)
    daemon.answers["compose"] = encode(station.alerts.preview(preview))
    client = Client(tmp_path, tmp_path, lambda: pytest.fail("the station is not opened"))

    with closing(daemon):
        alert = client.preview_urgent(preview)

    assert alert.wanted
    assert alert.recipes.keys() >= {"a"}
    assert set(alert.wanted) == set(alert.recipes.values())
