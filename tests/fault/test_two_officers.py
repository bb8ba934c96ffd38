"""Two officers save the same schedules at once, in every order of their steps that chance gives: no update is lost."""

from __future__ import annotations

from pathlib import Path

from harness.two_officers import lost_updates, open_twice, work_at_once

from loudspeaker.clock import FakeClock


def test_no_update_is_lost_in_any_order_of_steps(home: Path, clock: FakeClock, full: bool) -> None:
    conflicts = 0
    before = {path: path.read_bytes() for path in (home / "schedules").iterdir()}
    for seed in range(100, 600 if full else 110):
        for path, content in before.items():
            path.write_bytes(content)
        first, second = open_twice(home, clock)
        officers = work_at_once(first, second, seed)
        assert lost_updates(first, officers) == [], seed
        conflicts += sum(officer.conflicts for officer in officers)
        first.close()
        second.close()
    assert conflicts > 5  # they do meet
