"""A stick that is pulled out: each file of it missing, empty or cut, or at each write of what the box answers onto it.

The old files stay; the whole stick mends it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from click.testing import CliRunner
from harness.daemon_thread import HurryingClock
from harness.killed_process import NEVER, WriteCount, run_apart, some_points
from harness.office import NOW, SCOPE, Office, deliveries, join_box, open_office
from harness.small_commune import ZONE, at

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.errors import LoudspeakerError
from loudspeaker.fleet.join_stick import JoinStick, write_join_stick
from loudspeaker.i18n import set_language
from loudspeaker.reports.log_export import read_export
from loudspeaker.reports.records import RecordStore
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.station import Station
from loudspeaker.store.asrun import AsRunLog


def title(paths: StationPaths) -> str:
    station = Station.open(paths.home, paths.state, clock=FakeClock(NOW))
    try:
        return station.files.bulletin("tin-sang").title
    finally:
        station.close()


def cuts(stick: Path) -> list[tuple[Path, int | None]]:
    """What of which file has come: nothing of it, its name alone, half of it."""
    files = sorted(path.relative_to(stick) for path in stick.rglob("*") if path.is_file())
    sizes = {path: (stick / path).stat().st_size for path in files}
    return [(path, left) for path in files for left in (None, 0, sizes[path] // 2)]


def test_whatever_of_it_is_missing_the_old_files_stay_and_the_whole_stick_mends_it(
    home: Path, tmp_path: Path, full: bool
) -> None:
    office: Office = open_office(home, tmp_path)
    (home / "box.yaml").write_text("plays: {na-hoa: a}\noutputs: {a: {device: memory}}\nclock: trusted\n", "utf-8")
    join_box(home, office)
    old = title(StationPaths(home, home / ".state"))
    office.trust("hoa", "pao")
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.write("bulletins/them.md", "---\ntitle: Thêm\n---\nHọp xã.\n")
    office.publish("hoa", "pao")
    seen = set()
    for number, (path, left) in enumerate(cuts(office.stick)[:: 1 if full else 4]):
        box, stick = tmp_path / f"box-{number}", tmp_path / f"stick-{number}"
        shutil.copytree(home, box)
        shutil.copytree(office.stick, stick)
        if left is None:
            (stick / path).unlink()
        else:
            (stick / path).write_bytes((stick / path).read_bytes()[:left])
        paths = StationPaths(box, box / ".state")
        try:
            deliveries(paths).take(stick)
        except LoudspeakerError:
            assert title(paths) == old, (path, left)
            seen.add("refused")
        else:
            assert title(paths) == "Tin mới", (path, left)
            seen.add("taken")  # what the box has already need not be on the stick
        deliveries(paths).take(office.stick, SCOPE)
        assert title(paths) == "Tin mới", (path, left)

    assert "refused" in seen


@dataclass
class PulledOut:
    """A station, a stick, and the commands by which the stick is taken, in a process of their own each time."""

    home: Path
    stick: Path
    folder: Path
    full: bool
    count: int = 0

    @property
    def pulled(self) -> Path:
        """Where the stick is once it is out: what had been written onto it stays on it."""
        return self.stick.with_name("pulled")

    def pull(self) -> None:
        """From now on whatever is done below its folder fails, as with a device that is gone."""
        self.stick.rename(self.pulled)
        self.stick.write_bytes(b"")

    def put_in(self) -> None:
        self.stick.unlink()
        self.pulled.rename(self.stick)

    def command(self, home: Path, *words: str) -> str:
        """What it prints; its exit code at the end."""
        done = CliRunner(mix_stderr=False).invoke(
            cli, ["--home", str(home), "fleet", *words, str(self.stick)], obj=HurryingClock(at("2026-11-24T12:00"))
        )
        return f"{done.stdout}{done.stderr}{done.exception or ''}\nexit {done.exit_code}"

    def take(self, home: Path, fatal: int, *words: str) -> str:
        """The same; the stick is pulled at this write onto it."""
        said = self.folder / "said"
        writes = WriteCount(fatal, self.pull, self.stick)
        self.count = run_apart(lambda: said.write_text(self.command(home, *words)), writes) or 0
        return said.read_text()

    def at_each_write(self, *words: str) -> Iterator[tuple[Path, str]]:
        """A fresh copy of the station for each write, with what the command has said; the stick is in again."""
        whole = self.folder / "whole"
        shutil.copytree(self.stick, whole)
        self.take(self._copy(0), NEVER, *words)
        for fatal in some_points(self.count, self.full):
            self._renew(whole)
            home = self._copy(fatal)
            said = self.take(home, fatal, *words)
            assert self.pulled.exists()
            self.put_in()
            yield home, said

    def _copy(self, number: int) -> Path:
        home = self.folder / f"box-{number}"
        shutil.copytree(self.home, home)
        return home

    def _renew(self, whole: Path) -> None:
        shutil.rmtree(self.stick)
        shutil.copytree(whole, self.stick)


def test_it_is_pulled_while_the_answer_is_written_onto_it(home: Path, tmp_path: Path, full: bool) -> None:
    set_language("en")
    office = open_office(home, tmp_path)
    (home / "box.yaml").write_text("plays: {na-hoa: a}\noutputs: {a: {device: memory}}\nclock: trusted\n", "utf-8")
    paths = join_box(home, office)
    with closing(AsRunLog.open(paths.log, SCOPE)) as log:
        for number in range(50):
            log.event("pause", "", NOW, village="na-hoa", why=str(number))
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")

    for box, said in PulledOut(home, office.stick, tmp_path, full).at_each_write("take"):
        assert "no answer was written onto the stick" in said
        assert said.endswith("exit 0"), said  # what it had taken, it has taken
        assert title(StationPaths(box, box / ".state")) == "Tin mới"
        for answer in office.stick.glob("out/*/*.*"):
            assert answer.suffix == ".part" or answer.stat().st_size

        again = PulledOut(home, office.stick, tmp_path, full).command(box, "take")
        assert "The answer lies in" in again
        (folder,) = office.stick.glob("out/*")
        assert {path.name for path in folder.iterdir()} == {"KET-QUA.txt", "box.yaml", "head.json", "log.jsonl"}
        carried = read_export(folder / "log.jsonl", RecordStore(lambda record: True))
        with closing(AsRunLog.open_read_only(StationPaths(box, box / ".state").log, SCOPE)) as log:
            assert carried.entries == log.last_number() >= 50


def test_it_is_pulled_while_a_box_joins_by_it(home: Path, tmp_path: Path, full: bool) -> None:
    set_language("en")
    office = open_office(home, tmp_path)
    (home / "box.yaml").write_text("plays: {na-hoa: a}\noutputs: {a: {device: memory}}\nclock: trusted\n", "utf-8")
    first = hashlib.sha256((office.own / "trust" / "1.json").read_bytes()).hexdigest()
    until = datetime.now(ZONE) + timedelta(days=7)
    write_join_stick(office.stick, JoinStick(SCOPE, "Xã Thử", "nhà", ("na-hoa",), until, trust={SCOPE: first}))

    seen = set()
    for box, said in PulledOut(home, office.stick, tmp_path, full).at_each_write("stick"):
        joined = read_membership(StationPaths(box, box / ".state")) is not None
        seen.add(joined)
        assert "no answer was written onto the stick" in said
        assert ("NOT JOINED" in said) != joined, said

        again = PulledOut(home, office.stick, tmp_path, full).command(box, "stick")
        assert again.endswith("exit 0"), again
        assert read_membership(StationPaths(box, box / ".state"))
        assert title(StationPaths(box, box / ".state"))
    assert seen == {True, False}
