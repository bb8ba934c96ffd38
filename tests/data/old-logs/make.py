"""Make the log of 2026-10-01: one day in which everything happens, lived by the station's own code on a fake clock.

    .venv/bin/python tests/data/old-logs/make.py /srv/dai

The folder must be new; its path is written into the log with the sound that people asked for. What is made lies in
FOLDER/.state/asrun.db; beside it lie the files as they were in the end. Three things stand in: the clock, the speakers,
and the receiver of streams. The entries that no person can bring about any more (rows of older versions), and
`clock set`, which would set this machine's clock, are appended as the program writes or wrote them.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from xa_thu import ZONE

from loudspeaker.clock import FakeClock
from loudspeaker.errors import LoudspeakerError, Message
from loudspeaker.interfaces import State
from loudspeaker.sound.programme import Programme
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.station.alarms import standing
from loudspeaker.station.approvals import digest
from loudspeaker.station.asked import Asked
from loudspeaker.station.commissioning import mark_empty
from loudspeaker.vocabulary import Ending

HOME = Path(sys.argv[1])
FILES = {
    "commune.yaml": """
commune: Xã Thử
id: xa-thu
voices: [tone:low]
villages: [na-hoa, suoi-trat, ban-pho, cho-may]
policy:
  {hours: [05:00-21:00], sessions_per_day: 99, minutes_per_session: 300, villages: {cho-may: {approval: required}}}
streams: [stream.vov.vn]
""",
    "box.yaml": """
plays: {na-hoa: san-kho, suoi-trat: san-kho, ban-pho: doi, cho-may: cho}
outputs: {san-kho: {device: file}, doi: {device: file}, cho: {device: file}}
clock: trusted
""",
    "bulletins/tin.md": "---\ntitle: Tin sáng\n---\nKính thưa bà con! Hôm nay trời nắng. Mời bà con ra đồng.\n",
    "bulletins/nhac.md": "---\ntitle: Nhắc lại\nsource: Công văn số 12\n---\nXin nhắc bà con họp thôn.\n",
    "bulletins/dai.md": f"---\ntitle: Tin dài\n---\n{'Kính thưa bà con, hôm nay trời nắng. ' * 30}\n",
    "bulletins/cu.md": "---\ntitle: Tin cũ\nvalid: ..2026-10-31\n---\nTin cũ.\n",
    "bulletins/lu-quet.md": "---\ntitle: Lũ quét\nlevel: emergency\nall_clear: het-lu\n---\nNước suối đang dâng!\n",
    "bulletins/het-lu.md": "---\ntitle: Hết lũ\nlevel: emergency\n---\nNguy cơ đã qua.\n",
    "schedules/na-hoa.yaml": """
village: Thôn Nà Hoa
broadcasts:
  - {bulletin: tin, at: [06:00, 12:00, 13:00, 15:30]}
  - {name: toi, bulletin: dai, at: "20:00"}
  - {name: bo, bulletin: nhac, at: [07:00, 07:10]}
  - {name: vo-lenh, bulletin: nhac, at: 07:40}
  - {name: dung, bulletin: dai, at: [07:50, 08:00, 10:50]}
  - {name: trung-1, bulletin: dai, at: 09:00}
  - {name: trung-2, bulletin: tin, at: 09:01, wait: 0m}
  - {name: hong, bulletin: tin, at: 10:30}
  - {name: muon, bulletin: nhac, at: 11:00}
  - {name: khong-tieng, bulletin: nhac, at: 13:30}
  - {name: chua-lam, bulletin: moi, at: 14:00}
  - {name: cho-lau, bulletin: tin, at: 14:31, wait: 20m}
  - {name: truoc, bulletin: dai, at: 14:30}
  - {name: cu, bulletin: cu, at: 06:40}
  - {name: khan, bulletin: lu-quet, at: 06:50}
  - {name: dem, bulletin: tin, at: 22:00}
  - {name: sua, bulletin: nhac, at: "14:50"}
  - {name: doi-loi, bulletin: nhac, at: "15:10"}
""",
    "schedules/suoi-trat.yaml": """
village: Thôn Suối Trát
broadcasts:
  - {bulletin: tin, at: "06:00"}
  - {name: tang, bulletin: nhac, at: ["07:20", "07:35"]}
""",
    "schedules/ban-pho.yaml": """
village: Bản Phố
broadcasts:
  - {bulletin: tin, at: "06:10"}
  - {name: vov, stream: "https://stream.vov.vn/vov1", at: ["08:30", "09:30"], for: 5m, fallback: nhac}
  - {name: la, stream: "https://example.org/la", at: "06:45", for: 5m}
""",
    "schedules/cho-may.yaml": """
village: Chợ Mây
broadcasts:
  - {bulletin: tin, at: "06:20"}
  - {bulletin: nhac, at: "06:30"}
""",
}
MOI = "---\ntitle: Tin mới\n---\nTin này chưa kịp làm.\n"
OUTPUTS = ("san-kho", "doi", "cho")


class Speaker(MemorySpeaker):
    heard: bool | None = None

    def poll(self):
        found = super().poll()
        return replace(found, heard=self.heard) if found.state is State.DONE and self.heard is not None else found


class FileSpeaker(Speaker):
    to_file = True


class Dial:
    """Stands for the receivers: each stream has sound while `on`."""

    on = True

    def look(self, now, airings):
        pass

    def close(self):
        pass

    def find(self, airing):
        if not self.on:
            return Message("“{url}” is silent", url=airing.stream)
        return Programme(f"stream:{airing.stream}", Path("/dev/null"), 48000, 300 * 48000, sha256="")


def put(files):
    for name, text in files.items():
        path = HOME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")


def at(day, time):
    return datetime.fromisoformat(f"2026-11-{day:02}T{time}").replace(tzinfo=ZONE)


class Box:
    vouch = frozenset({"network", "rtc"})

    def __init__(self):
        self.clock = FakeClock(at(2, "05:30"))

    def start(self):
        self.station = Station.open(HOME, clock=self.clock)
        self.speakers = {
            "san-kho": Speaker(self.clock, "USB Audio"),
            "doi": Speaker(self.clock, "USB Audio 2"),
            "cho": FileSpeaker(self.clock, "aired/2026-11-02-cho.flac"),
        }
        self.live = Asked(self.station, self.speakers, self.clock, self.station.log, lambda now, trusted: self.vouch)
        self.live.dial = Dial()
        self.live.look()
        self.live.step()

    def kill(self):
        self.live = None
        self.station.close()

    def until(self, moment):
        while self.clock.now() < moment:
            self.clock.advance_to(min(self.live.step(), moment))
        self.live.step()

    def ask(self, do, uid=1000, **args):
        try:
            return self.live.carry_out(do, args, uid)
        except LoudspeakerError as error:
            print("REFUSED", do, args, error)
            return None
        finally:
            self.live.step()

    def prepare(self):
        station = self.station
        station.prepare(None, 2, lambda *a: None)
        orders = []
        for drill in (False, True):
            for output in OUTPUTS:
                orders.append(station.call(None, "lu-quet", output, drill))
                orders.append(station.call("Cháy ở chợ!", None, output, drill))
            orders += station.clears("lu-quet", OUTPUTS, drill)
        orders += [station.trial(output, True) for output in OUTPUTS]
        station.make(orders, lambda *a: None)
        self.live.look()
        self.live.step()


put(FILES)
(HOME / ".state").mkdir(parents=True, exist_ok=True)
(HOME / ".state" / "asrun.db").write_bytes(b"not a database any more" * 200)
box = Box()
station = Station.open(HOME, clock=box.clock)
mark_empty(station.log, box.clock.now())  # as `init --empty` begins one
station.close()
box.start()
box.prepare()
alarm = {
    "text": None,
    "bulletin": "lu-quet",
    "repeat": 3,
    "gap": 30.0,
    "until": None,
    "drill": False,
    "by": "Lò Thị Hoa",
}


def u(time: str, day: int = 2) -> None:
    box.until(at(day, time))


u("05:40:00")
box.ask("commission", output="san-kho", by="anh Páo")
box.ask("commission", output="cho", by="anh Páo")
found = box.station.bulletin("tin")
shown = digest(found, box.station.planner.order(found))
box.ask("approve", bulletin="tin", digest=shown, by="chủ tịch")
found = box.station.bulletin("nhac")
n = digest(found, box.station.planner.order(found))
box.ask("approve", bulletin="nhac", digest=n, by="chủ tịch")
u("05:41")
box.ask("approve", bulletin="nhac", digest=n, by="chủ tịch", undo=True)
box.prepare()
u("06:15")
box.ask("commission", output="doi", by="anh Páo")
box.prepare()
u("06:55")
box.ask("skip", airing="na-hoa/bo/2026-11-02T07:00", why="trời mưa", by="anh Páo")
box.ask("skip", airing="na-hoa/bo/2026-11-02T07:10", why="nhầm", by="anh Páo")
u("07:05")
box.ask("skip", airing="na-hoa/bo/2026-11-02T07:10", why="", by="anh Páo", undo=True)
box.prepare()
u("07:15")
box.ask("pause", village="suoi-trat", until=at(2, "07:45").isoformat(), why="đám tang", by="chị Hoa")
u("07:30")
box.ask("resume", village="suoi-trat", by="chị Hoa")
box.prepare()
u("07:39:58")
box.ask("skip", airing="na-hoa/vo-lenh/2026-11-02T07:40", why="vào phút chót", by="anh Páo")
u("07:50:30")
box.ask("stop", villages=["na-hoa"], why="đám tang đi qua", by="anh Páo")
u("08:00:40")
box.ask("urgent", villages=["na-hoa", "suoi-trat"], **{**alarm, "repeat": 10, "gap": 60.0})
u("08:15")
box.ask("end_urgent", by="Lò Thị Hoa", form="clear")
u("08:20")
u("08:32")
box.speakers["doi"].end()
box.live.dial.on = False  # the stream breaks off: its fallback stands in
u("08:40")
u("09:20")
box.live.dial.on = True  # 09:30: whole
u("09:40")
box.ask("play", bulletin="nhac", villages=["na-hoa"], by="chị Hoa")
u("09:45")
asked = box.ask("play", bulletin="dai", villages=["na-hoa"], by="chị Hoa")
u("09:45:20")
box.ask("interrupt", airings=asked, by="chị Hoa")
u("09:50")
box.ask("test", output="san-kho", tone=True, by="anh Páo")
u("10:29")
box.speakers["san-kho"].gone = True
u("10:45")
box.speakers["san-kho"].gone = False
u("10:51:30")
box.speakers["san-kho"].gone = True
box.speakers["san-kho"].fail()
u("10:58")
box.speakers["san-kho"].gone = False
u("10:59")
box.kill()
box.clock.advance(150)
box.start()  # muon: late
u("11:30")
box.kill()
box.clock.advance(3600)
box.start()  # 12:00: missed-off
u("12:40")
box.live.conductor.leave(box.clock.now())
box.live.step()
box.kill()
box.clock.advance(1800)
box.start()
u("13:29")
box.speakers["san-kho"].heard = False
u("13:40")
box.speakers["san-kho"].heard = None
u("13:50")
put({"bulletins/moi.md": MOI})
box.live.look()
u("14:20")
u("14:31:20")
put(
    {
        "schedules/na-hoa.yaml": "".join(
            line
            for line in FILES["schedules/na-hoa.yaml"].splitlines(True)
            if "cho-lau" not in line and "name: sua" not in line
        )
    }
)
box.live.look()
box.live.step()
u("15:00")
u("15:09:58")
put({"bulletins/nhac.md": FILES["bulletins/nhac.md"].replace("họp thôn", "đi họp")})
box.live.look()
box.live.step()
u("15:12")
box.prepare()
u("15:20")
box.live.step()
box.clock.step(3600)
box.live.step()
u("16:30:00")  # jumped over 15:30
box.clock.step(-3600)
box.live.step()
u("15:45")
box.station.log.event(
    "clock", "", box.clock.now(), set_from=at(2, "15:44").isoformat(), by="anh Páo"
)  # as `clock set` writes it
box.ask("confirm_clock", by="anh Páo")
u("16:40")
box.ask("urgent", villages=["cho-may", "ban-pho"], **{**alarm, "drill": True})
u("16:41:30")
box.ask("end_urgent", by="Lò Thị Hoa", form="stop")
u("16:50")
called = box.ask("urgent", villages=["ban-pho"], **{**alarm, "text": "Cháy ở chợ!", "bulletin": None})
u("16:51")
closings = box.station.closings(standing(box.station.log, box.clock.now()), Ending.MISTAKE)
box.station.make([order for closing in closings for order in box.station.said(closing).values()], lambda *_: None)
box.ask("end_urgent", by="Lò Thị Hoa", form="mistake", alarms=called)
u("17:05")
box.speakers["doi"].gone = True
called = box.ask("urgent", villages=["ban-pho"], **alarm)
u("17:06")
box.ask("end_urgent", by="Lò Thị Hoa", form="stop", alarms=called)
u("17:10")
box.speakers["doi"].gone = False
box.ask("urgent", villages=["na-hoa"], **{**alarm, "repeat": 1})
u("17:30")
box.ask("urgent", villages=["na-hoa"], **{**alarm, "until": at(2, "18:01").isoformat(), "repeat": 100, "gap": 300.0})
u("18:10")
box.ask("urgent", villages=["na-hoa"], **alarm)
for _ in range(3):
    box.until(box.clock.now() + timedelta(seconds=2))
    box.kill()
    box.clock.advance(5)
    box.start()
u("18:30")
u("20:00:20")
box.kill()
box.clock.advance(60)
box.start()  # cut off by the power before a quarter? heard again or partly
u("20:10")
u("23:00")
u("05:00", 3)
log = box.station.log
# Rows as older versions wrote them: records without title, refusal and drill, an order without `ends`, an end without
# `form`.
old = {
    "village": "na-hoa",
    "output": "san-kho",
    "broadcast": "tin",
    "bulletin": "tin",
    "level": "routine",
    "why": "đã phát trọn vẹn, đúng giờ",
    "verdict": "aired",
    "started_at": "2026-10-01T06:00:00+07:00",
    "ended_at": "2026-10-01T06:00:12+07:00",
    "frames": 576000,
    "revision": "0" * 64,
    "programme": "1" * 64,
    "via": "USB Audio",
    "voice": "tone:low",
    "by": "",
}


def write(kind: str, airing: str, when: datetime, facts: dict[str, object]) -> None:
    log._append({"kind": kind, "airing": airing, "at": when, "facts": facts})


oct1 = datetime(2026, 10, 1, 6, tzinfo=ZONE)
write("verdict", "na-hoa/tin/2026-10-01T06:00", oct1, old)
write(
    "verdict",
    "na-hoa/dem/2026-10-01T22:00",
    oct1.replace(hour=22),
    {
        **old,
        "broadcast": "dem",
        "verdict": "refused",
        "why": "nằm ngoài khung giờ của quy chế",
        "started_at": None,
        "ended_at": None,
        "frames": 0,
        "programme": "",
        "via": "",
        "voice": "",
    },
)
(order,) = log.events("asked", next(e.airing for e in log.events("asked") if "/urgent/" in e.airing))
facts = {name: value for name, value in order.facts.items() if name != "ends"}
airing = {name: value for name, value in facts["airing"].items() if name not in ("drill",)}
name = "na-hoa/urgent/2026-10-01T08:00:00"
facts["airing"] = {
    **airing,
    "id": name,
    "scheduled_at": oct1.replace(hour=8).isoformat(),
    "starts_at": oct1.replace(hour=8).isoformat(),
    "ends_at": oct1.replace(hour=8).isoformat(),
}
write("asked", name, oct1.replace(hour=8), facts)
write("end", name, oct1.replace(hour=8, minute=5), {"by": "chị Hoa"})
write(
    "verdict",
    name,
    oct1.replace(hour=8),
    {
        **old,
        "broadcast": "urgent",
        "bulletin": "lu-quet",
        "level": "emergency",
        "verdict": "expired",
        "started_at": None,
        "ended_at": None,
        "frames": 0,
        "programme": "",
        "via": "",
        "voice": "",
        "by": "chị Hoa",
        "why": "chị Hoa đã kết thúc tình trạng khẩn cấp",
    },
)
log.verify()
kinds = {}
for _, text, _ in log.entries():
    e = json.loads(text)
    k = (
        e["kind"]
        if e["kind"] != "verdict"
        else "verdict " + e["facts"]["verdict"] + " " + e["facts"].get("refusal", "-")
    )
    kinds[k] = kinds.get(k, 0) + 1
for k, v in sorted(kinds.items()):
    print(v, k)
for r in log.rows(at(1, "00:00"), at(9, "00:00")):
    print(r.id, r.verdict, r.refusal, "|", r.why)
box.kill()
d = sqlite3.connect(HOME / ".state" / "asrun.db")
d.execute("PRAGMA wal_checkpoint(TRUNCATE)")
d.execute("PRAGMA journal_mode=DELETE")
d.close()
