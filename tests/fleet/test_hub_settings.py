"""Where the hub is: kept for the agent alone, and checked before."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from harness.certificates import FOUND, Authority

from loudspeaker.errors import BadUsage, Refused
from loudspeaker.fleet.hub_settings import HubSettings, read_hub_settings, write_hub_settings
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.atomic import SymlinkError

pytestmark = pytest.mark.skipif(not FOUND, reason="needs openssl")


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> str:
    return Authority(tmp_path_factory.mktemp("tls") / "ca").own.read_text()


@pytest.fixture
def paths(tmp_path: Path) -> StationPaths:
    return StationPaths(tmp_path, tmp_path / ".state")


def test_they_are_kept_for_one_user_only(paths: StationPaths, ca: str) -> None:
    settings = HubSettings("loa.laocai.gov.vn", "b-0a1b2c3d", "mật khẩu", ca, https_port=443)
    before = os.umask(0)
    try:
        write_hub_settings(paths, settings)
        write_hub_settings(paths, settings)
    finally:
        os.umask(before)

    assert read_hub_settings(paths) == settings
    assert stat.S_IMODE(paths.hub_settings.stat().st_mode) == 0o600
    assert "mật khẩu" not in repr(settings)


def test_what_enrols_a_box_may_leave_the_ports_out(paths: StationPaths, ca: str) -> None:
    paths.fleet.mkdir(parents=True)
    ca_line = ca.replace("\n", "\\n")
    paths.hub_settings.write_text(f'{{"address": "h", "user": "b-0a1b", "password": "p", "ca": "{ca_line}", "new": 1}}')

    settings = read_hub_settings(paths)

    assert (settings.mqtt_port, settings.https_port) == (8883, 8443)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"address": "h", "user": "b", "password": "p", "ca": "x"}'])
def test_damaged_ones_are_told(paths: StationPaths, content: str) -> None:
    paths.fleet.mkdir(parents=True)
    paths.hub_settings.write_text(content)

    with pytest.raises(Refused, match="connect anew"):
        read_hub_settings(paths)


def test_a_box_without_a_hub_is_told_what_to_do(paths: StationPaths) -> None:
    with pytest.raises(Refused, match="fleet connect"):
        read_hub_settings(paths)


@pytest.mark.parametrize("address", ["", "https://h", "a b", "u@h"])
def test_what_is_no_host_name_is_refused(address: str, ca: str) -> None:
    with pytest.raises(BadUsage, match="no host name"):
        HubSettings(address, "b-0a1b", "p", ca)


def test_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(BadUsage, match="no certificate"):
        HubSettings("h", "b-0a1b", "p", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n")


def test_a_link_in_its_place_is_not_followed(paths: StationPaths, ca: str, tmp_path: Path) -> None:
    paths.fleet.mkdir(parents=True)
    paths.hub_settings.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(SymlinkError):
        write_hub_settings(paths, HubSettings("h", "b-0a1b", "p", ca))
    assert not (tmp_path / "elsewhere").exists()
