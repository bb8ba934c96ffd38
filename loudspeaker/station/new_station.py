"""New station folders: a copy of the sample commune, or an empty one that is silent until it is commissioned."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path

from ..clock import SystemClock
from ..config.values import slug
from ..errors import BadUsage, Message, bad_character
from ..store.asrun import AsRunLog
from ..store.atomic import make_folder, write_atomic
from ..yamlfile import quote
from .commissioning import mark_empty
from .paths import LOG

TEMPLATES = Path(__file__).parent.parent / "templates"
COMMUNE, VILLAGE = "Xã của tôi", "Thôn của tôi"  # where nobody says otherwise
UNIT = re.compile(r"(xã|phường|thị trấn|đặc khu|thôn)\s+(?=\S)", re.I)  # is no part of an id
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
    ident, village_id = _id_of(commune), _id_of(village)
    facts = {
        "{commune}": quote(commune),
        "{id}": ident,
        "{village}": quote(village),
        "{village_id}": village_id,
        "{opening}": quote(f"Đây là Đài Truyền thanh {_within(commune)}."),
    }
    for path in sorted(TEMPLATES.rglob("*.*")):
        name = path.relative_to(TEMPLATES)
        text = path.read_text(encoding="utf-8")
        if path.name == "schedule.yaml":
            name = Path("schedules", f"{village_id}.yaml")
        if path.suffix == ".yaml":
            text = re.sub(r"\{[a-z_]+\}", lambda match: facts[match[0]], text)
        write_atomic(target / name, text.encode())
    make_folder(target / "recordings")
    log = AsRunLog.open(state / LOG, ident)
    try:
        mark_empty(log, SystemClock().now())
    finally:
        log.close()


def _id_of(name: str) -> str:
    """The id of a commune or village: its name without what kind of place it is.

    >>> _id_of("Xã Bản Mây"), _id_of("Thôn Nà Hoa"), _id_of("Tổ dân phố 3")
    ('ban-may', 'na-hoa', 'to-dan-pho-3')
    """
    if fault := bad_character(name):
        raise BadUsage(fault)
    ident = slug(UNIT.sub("", name.strip(), count=1) if UNIT.match(name.strip()) else name)
    if not ident:
        raise BadUsage(Message("“{name}” is no name of a place: it needs letters", name=name))
    return ident


def _within(commune: str) -> str:
    """A commune's name as it stands within a sentence: Xã Bản Mây → xã Bản Mây."""
    return commune[:1].lower() + commune[1:] if UNIT.match(commune) else commune
