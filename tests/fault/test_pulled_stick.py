"""A stick that is pulled out: each file of it missing, empty or cut. The old files stay; the whole stick mends it."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.office import NOW, SCOPE, Office, deliveries, join_box, open_office

from loudspeaker.clock import FakeClock
from loudspeaker.errors import LoudspeakerError
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.station import Station


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
