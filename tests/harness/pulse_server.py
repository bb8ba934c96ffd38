"""A private PulseAudio for the sound tests and benches: its own folder, null sinks, gone with the test.

Nobody's own sound server is touched: everything is told to look into the private folder, by `environment`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

from harness.ending_child import end_with
from harness.waiting import wait_for

RATE = 48_000
CHANNELS = 2
FRAME = 2 * CHANNELS  # bytes
LOST = 0.001  # seconds
EXACT, ROUGH = 2, 20  # ms of sound that a server sends at a time: to be measured, or compared only
END = RATE // 5  # silent frames: then a sound is over
FOUND = all(shutil.which(tool) for tool in ("pulseaudio", "parec", "pactl"))


class Server:
    """PulseAudio in `folder` with one null sink for each of `sinks`; ALSA knows each sink by its name.

    `latency` in ms: the moment of a sample is known that well, and a server costs the more the shorter it is.
    """

    def __init__(self, folder: Path, sinks: Sequence[str], latency: int = EXACT) -> None:
        self.sinks = sinks
        self.latency = latency
        self.run = folder / "run"
        self.run.mkdir(mode=0o700, parents=True)
        self.environment = {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(self.run),
            "PULSE_RUNTIME_PATH": str(self.run),
            "PULSE_SERVER": f"unix:{self.run / 'native'}",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        cards = [f"pcm.{sink} {{ type pulse device {sink} }}\n" for sink in sinks]
        ears = [f"pcm.ear-of-{sink} {{ type pulse device {sink}.monitor }}\n" for sink in sinks]
        mixers = [f"ctl.{sink} {{ type pulse device {sink} }}\n" for sink in sinks]
        (folder / ".asoundrc").write_text("".join(cards + ears + mixers))
        self.start()

    def start(self) -> None:
        socket = self.run / "native"
        modules = [f"module-native-protocol-unix socket={socket} auth-anonymous=1"]
        modules += [null_sink(sink) for sink in self.sinks]
        command = [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--use-pid-file=no",
            "--exit-idle-time=-1",
            "--disable-shm=yes",
        ]
        for module in modules:
            command += ["-L", module]
        # A hurried process that outlives a killed test would take a core from everybody else.
        before = end_with(os.getpid())
        self.process = subprocess.Popen(command, env=self.whole, stderr=subprocess.DEVNULL, preexec_fn=before)
        wait_for(socket.exists)
        wait_for(lambda: self.control("info").returncode == 0)
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
            hurry(int(thread.name), 15)  # it stands for a sound card, which waits for no scheduler
        self.listeners = [self._listen(sink) for sink in self.sinks]

    @property
    def whole(self) -> Mapping[str, str]:
        return {**os.environ, **self.environment}

    def control(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["pactl", *words], env=self.whole, capture_output=True, text=True, check=False)

    def unplug(self, sink: str) -> None:
        """Take a sink away, as if somebody had pulled out the card."""
        modules = self.control("list", "short", "modules").stdout.splitlines()
        (number,) = [line.split()[0] for line in modules if f"sink_name={sink} " in line]
        self.control("unload-module", number)

    def plug(self, sink: str) -> None:
        """… and put it in again."""
        self.control("load-module", *null_sink(sink).split())
        self.listeners.append(self._listen(sink))

    def stop(self) -> None:
        for process in (*self.listeners, self.process):
            process.kill()
            process.wait()

    def _listen(self, sink: str) -> subprocess.Popen[bytes]:
        return listen(sink, self.whole, subprocess.DEVNULL, self.latency)

    @contextmanager
    def recorder(self, sink: str, latency: int | None = None) -> Iterator[Recorder]:
        """`latency` in ms: the server's own, unless given."""
        recorder = Recorder(sink, self.whole, latency or self.latency)
        try:
            yield recorder
        finally:
            recorder.stop()


@contextmanager
def private(folder: Path, *sinks: str) -> Iterator[Server]:
    """A server to which everything goes that this process plays, until the end of the block."""
    server = Server(folder, sinks, ROUGH)
    try:
        with patch.dict(os.environ, server.environment):
            yield server
    finally:
        server.stop()


class Recorder:
    """What a sink's monitor hears, and when: attach it before the sound comes."""

    def __init__(self, sink: str, environment: Mapping[str, str], latency: int) -> None:
        self.process = listen(sink, environment, subprocess.PIPE, latency)
        self._fragment = latency * RATE // 1000  # frames
        self._bytes = bytearray()
        self._arrivals: list[tuple[int, int, float]] = []  # first frame of a piece, frame behind it, monotonic
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        wait_for(lambda: len(self._bytes) > FRAME * RATE // 10)

    def _listen(self) -> None:
        for number in (0, self.process.pid):  # 0: this thread. A measuring instrument comes before what it measures
            hurry(number, 30)
        assert self.process.stdout
        pipe = self.process.stdout.fileno()
        while piece := os.read(pipe, 1 << 16):
            now, first = time.monotonic(), len(self._bytes) // FRAME
            self._bytes += piece
            self._arrivals.append((first, len(self._bytes) // FRAME, now))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join()
        assert self.process.stdout
        self.process.stdout.close()

    def channel(self, number: int, last: int | None = None) -> array[int]:
        """The samples of one channel, counted from 1: all of them, or the `last` ones."""
        end = len(self._bytes) // FRAME * FRAME
        begin = 0 if last is None else max(0, end - last * FRAME)
        return array("h", bytes(self._bytes[begin:end]))[number - 1 :: CHANNELS]

    def wait_for_end(self, *channels: int) -> None:
        """Wait until a sound has come on each of `channels` and is over there: what is compared has arrived."""
        for number in channels:
            wait_for(lambda number=number: any(self.channel(number)), pause=0.05)
            wait_for(lambda number=number: not any(self.channel(number, last=END)), pause=0.05)

    def frame(self, moment: float) -> int:
        """About which frame was heard at `moment`, monotonic."""
        return max(first for first, _, at in self._arrivals if at <= moment)

    def moment(self, frame: int, span: float = 1.0) -> float:
        """When `frame` was heard, monotonic: no piece comes before its time, so the earliest ones near it tell."""
        return self._edge(frame - span * RATE, frame + span * RATE) + frame / RATE

    def lost_place(self, frame: int, span: float = 1.0) -> bool:
        """Did the sink stand still, or this recorder miss something, near `frame`? Then `moment` cannot be told."""
        before, after = self._edge(frame - span * RATE, frame), self._edge(frame, frame + span * RATE)
        return abs(after - before) > LOST

    def _edge(self, begin: float, end: float) -> float:
        """When frame 0 was heard, monotonic, by the earliest tenth of the pieces from `begin` up to `end`.

        A piece is dated by the frame behind it. A sink that woke late renders all that it owes in one piece, whose
        first frame is therefore old; its end is one fragment ahead of the moment, as that of every other piece.
        """
        near = [(behind, at) for first, behind, at in self._arrivals if begin < first < end]
        early = sorted(at - (behind - self._fragment) / RATE for behind, at in near)
        return early[len(early) // 10]


def null_sink(sink: str) -> str:
    """The module that stands for a card, with its arguments."""
    return f"module-null-sink sink_name={sink} format=s16le rate={RATE} channels={CHANNELS}"


def hurry(thread: int, priority: int) -> None:
    """Put a thread before the rest of the machine, where that is allowed."""
    with suppress(OSError):
        os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(priority))


def listen(sink: str, environment: Mapping[str, str], to: int, latency: int) -> subprocess.Popen[bytes]:
    """Hear a sink's monitor. A null sink that nobody hears sleeps for up to two seconds between its blocks."""
    command = ["parec", "-d", f"{sink}.monitor", "--raw", "--format=s16le", f"--rate={RATE}"]
    command += [f"--channels={CHANNELS}", f"--latency-msec={latency}"]
    before, errors = end_with(os.getpid()), subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdout=to, stderr=errors, bufsize=0, preexec_fn=before)
