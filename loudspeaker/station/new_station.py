"""New station folders: a copy of the sample commune, or an empty one that is silent until it is commissioned."""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from ..clock import SystemClock
from ..config.values import slug
from ..errors import BadUsage, Message, bad_character
from ..store.asrun import AsRunLog
from ..store.atomic import make_folder, read_regular_file, write_atomic
from ..yamlfile import quote
from .naming import UNIT, name_within_sentence
from .paths import LOG
from .restrictions import COMMISSION, mark_empty

TEMPLATES = Path(__file__).parent.parent / "templates"
COMMUNE, VILLAGE = "Xã của tôi", "Thôn của tôi"  # where nobody says otherwise
LARGEST = 1_000_000  # bytes of a file that could be one of an empty station
PARTS = ("commune.yaml", "box.yaml", "bulletins", "schedules")  # of a station folder


def sample_folder() -> Path:
    """Where the sample commune lies: a checkout's top level, else what the wheel put under share/."""
    checkout = Path(__file__).parent.parent.parent
    return checkout if (checkout / "commune.yaml").exists() else Path(sysconfig.get_path("data")) / "share/loudspeaker"


def must_be_new(target: Path) -> None:
    """Raises `BadUsage` where something of a station is there already."""
    if target == Path():
        raise BadUsage(Message("name the folder that the station is to be in"))
    for part in PARTS:
        if (target / part).exists():
            raise BadUsage(Message("{folder} has a {part} already; nothing was changed", folder=target, part=part))


def copy_sample(target: Path) -> None:
    """Copy the sample commune to `target`. Raises `BadUsage` where something of a station is there already."""
    must_be_new(target)
    for part in PARTS:
        source = sample_folder() / part
        for path in sorted(source.iterdir()) if source.is_dir() else [source]:
            write_atomic(target / path.relative_to(sample_folder()), path.read_bytes())
    make_folder(target / "recordings")


def make_empty(target: Path, state: Path, commune: str, village: str) -> None:
    """Write a station of one village without a schedule to `target`, with the templates for emergencies.

    Its log in `state` begins with the event that it was made empty.

    Raises `BadUsage` where something of a station is there already, or a name gives no id.
    """
    must_be_new(target)
    if (state / LOG).exists():
        raise BadUsage(Message("{folder} holds a station's log already; choose another with --state", folder=state))
    for name, content in _empty_files(commune, village).items():
        write_atomic(target / name, content)
    make_folder(target / "recordings")
    _begin_log(state, id_of(commune))


def is_unnamed(home: Path, state: Path) -> bool:
    """Is it just as `make_empty` leaves it where nobody says a name, and was nothing heard or decided there?"""
    made = _empty_files(COMMUNE, VILLAGE)
    if any(read_regular_file(home / name, LARGEST) != content for name, content in made.items()):
        return False
    log = AsRunLog.open_read_only(state / LOG, id_of(COMMUNE))
    try:
        return log.begins() is None and not log.events(COMMISSION)
    finally:
        log.close()


def name_station(home: Path, state: Path, commune: str, village: str) -> None:
    """Give an unnamed station its names, and with them the ids that stay. No daemon may be running.

    Its log, which carries the id and says nothing but that the station is empty, begins anew.

    Raises `BadUsage` where a name gives no id; then nothing is changed.
    """
    files = _empty_files(commune, village)
    for name in _empty_files(COMMUNE, VILLAGE).keys() - files.keys():
        (home / name).unlink()
    for name, content in files.items():
        write_atomic(home / name, content)
    for suffix in ("-wal", "-shm", ""):
        (state / f"{LOG}{suffix}").unlink(missing_ok=True)
    _begin_log(state, id_of(commune))


def schedule_of(village: str) -> bytes:
    """The file of a village without a schedule."""
    return _fill("schedule.yaml", {"{village}": quote(village)})


def _empty_files(commune: str, village: str) -> dict[Path, bytes]:
    """An empty station's files by their names below its folder."""
    ident = id_of(village)
    facts = {
        "{commune}": quote(commune),
        "{id}": id_of(commune),
        "{village}": quote(village),
        "{village_id}": ident,
        "{opening}": quote(f"Đây là Đài Truyền thanh {name_within_sentence(commune)}."),
    }
    names = [path.relative_to(TEMPLATES) for path in sorted(TEMPLATES.rglob("*.*"))]
    return {_name_of(name, ident): _fill(str(name), facts) for name in names}


def _name_of(template: Path, village: str) -> Path:
    return Path("schedules", f"{village}.yaml") if template.name == "schedule.yaml" else template


def _fill(template: str, facts: Mapping[str, str]) -> bytes:
    """A template's text; of a YAML file the places in braces are filled in."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    if template.endswith(".yaml"):
        text = re.sub(r"\{[a-z_]+\}", lambda match: facts[match[0]], text)
    return text.encode()


def _begin_log(state: Path, commune: str) -> None:
    log = AsRunLog.open(state / LOG, commune)
    try:
        mark_empty(log, SystemClock().now())
    finally:
        log.close()


def id_of(name: str) -> str:
    """The id of a commune or village: its name without what kind of place it is.

    >>> id_of("Xã Bản Mây"), id_of("Thôn Nà Hoa"), id_of("Tổ dân phố 3")
    ('ban-may', 'na-hoa', 'to-dan-pho-3')
    """
    if fault := bad_character(name):
        raise BadUsage(fault)
    ident = slug(UNIT.sub("", name.strip(), count=1) if UNIT.match(name.strip()) else name)
    if not ident:
        raise BadUsage(Message("“{name}” is no name of a place: it needs letters", name=name))
    return ident
