"""`setup` at a stand-in terminal: every answer lands in the files, comments stay, and it may be run again."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner, Result
from harness.fake_daemon import FakeDaemon

from loudspeaker.cli import cli
from loudspeaker.cli.command_context import CommandContext
from loudspeaker.cli.installation_view import heading
from loudspeaker.cli.setup_command import Setup, ask_all
from loudspeaker.config import box_file, commune_file
from loudspeaker.i18n import set_language
from loudspeaker.maintenance.box_setup import BoxSetup
from loudspeaker.maintenance.trials import Trials, lasting_names, relay_on, wait_for_press
from loudspeaker.model.box import Box, Relay
from loudspeaker.model.commune import Commune
from loudspeaker.model.requests import Outcome
from loudspeaker.station import Station
from loudspeaker.station.deliveries.membership import AcceptedManifest, Membership, keep_membership
from loudspeaker.station.new_station import COMMUNE, VILLAGE, make_empty
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.restrictions import EMPTY, uncommissioned_outputs
from loudspeaker.store.received import ReceivedFiles

NAMES = ["Xã Bản Mây", "Thôn Nà Hoa, Bản Lìm"]
NOTHING = ["-", "-"]  # neither relay nor button
REST = ["1", "c", "", "c", "k"]  # the first card is heard, hours as they are, the clock is right, no Internet


@dataclass
class Technician:
    """A new box's station, and what is tried while questions are answered one after another."""

    home: Path
    cards: Sequence[str] = ("USB Audio: - (hw:1,0)",)
    fault: str = ""  # of the pins
    press: str | None = None
    breaks_off: bool = False  # with Ctrl+C, as the button is asked for
    active: bool = False  # by systemd's word
    daemon: FakeDaemon | None = None
    tried: list[object] = field(default_factory=list)

    def answer(self, *answers: str) -> Result:
        set_language("vi")

        @click.command()
        def setup() -> None:
            context = CommandContext(self.home, self.home / ".state")
            trials = Trials(lambda: self.cards, self._relay, self._press, lambda home: self.active, self._service)
            ask_all(Setup(context, BoxSetup(self.home, "Páo"), trials, self._tone, "Páo"))

        return CliRunner(mix_stderr=True).invoke(setup, input="".join(f"{one}\n" for one in answers))

    @contextmanager
    def _relay(self, relay: Relay) -> Iterator[str]:
        self.tried.append(relay)
        yield self.fault

    def _press(self, pin: int, seconds: float, ready: Callable[[], object]) -> str | None:
        ready()
        if self.breaks_off:
            raise KeyboardInterrupt
        self.tried.append(pin)
        return self.press

    def _service(self, action: str) -> None:
        self.tried.append(action)
        if action == "stop" and self.daemon:
            self.daemon.close()
            self.daemon = None

    def _tone(self, output: str) -> Sequence[Outcome]:
        self.tried.append(self.box.outputs[output].device)
        return []

    @property
    def box(self) -> Box:
        return box_file.parse("box.yaml", (self.home / "box.yaml").read_bytes())

    @property
    def commune(self) -> Commune:
        return commune_file.parse("commune.yaml", (self.home / "commune.yaml").read_bytes())


@pytest.fixture
def technician(tmp_path: Path) -> Technician:
    make_empty(tmp_path / "dai", tmp_path / "dai/.state", COMMUNE, VILLAGE)
    return Technician(tmp_path / "dai")


def test_a_new_box_is_set_up_and_stays_silent_until_it_is_commissioned(technician: Technician) -> None:
    result = technician.answer(*NAMES, "17", "c", "27", "2", "c", "5h30-6h30, 16h30-18h30", "c", "c", "c")

    assert result.exit_code == 0, result.output
    assert (technician.commune.name, technician.commune.id) == ("Xã Bản Mây", "ban-may")
    assert technician.commune.villages == ("na-hoa", "ban-lim")
    assert technician.commune.policy.hours == ((19800, 23400), (59400, 66600))
    assert technician.commune.voices == ("gtts:vi", "espeak:vi")
    box = technician.box
    assert box.plays == {"na-hoa": "na-hoa", "ban-lim": "na-hoa"}
    assert box.outputs["na-hoa"].relay == Relay(17)
    assert box.stop_button == 27
    assert (technician.home / "schedules/ban-lim.yaml").exists()
    assert not (technician.home / "schedules/cua-toi.yaml").exists()
    station = Station.open(technician.home)
    with closing(station):
        assert not station.files.problems
        assert [event.kind for event in station.log.events(EMPTY)] == [EMPTY]
        assert uncommissioned_outputs(station.log, box.outputs) == {"na-hoa"}
    assert "loudspeaker test na-hoa" in result.output
    assert "✓" in result.output  # what the doctor says


def test_comments_and_what_was_not_asked_stay(technician: Technician) -> None:
    technician.answer(*NAMES, *NOTHING, *REST)
    box = technician.home / "box.yaml"
    box.write_text(
        "# của thôn Nà Hoa\nplays: {na-hoa: na-hoa, ban-lim: na-hoa}\noutputs:\n"
        "  na-hoa:   # loa nhà văn hóa\n    device: auto\n    gain: -3dB  # gần trường học\n"
        "    relay: {pin: 17, hold: 90s}   # mua tháng 5\nclock: checked\n"
    )

    result = technician.answer("", "-", "22", "k", "c", "-", *REST)

    assert result.exit_code == 0, result.output
    text = box.read_text()
    for comment in ("# của thôn Nà Hoa", "# loa nhà văn hóa", "# gần trường học", "# mua tháng 5"):
        assert comment in text
    assert technician.box.outputs["na-hoa"].gain == -3.0
    assert technician.box.outputs["na-hoa"].relay == Relay(22, active_high=False, hold=90.0)


def test_a_relay_is_tried_at_either_level_and_asked_for_anew_where_neither_switches(technician: Technician) -> None:
    technician.answer(*NAMES, "17", "k", "k", "22", "k", "c", "-", *REST)

    pins = [one for one in technician.tried if isinstance(one, Relay)]
    assert pins == [Relay(17), Relay(17, False), Relay(22), Relay(22, False)]
    assert technician.box.outputs["na-hoa"].relay == Relay(22, False)


def test_pins_that_cannot_be_tried_here_are_written_down_and_told(technician: Technician) -> None:
    technician.fault = technician.press = "no pin factory"

    result = technician.answer(*NAMES, "17", "27", *REST)

    assert result.output.count("no pin factory") == 2
    assert (technician.box.outputs["na-hoa"].relay, technician.box.stop_button) == (Relay(17), 27)


def test_a_pin_is_a_number_and_not_that_of_the_relay(technician: Technician) -> None:
    result = technician.answer(*NAMES, "GPIO 40", "17", "c", "17", "27", *REST)

    assert result.exit_code == 0, result.output
    assert "“GPIO 40”" in result.output
    assert technician.box.stop_button == 27


def test_cards_sound_one_after_another_until_one_is_heard(technician: Technician) -> None:
    technician.answer(*NAMES, *NOTHING, "1", "k", "c", "", "c", "k")

    assert technician.tried == ["auto", "USB Audio: - (hw:1,0)"]
    assert technician.box.outputs["na-hoa"].device == "USB Audio: - (hw:1,0)"


def test_where_no_card_is_heard_the_one_of_before_stays(technician: Technician) -> None:
    result = technician.answer(*NAMES, *NOTHING, "2", "k", "k", "", "c", "k")

    assert technician.box.outputs["na-hoa"].device == "auto"
    assert "Chưa nghe được card nào" in result.output


def test_hours_that_cannot_be_understood_are_asked_for_again(technician: Technician) -> None:
    result = technician.answer(*NAMES, *NOTHING, "1", "c", "sáng sớm", "5h30-6h30", "c", "k")

    assert result.exit_code == 0, result.output
    assert "“sáng sớm”" in result.output
    assert technician.commune.policy.hours == ((19800, 23400),)


def test_what_was_answered_before_it_is_broken_off_stays_and_it_may_be_run_again(technician: Technician) -> None:
    technician.breaks_off = True
    assert technician.answer(*NAMES, "17", "c", "27").exit_code == 1
    assert technician.box.outputs["na-hoa"].relay == Relay(17)
    technician.breaks_off = False

    result = technician.answer("", "-", "", "c", "-", *REST)

    assert result.exit_code == 0, result.output
    assert technician.commune.villages == ("na-hoa", "ban-lim")
    assert technician.box.outputs["na-hoa"].relay == Relay(17)


def test_a_station_with_a_name_keeps_its_id_and_takes_more_villages(technician: Technician) -> None:
    technician.answer(*NAMES, *NOTHING, *REST)

    technician.answer("Phường Bản Mây", "Bản Phố", *NOTHING, *REST)

    assert (technician.commune.name, technician.commune.id) == ("Phường Bản Mây", "ban-may")
    assert technician.box.plays["ban-pho"] == "na-hoa"


def test_names_without_letters_are_asked_for_again(technician: Technician) -> None:
    result = technician.answer("Xã Bản Mây", "…", *NAMES, *NOTHING, *REST)

    assert result.exit_code == 0, result.output
    assert technician.commune.villages == ("na-hoa", "ban-lim")


@pytest.mark.parametrize(("answer", "tried"), [("c", ["stop", "start"]), ("k", [])])
def test_a_daemon_is_stopped_meanwhile_and_started_again_even_where_it_is_broken_off(
    technician: Technician, answer: str, tried: list[str]
) -> None:
    technician.daemon = FakeDaemon(technician.home / ".state" / "control.sock")
    technician.daemon.answers["status"] = []
    technician.breaks_off = True

    assert technician.answer(answer, *NAMES, "-", "27").exit_code == 1

    assert technician.tried == tried
    if technician.daemon:
        technician.daemon.close()


def test_a_service_that_does_not_answer_yet_is_stopped_too(technician: Technician) -> None:
    technician.active = technician.breaks_off = True

    technician.answer("c", *NAMES, "-", "27")

    assert technician.tried == ["stop", "start"]


def test_nothing_is_changed_under_a_daemon_that_goes_on(technician: Technician) -> None:
    before = (technician.home / "commune.yaml").read_bytes()
    with closing(FakeDaemon(technician.home / ".state" / "control.sock")) as daemon:
        daemon.answers["status"] = []
        assert technician.answer("c", *NAMES).exit_code == 1

    assert (technician.home / "commune.yaml").read_bytes() == before


# The trials themselves


def test_a_relay_is_on_for_as_long_as_it_is_watched(mock_pins: None) -> None:
    from gpiozero import Device  # type: ignore[import-untyped]

    with relay_on(Relay(17, active_high=False)) as fault:
        assert fault == ""
        assert Device.pin_factory.pin(17).state == 0
    assert Device.pin_factory.pin(17).state != 0


def test_a_press_is_seen(mock_pins: None) -> None:
    from gpiozero import Device

    assert wait_for_press(27, 5.0, lambda: Device.pin_factory.pin(27).drive_low()) is None
    assert wait_for_press(26, 0.01) == ""


@pytest.mark.parametrize(
    ("found", "offered"),
    [
        (["Headphones: - (hw:0,0)", "USB Audio: - (hw:2,0)", "front", "default"], ["Headphones", "USB Audio"]),
        (["HDA: Analog (hw:0,0)", "HDA: HDMI 0 (hw:0,3)"], ["HDA: Analog", "HDA: HDMI 0"]),
        (["USB Audio: - (hw:1,0)", "USB Audio: - (hw:2,0)"], ["USB Audio: - (hw:1,0)", "USB Audio: - (hw:2,0)"]),
        (["USB Audio: - (hw:1,0)", "My USB Audio: - (hw:2,0)"], ["USB Audio: - (hw:1,0)", "My USB Audio"]),
        (["pulse", "default"], ["pulse", "default"]),
        ([], []),
    ],
)
def test_a_card_is_offered_by_a_name_that_outlasts_the_order_of_plugging_in(
    found: list[str], offered: list[str]
) -> None:
    assert lasting_names(found) == offered


@pytest.fixture
def mock_pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from gpiozero import Device
    from gpiozero.pins.mock import MockFactory  # type: ignore[import-untyped]

    before, Device.pin_factory = Device.pin_factory, MockFactory()
    yield
    Device.pin_factory.reset()
    Device.pin_factory = before


# The record that is signed


def test_the_record_of_installation_has_what_is_there_what_was_tried_and_where_to_sign(technician: Technician) -> None:
    technician.answer(*NAMES, "17", "c", "27", *REST)
    station = Station.open(technician.home)
    with closing(station):
        station.log.event("commission", "", station.clock.now(), output="na-hoa", by="chị Hoa")

    result = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(technician.home), "doctor", "--paper"])

    assert result.exit_code == 0, result.output
    for words in (
        *("BIÊN BẢN LẮP ĐẶT, CHẠY THỬ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "XÃ BẢN MÂY"),
        *("Thôn Nà Hoa, Bản Lìm", "rơ-le chân 17", "Nút dừng: chân 27", "người nghiệm thu: chị Hoa"),
        *("ĐẠI DIỆN UBND XÃ", "ĐẠI DIỆN THÔN", "BÊN LẮP ĐẶT", "Mã cuối nhật ký: "),
    ):
        assert words in result.output


def test_the_record_is_dated_as_an_official_paper() -> None:
    set_language("vi")
    head = heading(SimpleNamespace(commune="Xã Bản Mây", at=datetime(2027, 3, 5, 9, 30, tzinfo=UTC)))

    assert [line.strip() for line in head][3] == "............, ngày 05 tháng 3 năm 2027"


def test_a_box_that_takes_signed_files_is_asked_only_about_itself(technician: Technician) -> None:
    technician.answer(*NAMES, *NOTHING, *REST)
    paths, files = StationPaths(technician.home, technician.home / ".state"), {}
    received = ReceivedFiles(paths.received, "ban-may")
    for name in ("commune.yaml", "schedules/na-hoa.yaml", "schedules/ban-lim.yaml"):
        content = (technician.home / name).read_bytes()
        files[name] = hashlib.sha256(content).hexdigest()
        received.keep_blob(files[name], len(content), io.BytesIO(content))
    received.lay_out(1, files)
    keep_membership(paths, Membership("ban-may", "", "Lý", AcceptedManifest(1, files), {}))
    before = (technician.home / "commune.yaml").read_bytes()

    result = technician.answer("17", "c", "-", "1", "c", "c", "k")

    assert result.exit_code == 0, result.output
    assert result.output.count("máy này nhận tệp đã ký của ban-may: hãy sửa ở đó") == 3  # names, hours, voices
    assert technician.box.outputs["na-hoa"].relay == Relay(17)
    assert (technician.home / "commune.yaml").read_bytes() == before
