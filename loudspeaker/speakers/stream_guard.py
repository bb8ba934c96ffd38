"""Is a stream still on its card? A sound server whose card goes moves the stream to another one, and says nothing.

Better silent than heard in the wrong village, or than carrying what another microphone hears: whoever plays or records
asks `has_moved` again and again. Without a server it never is. For processes that end.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulsectl import Pulse

CLOSE_INTERVAL = 0.25  # seconds between two looks whether to end
SYSTEM_WIDE = Path("/run/pulse/native")


def load_pulsectl() -> ModuleType | None:
    """The package that speaks to sound servers; None where libpulse is missing, as on a machine without a server."""
    try:
        import pulsectl  # here: it loads libpulse
    except OSError:
        return None
    module: ModuleType = pulsectl
    return module


class StreamGuard:
    """Watches on which card this process plays or records, in a thread of its own, from before the stream is opened.

    Making one waits until it watches, and may hang where the server does, as opening a stream there would. Where a
    child has the stream, `process` is set to its id as soon as it is started.
    """

    def __init__(self, recording: bool = False) -> None:
        self.has_moved = False
        self.process = os.getpid()
        self._recording = recording
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
        pulsectl = load_pulsectl()
        if pulsectl is None:
            return
        changed = False

        def interrupt(_: object) -> None:
            nonlocal changed
            changed = True
            raise pulsectl.PulseLoopStop

        with suppress(pulsectl.PulseError), pulsectl.Pulse("loudspeaker", connect=False) as pulse:
            pulse.connect()  # without a timeout: pulsectl would use it up even where the server answers at once
            pulse.event_callback_set(interrupt)
            pulse.event_mask_set(*(("source", "source_output") if self._recording else ("sink", "sink_input")))
            place = StreamPlace(pulse, self._recording)
            self._watching.set()
            while pulse.connected and not self._closed:
                if not changed:  # an event may come while the lists are read
                    pulse.event_listen(CLOSE_INTERVAL, raise_on_disconnect=False)
                if changed:
                    changed = False
                    self.has_moved = self.has_moved or place.has_moved(self.process)


class StreamPlace:
    """On which card is a stream? Asked of a server before the stream is opened, and at every event.

    A card that goes before the stream was first seen may have been the one on which it was opened: the server has
    moved it by then, and nobody can ask any more from where. That counts as moved. Raises `PulseError`.
    """

    def __init__(self, pulse: Pulse, recording: bool = False) -> None:
        self._pulse = pulse
        self._recording = recording
        self._cards = self._all_cards()
        self._home: int | None = None

    def has_moved(self, process: int) -> bool:
        """Has the stream of `process` left the card on which it was opened? Raises `PulseError`."""
        card = self._card(str(process))
        if self._home is None and card is not None:
            self._home = card
            return not self._cards <= self._all_cards()  # asked after the stream: where it was moved, a card has gone
        return card not in (self._home, None)

    def _card(self, process: str) -> int | None:
        pulse = self._pulse
        if self._recording:
            streams = [(stream.source, stream.proplist) for stream in pulse.source_output_list()]
        else:
            streams = [(stream.sink, stream.proplist) for stream in pulse.sink_input_list()]
        return next((card for card, facts in streams if facts.get("application.process.id") == process), None)

    def _all_cards(self) -> set[int]:
        return {card.index for card in (self._pulse.source_list() if self._recording else self._pulse.sink_list())}


def has_server(environment: Mapping[str, str] = os.environ, system_wide: Path = SYSTEM_WIDE) -> bool:
    """Is there a sound server? Where there is none, libpulse need not be loaded."""
    places = [("PULSE_RUNTIME_PATH", "native"), ("XDG_RUNTIME_DIR", "pulse/native")]
    sockets = [Path(environment[name], socket) for name, socket in places if name in environment]
    return "PULSE_SERVER" in environment or any(socket.exists() for socket in [*sockets, system_wide])
