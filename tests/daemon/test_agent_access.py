"""The agent's user hands over what is signed and asks how the box is; everything else it is refused, by its uid."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from selectors import DefaultSelector
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import pytest

from loudspeaker.clock import FakeClock
from loudspeaker.codec import encode
from loudspeaker.daemon.agent_access import FOR_THE_AGENT, AgentAccess, user_name
from loudspeaker.daemon.control_socket import ControlSocket
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import Refused
from loudspeaker.model import office_requests, requests
from loudspeaker.model.envelope import REQUESTS, WHO, Envelope, Who
from loudspeaker.model.requests import Request
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.station.deliveries.membership import AGENT

UID = 4711
NOBODY = 65534
# A caller that knows nothing of this program but its protocol; each of its lines goes over a connection of its own.
CALLER = """
import os, socket, sys
uid = int(sys.argv[2])
if os.getuid() != uid:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
for line in sys.stdin.buffer:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(sys.argv[1])
        connection.sendall(line)
        print(connection.makefile().readline(), end="")
"""
SAMPLES: list[Request] = [
    requests.Play("nhac", ("na-hoa",)),
    requests.Urgent("Lũ!", None, ("na-hoa",), 1, 0.0, None, False),
    requests.ProposeUrgent(requests.Urgent("Lũ!", None, ("na-hoa",), 1, 0.0, None, False)),
    requests.WithdrawUrgent("2026-11-24T06:00:07+07:00"),
    requests.EndUrgent(),
    requests.TestOutput("san-kho", True),
    requests.SweepSound(),
    requests.Stop((), "tang"),
    requests.Interrupt(("a",)),
    requests.TakeAlert("{}"),
    requests.ConfirmAlert("xa-thu/17"),
    requests.Skip("a", "mưa"),
    requests.Pause("na-hoa", "2026-11-24T12:00:00+07:00", "tang"),
    requests.Resume("na-hoa"),
    requests.Approve("nhac", "0" * 64),
    requests.Submit("nhac", "0" * 64),
    requests.GiveBack("nhac", "0" * 64, "sai"),
    requests.NoteEdit("a", "", ""),
    requests.ExplainStop(("a",), "tang"),
    requests.Commission("san-kho"),
    requests.SoftenOutput("san-kho", 4),
    requests.ConfirmClock(),
    office_requests.ConfirmVillage(),
    requests.PreviewUrgent("Lũ!", None, ("na-hoa",), False, True, None),
    requests.PreviewEnd(None, (), False, None),
    requests.LookAgain(),
    requests.AskStatus(),
    requests.AskHealth(),
    requests.AskBoard(),
    requests.AskOutcome(("a",)),
    requests.AskPins(),
    office_requests.DeclineOffer("x@tinh-thu", "0" * 64, "x"),
    office_requests.InstallVoice("vi_VN-vais1000-medium"),
    office_requests.AskInstallation(),
]


def envelope(request: Request, uid: int = UID) -> Envelope:
    return Envelope(request, "Lan" if WHO[type(request)] is Who.NAMED else None, uid=uid)


def test_there_is_a_sample_of_every_request() -> None:
    assert {type(request) for request in SAMPLES} == set(REQUESTS.values())


@pytest.mark.parametrize("request_", SAMPLES, ids=lambda request: request.verb)
def test_the_agent_may_ask_five_things_and_everybody_else_all(request_: Request) -> None:
    access = AgentAccess({UID: AGENT, 1000: "pi"}.get)  # type: ignore[arg-type]

    access.must_be_allowed(envelope(request_, 1000))
    if type(request_) in FOR_THE_AGENT:
        access.must_be_allowed(envelope(request_))
    else:
        with pytest.raises(Refused, match=f"{AGENT} may not ask for “{request_.verb}”"):
            access.must_be_allowed(envelope(request_))


def test_the_five_change_nothing_but_what_is_signed() -> None:
    assert sorted(kind.verb for kind in FOR_THE_AGENT) == ["alert", "health", "look", "outcome", "status"]


def test_a_user_is_known_by_the_name_that_the_machine_has_for_its_uid() -> None:
    assert user_name(0) == "root"
    assert user_name(-1) == ""
    assert user_name(4_000_000_000) == ""


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that everybody may enter."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def door(home: Path, folder: Path) -> Iterator[Path]:
    """The control socket of a station on the air, open to this machine's nobody, who is the agent here."""
    clock, over, opened = FakeClock(Station.open(home).clock.now()), Event(), Event()
    path = folder / "control.sock"

    def poll() -> None:
        with closing(Station.open(home, clock=clock)) as station, DefaultSelector() as selector:
            speakers = {output: MemorySpeaker(clock) for output in station.files.outputs()}
            live = OnAir(station, speakers, clock, station.log, lambda now, trusted: frozenset({"box"}))
            answers = Requests(live, access=AgentAccess({NOBODY: AGENT, os.getuid(): "pi"}.get))  # type: ignore[arg-type]
            with closing(live), closing(ControlSocket(path, selector, answers.carry_out)):
                path.chmod(0o666)
                opened.set()
                while not over.is_set():
                    for key, events in selector.select(0.01):
                        key.data(events)

    thread = Thread(target=poll)
    thread.start()
    assert opened.wait(30)
    try:
        yield path
    finally:
        over.set()
        thread.join()


def call(door: Path, asked: list[Request], uid: int) -> dict[str, Any]:
    """As another process, of that user: the answers, by verb."""
    told = [(request.verb, encode(envelope(request).arguments())) for request in asked]
    lines = "".join(f"{json.dumps({'v': 1, 'do': verb, 'args': args})}\n" for verb, args in told)
    command = [sys.executable, "-I", "-S", "-c", CALLER, str(door), str(uid)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    answers = map(json.loads, done.stdout.splitlines())
    return dict(zip((verb for verb, _ in told), answers, strict=True))


@pytest.mark.skipif(os.getuid() != 0, reason="becomes another user: run as root")
def test_the_kernel_says_whose_a_call_is_whatever_name_it_gives(door: Path, home: Path) -> None:
    told = call(door, SAMPLES, NOBODY)
    refused = {verb for verb, answer in told.items() if "may not ask" in answer.get("failed", {}).get("template", "")}

    assert refused == REQUESTS.keys() - {kind.verb for kind in FOR_THE_AGENT}
    assert "done" in told["status"]
    assert "done" in told["look"]
    assert told["alert"]["failed"]["kind"] == "BadUsage"  # this box has joined nobody
    assert "done" in call(door, [requests.Stop((), "tang")], os.getuid())["stop"]
    with closing(Station.open(home)) as station:  # the agent has left no trace but what it was refused
        assert [event.facts["do"] for event in station.log.events("request")] == ["stop"]
