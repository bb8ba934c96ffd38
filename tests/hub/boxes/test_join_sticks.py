"""A hub writes the stick by which one box joins without a keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from harness.certificates import FOUND
from harness.office import SCOPE

from loudspeaker.cli import cli
from loudspeaker.errors import BadUsage, LoudspeakerError
from loudspeaker.fleet.join_stick import read_join_stick, write_join_stick
from loudspeaker.fleet.joining import parse_code
from loudspeaker.hub.boxes.box_registry import LASTS
from loudspeaker.hub.boxes.join_sticks import StickWish, write_stick
from loudspeaker.hub.hub import Hub
from loudspeaker.station.deliveries.delivery import Deliveries
from loudspeaker.station.paths import StationPaths

WISH = StickWish(SCOPE, "nhà văn hóa", ("na-hoa",), "loa.vn:8443")


def test_it_carries_one_code_that_the_hub_knows(published: Hub, tmp_path: Path) -> None:
    written = write_stick(published, tmp_path / "usb", WISH)

    assert read_join_stick(tmp_path / "usb") == written
    assert (written.address, written.commune) == ("loa.vn:8443", "Xã Thử")
    assert written.until == published.clock.now() + LASTS
    row = published.database.row("SELECT name FROM invitation WHERE letters = ?", parse_code(written.code).letters)
    assert row
    assert row["name"] == "nhà văn hóa"


def test_for_a_box_without_a_network_it_carries_all_that_the_box_takes(published: Hub, tmp_path: Path) -> None:
    written = write_stick(published, tmp_path / "usb", StickWish(SCOPE, "nhà văn hóa", ()))

    assert not written.code
    taker = Deliveries(StationPaths(tmp_path, tmp_path / ".state"), published.clock.now(), trusted=True)
    assert written.trust == {SCOPE: taker.first_trust(tmp_path / "usb", SCOPE).sha256}
    assert (tmp_path / "usb" / "v1" / SCOPE / "manifest.json").is_file()


def test_an_unused_invitation_is_not_written_over_and_a_used_one_is(published: Hub, tmp_path: Path) -> None:
    written = write_stick(published, tmp_path, WISH)
    with pytest.raises(BadUsage, match="nhà văn hóa"):
        write_stick(published, tmp_path, WISH)

    write_join_stick(tmp_path, written.mark_used("b-12345678"))

    assert write_stick(published, tmp_path, WISH).code != written.code


@pytest.mark.parametrize("wish", [StickWish("ban-la", "x", ()), StickWish(SCOPE, "x", ("ban-la",))])
def test_a_commune_or_village_that_is_not_there_is_told(published: Hub, tmp_path: Path, wish: StickWish) -> None:
    with pytest.raises(LoudspeakerError, match="ban-la"):
        write_stick(published, tmp_path, wish)


@pytest.mark.skipif(not FOUND, reason="needs openssl")
def test_the_command_names_the_hub_as_its_certificate_does(published: Hub, tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    words = ("stick", str(usb), "--scope", SCOPE, "--box", "nhà văn hóa", "--at", "loa.laocai.gov.vn")

    done = CliRunner(mix_stderr=False).invoke(cli, ["hub", "--folder", str(published.paths.root), *words])

    assert done.exit_code == 0, done.stderr
    written = read_join_stick(usb)
    assert written
    assert written.address == "loa.laocai.gov.vn:8443"
