"""Bulletins of a delivery as sound: spoken at the office, fetched later by boxes, which speak themselves until then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import rooms
from .app import TranslatedCommand
from .command_context import current_station_context
from .parameter_types import _
from .signing_commands import in_scope
from .terminal import put, tell

if TYPE_CHECKING:
    from ..station.signing.sound_packing import SpokenBulletin


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@in_scope
def speak(folder: Path, scope: str) -> None:
    """Speak the bulletins of a delivery with this station's voice: boxes that lack it fetch the sound later."""
    packing = rooms.sound_packing.SoundPacking(current_station_context().station, folder, scope)
    manifest = packing.carry_sounds(rooms.clock.SystemClock().now(), _tell_spoken)
    put(str(folder / rooms.signed_documents.ROOT / scope / "manifest.json"))
    tell(
        _("Version {version}, {count} files; nobody has signed it yet: use “sign”.").format(
            version=manifest.version, count=len(manifest.files)
        )
    )


def _tell_spoken(spoken: SpokenBulletin) -> None:
    """One line a bulletin, for speaking takes its time."""
    facts = {"bulletin": spoken.bulletin, "voice": spoken.voice, "size": f"{len(spoken.data) / 1000:.0f} kB"}
    line = _("spoken: {bulletin}, {voice}, {size}") if spoken.is_new else _("as before: {bulletin}, {voice}, {size}")
    tell(line.format(**facts))


COMMANDS = (speak,)
