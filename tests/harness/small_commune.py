"""A small commune for the tests: its files as text, and instants in its zone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

FILES = {
    "commune.yaml": """
commune: Xã Thử
id: xa-thu
voices: [tone:low]
villages: [na-hoa, suoi-trat]
opening: Đây là Đài Truyền thanh xã Thử.
""",
    "box.yaml": """
plays: {na-hoa: san-kho, suoi-trat: san-kho}
outputs: {san-kho: {device: file}}
clock: trusted
""",
    "bulletins/tin-sang.md": "---\ntitle: Tin sáng\n---\nKính thưa bà con! Hôm nay trời nắng. Mời bà con ra đồng.\n",
    "bulletins/nhac.md": "---\ntitle: Nhắc lại\nrepeat: 2\n---\nXin nhắc bà con họp thôn.\n",
    "bulletins/lu-quet.md": "---\ntitle: Lũ quét\nlevel: emergency\nall_clear: het-lu\n---\nNước suối đang dâng!\n",
    "bulletins/het-lu.md": "---\ntitle: Hết lũ\nlevel: emergency\n---\nNguy cơ đã qua.\n",
    "schedules/na-hoa.yaml": """
village: Thôn Nà Hoa
broadcasts:
  - {bulletin: tin-sang, at: [06:05, 17:30]}
  - {bulletin: nhac, at: 11:00}
""",
    "schedules/suoi-trat.yaml": """
village: Thôn Suối Trát
broadcasts:
  - {bulletin: tin-sang, at: 17:30}
""",
}


def at(text: str) -> datetime:
    """An instant in the commune's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def write_small_commune(home: Path) -> None:
    """The station's files, in a folder of their own."""
    for name, text in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
