"""Restart or stop the service between airings, so that an update takes effect and cuts nothing off.

On a terminal: waits for quiet up to ten minutes, then asks. Without one: takes the next gap within two hours. Says what
it did; exit status 0 if that was done, 1 if the service goes on as it was.

    between_airings.py restart|stop SOCKET [SECONDS]     SECONDS: how long it waits for quiet
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
# Free of any start: to stop, to begin anew, and for an amplifier to warm up. Where it is only stopped, a package's
# files are exchanged before it begins anew, on a slow card.
ROOM = {"restart": timedelta(seconds=45), "stop": timedelta(minutes=3)}
ATTENDED, UNATTENDED = timedelta(minutes=10), timedelta(hours=2)  # how long it waits
LOOK = 0.5  # seconds between two questions
COMES_UP = 30.0  # seconds
WAITS = ("planned", "prepared")  # phases of an airing of which nothing is to be heard yet
YES = ("c", "có", "co", "y", "yes")

Row = Mapping[str, Any]


def busy(rows: Iterable[Row], now: datetime, room: timedelta) -> str:
    """What stands against it, as a sentence; empty in a gap of this length."""
    coming = []
    for row in rows:
        if row["phase"] not in WAITS:
            return f"đang phát “{row['title']}”"
        at = datetime.fromisoformat(row["at"])
        if at - now < room:
            coming.append((at, row["title"]))
    if coming:
        at, title = min(coming)
        return f"sắp phát “{title}” lúc {at:%H:%M:%S}"
    return ""


def obstacle(socket: Path, now: datetime, room: timedelta) -> str:
    """What stands against it now; empty where nothing is on the air, or no daemon runs."""
    try:
        return busy(protocol.ask(socket, "status"), now, room)
    except Unreachable:
        active = subprocess.run(["systemctl", "is-active", "--quiet", SERVICE], check=False).returncode == 0
        return "chương trình đang chạy không trả lời" if active else ""
    except LoudspeakerError as error:
        return f"chương trình đang chạy trả lời: {error}"


def wait(socket: Path, patience: timedelta, room: timedelta) -> str:
    """Wait for a gap; what still stands against it when patience is over, empty where nothing does."""
    end, told = time.monotonic() + patience.total_seconds(), ""
    while (reason := obstacle(socket, datetime.now(UTC), room)) and time.monotonic() < end:
        if reason != told:
            print(f"Dịch vụ chưa dừng được: {reason}. Đang chờ …", flush=True)
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


def stop(_socket: Path) -> bool:
    """Stop; systemd then turns the relays off (ExecStopPost)."""
    if subprocess.run(["systemctl", "stop", SERVICE], check=False).returncode:
        print("Không dừng được dịch vụ. Xem: journalctl -u loudspeaker", file=sys.stderr)
        return False
    print(f"Dịch vụ đã dừng lúc {datetime.now():%H:%M:%S}.")
    return True


ACTIONS = {"restart": restart, "stop": stop}


def main(arguments: list[str]) -> int:
    verb, socket, attended = arguments[0], Path(arguments[1]), sys.stdin.isatty()
    patience = ATTENDED if attended else UNATTENDED
    reason = wait(socket, timedelta(seconds=float(arguments[2])) if arguments[2:] else patience, ROOM[verb])
    if reason and attended:
        answer = input(f"{reason[:1].upper()}{reason[1:]}. Dừng dịch vụ ngay, cắt ngang buổi phát? [c/K] ")
        if answer.strip().lower() in YES:
            reason = ""
    if reason:
        print(f"Dịch vụ không dừng: {reason}. Bản cũ vẫn chạy cho đến khi: sudo systemctl {verb} {SERVICE}")
        return 1
    return 0 if ACTIONS[verb](socket) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
