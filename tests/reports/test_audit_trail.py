"""What people did, in plain words, by the log alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from harness.small_commune import at

from loudspeaker.i18n import translator
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.reports.audit_trail import WORDINGS, audit_trail, background

DAY = at("2026-11-24T00:00:00")
NOON = at("2026-11-24T12:00:00")
AIRING = "na-hoa/nhac/2026-11-24T11:00"
WHO = {"by": "chị Hoa", "account": "hoa", "via": "web"}
REVISION = "0" * 64


def later(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def told(log: MemoryLog) -> list[str]:
    return [f"{act.by} {act.what.say(translator('vi'))}" for act in audit_trail(log, DAY, DAY + timedelta(days=1))]


def test_each_act_is_one_sentence() -> None:
    log = MemoryLog()
    log.event("edit", "", later(0), path="bulletins/nhac.md", before="", after=REVISION, **WHO)
    log.event("edit", "", later(1), path="bulletins/nhac.md", before=REVISION, after="1" * 64, **WHO)
    log.event("edit", "", later(2), path="bulletins/nhac.md", before=REVISION, after="", **WHO)
    log.event("review", "", later(3), bulletin="nhac", digest=REVISION, step="submit", **WHO)
    log.event("review", "", later(4), bulletin="nhac", digest=REVISION, step="give_back", why="sai ngày", by="anh Páo")
    log.event("approve", "", later(5), bulletin="nhac", digest="a1b2c3d4e5", by="anh Páo")
    log.event("skip", AIRING, later(6), why="đám tang", undo=False, **WHO)
    log.event("skip", AIRING, later(7), why="", undo=True, **WHO)
    log.event("pause", "", later(8), village="na-hoa", until="2026-11-24T18:00:00+07:00", why="tang", **WHO)
    log.event("stop", AIRING, later(9), why="dừng từ trang", **WHO)
    log.event("explain", AIRING, later(10), why="cháy loa", **WHO)
    log.event("request", "", later(11), do="confirm_clock", uid=0, **WHO)

    assert told(log) == [
        "chị Hoa tạo bulletins/nhac.md",
        "chị Hoa sửa bulletins/nhac.md",
        "chị Hoa xóa bulletins/nhac.md",
        "chị Hoa gửi duyệt “nhac”",
        "anh Páo trả lại “nhac”: sai ngày",
        "anh Páo duyệt “nhac” (mã a1b2c3d4)",
        f"chị Hoa bỏ lượt {AIRING}: đám tang",
        f"chị Hoa thôi không bỏ lượt {AIRING}",
        "chị Hoa cho na-hoa tạm ngừng phát đến 18:00 24/11/2026: tang",
        "chị Hoa dừng phát: dừng từ trang",
        f"chị Hoa nêu lý do dừng {AIRING}: cháy loa",
        "chị Hoa xác nhận giờ của máy đúng",
    ]


def test_an_approval_tells_that_nobody_listened_only_where_that_is_known() -> None:
    log = MemoryLog()
    for seconds, more in enumerate(({}, {"heard": True}, {"heard": False}, {"in_place_of": "anh Lý", "heard": False})):
        log.event("approve", "", later(seconds), bulletin="nhac", digest="a1b2c3d4e5", by="anh Páo", **more)

    assert told(log) == [
        "anh Páo duyệt “nhac” (mã a1b2c3d4)",
        "anh Páo duyệt “nhac” (mã a1b2c3d4)",
        "anh Páo duyệt “nhac” (mã a1b2c3d4), chưa nghe bản này",
        "anh Páo duyệt “nhac” (mã a1b2c3d4) thay anh Lý, chưa nghe bản này",
    ]


def test_what_nobody_did_and_what_is_damaged_is_left_out() -> None:
    log = MemoryLog()
    log.event("edit", AIRING, NOON, gone=True)
    log.event("started", AIRING, NOON, programme="x")
    log.event("request", "", NOON, do="skip", **WHO)
    for kind in WORDINGS:
        log.event(kind, AIRING, NOON, unknown=1)

    assert [line for line in told(log) if "None" in line] == []


def test_one_press_that_stops_several_is_one_act() -> None:
    log = MemoryLog()
    for village in ("na-hoa", "suoi-trat"):
        log.event("stop", f"{village}/nhac/2026-11-24T11:00", NOON, why="mưa", **WHO)

    assert told(log) == ["chị Hoa dừng phát: mưa"]


def test_other_days_are_left_out() -> None:
    log = MemoryLog()
    log.event("skip", AIRING, NOON - timedelta(days=1), why="a", **WHO)
    log.event("skip", AIRING, NOON + timedelta(days=1), why="b", **WHO)

    assert told(log) == []


def test_behind_an_airing_stand_its_approval_and_the_last_edits_before_it() -> None:
    log = MemoryLog()
    hour = timedelta(hours=1)
    log.event("edit", "", NOON - 5 * hour, path="bulletins/nhac.md", before="", after=REVISION, by="Hoa")
    log.event("edit", "", NOON - 4 * hour, path="bulletins/nhac.md", before=REVISION, after="1" * 64, by="Lan")
    log.event("edit", "", NOON - 3 * hour, path="schedules/na-hoa.yaml", before="", after=REVISION, by="Hoa")
    log.event("approve", "", NOON - 2 * hour, bulletin="nhac", digest=REVISION, by="Páo")
    log.event("approve", "", NOON - 2 * hour, bulletin="khac", digest=REVISION, by="Lý")
    log.event("edit", "", NOON + hour, path="bulletins/nhac.md", before="1" * 64, after=REVISION, by="Hoa")

    assert [act.by for act in background(log, "na-hoa", "nhac", NOON)] == ["Lan", "Hoa", "Páo"]
