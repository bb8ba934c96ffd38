"""Is a stream still on its card? A sound server whose card goes moves the stream to another one, and says nothing.

Better silent than heard in the wrong village: the player asks `has_moved` at each tick. Without a server it never is.
For the player process only.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread

from ...process import die_with_parent

NEWS = (b"'remove' on sink #", b"'change' on sink-input #")
PATIENCE = 2.0  # seconds: a dead server does not answer
SYSTEM_WIDE = Path("/run/pulse/native")


class SinkGuard:
    """Holds this process' stream to the sink on which it is now. Takes no time: a thread listens to the server."""

    def __init__(self) -> None:
        self.has_moved = False
        self._events: subprocess.Popen[bytes] | None = None
        if not served():
            return
        with suppress(OSError):  # no pactl
            quiet = subprocess.DEVNULL
            self._events = subprocess.Popen(
                ["pactl", "subscribe"], stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, preexec_fn=die_with_parent
            )
            Thread(target=self._watch, args=[self._events], daemon=True).start()

    def close(self) -> None:
        if self._events:
            self._events.kill()

    def _watch(self, events: subprocess.Popen[bytes]) -> None:
        assert events.stdout
        with events:
            home = sink()
            for event in events.stdout if home is not None else ():
                if any(news in event for news in NEWS) and sink() not in (home, None):
                    self.has_moved = True
                    break
            events.kill()


def served(world: Mapping[str, str] = os.environ, system_wide: Path = SYSTEM_WIDE) -> bool:
    """Is there a server? Asking one that is not there could start it, and it would take the card."""
    places = [("PULSE_RUNTIME_PATH", "native"), ("XDG_RUNTIME_DIR", "pulse/native")]
    sockets = [Path(world[name], socket) for name, socket in places if name in world]
    return "PULSE_SERVER" in world or any(socket.exists() for socket in [*sockets, system_wide])


def sink() -> int | None:
    """The server's number of the sink that hears this process; None where there is no server, or no stream."""
    command = ["pactl", "--format=json", "list", "sink-inputs"]
    try:
        told = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True).stdout
        streams = json.loads(told)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    own = str(os.getpid())
    sinks = [stream["sink"] for stream in streams if stream["properties"].get("application.process.id") == own]
    return sinks[0] if sinks else None
