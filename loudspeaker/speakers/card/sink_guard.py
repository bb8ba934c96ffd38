"""Is a stream still on its card? A sound server whose card goes moves the stream to another one, and says nothing.

Better silent than heard in the wrong village: the player asks `has_moved` at each tick. Without a server it never is.
For the player process only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulsectl import Pulse

CLOSE_INTERVAL = 0.25  # seconds between two looks whether to end
SYSTEM_WIDE = Path("/run/pulse/native")


class SinkGuard:
    """Watches the sink to which this process plays, in a thread of its own, from before the stream is opened.

    Making one waits until it watches, and may hang where the server does, as opening a stream there would.
    """

    def __init__(self) -> None:
        self.has_moved = False
        self._closed = False
        self._watching = Event()
        if has_server():
            Thread(target=self._watch, daemon=True).start()
            self._watching.wait()

    def close(self) -> None:
        """Watch no more. Returns at once: only the thread itself may end its connection."""
        self._closed = True

    def _watch(self) -> None:
        try:
            self._follow()
        finally:
            self._watching.set()

    def _follow(self) -> None:
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
            place = StreamPlace(pulse, os.getpid())
            self._watching.set()
            while pulse.connected and not self._closed:
                if not changed:  # an event may come while the lists are read
                    pulse.event_listen(CLOSE_INTERVAL, raise_on_disconnect=False)
                if changed:
                    changed = False
                    self.has_moved = self.has_moved or place.has_moved()


class StreamPlace:
    """On which sink does the stream of `process` play? Asked of a server before it is opened, and at every event.

    A sink that goes before the stream was first seen may have been the one on which it was opened: the server has
    moved it by then, and nobody can ask any more from where. That counts as moved. Raises `PulseError`.
    """

    def __init__(self, pulse: Pulse, process: int) -> None:
        self._pulse = pulse
        self._process = str(process)
        self._sinks = self._all_sinks()
        self._home: int | None = None

    def has_moved(self) -> bool:
        """Has it left the sink on which it was opened? Raises `PulseError`."""
        sink = self._sink()
        if self._home is None and sink is not None:
            self._home = sink
            return not self._sinks <= self._all_sinks()  # asked after the stream: a sink goes before its streams move
        return sink not in (self._home, None)

    def _sink(self) -> int | None:
        streams = self._pulse.sink_input_list()
        own = (stream.sink for stream in streams if stream.proplist.get("application.process.id") == self._process)
        return next(own, None)

    def _all_sinks(self) -> set[int]:
        return {sink.index for sink in self._pulse.sink_list()}


def has_server(environment: Mapping[str, str] = os.environ, system_wide: Path = SYSTEM_WIDE) -> bool:
    """Is there a sound server? Where there is none, libpulse need not be loaded."""
    places = [("PULSE_RUNTIME_PATH", "native"), ("XDG_RUNTIME_DIR", "pulse/native")]
    sockets = [Path(environment[name], socket) for name, socket in places if name in environment]
    return "PULSE_SERVER" in environment or any(socket.exists() for socket in [*sockets, system_wide])
