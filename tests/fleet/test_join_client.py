"""A box joins a real hub, over TLS, by a code that somebody typed."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.certificates import FOUND, Authority, secured
from harness.daemon_thread import HurryingClock
from harness.office import NOW, SCOPE, Office, open_office
from uvicorn.server import Server

from loudspeaker.cli import cli
from loudspeaker.fleet import joining
from loudspeaker.fleet.hub_settings import read_hub_settings
from loudspeaker.fleet.join_stick import FILE
from loudspeaker.hub.boxes.join_sticks import StickWish, write_stick
from loudspeaker.hub.boxes.log_intake import LogEnd
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_app import create_hub_app
from loudspeaker.hub.hub_paths import need_certificate
from loudspeaker.hub.hub_process import prepare_broker
from loudspeaker.i18n import set_language
from loudspeaker.station.box.box_villages import box_yaml_of_another
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.restrictions import awaits_village
from loudspeaker.station.station import Station
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.web.http_server import listen, server_config, tls_context

pytestmark = [pytest.mark.waits, pytest.mark.skipif(not FOUND, reason="needs openssl")]
cheap = pytest.mark.usefixtures("cheap_codes")


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.fixture
def cheap_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code's keys take a tenth of a second at both ends, which one test here pays, and all others in `fleet/`."""
    monkeypatch.setattr(joining, "COST", 2**4)


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_office(home, tmp_path)


@pytest.fixture
def hub(office: Office, tmp_path: Path) -> Iterator[Hub]:
    opened = Hub.open(tmp_path / "hub")
    need_certificate(opened.paths, ("localhost",))
    prepare_broker(opened)
    opened.publish(office.stick, SCOPE)
    yield opened
    opened.close()


@pytest.fixture
def port(hub: Hub) -> Iterator[int]:
    """Where the hub answers."""
    listening = listen("127.0.0.1", 0)
    files = hub.paths.tls
    context = tls_context(files.certificate, files.key)
    server = Server(server_config(create_hub_app(hub), ssl_context_factory=lambda config, default: context))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()


def join(home: Path, port: int, code: str) -> Result:
    words = ("fleet", "join", f"localhost:{port}", code, "--by", "Lý")
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *words])


def test_a_box_that_has_joined_reads_what_is_signed_and_knows_its_hub(hub: Hub, port: int, home: Path) -> None:
    joined = join(home, port, str(hub.registry.invite(SCOPE)).lower())

    assert joined.exit_code == 0, joined.stderr
    assert "signed by hoa, pao" in joined.stderr
    paths = StationPaths(home, home / ".state")
    membership, settings = read_membership(paths), read_hub_settings(paths)
    assert membership
    assert (membership.scope, membership.accepted.version) == (SCOPE, 1)
    assert (settings.address, settings.https_port) == ("localhost", port)
    assert settings.ca == hub.paths.tls.authority.read_text()
    assert hub.registry.authenticate(settings.user, settings.password).villages == ("na-hoa", "suoi-trat")


@cheap
def test_the_same_code_may_be_typed_again_at_the_same_box(hub: Hub, port: int, home: Path) -> None:
    code = str(hub.registry.invite(SCOPE))
    join(home, port, code)
    before = read_hub_settings(StationPaths(home, home / ".state"))

    again = join(home, port, code)

    assert (again.exit_code, "Nothing is new" in again.stderr) == (0, True)
    assert read_hub_settings(StationPaths(home, home / ".state")) == before


@cheap
def test_a_wrong_code_changes_nothing(hub: Hub, port: int, home: Path) -> None:
    hub.registry.invite(SCOPE)

    refused = join(home, port, "K7QF-3MXD-9TRA-H2WX")
    mistyped = join(home, port, "K7QF-3MXD-9TRA-H2WY")

    assert (refused.exit_code, mistyped.exit_code) == (1, 2)
    assert "ask for a new one" in refused.stderr
    assert "a letter of the code is wrong" in mistyped.stderr
    assert read_membership(StationPaths(home, home / ".state")) is None


HEARD: list[bytes] = []


class Impostor(BaseHTTPRequestHandler):
    """Takes any request, and answers as a hub would that knows no code."""

    def do_POST(self) -> None:
        HEARD.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"0" * 200)

    def log_message(self, format: str, *args: object) -> None: ...


@cheap
def test_whoever_sits_between_learns_no_secret_and_is_not_believed(home: Path, tmp_path: Path) -> None:
    with secured(Impostor, Authority(tmp_path / "ca").certificate("localhost")) as port:
        refused = join(home, port, "K7QF-3MXD-9TRA-H2WX")

    assert (refused.exit_code, "does not know the code" in refused.stderr) == (1, True)
    [heard] = HEARD
    assert json.loads(heard)["letters"] == "K7QF"
    assert b"3MXD9TRAH2W" not in heard
    assert read_membership(StationPaths(home, home / ".state")) is None


def test_a_hub_that_is_not_there_is_told(home: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

    refused = join(home, port, "K7QF-3MXD-9TRA-H2WX")

    assert (refused.exit_code, "cannot be reached" in refused.stderr) == (1, True)


def test_a_folder_needs_its_scope(home: Path, tmp_path: Path) -> None:
    refused = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "fleet", "join", str(tmp_path)])

    assert (refused.exit_code, "--scope" in refused.stderr) == (2, True)


def send_log(home: Path, *more: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "fleet", "send-log", *more])


@cheap
def test_a_box_sends_its_log_and_goes_on_from_where_the_hub_has_it(hub: Hub, port: int, home: Path) -> None:
    join(home, port, str(hub.registry.invite(SCOPE)))
    with closing(AsRunLog.open(home / ".state" / "asrun.db", SCOPE)) as log:
        count = log.last_number() + 2
        for why in ("đám tang", "họp"):
            log.event("pause", "", NOW, village="na-hoa", why=why)
        first, again = send_log(home), send_log(home)
        log.event("resume", "", NOW, village="na-hoa")
        third = send_log(home)

        [box] = hub.registry.boxes()
        assert (first.exit_code, again.exit_code, third.exit_code) == (0, 0, 0), first.stderr
        assert f"{count} entries were sent" in first.stderr
        assert "0 entries were sent" in again.stderr
        assert "1 entries were sent" in third.stderr
        assert hub.intake.end_of(box.id, log.life()) == LogEnd(count + 1, log.head())


@cheap
def test_a_log_that_was_cut_at_the_box_is_told_there_and_at_the_hub(
    hub: Hub, port: int, home: Path, tmp_path: Path
) -> None:
    join(home, port, str(hub.registry.invite(SCOPE)))
    path = home / ".state" / "asrun.db"
    with closing(AsRunLog.open(path, SCOPE)) as log:
        log.event("pause", "", NOW, village="na-hoa", why="")
    shutil.copy(path, tmp_path / "older.db")
    with closing(AsRunLog.open(path, SCOPE)) as log:
        log.event("resume", "", NOW, village="na-hoa")
    send_log(home)
    shutil.copy(tmp_path / "older.db", path)

    refused = send_log(home)

    assert (refused.exit_code, "entries that came before are missing" in refused.stderr) == (1, True)
    assert hub.database.row("SELECT why FROM refused_log")["why"] == refused.stderr.strip()  # type: ignore[index]


@cheap
def test_the_settings_may_come_from_systemd_or_a_file(
    hub: Hub, port: int, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(home, port, str(hub.registry.invite(SCOPE)))
    kept = StationPaths(home, home / ".state").hub_settings
    kept.rename(tmp_path / "hub.json")

    assert send_log(home).exit_code == 1
    assert send_log(home, "--settings", str(tmp_path / "hub.json")).exit_code == 0
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert send_log(home).exit_code == 0


def put_in(home: Path, stick: Path) -> Result:
    words = ("--home", str(home), "fleet", "stick", str(stick))
    return CliRunner(mix_stderr=False).invoke(cli, [*words], obj=HurryingClock(NOW))


@cheap
def test_a_box_joins_its_hub_by_a_stick_alone_and_another_one_is_told_that_it_was_used(
    hub: Hub, port: int, home: Path, tmp_path: Path
) -> None:
    stick, other = tmp_path / "usb", tmp_path / "other"
    shutil.copytree(home, other)
    write_stick(hub, stick, StickWish(SCOPE, "nhà văn hóa", ("na-hoa",), f"localhost:{port}"))
    copied = (stick / FILE).read_bytes()

    joined = put_in(home, stick)

    assert joined.exit_code == 0, joined.stderr
    (box,) = hub.registry.boxes()
    assert (box.name, box.villages) == ("nhà văn hóa", ("na-hoa", "suoi-trat"))
    assert read_hub_settings(StationPaths(home, home / ".state")).user == box.id
    refused = put_in(other, stick)
    assert (refused.exit_code, "used by another box" in refused.stderr) == (1, True)
    (stick / FILE).write_bytes(copied)  # somebody has copied it before
    refused = put_in(other, stick)
    assert (refused.exit_code, "ask for a new one" in refused.stderr) == (1, True)
    assert read_membership(StationPaths(other, other / ".state")) is None


@cheap
def test_a_stick_that_finds_no_hub_may_be_put_in_again(hub: Hub, port: int, home: Path, tmp_path: Path) -> None:
    write_stick(hub, tmp_path, StickWish(SCOPE, "nhà văn hóa", (), f"localhost:{port}"))
    whole = (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text(whole.replace(f"localhost:{port}", "localhost:1"))
    assert "cannot be reached" in put_in(home, tmp_path).stderr
    (tmp_path / FILE).write_text(whole)

    assert put_in(home, tmp_path).exit_code == 0


@cheap
def test_a_new_box_comes_back_in_the_place_of_a_broken_one(hub: Hub, port: int, home: Path, tmp_path: Path) -> None:
    join(home, port, str(hub.registry.invite(SCOPE, "nhà văn hóa")))
    (old,) = hub.registry.boxes()
    new = tmp_path / "new"
    CliRunner().invoke(cli, ["init", "--empty", str(new)])
    code = str(hub.registry.invite(SCOPE, "", old.id))
    words = ("fleet", "join", f"localhost:{port}", code, "--by", "Lý")

    refused = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(new), *words])
    assert (refused.exit_code, f"--replace {old.id}" in refused.stderr) == (1, True)
    joined = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(new), *words, "--replace", old.id])

    assert joined.exit_code == 0, joined.stderr
    assert (new / "box.yaml").read_bytes() == box_yaml_of_another((home / "box.yaml").read_bytes())
    (after,) = (box for box in hub.registry.boxes() if not box.revoked)
    assert (after.name, after.villages) == ("nhà văn hóa", old.villages)
    with closing(Station.open(new)) as station:  # its log began anew, of this commune
        assert station.log.commune == SCOPE
        assert not awaits_village(station.log)


@cheap
def test_a_stick_brings_a_box_in_the_place_of_another(hub: Hub, port: int, home: Path, tmp_path: Path) -> None:
    join(home, port, str(hub.registry.invite(SCOPE, "nhà văn hóa")))
    (old,) = hub.registry.boxes()
    new = tmp_path / "new"
    CliRunner().invoke(cli, ["init", "--empty", str(new)])
    write_stick(hub, tmp_path / "usb", StickWish(SCOPE, "nhà văn hóa", (), f"localhost:{port}", old.id))

    joined = put_in(new, tmp_path / "usb")

    assert joined.exit_code == 0, joined.stderr
    assert (new / "box.yaml").read_bytes() == box_yaml_of_another((home / "box.yaml").read_bytes())
    assert hub.registry.box(old.id).revoked


@cheap
def test_without_a_network_it_takes_what_the_old_box_has_left_on_a_stick(
    office: Office, home: Path, tmp_path: Path
) -> None:
    words = ("fleet", "join", str(office.stick), "--scope", SCOPE, "--yes", "--by", "Lý")
    run = CliRunner(mix_stderr=False).invoke
    assert run(cli, ["--home", str(home), *words]).exit_code == 0
    (left,) = (office.stick / "out").iterdir()
    new = tmp_path / "new"
    CliRunner().invoke(cli, ["init", "--empty", str(new)])
    before = (new / "box.yaml").read_bytes()

    refused = run(cli, ["--home", str(new), *words, "--replace", "b-00000000"])
    assert (refused.exit_code, (new / "box.yaml").read_bytes()) == (2, before)
    joined = run(cli, ["--home", str(new), *words, "--replace", left.name])

    assert joined.exit_code == 0, joined.stderr
    assert (new / "box.yaml").read_bytes() == box_yaml_of_another((home / "box.yaml").read_bytes())
