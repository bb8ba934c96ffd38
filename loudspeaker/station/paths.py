"""Where a station keeps what is its own: known without opening it, because who asks the daemon reads none of it."""

from __future__ import annotations

from pathlib import Path

SOCKET = "control.sock"


class Places:
    """`home` holds people's files and the cache, `state` what the program writes for itself."""

    def __init__(self, home: Path, state: Path) -> None:
        self.home = home
        self.state = state

    @property
    def cache_folder(self) -> Path:
        return self.home / "audio_cache"

    @property
    def programme_folder(self) -> Path:
        return self.cache_folder / "programmes"

    @property
    def clip_folder(self) -> Path:
        return self.cache_folder / "clips"

    @property
    def voice_folder(self) -> Path:
        return self.state / "voices"

    @property
    def socket(self) -> Path:
        return self.state / SOCKET
