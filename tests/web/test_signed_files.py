"""The console of a box that takes its files signed: it tells where they are changed, and writes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Refused
from loudspeaker.station.deliveries.membership import AcceptedManifest, Membership, keep_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.edits import FileEdit, revision_of
from loudspeaker.web.shared_station import SharedStation


def test_no_page_writes_a_file_that_would_not_be_read(home: Path, clock: FakeClock) -> None:
    keep_membership(StationPaths(home, home / ".state"), Membership("xa-thu", "", "Lý", AcceptedManifest(1, {}), {}))
    file = home / "bulletins" / "tin-sang.md"
    before = file.read_bytes()

    with pytest.raises(Refused, match="signed from xa-thu"):
        SharedStation(home, home / ".state", clock).save(
            [FileEdit("bulletins/tin-sang.md", revision_of(file), b"x")], "Hoa", ""
        )

    assert file.read_bytes() == before
