"""A new station of one's own: one village, no schedule, the templates for emergencies; silent until commissioned."""

from __future__ import annotations

import re
from pathlib import Path

from ..clock import SystemClock
from ..config.values import slug
from ..errors import BadUsage, Message, bad_character
from ..store.asrun import AsRunLog
from ..store.atomic import make_folder, write_atomic
from ..yamlfile import quoted
from .commissioning import mark_empty
from .paths import LOG
from .sample import must_be_new

TEMPLATES = Path(__file__).parent.parent / "templates"
COMMUNE, VILLAGE = "Xã của tôi", "Thôn của tôi"  # where nobody says otherwise
UNIT = re.compile(r"(xã|phường|thị trấn|đặc khu|thôn)\s+(?=\S)", re.I)  # is no part of an id


def make(target: Path, state: Path, commune: str, village: str) -> None:
    """The station's files in `target`, and its log in `state`, which begins with the word that it was made empty.

    Raises `BadUsage` where something of a station is there already, or a name gives no id.
    """
    must_be_new(target)
    if (state / LOG).exists():
        raise BadUsage(Message("{folder} holds a station's log already; choose another with --state", folder=state))
    ident, village_id = _ident(commune), _ident(village)
    facts = {
        "{commune}": quoted(commune),
        "{id}": ident,
        "{village}": quoted(village),
        "{village_id}": village_id,
        "{opening}": quoted(f"Đây là Đài Truyền thanh {_within(commune)}."),
    }
    for path in sorted(TEMPLATES.rglob("*.*")):
        name = path.relative_to(TEMPLATES)
        text = path.read_text(encoding="utf-8")
        if path.name == "schedule.yaml":
            name = Path("schedules", f"{village_id}.yaml")
        if path.suffix == ".yaml":
            text = re.sub(r"\{[a-z_]+\}", lambda found: facts[found[0]], text)
        write_atomic(target / name, text.encode())
    make_folder(target / "recordings")
    log = AsRunLog.open(state / LOG, ident)
    try:
        mark_empty(log, SystemClock().now())
    finally:
        log.close()


def _ident(name: str) -> str:
    """The id of a commune or village: its name without what kind of place it is.

    >>> _ident("Xã Bản Mây"), _ident("Thôn Nà Hoa"), _ident("Tổ dân phố 3")
    ('ban-may', 'na-hoa', 'to-dan-pho-3')
    """
    if fault := bad_character(name):
        raise BadUsage(fault)
    found = slug(UNIT.sub("", name.strip(), count=1) if UNIT.match(name.strip()) else name)
    if not found:
        raise BadUsage(Message("“{name}” is no name of a place: it needs letters", name=name))
    return found


def _within(commune: str) -> str:
    """A commune's name as it stands within a sentence: Xã Bản Mây → xã Bản Mây."""
    return commune[:1].lower() + commune[1:] if UNIT.match(commune) else commune
