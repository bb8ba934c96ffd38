"""A clip store without a disk, for tests of the fallback chain."""

from __future__ import annotations

from pathlib import Path

from loudspeaker.sound.clip import Clip
from loudspeaker.store.clips import ClipStore


class MemoryClips(ClipStore):
    """Keeps clips as they are in `kept`, by key."""

    kept: dict[str, Clip]

    def __init__(self) -> None:
        super().__init__(Path("no folder"))
        object.__setattr__(self, "kept", {})

    def get(self, key: str) -> Clip | None:
        return self.kept.get(key)

    def put(self, key: str, clip: Clip) -> None:
        self.kept[key] = clip
