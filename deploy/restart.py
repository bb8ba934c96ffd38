"""Restart the service so that an update takes effect, between airings: the last step of deploy/install.sh.

On a terminal: waits for quiet up to ten minutes, then asks. Without one: takes the next gap within two hours. Says what
it did; exit status 0 if the new version runs, 1 if the old one goes on.

    restart.py SOCKET [SECONDS]     SECONDS: how long it waits for quiet
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from loudspeaker.daemon import protocol
from loudspeaker.errors import LoudspeakerError, Unreachable

SERVICE = "loudspeaker"
ROOM = timedelta(seconds=45)  # free of any start: to stop, to begin anew, and for an amplifier to warm up
ATTENDED, UNATTENDED = timedelta(minutes=10), timedelta(hours=2)  # how long it waits
LOOK = 0.5  # seconds between two questions
COMES_UP = 30.0  # seconds
WAITS = ("planned", "prepared")  # phases of an airing of which nothing is to be heard yet
YES = ("c", "có", "co", "y", "yes")

Row = Mapping[str, Any]


def busy(rows: Iterable[Row], now: datetime) -> str:
    """What stands against a restart, as a sentence; empty in a gap."""
    coming = []
    for row in rows:
        if row["phase"] not in WAITS:
            return f"đang phát “{row['title']}”"
        at = datetime.fromisoformat(row["at"])
        if at - now < ROOM:
            coming.append((at, row["title"]))
    if coming:
        at, title = min(coming)
        return f"sắp phát “{title}” lúc {at:%H:%M:%S}"
    return ""


def obstacle(socket: Path, now: datetime) -> str:
    """What stands against a restart now; empty where nothing is on the air, or no daemon runs."""
    try:
        return busy(protocol.ask(socket, "status"), now)
    except Unreachable:
        active = subprocess.run(["systemctl", "is-active", "--quiet", SERVICE], check=False).returncode == 0
        return "chương trình đang chạy không trả lời" if active else ""
    except LoudspeakerError as error:
        return f"chương trình đang chạy trả lời: {error}"


def wait(socket: Path, patience: timedelta) -> str:
    """Wait for a gap; what still stands against a restart when patience is over, empty where nothing does."""
    end, told = time.monotonic() + patience.total_seconds(), ""
    while (reason := obstacle(socket, datetime.now(UTC))) and time.monotonic() < end:
        if reason != told:
            print(f"Chưa khởi động lại: {reason}. Đang chờ …", flush=True)
            told = reason
        time.sleep(LOOK)
    return reason


def restart(socket: Path) -> bool:
    """Restart, and see that it comes up."""
    if subprocess.run(["systemctl", "restart", SERVICE], check=False).returncode:
        print("Không khởi động được dịch vụ. Xem: journalctl -u loudspeaker", file=sys.stderr)
        return False
    end = time.monotonic() + COMES_UP
    while time.monotonic() < end:
        with suppress(LoudspeakerError):
            protocol.ask(socket, "status")
            print(f"Dịch vụ đã khởi động lại lúc {datetime.now():%H:%M:%S}: bản mới đang chạy.")
            return True
        time.sleep(0.2)
    print("Dịch vụ đã khởi động lại nhưng chưa trả lời. Xem: journalctl -u loudspeaker", file=sys.stderr)
    return False


def main(arguments: list[str]) -> int:
    socket, attended = Path(arguments[0]), sys.stdin.isatty()
    patience = ATTENDED if attended else UNATTENDED
    reason = wait(socket, timedelta(seconds=float(arguments[1])) if arguments[1:] else patience)
    if reason and attended:
        answer = input(f"{reason[:1].upper()}{reason[1:]}. Khởi động lại ngay, cắt ngang buổi phát? [c/K] ")
        if answer.strip().lower() in YES:
            reason = ""
    if reason:
        print(f"Không khởi động lại: {reason}. Bản cũ vẫn chạy cho đến khi: sudo systemctl restart {SERVICE}")
        return 1
    return 0 if restart(socket) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
