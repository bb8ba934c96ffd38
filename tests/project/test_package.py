"""The Debian package without building it: its scripts with stand-ins for whatever would touch the machine, its papers.

Building, installing, updating and purging it in root file systems of Debian is `make image-check`.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import pty
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from harness.paths import ROOT
from harness.stand_ins import RECORD, StandIns

pytestmark = pytest.mark.waits

DEBIAN = ROOT / "deploy" / "debian"
papers = runpy.run_path(str(ROOT / "deploy" / "debian_papers.py"))

STAND_INS = {
    "id": 'case "$*" in -u) echo 0;; -nG*) echo "$2" adm;; *) exit 0;; esac\n',
    "getent": "exit 0\n",
    "systemctl": RECORD + 'case "$1" in is-active|is-enabled) exit ${ACTIVE:-3};; esac\n',
    "deb-systemd-helper": RECORD,
    "deb-systemd-invoke": RECORD,
    **dict.fromkeys(("groupadd", "useradd", "usermod", "userdel", "groupdel", "chown"), RECORD),
}
# The program that the package holds: byte code is not made, restarting is answered as the test wants it.
PYTHON = """#!/bin/sh
case "$*" in
    *between_airings*) echo "leave $*" | sed "s,$DESTDIR,,g" >>"$CALLS"; exit ${GAP:-0};;
    *compileall*) echo "compile" >>"$CALLS";;
    *) exec "$PYTHON" "$@";;
esac
"""


class Package:
    """A folder that stands for a machine on which the package's files lie."""

    def __init__(self, folder: Path) -> None:
        self.root, self.stand_ins = folder / "root", StandIns(folder / "bin", STAND_INS)
        self.station, self.program = self.root / "var/lib/loudspeaker", self.root / "usr/lib/loudspeaker"
        for name in ("bin", "deploy"):
            (self.program / name).mkdir(parents=True)
        for name in ("common.sh", "services.sh", "uninstall.sh", "between_airings.py"):
            shutil.copy(ROOT / "deploy" / name, self.program / "deploy")
        self._write("bin/python3", PYTHON)
        self._write("bin/loudspeaker", f'#!/bin/sh\nexec "{sys.executable}" -m loudspeaker "$@"\n')

    def _write(self, name: str, text: str) -> None:
        (self.program / name).write_text(text)
        (self.program / name).chmod(0o755)

    def boot(self) -> None:
        (self.root / "run/systemd/system").mkdir(parents=True)

    def run(
        self, script: str, *arguments: str, stdin: int = subprocess.DEVNULL, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """A maintainer script, with the library's path brought below the folder."""
        text = (DEBIAN / script).read_text()
        (self.root / script).write_text(text)
        return self.stand_ins.run(
            ["bash", str(self.root / script), *arguments],
            stdin,
            **{"DPKG_ROOT": str(self.root), "PYTHON": sys.executable, "PYTHONPATH": str(ROOT), **environ},
        )

    @property
    def calls(self) -> list[str]:
        return self.stand_ins.calls.read_text().splitlines()


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return Package(tmp_path)


def test_a_first_installation_makes_an_empty_station_and_switches_the_service_on(package: Package) -> None:
    package.boot()

    done = package.run("postinst", "configure", "", COMMUNE="Xã Thử", VILLAGE="Thôn Một", ACTIVE="0", SUDO_USER="hoa")

    assert done.returncode == 0, done.stderr
    assert 'commune: "Xã Thử"' in (package.station / "commune.yaml").read_text()
    assert "deb-systemd-helper enable loudspeaker.service" in package.calls
    assert "deb-systemd-invoke start loudspeaker.service" in package.calls
    assert "usermod -aG loudspeaker hoa" in package.calls
    assert "compile" in package.calls
    assert "sudo loudspeaker setup" in done.stdout


def test_an_installation_asks_nothing_at_a_terminal(package: Package) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"\n\n")  # whoever asks is answered, and seen

    done = package.run("postinst", "configure", "", stdin=theirs)

    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert "Tên" not in done.stderr
    assert (package.station / "commune.yaml").exists()


def test_a_station_that_is_there_is_not_touched(package: Package) -> None:
    package.station.mkdir(parents=True)
    mine = package.station / "commune.yaml"
    mine.write_text("commune: Xã Của Ta\nid: cua-ta\n")
    mine.chmod(0o600)
    before = mine.stat()

    assert package.run("postinst", "configure", "0.1.0").returncode == 0

    assert [path.name for path in package.station.rglob("*")] == ["commune.yaml"]
    after = mine.stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_uid) == (before.st_mode, before.st_mtime_ns, before.st_uid)
    assert not [call for call in package.calls if call.startswith("chown")]


def test_in_an_image_that_is_being_made_nothing_is_started(package: Package) -> None:
    assert package.run("postinst", "configure", "").returncode == 0

    assert not [call for call in package.calls if call.startswith(("systemctl", "deb-systemd-invoke"))]
    assert "deb-systemd-helper enable loudspeaker.service" in package.calls


@pytest.mark.parametrize("unit", ["loudspeaker-web.socket", "loudspeaker-fleet.service", "loudspeaker-hub.service"])
def test_console_agent_and_hub_stay_off_until_somebody_switches_them_on(package: Package, unit: str) -> None:
    package.run("postinst", "configure", "")

    assert f"deb-systemd-helper update-state {unit}" in package.calls
    assert f"deb-systemd-helper enable {unit}" not in package.calls


@pytest.mark.parametrize(("gap", "status"), [("0", 0), ("1", 1)])
def test_an_update_waits_for_a_gap_and_is_put_off_where_there_is_none(package: Package, gap: str, status: int) -> None:
    package.boot()
    kept = package.program / "lib/__pycache__"
    kept.mkdir(parents=True)

    done = package.run("prerm", "upgrade", "0.2.0", ACTIVE="0", GAP=gap)

    assert done.returncode == status
    assert [call for call in package.calls if call.startswith("leave")] == [
        "leave /usr/lib/loudspeaker/deploy/between_airings.py stop /var/lib/loudspeaker/.state/control.sock"
    ]
    assert kept.exists() == (status == 1)  # the old version goes on, as quickly as before


def test_who_removes_the_package_is_obeyed_after_ten_minutes(package: Package) -> None:
    package.boot()

    assert package.run("prerm", "remove", ACTIVE="0", GAP="1").returncode == 0

    assert next(call for call in package.calls if call.startswith("leave")).endswith("control.sock 600")
    assert "systemctl stop loudspeaker.service" in package.calls


def test_whoever_is_asked_at_a_terminal_and_says_no_keeps_the_package(package: Package) -> None:
    package.boot()
    ours, theirs = pty.openpty()

    done = package.run("prerm", "remove", stdin=theirs, ACTIVE="0", GAP="1")

    os.close(ours)
    os.close(theirs)
    assert done.returncode == 1  # dpkg leaves it installed, and what was stopped meanwhile begins anew
    assert "systemctl stop loudspeaker.service" not in package.calls


def test_purging_leaves_what_people_made_and_the_log(package: Package) -> None:
    package.run("postinst", "configure", "")
    (package.station / "audio_cache/clips").mkdir(parents=True)
    (package.station / "recordings/loa.mp3").write_bytes(b"x")

    assert package.run("postrm", "remove").returncode == 0
    done = package.run("postrm", "purge")

    assert done.returncode == 0
    for name in ("commune.yaml", "recordings/loa.mp3", ".state/asrun.db", "bulletins/lu-quet.md"):
        assert (package.station / name).exists(), name
    assert not (package.station / "audio_cache").exists()
    assert "/var/lib/loudspeaker" in done.stdout


def test_purging_takes_everything_where_somebody_asks_for_it(package: Package) -> None:
    package.run("postinst", "configure", "")

    assert package.run("postrm", "purge", LOUDSPEAKER_PURGE="yes").returncode == 0

    assert not package.station.exists()
    assert "userdel loudspeaker" in package.calls


def test_what_make_install_has_put_here_gives_way(package: Package) -> None:
    old = package.root / "opt/loudspeaker/.venv"
    old.mkdir(parents=True)
    (package.root / "etc/systemd/system").mkdir(parents=True)
    (package.root / "etc/systemd/system/loudspeaker.service").touch()

    assert package.run("postinst", "configure", "").returncode == 0

    assert not old.exists()
    assert not (package.root / "etc/systemd/system/loudspeaker.service").exists()


@pytest.mark.parametrize("script", ["postinst", "prerm", "postrm", "loudspeaker.rtupdate", "cai-dat.sh"])
def test_bash_understands_every_script(script: str) -> None:
    subprocess.run(["bash", "-n", str(DEBIAN / script)], check=True)


# The stick

INSTALL_NAMED = (
    RECORD
    + """
case " $* " in *" install "*) echo "named $COMMUNE, $VILLAGE" >>"$CALLS"; exit ${APT:-0};; esac
"""
)


class Stick:
    """A USB stick's folder and a machine into which it is put."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder / "THANH USB", folder / "root"
        places = {
            "loudspeaker/loudspeaker_0.1.0_arm64.deb": "program",
            "debian12-arm64/ffmpeg_1_arm64.deb": "ffmpeg",
            "debian12-arm64/Packages": "Package: loudspeaker\n\nPackage: ffmpeg\n",
            "debian13-arm64/Packages": "Package: loudspeaker\n",
        }
        for name, content in places.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(content)
        shutil.copy(DEBIAN / "cai-dat.sh", self.folder)
        sums = subprocess.run(["sha256sum", *places], cwd=self.folder, capture_output=True, text=True, check=True)
        (self.folder / "SHA256SUMS").write_text(sums.stdout)
        (self.root / "etc").mkdir(parents=True)
        self.release("12")
        self.stand_ins = StandIns(
            folder / "bin",
            {
                "id": "echo 0\n",
                "dpkg": "echo ${MACHINE:-arm64}\n",
                "dpkg-query": "exit ${LGPIO:-0}\n",
                "apt-get": INSTALL_NAMED,
                "loudspeaker": RECORD + "echo loudspeaker, version 0.1.0\n",
            },
        )

    def release(self, version: str) -> None:
        (self.root / "etc/os-release").write_text(f'VERSION_ID="{version}"\n')

    def put_in(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return self.stand_ins.run(
            ["bash", str(self.folder / "cai-dat.sh"), *arguments], DESTDIR=str(self.root), **environ
        )

    @property
    def installed(self) -> list[str]:
        """The packages that apt was asked to install."""
        (call,) = [one for one in self.stand_ins.calls.read_text().splitlines() if " install " in one]
        return call.partition("--no-install-recommends ")[2].split()


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    return Stick(tmp_path)


def test_a_stick_installs_what_lies_on_it_and_asks_no_network(stick: Stick) -> None:
    done = stick.put_in()

    assert done.returncode == 0, done.stderr
    assert stick.installed == ["loudspeaker", "ffmpeg"]
    assert all("Dir::Etc::SourceParts=/dev/null" in one for one in stick.stand_ins.called("apt-get"))
    assert "sudo loudspeaker setup" in done.stdout


def test_a_stick_installs_without_ffmpeg_where_that_is_asked_or_it_is_not_there(stick: Stick) -> None:
    stick.put_in("--khong-ffmpeg")
    assert stick.installed == ["loudspeaker"]
    stick.release("13")
    stick.put_in()
    assert stick.installed == ["loudspeaker"]


def test_a_new_station_is_named_by_a_file_that_notepad_has_written(stick: Stick) -> None:
    (stick.folder / "ten.txt").write_bytes("Xã Bản Mây\r\nThôn Nà Hoa".encode("utf-8-sig"))

    assert stick.put_in().returncode == 0

    assert "named Xã Bản Mây, Thôn Nà Hoa" in stick.stand_ins.calls.read_text().splitlines()


def test_a_stick_brings_a_station_up_to_date(stick: Stick) -> None:
    (stick.root / "var/lib/loudspeaker").mkdir(parents=True)
    (stick.root / "var/lib/loudspeaker/commune.yaml").touch()

    done = stick.put_in()

    assert "đã cập nhật" in done.stdout
    assert "loudspeaker setup" not in done.stdout


def test_pins_that_cannot_be_switched_are_told_on_a_raspberry_pi(stick: Stick) -> None:
    assert "python3-lgpio" not in stick.put_in(LGPIO="1").stderr  # another machine has no such pins
    (stick.root / "proc/device-tree").mkdir(parents=True)
    (stick.root / "proc/device-tree/model").write_text("Raspberry Pi 4 Model B Rev 1.5\0")

    without = stick.put_in(LGPIO="1")

    assert without.returncode == 0
    assert "python3-lgpio" in without.stderr
    assert "python3-lgpio" not in stick.put_in().stderr


def test_what_cannot_be_installed_tells_what_to_try(stick: Stick) -> None:
    done = stick.put_in(APT="100")

    assert done.returncode == 1
    assert "cai-dat.sh --khong-ffmpeg" in done.stderr
    assert not stick.stand_ins.called("loudspeaker")


def test_a_damaged_stick_installs_nothing(stick: Stick) -> None:
    (stick.folder / "debian12-arm64/ffmpeg_1_arm64.deb").write_text("ffmpe")

    done = stick.put_in()

    assert done.returncode == 1
    assert "Thanh USB bị lỗi" in done.stderr
    assert not stick.stand_ins.called("apt-get")


@pytest.mark.parametrize(("release", "machine"), [("11", "arm64"), ("12", "armhf")])
def test_another_system_is_told_what_the_stick_is_for(stick: Stick, release: str, machine: str) -> None:
    stick.release(release)

    done = stick.put_in(MACHINE=machine)

    assert done.returncode == 1
    assert "debian12-arm64 debian13-arm64" in done.stderr
    assert not stick.stand_ins.called("apt-get")


# What lies beside the program


def test_there_is_a_man_page_for_each_command_in_both_languages(tmp_path: Path) -> None:
    papers["write_man"](tmp_path)

    commands = [path.replace(" ", "-") for path, _command in papers["reference"]["commands"](papers["cli"])]
    for folder, heading in (("man1", ".SH OPTIONS"), ("vi/man1", ".SH TÙY CHỌN")):
        pages = {path.name: gzip.decompress(path.read_bytes()).decode() for path in (tmp_path / folder).iterdir()}
        assert sorted(pages) == sorted([f"loudspeaker-{name}.1.gz" for name in commands] + ["loudspeaker.1.gz"])
        assert heading in pages["loudspeaker-plan.1.gz"]
        assert "loudspeaker plan \\-\\-date tomorrow" in pages["loudspeaker-plan.1.gz"]


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
def test_roff_understands_every_page(tmp_path: Path) -> None:
    papers["write_man"](tmp_path)
    pages = list(tmp_path.rglob("*.gz"))
    for path in pages:
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
    command = ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-Wbreak", "-z", *(path.with_suffix("") for path in pages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert len(pages) > 50


def test_completion_is_for_this_command() -> None:
    assert "complete -o nosort -F _loudspeaker_completion loudspeaker" in papers["completion"]()


def test_the_changelog_is_debians_form_of_the_newest_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERSION", "1.2.3")
    monkeypatch.setenv("MAINTAINER", "Hoa <hoa@example.org>")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")

    text = papers["changelog"]()

    assert text.startswith("loudspeaker (1.2.3) stable; urgency=medium\n\n  * ")
    assert text.endswith("\n -- Hoa <hoa@example.org>  Fri, 15 Jan 2027 08:00:00 +0000\n")
    assert all(len(line) <= 78 for line in text.splitlines())


def test_a_lock_is_read_for_another_python_and_machine() -> None:
    lock = runpy.run_path(str(ROOT / "deploy" / "lock_for.py"))
    text = (ROOT / "deploy" / "constraints" / "runtime.txt").read_text()

    found = {
        python: {one.name for one, hashes in lock["entries"](text) if hashes and lock["holds"](one, python, "aarch64")}
        for python in ("3.11", "3.13")
    }

    assert found["3.13"] - found["3.11"] == {"audioop-lts"}
    assert "colorama" not in found["3.11"]


def test_the_unit_of_the_package_differs_from_the_checkouts_only_in_its_places() -> None:
    build = (ROOT / "deploy" / "build_deb.sh").read_text()
    unit = (ROOT / "deploy" / "loudspeaker.service").read_text()

    places = re.findall(r"-e 's,(\S+),(\S+),g'", build)
    for old, new in places:
        unit = re.sub(old, new, unit)
    assert "/opt/" not in unit
    assert "ExecStart=/usr/lib/loudspeaker/bin/loudspeaker " in unit
    assert "/usr/lib/loudspeaker/bin/python3 -m loudspeaker.maintenance.relays_off" in unit


def test_whoever_comes_to_deploy_is_told_what_lies_there() -> None:
    deploy = ROOT / "deploy"
    told = re.findall(r"`([^`]+)`", (deploy / "README.md").read_text())

    assert {"constraints/", "debian/", "hub/"} <= set(told)
    for path in [*deploy.iterdir(), *(deploy / "checks").iterdir()]:
        if path.is_file() and path.name != "README.md":
            assert any(fnmatch(path.name, Path(name).name) for name in told), path


# Publishing


APT = pytest.mark.skipif(not (shutil.which("apt-ftparchive") and shutil.which("gpg")), reason="needs apt-utils, gnupg")


class Publisher:
    """Publishes into a folder, signed with a key that is made for one test."""

    def __init__(self, folder: Path) -> None:
        self.suite, home, key = folder / "apt", folder / "keys", folder / "key.asc"
        home.mkdir(mode=0o700)
        self._gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
        self.run(*self._gpg, "--passphrase", "", "--quick-gen-key", "test@example.org", "ed25519", "sign")
        key.write_bytes(self.run(*self._gpg, "--armor", "--export-secret-keys"))
        names = {"GIT_AUTHOR_NAME": "Hoa", "GIT_COMMITTER_NAME": "Hoa", "EMAIL": "hoa@example.org"}
        self.environ = {**os.environ, **names, "SIGNING_KEY": str(key)}

    def run(self, *command: str, **settings: Any) -> bytes:
        return subprocess.run(command, check=True, capture_output=True, **settings).stdout

    def release(self, verb: str, *arguments: str, checkout: Path = ROOT) -> str:
        command = (str(checkout / "deploy/release.sh"), verb, str(self.suite), *arguments)
        return self.run(*command, env=self.environ).decode()

    def versions(self, name: str) -> list[str]:
        """What a suite holds; its signature and the hash of its index are looked at."""
        folder = self.suite / "dists" / name
        self.run(*self._gpg, "--verify", str(folder / "InRelease"))
        index = (folder / "main/binary-arm64/Packages").read_bytes()
        assert hashlib.sha256(index).hexdigest() in (folder / "InRelease").read_text()
        return re.findall(r"^Version: (.*)$", index.decode(), re.M)

    def close(self) -> None:
        """End the agent that gpg has started for this key."""
        self.run("gpgconf", "--homedir", self._gpg[2], "--kill", "all")


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with closing(Publisher(tmp_path)) as publisher:
        yield publisher


@APT
def test_a_release_is_a_signed_suite_that_is_promoted_from_canary_to_stable(
    publisher: Publisher, tmp_path: Path
) -> None:
    publisher.release("publish", str(small_package(tmp_path, "1.0")))
    assert publisher.versions("canary") == publisher.versions("stable") == ["1.0"]

    publisher.release("publish", str(small_package(tmp_path, "2.0")))
    assert publisher.versions("canary") == ["1.0", "2.0"]
    assert publisher.versions("stable") == ["1.0"]

    publisher.release("promote")
    assert publisher.versions("stable") == ["1.0", "2.0"]
    published = [path for path in publisher.suite.rglob("*") if path.is_file()]
    assert not any(b"PRIVATE" in path.read_bytes() for path in published)


@APT
def test_a_release_is_one_command(publisher: Publisher, tmp_path: Path) -> None:
    """Version, change log, commit, tag, packages; in a checkout whose packages are empty ones."""
    checkout = tmp_path / "checkout"
    for name in ("deploy/release.sh", "deploy/debian/loudspeaker.sources", "loudspeaker/__init__.py"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    (checkout / "CHANGELOG.md").write_text("# Changes\n\n## 2026-12-01\n\n* Loa kêu.\n\n## 0.1.0, 2026-11-01\n")
    deb = small_package(tmp_path, "3.0")
    (checkout / "deploy/build_deb.sh").write_text(f"#!/bin/sh\ncp {deb} $1\n")
    (checkout / "deploy/build_deb.sh").chmod(0o755)

    def git(*words: str) -> str:
        return publisher.run("git", "-C", str(checkout), *words, env=publisher.environ).decode()

    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "x")

    assert "canary" in publisher.release("make", "3.0", checkout=checkout)

    assert publisher.versions("canary") == ["3.0"]
    assert 'VERSION = "3.0"' in git("show", "v3.0:loudspeaker/__init__.py")
    assert "\n## 3.0, 2026-12-01\n" in git("show", "v3.0:CHANGELOG.md")
    assert git("status", "--porcelain") == ""
    with pytest.raises(subprocess.CalledProcessError):  # nothing new is told
        publisher.release("make", "3.1", checkout=checkout)


def small_package(folder: Path, version: str) -> Path:
    """A package of this name that holds nothing."""
    tree = folder / version / "DEBIAN"
    tree.mkdir(parents=True)
    fields = {"Package": "loudspeaker", "Version": version, "Architecture": "arm64", "Description": "nothing"}
    fields["Maintainer"] = "Hoa <hoa@example.org>"
    (tree / "control").write_text("".join(f"{name}: {value}\n" for name, value in fields.items()))
    path = folder / f"loudspeaker_{version}_arm64.deb"
    subprocess.run(["dpkg-deb", "--build", str(tree.parent), str(path)], check=True, capture_output=True)
    return path
