"""How soon is an alarm heard? A cold `loudspeaker urgent` beside a running daemon, in a null sink.

    python bench/urgent.py [--times 8]

With `--yes`, from Enter: with sentences that nobody has said before, and with sentences that are there. Without, from
the answer to what is shown, new sentences too: they are made while it is read. On the console's second page, from the
last tap, which is sent as a browser sends it. The baseline is what a village without any of this would type:
`espeak-ng … | paplay`, which neither masters, nor repeats, nor keeps a record.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from html import unescape
from pathlib import Path
from statistics import median
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from harness.pulse_server import Recorder, Server
from harness.waiting import wait_for

from loudspeaker.clock import SystemClock
from loudspeaker.daemon.protocol import ask
from loudspeaker.errors import Unreachable
from loudspeaker.web.access.accounts import AccountStore, Role
from loudspeaker.web.console import console_paths

SINK = "bench"
COMMAND = [sys.executable, "-m", "loudspeaker"]
ENVIRON = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
TEXT = "Nước suối lên nhanh, mức {number}. Bà con rời ngay khỏi bờ suối."
USUAL = "espeak-ng | paplay"
READING = 2.0  # s, until somebody answers
PASSWORD = "mưa rơi trên ngói đỏ"
HIDDEN = re.compile('<input type="hidden" name="([^"]+)" value="([^"]*)"')
LOUD = 64  # of 32,768: an alarm has begun


class SecondPage:
    """An officer at the console, in front of the page that takes the word of a real alarm."""

    def __init__(self, home: Path) -> None:
        paths = console_paths(home, home / ".state")
        with closing(AccountStore.open(paths.database, SystemClock())) as accounts:
            accounts.use_link(accounts.add("lan", "Lan", [Role.DUTY]), PASSWORD, "bench")
        command = [*COMMAND, "--home", str(home), "web", "--port", "0"]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr
        address = re.search(r"http://127\.0\.0\.1:\d+", self._process.stderr.readline())
        assert address
        self._address, self._socket = address[0], home / ".state" / "control.sock"
        self._opener = build_opener(HTTPCookieProcessor())
        self._post("/vao", login="lan", password=PASSWORD)

    def confirmed(self, text: str) -> float:
        """Give an alarm in these words and read what is shown; when the last button was pressed."""
        token = self._fields(self._read("/khan-cap"))["form_token"]
        page = self._post("/khan-cap/xem-lai", form_token=token, bulletin="", text=text, village="na-hoa")
        fields = self._fields(page)
        time.sleep(READING)
        moment = time.monotonic()
        self._post("/khan-cap/phat", **fields, word="PHÁT")
        wait_for(lambda: ask(self._socket, "board")["on"])  # a page does not wait for the sound
        return moment

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _read(self, path: str, data: bytes | None = None) -> str:
        request = Request(self._address + path, data, {"Sec-Fetch-Site": "same-origin"})
        with self._opener.open(request) as answer:
            return str(answer.read().decode())

    def _post(self, path: str, **fields: str) -> str:
        return self._read(path, urlencode(fields).encode())

    def _fields(self, page: str) -> dict[str, str]:
        return {name: unescape(value) for name, value in HIDDEN.findall(page)}


class Station:
    """The sample commune with one card, and its daemon."""

    def __init__(self, home: Path, server: Server) -> None:
        subprocess.run([*COMMAND, "init", str(home)], stderr=subprocess.DEVNULL, check=True)
        box = f"plays: {{na-hoa: a}}\noutputs: {{a: {{device: {SINK}}}}}\nclock: trusted\n"
        (home / "box.yaml").write_text(box, encoding="utf-8")
        self.home, self.socket = home, home / ".state" / "control.sock"
        self.environ = {**ENVIRON, **server.environment}
        subprocess.run([*self.command("prepare", "--days", "2")], stderr=subprocess.DEVNULL, check=False)
        self.daemon = subprocess.Popen(self.command("run"), env=self.environ, stderr=subprocess.DEVNULL)
        wait_for(self._answers, 20)
        time.sleep(5)  # what it starts with is over

    def command(self, *words: str) -> list[str]:
        return [*COMMAND, "--home", str(self.home), *words]

    def alarm(self, text: str) -> float:
        """Give it without a question; when Enter was pressed."""
        moment = time.monotonic()
        words = ("urgent", text, "--all", "--yes", "--by", "bench")
        subprocess.run(self.command(*words), stderr=subprocess.DEVNULL, check=True)
        return moment

    def confirmed(self, text: str) -> float:
        """Give it and read what is asked; when the answer was typed."""
        words = self.command("urgent", text, "--all", "--by", "bench")
        with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as command:
            time.sleep(READING)
            moment = time.monotonic()
            command.communicate(b"y\n")
        return moment

    def silence(self) -> None:
        ask(self.socket, "stop", villages=[], why="bench", by="bench")
        wait_for(lambda: not any(turn["phase"] == "on air" for turn in ask(self.socket, "status")))  # type: ignore[attr-defined]

    def end(self) -> None:
        self.daemon.terminate()
        self.daemon.wait()

    def _answers(self) -> bool:
        try:
            return ask(self.socket, "status") is not None
        except Unreachable:
            return False


def usual(server: Server, text: str) -> float:
    """Say it the quick way; when Enter was pressed."""
    moment = time.monotonic()
    line = f'espeak-ng -v vi --stdout "{text}" | paplay --latency-msec=20 --device={SINK}'
    subprocess.run(["sh", "-c", line], env=server.whole, check=True)
    return moment


def waits(server: Server, times: int, say: Callable[[str], float], after: Callable[[], None], new: bool) -> list[float]:
    """Milliseconds from what `say` returns to the first sound, for each of `times` alarms."""
    with server.recorder(SINK) as recorder:
        moments = []
        for _ in range(times):
            time.sleep(1)
            moments.append(say(TEXT.format(number=time.monotonic_ns() % 10_000 if new else 7)))
            wait_for(lambda: first_loud(recorder, moments[-1]), pause=0.05)  # a busy machine takes its time
            time.sleep(0.5)
            after()
        time.sleep(0.5)
        recorder.stop()
        return [heard(recorder, moment) for moment in moments]


def first_loud(recorder: Recorder, moment: float) -> int | None:
    """The first frame from `moment` on that is to be heard; None as long as there is none."""
    sound, first = recorder.channel(1), recorder.frame(moment)
    return next((frame for frame in range(first, len(sound)) if abs(sound[frame]) > LOUD), None)


def heard(recorder: Recorder, moment: float) -> float:
    frame = first_loud(recorder, moment)
    assert frame is not None
    return (recorder.moment(frame) - moment) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=8)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "pulse", [SINK])
        try:
            found = compare(server, Path(folder) / "xa", times)
        finally:
            server.stop()
    plain = median(found[USUAL])
    for name, waited in found.items():
        told = f"median {median(waited):6.0f} ms   worst {max(waited):6.0f} ms   ratio {median(waited) / plain:5.2f}"
        print(f"{name:34} {told}", flush=True)


def compare(server: Server, home: Path, times: int) -> dict[str, list[float]]:
    """Both ways, one after the other; milliseconds."""
    station = Station(home, server)
    console = SecondPage(home)
    try:
        station.alarm(TEXT.format(number=7))
        station.silence()
        found = {
            "Enter to sound, to be synthesized": waits(server, times, station.alarm, station.silence, new=True),
            "Enter to sound, cached": waits(server, times, station.alarm, station.silence, new=False),
            "answer to sound": waits(server, times, station.confirmed, station.silence, new=True),
            "last tap to sound, on the page": waits(server, times, console.confirmed, station.silence, new=True),
        }
    finally:
        console.end()
        station.end()
    return found | {USUAL: waits(server, times, partial(usual, server), lambda: None, new=True)}


if __name__ == "__main__":
    main()
