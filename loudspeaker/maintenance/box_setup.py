"""What a technician answers, written into box.yaml, commune.yaml and a village's schedule. Asks nobody.

One entry is spliced in at a time; comments and all else stay. A file that could not be read afterwards is not written.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..config import box_file, commune_file
from ..config.keywords import KEYWORDS
from ..model.box import Relay
from ..station.new_station import id_of, schedule_of
from ..store.edits import ABSENT, FileEdit, apply_edits, revision_of
from ..yamlfile import Splice, append, put, quote, remove

SERVICE_USER = "loudspeaker"
BOX, COMMUNE = "box.yaml", "commune.yaml"
PARSERS: dict[str, Callable[[str, bytes], object]] = {BOX: box_file.parse, COMMUNE: commune_file.parse}
Change = Callable[[str, bytes], Splice]


@dataclass(frozen=True, slots=True)
class BoxSetup:
    """The files of the station in `home`; `by` is told to whoever edits at the same time.

    Each method raises `BadFile` where the file would not be understood afterwards, `EditConflict`, `EditLocked`.
    """

    home: Path
    by: str

    def set_relay(self, output: str, relay: Relay | None) -> None:
        """The relay before an output's amplifier; a key that is there already (`hold`) stays."""
        where = ("outputs", output)
        if relay is None:
            self._change(BOX, lambda path, data: remove(path, data, (*where, "relay"), KEYWORDS))
            return
        if self._relay_of(output) is None:
            self._change(BOX, lambda path, data: put(path, data, where, "relay", f"{{pin: {relay.pin}}}", KEYWORDS))
        self._put(BOX, (*where, "relay"), "pin", str(relay.pin))
        self._put(BOX, (*where, "relay"), "active", "high" if relay.active_high else "low")

    def set_stop_button(self, pin: int | None) -> None:
        if pin is None:
            self._change(BOX, lambda path, data: remove(path, data, ("stop_button",), KEYWORDS))
        else:
            self._put(BOX, (), "stop_button", f"{{pin: {pin}}}")

    def set_device(self, output: str, card: str) -> None:
        """The sound card of an output, by its name; `auto` is the system's default."""
        self._put(BOX, ("outputs", output), "device", quote(card))

    def set_hours(self, spans: Sequence[str]) -> None:
        """When the commune's loudspeakers may sound: spans such as `16:30-18:30`."""
        self._put(COMMUNE, ("policy",), "hours", f"[{', '.join(map(quote, spans))}]")

    def set_clock_checked(self) -> None:
        """Air what is planned only while the time is known to be good."""
        self._put(BOX, (), "clock", "checked")

    def set_voices(self, voices: Sequence[str]) -> None:
        """engine:voice, tried in this order."""
        self._put(COMMUNE, (), "voices", f"[{', '.join(map(quote, voices))}]")

    def rename_commune(self, name: str) -> None:
        """Its id stays: the log carries it."""
        self._put(COMMUNE, (), "commune", quote(name))

    def add_village(self, name: str, output: str) -> str:
        """A village that is heard through `output`, with an empty schedule; its id. All three files, or none."""
        ident = id_of(name)
        edits = [
            self._edit(COMMUNE, lambda path, data: append(path, data, ("villages",), ident, KEYWORDS)),
            self._edit(BOX, lambda path, data: put(path, data, ("plays",), ident, output, KEYWORDS)),
            FileEdit(f"schedules/{ident}.yaml", ABSENT, schedule_of(name)),
        ]
        apply_edits(self.home, edits, self.by)
        return ident

    def hand_over(self) -> None:
        """Give what root has written here to the service's user; does nothing for anybody but root."""
        if os.geteuid() != 0:
            return
        with suppress(KeyError):
            user = pwd.getpwnam(SERVICE_USER)
            for path in (self.home, *self.home.rglob("*")):
                if path.lstat().st_uid == 0:
                    os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)

    def _relay_of(self, output: str) -> Relay | None:
        entry = box_file.parse(BOX, (self.home / BOX).read_bytes()).outputs.get(output)
        return entry.relay if entry else None

    def _put(self, path: str, where: Sequence[str | int], key: str, value: str) -> None:
        self._change(path, lambda name, data: put(name, data, where, key, value, KEYWORDS))

    def _change(self, path: str, change: Change) -> None:
        edit = self._edit(path, change)
        if edit.after != (self.home / path).read_bytes():
            apply_edits(self.home, [edit], self.by)

    def _edit(self, path: str, change: Change) -> FileEdit:
        revision, data = revision_of(self.home / path), (self.home / path).read_bytes()
        after = change(path, data).after
        PARSERS[path](path, after)
        return FileEdit(path, revision, after)
