"""A commune's office that signs what it publishes, and a stick on which that travels to the boxes.

What an office has published when it opens, and what a box has taken when it has joined it, is made once in a process
for the same files, and written anew for each test.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.file_trees import FileTree, read_tree, write_tree
from harness.made_sound import format_sound_once
from harness.signing import PEOPLE
from harness.small_commune import ZONE
from loudspeaker.clock import FakeClock
from loudspeaker.errors import LoudspeakerError
from loudspeaker.station.deliveries.delivery import Deliveries
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.signing.packing import pack_files, write_trust
from loudspeaker.station.signing.sound_packing import SoundPacking, SpokenBulletin
from loudspeaker.station.station import Station
from loudspeaker.trust.dsse import format_envelope, parse_envelope
from loudspeaker.trust.public_keys import PublicKey
from loudspeaker.trust.signed_documents import BoxKey

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=ZONE)
SCOPE = "xa-thu"


class Office:
    """A commune's office: its files, a stick, and people who sign."""

    def __init__(self, home: Path, stick: Path, scope: str = SCOPE) -> None:
        self.home = home
        self.stick = stick
        self.scope = scope
        self.own = stick / "v1" / scope

    def sign(self, path: Path, *names: str) -> None:
        envelope = parse_envelope(path.read_bytes())
        for name in names:
            envelope = PEOPLE[name].sign(envelope)
        path.write_bytes(format_envelope(envelope))

    def trust(
        self,
        *names: str,
        people: tuple[str, ...] = ("hoa", "pao", "ly"),
        parent: str | None = None,
        reset: bool = False,
        hub: PublicKey | None = None,
        boxes: tuple[BoxKey, ...] = (),
        revoked: tuple[str, ...] = (),
        addresses: tuple[str, ...] = (),
    ) -> None:
        keys = [PEOPLE[name].public for name in people]
        _, path = write_trust(self.stick, self.scope, keys, NOW, parent, reset, hub, boxes, revoked, addresses)
        self.sign(path, *names)

    def publish(self, *names: str, now: datetime = NOW, spoken: bool = False) -> None:
        pack_files(self.home, self.stick, self.scope, now, spoken)
        self.sign(self.own / "manifest.json", *names)

    def write(self, path: str, text: str) -> None:
        (self.home / path).write_text(text, encoding="utf-8")


def open_office(home: Path, folder: Path) -> Office:
    """An office with the files of the station in `home`; it has published one version, its rules among it."""
    office = Office(folder / "office", folder / "stick")
    files = read_tree(home, without=(".state", ".web", "box.yaml", "audio_cache"))
    write_tree(office.home, files)
    write_tree(office.stick, _publish_first(files))
    return office


@cache
def _publish_first(files: FileTree) -> FileTree:
    """The stick of an office that has begun with these files."""
    with TemporaryDirectory() as folder:
        office = Office(Path(folder, "office"), Path(folder, "stick"))
        write_tree(office.home, files)
        office.trust("hoa", "pao")
        office.publish("hoa", "pao")
        return read_tree(office.stick)


def speak(office: Office, *names: str) -> list[SpokenBulletin]:
    """Have an office speak what it has packed, and sign it."""
    spoken: list[SpokenBulletin] = []
    with closing(Station.open(office.home, clock=FakeClock(NOW))) as station:
        SoundPacking(station, office.stick, office.scope, format_sound_once).carry_sounds(NOW, spoken.append)
    office.sign(office.own / "manifest.json", *(names or ("hoa",)))
    return spoken


def deliveries(box: StationPaths, now: datetime = NOW) -> Deliveries:
    return Deliveries(box, now, trusted=True)


def join(box: StationPaths, office: Office) -> None:
    """From now on the box takes what the office signs. Raises what the box raises."""
    if not box.state.exists() and (taken := _take_first(read_tree(box.home), read_tree(office.stick), office.scope)):
        write_tree(box.state, taken)
    else:
        _join(box, office.stick, office.scope)


def _join(box: StationPaths, stick: Path, scope: str) -> None:
    deliveries(box).join(stick, deliveries(box).first_trust(stick, scope), "Lý")


@cache
def _take_first(home: FileTree, stick: FileTree, scope: str) -> FileTree:
    """The state of a box with these files that has joined from this stick; empty where it refuses to."""
    with TemporaryDirectory() as folder:
        box = StationPaths(Path(folder, "dai"), Path(folder, "state"))
        write_tree(box.home, home)
        write_tree(Path(folder, "stick"), stick)
        try:
            _join(box, Path(folder, "stick"), scope)
        except LoudspeakerError:
            return ()  # which names its folders
        return read_tree(box.state)


def open_station(home: Path, state: Path) -> closing[Station]:
    """A station on the office's clock, until its block ends."""
    return closing(Station.open(home, state, clock=FakeClock(NOW)))


def join_box(home: Path, office: Office) -> StationPaths:
    """The station in `home` as a box that follows this office."""
    paths = StationPaths(home, home / ".state")
    join(paths, office)
    return paths


def open_province(folder: Path, stick: Path, entries: str = "", scope: str = "tinh-thu") -> Office:
    """A province that sends one bulletin, “Bão số 5”, with these entries of a schedule; Tú and Bình have signed."""
    province = Office(folder / "province", stick, scope)
    for name in ("bulletins", "schedules"):
        (province.home / name).mkdir(parents=True)
    province.write("commune.yaml", f"commune: Tỉnh Thử\nid: {scope}\n")
    province.write("bulletins/bao-so-5.md", "---\ntitle: Bão số 5\n---\nBão số 5 cách bờ 200 km.\n")
    province.write(f"schedules/{scope}.yaml", f"broadcasts: [{entries}]\n")
    province.trust("tu", "binh", people=("tu", "binh", "mai"))
    province.publish("tu", "binh", spoken=True)
    return province


def follow(station: StationPaths, office: Office, commune: str = SCOPE) -> None:
    """From now on a station whose own files are edited on it takes what an office above its commune signs."""
    taker = deliveries(station)
    taker.follow(office.stick, taker.first_trust(office.stick, office.scope), commune, "Lý")
