"""What long texts, recordings and files cost the daemon: how long `status` waits, while somebody edits them.

The real daemon on a station whose folder is filled with the longest of everything that it accepts, one edit after the
other. Beside it, in the same run, what the same reading takes in one go, as it did when the daemon's own thread read.
Baseline of 2026-11 (in the daemon's thread): 900 kB of prose 6 s, of “UBND ” 22 s, a recording of 4 GB 19 s.

With --sound, also how punctual airings are meanwhile: a daemon on a null sink airs once a minute while such an edit is
made every other second, and what the sink's monitor heard is compared with the scheduled instant (budget: 5 ms).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from loudspeaker.config.bulletin_file import MOST_LETTERS
from loudspeaker.daemon import protocol
from loudspeaker.errors import LoudspeakerError
from loudspeaker.text.reading import read
from loudspeaker.text.sentences import utterances

BOX = "plays: {na-hoa: loa, suoi-trat: loa}\noutputs: {loa: {device: 'file:aired'}}\nclock: trusted\n"
OWN = [sys.executable, "-m", "loudspeaker"]
WATCH = 8.0  # s after each edit
PAUSE = 0.01  # s between questions
PROSE = "Nhân dân chú ý phòng chống lũ quét, sạt lở đất. "


def bulletin(text: str, head: str = "") -> str:
    return f"---\ntitle: Dài\n{head}---\n{text}\n"


def filled(unit: str, letters: int = MOST_LETTERS) -> str:
    return (unit * (letters // len(unit) + 1))[:letters]


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def waits(socket: Path, seconds: float) -> list[float]:
    """Seconds that each of many questions waited for its answer."""
    taken, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.perf_counter()
        protocol.ask(socket, "status")
        taken.append(time.perf_counter() - begin)
        time.sleep(PAUSE)
    return taken


def edits(home: Path) -> dict[str, Callable[[], object]]:
    def write(name: str, text: str) -> Callable[[], object]:
        return lambda: (home / name).write_text(text, encoding="utf-8")

    recording = home / "recordings" / "dai.wav"
    recording.parent.mkdir(exist_ok=True)
    many = [f"  - {{bulletin: nhac-lai, name: m{n}, at: ['06:{n % 60:02}', '17:{n % 60:02}']}}" for n in range(400)]
    words = "".join(f"  từ{n}: đọc là {n}\n" for n in range(2_000))
    commune = (home / "commune.yaml").read_text(encoding="utf-8")
    others = "".join(line for line in commune.splitlines(keepends=True) if not line.startswith("say:"))
    return {
        "nothing": lambda: None,
        "40,000 letters of prose": write("bulletins/dai.md", bulletin(filled(PROSE))),
        "40,000 letters of “UBND ”": write("bulletins/dai.md", bulletin(filled("UBND "))),
        "20 of them": lambda: [
            (home / f"bulletins/dai-{n}.md").write_text(bulletin(filled("UBND ")), encoding="utf-8") for n in range(20)
        ],
        "900 kB of “UBND ” (refused)": write("bulletins/dai.md", bulletin(filled("UBND ", 900_000))),
        "a recording of 4 GB": lambda: (
            sparse(recording, 4_000_000_000),
            write("bulletins/dai.md", bulletin("", "parts: [{audio: recordings/dai.wav}]\n"))(),
        ),
        "a schedule of 800 airings a day": write(
            "schedules/suoi-trat.yaml", "village: Suối Trát\nbroadcasts:\n" + "\n".join(many) + "\n"
        ),
        "100,000 airings a day": lambda: [
            (home / f"schedules/thon-{n}.yaml").write_text(
                "village: Thôn\nbroadcasts:\n"
                + "".join(f"  - {{bulletin: dai, name: m{k}, every: 1m, between: 00:00-23:59}}\n" for k in range(10)),
                encoding="utf-8",
            )
            for n in range(7)
        ],
        "and as few again": lambda: [path.unlink() for path in (home / "schedules").glob("thon-*.yaml")],
        "2,000 words of the commune's own": write("commune.yaml", f"{others}say:\n{words}"),
    }


def punctual() -> None:
    """Start errors in ms while edits are made."""
    import fresh_daemons as fresh
    from harness.pulse_server import Server

    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "pulse", ["horn"])
        (home,) = fresh.make_stations(Path(folder) / "stations", ["horn"])
        samples, silence = fresh.loud(fresh.programme(home))
        with server.recorder("horn") as recorder:
            daemon = subprocess.Popen([*OWN, "--home", str(home), "run"], stderr=subprocess.DEVNULL, env=server.whole)
            instants = fresh.instants(0.0, time.monotonic() + fresh.AHEAD)
            several = [edit for edit in edits(home).values()]
            number = 0
            while time.monotonic() < instants[-1] + 3:
                several[number % len(several)]()
                number += 1
                time.sleep(2)
            daemon.terminate()
            daemon.wait(60)
        heard = fresh.heard(recorder, samples, [instant + silence for instant in instants], fresh.REACH)
        server.stop()
    print(heard.line(f"start, {number} edits meanwhile"), *(f"{error:.3f}" for error in heard.errors))


def main() -> None:
    read("một")
    for unit in (PROSE, "UBND "):
        begin = time.perf_counter()
        utterances(read(filled(unit)).spoken)
        print(f"read in one go, {MOST_LETTERS:,} letters of “{unit[:4]}…”: {time.perf_counter() - begin:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "xa"
        subprocess.run([*OWN, "init", str(home)], stderr=subprocess.DEVNULL, check=True)
        (home / "box.yaml").write_text(BOX, encoding="utf-8")
        subprocess.run([*OWN, "--home", str(home), "read-ahead"], stderr=subprocess.DEVNULL, check=True)
        daemon = subprocess.Popen([*OWN, "--home", str(home), "run"], stderr=subprocess.DEVNULL)
        socket = home / ".state" / "control.sock"
        try:
            until_it_answers(socket)
            for name, edit in edits(home).items():
                edit()
                taken = sorted(waits(socket, WATCH))
                worst, usual = 1000 * taken[-1], 1000 * taken[len(taken) // 2]
                over = sum(wait > 0.1 for wait in taken)
                told = f"median {usual:5.1f} ms, worst {worst:6.1f} ms, {over} over 100 ms"
                print(f"{name:34} status: {told}; load {os.getloadavg()[0]:.1f}")
        finally:
            daemon.terminate()
            daemon.wait(10)
    if "--sound" in sys.argv:
        punctual()


def until_it_answers(socket: Path) -> None:
    for _ in range(300):
        try:
            protocol.ask(socket, "status")
            return
        except LoudspeakerError:
            time.sleep(0.1)


if __name__ == "__main__":
    main()
