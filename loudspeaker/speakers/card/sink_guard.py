"""Is a stream still on its card? A sound server whose card goes moves the stream to another one, and says nothing.

Better silent than heard in the wrong village: the player asks `has_moved` at each tick. Without a server it never is.
For the player process only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulsectl import Pulse

CLOSE_INTERVAL = 0.25  # seconds between two looks whether to end
SYSTEM_WIDE = Path("/run/pulse/native")


class SinkGuard:
    """Watches the sink to which this process plays, from now on and in a thread of its own."""

    def __init__(self) -> None:
        self.has_moved = False
        self._closed = False
        if has_server():
            Thread(target=self._watch, daemon=True).start()

    def close(self) -> None:
        """Watch no more. Returns at once: only the thread itself may end its connection."""
        self._closed = True

    def _watch(self) -> None:
        try:
            import pulsectl  # here: it loads libpulse, which a machine without a sound server may not have
        except OSError:
            return
        changed = False

        def interrupt(_: object) -> None:
            nonlocal changed
            changed = True
            raise pulsectl.PulseLoopStop

        with suppress(pulsectl.PulseError), pulsectl.Pulse("loudspeaker", connect=False) as pulse:
            pulse.connect()  # without a timeout: pulsectl would use it up even where the server answers at once
            pulse.event_callback_set(interrupt)
            pulse.event_mask_set("sink", "sink_input")
            home = own_sink(pulse)
            while home is not None and pulse.connected and not self._closed:
                if not changed:  # an event may come while the list of streams is read
                    pulse.event_listen(CLOSE_INTERVAL, raise_on_disconnect=False)
                if changed:
                    changed = False
                    self.has_moved = self.has_moved or own_sink(pulse) not in (home, None)


def has_server(environment: Mapping[str, str] = os.environ, system_wide: Path = SYSTEM_WIDE) -> bool:
    """Is there a sound server? Where there is none, libpulse need not be loaded."""
    places = [("PULSE_RUNTIME_PATH", "native"), ("XDG_RUNTIME_DIR", "pulse/native")]
    sockets = [Path(environment[name], socket) for name, socket in places if name in environment]
    return "PULSE_SERVER" in environment or any(socket.exists() for socket in [*sockets, system_wide])


def own_sink(pulse: Pulse) -> int | None:
    """The index of the sink to which this process plays; None where it does not. Raises `PulseError`."""
    own = str(os.getpid())
    streams = pulse.sink_input_list()
    return next((stream.sink for stream in streams if stream.proplist.get("application.process.id") == own), None)
