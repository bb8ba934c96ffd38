"""The hub on the command line: from a stick to a box that has joined, and what was aired."""

from __future__ import annotations

import json
import re
import shutil
import signal
import ssl
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.certificates import FOUND
from harness.hub_boxes import AUTHORITY, enrol, open_hub, registered
from harness.mail_server import mail_server
from harness.office import SCOPE, Office, join_box, open_office
from harness.officers import PASSWORD, QUICK
from harness.waiting import PATIENCE

from loudspeaker.cli import cli
from loudspeaker.cli.hub_commands import hub as hub_group
from loudspeaker.clock import SystemClock
from loudspeaker.fleet.joining import parse_code
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_paths import HubPaths, need_certificate
from loudspeaker.hub.hub_site import HubSite
from loudspeaker.i18n import set_language


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_office(home, tmp_path)


def run(tmp_path: Path, *words: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(hub_group, ["--folder", str(tmp_path / "hub"), *words])


def open_same(tmp_path: Path) -> Hub:
    return open_hub(tmp_path / "hub", SystemClock())  # type: ignore[arg-type]


def test_what_was_published_is_told_and_what_no_box_would_take_is_refused(tmp_path: Path, office: Office) -> None:
    first = run(tmp_path, "publish", str(office.stick))
    office.write("bulletins/moi.md", "---\ntitle: Mới\n---\nHọp.\n")
    office.publish()  # nobody signs
    second = run(tmp_path, "publish", str(office.stick))

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert f"{SCOPE}: trust document 1, version 1, alert 0 are published." in first.stderr
    assert f"NOT PUBLISHED of {SCOPE}: signed as content by 0 persons" in second.stderr
    assert run(tmp_path, "publish", str(tmp_path)).exit_code == 2


def test_what_is_proposed_waits_for_signatures(tmp_path: Path, office: Office) -> None:
    run(tmp_path, "publish", str(office.stick))
    again = run(tmp_path, "propose", str(office.stick))
    office.write("bulletins/moi.md", "---\ntitle: Mới\n---\nHọp.\n")
    office.publish()  # nobody signs
    proposed = run(tmp_path, "propose", str(office.stick))

    assert again.exit_code == 1
    assert proposed.exit_code == 0
    assert f"{SCOPE}: version 2 waits; signatures missing: 1." in proposed.stderr
    assert run(tmp_path, "propose", str(tmp_path)).exit_code == 2
    with closing(open_same(tmp_path)) as hub:
        assert hub.drafts.draft(SCOPE).manifest.version == 2


@pytest.mark.skipif(not FOUND, reason="needs openssl")
def test_people_are_let_in_for_an_office_of_their_own(tmp_path: Path) -> None:
    with closing(open_same(tmp_path)) as hub:
        need_certificate(hub.paths, ("localhost",))
    made = run(tmp_path, "user", "add", "hoa", "--name", "Chị Hoa", "--role", "duty", "--scope", "ban-may")
    whole = run(tmp_path, "user", "add", "lan", "--name", "Chị Lan")
    wrong = run(tmp_path, "user", "add", "ly", "--name", "Ly", "--scope", "Bản Mây")
    listed = run(tmp_path, "user", "list").stdout

    assert re.fullmatch(r"https://localhost:8443/bat-dau#[\w-]+\n", made.stdout)
    assert (whole.exit_code, wrong.exit_code) == (0, 2)
    assert re.search(r"hoa +Chị Hoa +ban-may +on duty", listed)
    assert re.search(r"lan +Chị Lan +everything +see", listed)
    assert run(tmp_path, "user", "scope", "hoa").exit_code == 0
    assert "ban-may" not in run(tmp_path, "user", "list").stdout


def test_the_key_of_the_hub_goes_into_the_next_trust_document(tmp_path: Path, office: Office) -> None:
    key = run(tmp_path, "key").stdout.strip()

    assert key == run(tmp_path, "key").stdout.strip()
    assert (tmp_path / "hub" / "hub.key").stat().st_mode & 0o077 == 0
    assert len(key) == 44


def test_an_invitation_is_printed_once(tmp_path: Path) -> None:
    made = run(tmp_path, "invite", "--scope", SCOPE, "--box", "nhà văn hóa")

    assert made.exit_code == 0
    assert str(parse_code(made.stdout)) == made.stdout.strip()
    assert parse_code(made.stdout).secret.encode() not in (tmp_path / "hub" / "hub.db").read_bytes()
    assert run(tmp_path, "invite", "--scope", "Xã Thử").exit_code == 2


def test_boxes_and_what_they_aired_are_told_to_people_and_to_programs(tmp_path: Path, office: Office) -> None:
    run(tmp_path, "publish", str(office.stick))
    with closing(open_same(tmp_path)) as hub:
        box = enrol(hub, tmp_path / "boxes")
        box.air("na-hoa")
        hub.intake.accept(registered(hub, box), box.segment())

    boxes, rows = run(tmp_path, "boxes"), json.loads(run(tmp_path, "boxes", SCOPE, "--json").stdout)
    report = run(tmp_path, "report", SCOPE, "--bulletin", "tin-sang")
    counts = json.loads(run(tmp_path, "report", SCOPE, "--bulletin", "tin-sang", "--json").stdout)

    assert box.id in boxes.stdout
    assert "was never there; not confirmed by the commune yet" in boxes.stdout
    assert [(row["box"], row["entries"], row["newest"]) for row in rows] == [(box.id, 1, 1)]
    assert "no log yet" in report.stdout
    assert "1 of 2 villages have aired it 1 times, 0 less often, 1 without a log." in report.stderr
    assert [(count["village"], count["aired"]) for count in counts] == [("na-hoa", 1), ("suoi-trat", 0)]
    assert run(tmp_path, "report", "xa-khac", "--bulletin", "tin-sang").exit_code == 2


def test_a_box_is_revoked(tmp_path: Path, office: Office) -> None:
    run(tmp_path, "publish", str(office.stick))
    with closing(open_same(tmp_path)) as hub:
        box = enrol(hub, tmp_path / "boxes")

    revoked = run(tmp_path, "revoke", box.id)

    assert (revoked.exit_code, box.id in revoked.stderr) == (0, True)
    assert "revoked" in run(tmp_path, "boxes").stdout
    assert run(tmp_path, "revoke", "b-00000000").exit_code == 2


def test_the_brokers_part_is_printed_with_all_that_it_names(tmp_path: Path) -> None:
    printed = run(tmp_path, "broker", "--port", "9883", "--name", "localhost")

    assert printed.exit_code == 0, printed.stderr
    assert "listener 9883" in printed.stdout
    names = ["password_file", "acl_file", "cafile", "certfile", "keyfile"]
    lines = dict(line.split(" ", 1) for line in printed.stdout.splitlines() if " " in line)
    assert all(Path(lines[name]).is_file() for name in names)
    assert AUTHORITY not in Path(lines["cafile"]).read_text()


def test_the_short_name_is_the_same_as_the_long_one(tmp_path: Path) -> None:
    long = CliRunner(mix_stderr=False).invoke(cli, ["hub", "--folder", str(tmp_path / "hub"), "key"])

    assert long.stdout == run(tmp_path, "key").stdout


def test_people_are_told_of_incidents_after_a_trial_has_come(tmp_path: Path) -> None:
    with mail_server() as mailbox:
        mail = ("--smtp", f"127.0.0.1:{mailbox.port}", "--from", "loa@xa.vn", "--to", "hoa@xa.vn", "--security", "none")
        mailbox.refuses = "550 no"
        refused = run(tmp_path, "notify", *mail)
        mailbox.refuses = ""
        taken = run(tmp_path, "notify", *mail)

    assert (refused.exit_code, taken.exit_code) == (1, 0)
    assert "did not take it" in str(refused.exception) + refused.stderr
    assert [mail["Subject"] for mail in mailbox.mails] == ["A trial of the hub"]
    assert run(tmp_path, "notify").stdout == f"hoa@xa.vn (127.0.0.1:{mailbox.port})\n"
    assert run(tmp_path, "notify", "--off").exit_code == 0
    assert run(tmp_path, "notify").stdout == ""


def test_the_first_link_is_for_the_first_person_only(tmp_path: Path) -> None:
    open_hub(tmp_path / "hub").close()
    need_certificate(HubPaths(tmp_path / "hub"), ("loa.vn",))
    first = run(tmp_path, "link")
    with closing(open_same(tmp_path)) as hub, closing(HubSite.open(hub, hashes=QUICK)) as pages:
        code = first.stdout.strip().partition("#")[2]
        pages.site.accounts.use_link(code, PASSWORD, "test", login="lan", name="Lan")

    assert first.stdout.startswith("https://loa.vn:8443/bat-dau#")
    assert run(tmp_path, "link").exit_code == 1
    assert run(tmp_path, "link", "lan", "--port", "443").stdout.startswith("https://loa.vn:443/bat-dau#")


def test_a_hub_is_copied_mirrored_lost_and_comes_back_and_another_takes_its_boxes(
    tmp_path: Path, office: Office
) -> None:
    run(tmp_path, "publish", str(office.stick))
    with closing(open_same(tmp_path)) as hub:
        box = enrol(hub, tmp_path)
        box.air("na-hoa")
        hub.intake.accept(registered(hub, box), box.segment())
    done = [run(tmp_path, "backup", str(tmp_path / "copy")), run(tmp_path, "mirror", str(tmp_path / "www"))]
    shutil.rmtree(tmp_path / "hub")
    lost = run(tmp_path, "boxes").stdout
    shutil.rmtree(tmp_path / "hub")
    done.append(run(tmp_path, "restore", str(tmp_path / "copy")))
    back = run(tmp_path, "boxes").stdout
    other = CliRunner(mix_stderr=False).invoke(
        hub_group, ["--folder", str(tmp_path / "other"), "adopt", str(tmp_path / "copy")]
    )

    assert [one.exit_code for one in done] == [0, 0, 0]
    assert all(re.fullmatch(r"(\d+) of \1 files are new\.\n", one.stderr) for one in done)
    assert box.id not in lost
    assert box.id in back
    assert other.exit_code == 0, other.stderr
    assert "1 offices, 1 boxes and 1 entries of logs were taken over." in other.stderr
    assert run(tmp_path, "restore", str(tmp_path / "copy")).exit_code == 1


@pytest.mark.waits
@pytest.mark.skipif(not FOUND, reason="needs openssl")
def test_the_process_serves_files_and_pages_until_a_signal_ends_it(tmp_path: Path, office: Office) -> None:
    run(tmp_path, "publish", str(office.stick))
    need_certificate(HubPaths(tmp_path / "hub"), ("localhost",))
    code = "from loudspeaker.cli.hub_commands import main; main()"
    words = ["--folder", str(tmp_path / "hub"), "serve", "--port", "0", "--without-broker"]
    with subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            address = process.stderr.readline().split()[-1]
            authority = ssl.create_default_context(cafile=str(HubPaths(tmp_path / "hub").tls.authority))
            answers = [
                read(f"{address}{path}", authority) for path in (f"/v1/{SCOPE}/manifest.json", "/bat-dau", "/metrics")
            ]
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()

    assert answers[0] == (office.own / "manifest.json").read_bytes()
    assert "Máy chủ truyền thanh Xã Thử" in answers[1].decode()
    assert b"loudspeaker_hub_offices 1\n" in answers[2]


def read(address: str, authority: ssl.SSLContext) -> bytes:
    """What is served there."""
    with urllib.request.urlopen(address, context=authority, timeout=PATIENCE) as answer:
        content: bytes = answer.read()
        return content


def test_where_no_hub_is_left_a_box_gives_its_files_and_all_boxes_are_told_to_join(
    tmp_path: Path, office: Office, home: Path
) -> None:
    join_box(home, office)

    done = CliRunner(mix_stderr=False).invoke(hub_group, ["--folder", str(tmp_path / "other"), "adopt", str(home)])

    assert done.exit_code == 0, done.stderr
    assert "1 offices, 0 boxes and 0 entries of logs were taken over." in done.stderr
    assert "“loudspeaker-hub invite”" in done.stderr
