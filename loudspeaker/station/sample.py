"""The sample commune: the project's own top-level folders, or the copy that the wheel carries. Copies, no more."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from ..errors import BadUsage, Message
from ..store.atomic import make_folder, write_atomic

PARTS = ("commune.yaml", "box.yaml", "bulletins", "schedules")


def folder() -> Path:
    """Where the sample lies. One copy: a checkout's top level, else what the wheel put under share/."""
    checkout = Path(__file__).parent.parent.parent
    return checkout if (checkout / "commune.yaml").exists() else Path(sysconfig.get_path("data")) / "share/loudspeaker"


def must_be_new(target: Path) -> None:
    """Raises `BadUsage` where something of a station is there already."""
    if target == Path():
        raise BadUsage(Message("name the folder that the station is to be in"))
    for part in PARTS:
        if (target / part).exists():
            raise BadUsage(Message("{folder} has a {part} already; nothing was changed", folder=target, part=part))


def copy(target: Path) -> None:
    """A new station folder. Raises `BadUsage` where something of a station is there already."""
    must_be_new(target)
    for part in PARTS:
        source = folder() / part
        for path in sorted(source.iterdir()) if source.is_dir() else [source]:
            write_atomic(target / path.relative_to(folder()), path.read_bytes())
    make_folder(target / "recordings")
