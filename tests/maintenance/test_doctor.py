"""The doctor looks at all that box.yaml, the schedules and commune.yaml name, and says what to do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from harness import certificates, pulse_server
from harness.certificates import Authority, secured
from harness.fake_daemon import FakeDaemon
from harness.pulse_server import Server
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.daemon import protocol
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.i18n import translator
from loudspeaker.maintenance.doctor import examine
from loudspeaker.speakers.factory import SpeakerContext, open_speakers
from loudspeaker.speakers.pins import StopButton
from loudspeaker.station import Station
from loudspeaker.station.box.hub_contact import HubContact, keep_hub_contact
from loudspeaker.station.paths import StationPaths

PINS = """
plays: {na-hoa: hall, suoi-trat: yard}
outputs: {hall: {device: memory, relay: {pin: 17}}, yard: {device: memory, relay: {pin: 17}}}
stop_button: {pin: 27}
clock: trusted
"""


class Examined:
    """What the doctor says of a station with this box, by what was looked at."""

    def __init__(self, home: Path, box: str) -> None:
        (home / "box.yaml").write_text(box, encoding="utf-8")
        station = Station.open(home, clock=FakeClock(at("2026-11-24T06:00:00")))
        self.found = {check.what.say(): check for check in examine(station, protocol.pins(station.paths.socket))}
        station.close()

    def wrong(self, what: str) -> str | None:
        wrong = self.found[what].wrong
        return wrong.say() if wrong else None


def examine_in_time(
    home: Path, box: str, wanted: Mapping[str, str]
) -> tuple[Mapping[str, str | None], Collection[str]]:
    """What is said otherwise than `wanted` (a part of each sentence, "" where all is well), at best of five times.

    And what was looked at, the last time.

    A mixer has one second to answer, an input a few, which a busy machine may exceed.
    """
    for _ in range(5):
        examined = Examined(home, box)
        said = {what: examined.wrong(what) for what in wanted}
        otherwise = {what: wrong for what, wrong in said.items() if not _is_said(wanted[what], wrong)}
        if not otherwise:
            break
    return otherwise, examined.found.keys()


def _is_said(part: str, wrong: str | None) -> bool:
    return part in wrong if part and wrong else not part and wrong is None


# The hub


def test_a_hub_is_looked_at_where_the_box_is_connected_to_one(home: Path) -> None:
    paths = StationPaths(home, home / ".state")
    assert "hub" not in Examined(home, PINS).found
    paths.fleet.mkdir(parents=True)
    paths.hub_settings.write_text("{}")

    assert "not reached yet" in str(Examined(home, PINS).wrong("hub"))
    for day, wrong in (("2026-11-17T05:59:00", "17/11/2026"), ("2026-11-17T06:01:00", None)):
        keep_hub_contact(paths, HubContact("loa.laocai.gov.vn", at(day), by_broker=True))
        said = Examined(home, PINS).wrong("hub")
        assert (said is None) if wrong is None else wrong in str(said)


# Pins


def stuck() -> type:
    """A pin that stays low, whatever pulls it up."""
    from gpiozero.pins.mock import MockPin  # type: ignore[import-untyped]

    class Stuck(MockPin):  # type: ignore[misc]
        def _set_pull(self, value: str) -> None:
            super()._set_pull(value)
            self.drive_low()

    return Stuck


def test_relays_and_a_button_that_are_well_are_told_once_each(home: Path, pins: Any) -> None:
    examined = Examined(home, PINS)

    assert examined.wrong("relay of hall, yard (pin 17)") is None
    assert examined.wrong("stop button (pin 27)") is None
    assert not pins.pin(17).state, "the amplifier stays off"


def test_a_stuck_button_is_told_from_one_that_cannot_be_read(home: Path, pins: Any) -> None:
    other = StopButton(27)
    assert "it cannot be used" in str(Examined(home, PINS).wrong("stop button (pin 27)"))
    other.close()

    pins.reset()
    pins.pin(27, pin_class=stuck())
    pressed = "it is pressed: its contact is stuck, or its wires touch"
    assert Examined(home, PINS).wrong("stop button (pin 27)") == pressed


def test_a_relay_that_cannot_be_switched_is_serious(home: Path, pins: Any) -> None:
    other = StopButton(17)
    found = Examined(home, PINS).found["relay of hall, yard (pin 17)"]
    other.close()

    assert found.serious
    assert found.wrong
    assert "cài python3-lgpio" in found.wrong.say(translator("vi"))


def test_a_daemon_is_asked_for_the_pins_that_it_has(home: Path, pins: Any) -> None:
    (home / ".state").mkdir()
    house = FakeDaemon(home / ".state" / "control.sock")
    house.answers = {"pins": {"27": "pressed"}}
    examined = Examined(home, PINS)
    house.close()

    assert "it is pressed" in str(examined.wrong("stop button (pin 27)"))
    assert examined.wrong("relay of hall, yard (pin 17)") is None


def test_a_daemon_says_what_is_wrong_with_its_pins(home: Path, pins: Any, station: Station) -> None:
    (home / "box.yaml").write_text(PINS, encoding="utf-8")
    station.reload()
    other = StopButton(17)
    outputs = open_speakers(list(station.files.box.outputs.values()), SpeakerContext(station.clock, home))
    asked = Requests(OnAir(station, outputs, station.clock, station.log, button=StopButton(27)))
    pins.pin(27).drive_low()
    told: Any = asked.carry_out("pins", {}, 0)
    other.close()
    asked.on_air.close()

    assert told["27"] == "pressed"
    assert "17" in told["17"]


# Sound


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    if not pulse_server.FOUND:
        pytest.skip("PulseAudio's programs are not installed")
    with pulse_server.private(tmp_path / "pulse", "hall", "yard") as server:
        yield server


SOUND = """
plays: {na-hoa: hall, suoi-trat: yard}
outputs:
  hall: {device: hall, mixer: 40%, proof: ear-of-hall}
  yard: {device: yard, proof: nowhere}
  shed: {device: nowhere, mixer: 40%}
clock: trusted
"""


@pytest.mark.sound
def test_mixers_and_inputs_are_tried(home: Path, server: Server) -> None:
    (home / "schedules/na-hoa.yaml").write_text(
        "broadcasts:\n"
        "  - {name: a, stream: 'input:ear-of-yard', at: 06:05, for: 5m}\n"
        "  - {name: b, stream: 'input:nowhere', at: 06:15, for: 5m}\n"
    )
    wanted = {
        "mixer of hall": "",
        "mixer of shed": "“nowhere”",
        "proof input ear-of-hall of hall": "",
        "proof input nowhere of yard": "No input device matching 'nowhere'",
        "line input:ear-of-yard": "",
        "line input:nowhere": "cannot be opened: No such file",
    }

    otherwise, found = examine_in_time(home, SOUND, wanted)
    assert otherwise == {}
    assert not any(what.startswith("mixer of yard") for what in found), "nobody asked for it"


@pytest.mark.sound
def test_where_a_daemon_runs_the_mixer_stands_as_it_was_set(home: Path, server: Server) -> None:
    (home / ".state").mkdir()
    house = FakeDaemon(home / ".state" / "control.sock")
    house.answers = {"pins": {}}
    server.control("set-sink-volume", "hall", "90%")
    changed = "The mixer of “hall” was set to 40 %, but stands at 90 %."
    otherwise, _ = examine_in_time(home, SOUND, {"mixer of hall": changed})
    house.close()

    assert otherwise == {}


@pytest.mark.waits
@pytest.mark.parametrize(
    ("library", "told"),
    [
        (
            'raise OSError("PortAudio library not found")',
            "PortAudio is not installed. Install the package libportaudio2.",
        ),
        (
            "class PortAudioError(Exception): ...\ndef query_devices(): raise PortAudioError('Host error')\n"
            "class default: device = (0, 0)",
            "The sound card “hall” cannot be opened: Host error.",
        ),
    ],
    ids=["not installed", "it fails"],
)
def test_a_machine_whose_portaudio_does_not_work_is_looked_at_all_the_same(
    home: Path, tmp_path: Path, library: str, told: str
) -> None:
    (home / "box.yaml").write_text("plays: {na-hoa: hall}\noutputs: {hall: {device: hall}}\n", encoding="utf-8")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "sounddevice.py").write_text(library)
    command = [sys.executable, "-m", "loudspeaker", "--home", str(home), "--lang", "en", "doctor"]
    paths = os.pathsep.join([str(tmp_path / "library"), *filter(None, [os.environ.get("PYTHONPATH")])])
    said = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False)

    assert f"output hall (hall): {told}" in said.stdout
    assert "tomorrow" in said.stdout, "… and all behind it"


# The network


def carrying(home: Path, *urls: str) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text() + "streams: [localhost, dai.invalid]\n")
    entries = [f"  - {{name: s{n}, stream: '{url}', at: 06:{10 + n}, for: 1m}}\n" for n, url in enumerate(urls)]
    (home / "schedules/na-hoa.yaml").write_text("broadcasts:\n" + "".join(entries))


def test_stations_that_do_not_answer_are_told_and_cost_nothing(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    carrying(home, f"http://localhost:{port}/vov.mp3")
    examined = Examined(home, PINS.replace("stop_button: {pin: 27}\n", "").replace(", relay: {pin: 17}", ""))

    assert examined.wrong("stream host localhost") == "localhost cannot be reached"
    assert examined.wrong("stream host dai.invalid") == "dai.invalid cannot be reached"
    assert not examined.found["stream host localhost"].serious


@pytest.mark.skipif(not certificates.FOUND, reason="openssl is not installed")
def test_the_certificate_of_a_station_is_looked_at(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path / "ca")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.own))
    with secured(BaseHTTPRequestHandler, authority.certificate("localhost", -9, -1)) as port:
        carrying(home, f"https://localhost:{port}/vov.mp3")
        examined = Examined(home, "plays: {na-hoa: a}\noutputs: {a: {device: memory}}\n")

    assert "has expired" in str(examined.wrong("stream host localhost"))
