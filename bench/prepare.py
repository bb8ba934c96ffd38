"""Preparing a day whose sound is all cached: 20 bulletins of 50 sentences (1,000). Budget: 1 s.

The baseline in the same run is the first preparation, which synthesizes and masters everything.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

BULLETINS, SENTENCES = 20, 50


def station(home: Path) -> None:
    """A commune with a long day."""
    (home / "bulletins").mkdir(parents=True)
    (home / "schedules").mkdir()
    policy = "policy: {hours: [05:00-21:00], sessions_per_day: 50, minutes_per_session: 900}"
    commune = f"commune: Xã Dài\nid: xa-dai\nvoices: [espeak:vi]\n{policy}\n"
    (home / "commune.yaml").write_text(commune, encoding="utf-8")
    (home / "box.yaml").write_text("plays: {thon: loa}\noutputs: {loa: {device: file}}\nclock: trusted\n")
    lines = ["village: Thôn", "broadcasts:"]
    for number in range(BULLETINS):
        text = " ".join(f"Thôn {number + 1} có {line + 1} hộ đã nhận giống lúa." for line in range(SENTENCES))
        head = f"---\ntitle: Bản tin {number + 1}\n---\n"
        (home / f"bulletins/tin-{number}.md").write_text(f"{head}{text}\n", encoding="utf-8")
        lines.append(f"  - {{bulletin: tin-{number}, at: {5 + number * 45 // 60:02}:{number * 45 % 60:02}}}")
    (home / "schedules/thon.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def seconds(home: Path) -> float:
    begin = time.perf_counter()
    command = [sys.executable, "-m", "loudspeaker", "--home", str(home), "prepare", "--date", "tomorrow"]
    subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "xa"
        station(home)
        first = seconds(home)
        cached = sorted(seconds(home) for _ in range(5))
    print(f"first preparation, {BULLETINS * SENTENCES} sentences   {first:7.2f} s")
    print(f"again, all cached (median of 5)      {cached[2]:7.2f} s   ratio {cached[2] / first:.4f}")


if __name__ == "__main__":
    main()
