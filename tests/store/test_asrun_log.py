"""The as-run log: one verdict an airing, nothing changed afterwards, and who changes it anyway is found out."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from harness.playout_harness import changed

from loudspeaker.errors import LoudspeakerError, Message, Refused
from loudspeaker.model.airing import Occurrence
from loudspeaker.model.asrun_record import AsRunRecord, Event
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.playout.ports import Log
from loudspeaker.store.asrun import AsRunLog, LogDamaged, LogUnusable
from loudspeaker.store.atomic import move_database_aside
from loudspeaker.store.disk_space import DiskReserve
from loudspeaker.store.hash_chain import BrokenChain, canonical_json
from loudspeaker.store.migrations import VERSION_1

pytestmark = pytest.mark.waits

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SIX = datetime(2026, 11, 24, 6, 5, tzinfo=HANOI)
AIRED = AsRunRecord(
    Occurrence(
        id="na-hoa/bluezone/2026-11-24T06:05",
        village="na-hoa",
        output="nha-van-hoa",
        broadcast="bluezone",
        bulletin="bluezone",
        level=Level.ROUTINE,
        scheduled_at=SIX,
    ),
    verdict=Verdict.AIRED,
    why="đã phát",
    started_at=SIX + timedelta(microseconds=31),
    ended_at=SIX + timedelta(seconds=61),
    frames=2_928_000,
    revision="r",
    programme="p",
    via="USB Audio",
    voice="espeak:vi",
    by="",
)


def at(minute: int) -> AsRunRecord:
    when = SIX + timedelta(minutes=minute)
    return changed(AIRED, id=f"na-hoa/bluezone/{when:%Y-%m-%dT%H:%M}", scheduled_at=when)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "asrun.db"


@pytest.fixture
def log(path: Path) -> Iterator[AsRunLog]:
    log = AsRunLog.open(path, "ban-may")
    yield log
    log.close()


def tamper(path: Path, *statements: str) -> None:
    """What somebody with the sqlite3 program would do."""
    database = sqlite3.connect(path, isolation_level=None)
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        database.execute(statement)
    database.close()


def test_a_record_comes_back_as_it_was_written(log: AsRunLog) -> None:
    playout: Log = log
    playout.verdict(AIRED)

    assert list(playout.rows(SIX, SIX + timedelta(seconds=1))) == [AIRED]
    assert playout.verdict_of(AIRED.id) is Verdict.AIRED
    assert playout.verdict_of("na-hoa/other/2026-11-24T06:05") is None


def test_a_stream_that_never_started_has_a_record_too(log: AsRunLog) -> None:
    record = changed(AIRED, bulletin=None, started_at=None, ended_at=None, verdict=Verdict.MISSED_OFF)
    log.verdict(record)

    assert list(log.rows(SIX, SIX + timedelta(days=1))) == [record]


def test_rows_are_in_order_of_schedule_and_the_end_is_not_included(log: AsRunLog) -> None:
    for minute in (30, 0, 15, 45):
        log.verdict(at(minute))

    assert [row.scheduled_at.minute for row in log.rows(SIX, at(45).scheduled_at)] == [5, 20, 35]
    assert [row.scheduled_at.minute for row in log.rows(SIX.astimezone(UTC), at(1).scheduled_at)] == [5]


def test_an_airing_gets_one_verdict_and_keeps_it(log: AsRunLog) -> None:
    log.verdict(AIRED)
    with pytest.raises(ValueError, match=AIRED.id):
        log.verdict(changed(AIRED, verdict=Verdict.STOPPED))

    assert log.verdict_of(AIRED.id) is Verdict.AIRED
    assert log.verify()


def test_events_are_found_by_kind_airing_and_time(log: AsRunLog) -> None:
    log.event("started", AIRED.id, SIX, frames=3)
    log.event("pause", "", SIX + timedelta(microseconds=2), village="na-hoa", until=SIX, why=Message("a {x}", x="y"))
    log.verdict(AIRED)

    pause = Event(
        "pause", "", SIX + timedelta(microseconds=2), {"village": "na-hoa", "until": SIX.isoformat(), "why": "a y"}
    )
    assert list(log.events()) == [Event("started", AIRED.id, SIX, {"frames": 3}), pause]
    assert list(log.events(kind="pause")) == [pause]
    assert list(log.events(airing=AIRED.id, kind="broke")) == []
    assert list(log.events(since=SIX + timedelta(microseconds=1))) == [pause]


def test_what_happened_lately_is_found_without_looking_at_the_years_before(log: AsRunLog) -> None:
    for number in range(400):
        log.event("started" if number % 2 else "on-air", f"a/{number}", SIX - timedelta(days=400 - number))
    log.event("broke", "a/400", SIX)
    steps = [0]

    def count() -> None:
        steps[0] += 1

    log._database.set_progress_handler(count, 10)  # instructions of SQLite's machine
    found = log.events(since=SIX - timedelta(days=1))
    log._database.set_progress_handler(None, 0)

    assert [event.airing for event in found] == ["a/399", "a/400"]
    assert steps[0] < 100  # looking at every entry takes 600 at least


def test_what_cannot_be_kept_is_refused_at_once(log: AsRunLog) -> None:
    with pytest.raises(TypeError, match="cannot keep"):
        log.event("odd", "", SIX, thing=object())
    with pytest.raises(ValueError, match="not JSON compliant"):
        log.event("odd", "", SIX, level=float("nan"))

    assert list(log.events()) == []


def test_small_values_survive_a_restart_outside_the_chain(path: Path, log: AsRunLog) -> None:
    head = log.verify()
    log.remember("emergency", {"left": 3})
    log.remember("emergency", {"left": 2})
    log.close()
    again = AsRunLog.open(path, "ban-may")

    assert again.recall("emergency") == {"left": 2}
    assert again.recall("heartbeat") is None
    assert again.verify() == head
    again.close()


def test_another_communes_state_is_refused(path: Path, log: AsRunLog) -> None:
    with pytest.raises(Refused, match="ban-may"):
        AsRunLog.open(path, "xa-khac")


def test_the_log_cannot_be_edited_or_emptied(path: Path, log: AsRunLog) -> None:
    log.verdict(AIRED)
    database = sqlite3.connect(path)
    for statement in ("UPDATE entries SET hash = ''", "DELETE FROM entries", "UPDATE station SET commune = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE entries SET entry = replace(entry, 'đã phát', 'chưa phát') WHERE number = 2", 2),
        ("DELETE FROM entries WHERE number = 1", 1),
        ("DELETE FROM entries WHERE number = 2", 2),
        ("DELETE FROM entries WHERE number = 4", 4),
        ("DELETE FROM entries", 1),
        ("UPDATE entries SET number = 10 WHERE number = 4", 4),
        ("UPDATE entries SET hash = (SELECT hash FROM entries WHERE number = 1) WHERE number = 3", 3),
        (
            "INSERT INTO entries (entry, hash) SELECT replace(entry, ':20', ':25'), hash FROM entries WHERE number = 4",
            5,
        ),
    ],
)
def test_any_edit_is_found_with_its_place(path: Path, log: AsRunLog, statement: str, number: int) -> None:
    for minute in (0, 5, 10, 15):
        log.verdict(at(minute))
    assert len(log.verify()) == 64
    tamper(path, statement)

    with pytest.raises(BrokenChain, match=str(number)) as broken:
        log.verify()
    assert broken.value.number == number


def test_every_verdict_has_its_hash_and_the_last_is_the_head(log: AsRunLog) -> None:
    log.verdict(at(0))
    log.verdict(at(5))

    assert log.hash_of(at(5).id) == log.verify() != log.hash_of(at(0).id)
    assert log.hash_of("none") is None


def test_entries_are_stored_as_canonical_json(log: AsRunLog) -> None:
    log.event("skip", "a", SIX, why="đám tang", by="Hoa")
    ((_, text, _),) = log.entries()

    assert text == canonical_json(json.loads(text))
    assert "đám tang" in text


def test_several_processes_write_one_whole_chain(path: Path, log: AsRunLog) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC;"
        "from loudspeaker.store.asrun import AsRunLog;"
        "log = AsRunLog.open(Path(sys.argv[1]), 'ban-may');"
        "[log.event('skip', str(n), datetime.now(UTC), who=sys.argv[2]) for n in range(50)]"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), str(who)]) for who in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]

    assert len(log.events()) == 150
    assert log.verify()


TWO_THREADS = """
import sys, threading
from datetime import UTC, datetime
from pathlib import Path
from loudspeaker.store.asrun import AsRunLog

log, done = AsRunLog.open(Path(sys.argv[1]), "ban-may"), threading.Event()

def read():
    while not done.is_set():
        log.events("on-air", "a/1")

reader = threading.Thread(target=read)
reader.start()
for number in range(300):
    log.event("on-air", f"a/{number}", datetime(2026, 11, 25, tzinfo=UTC))
done.set()
reader.join()
log.verify()
"""


def test_one_thread_may_read_while_another_writes(tmp_path: Path) -> None:
    # In a process of its own: two threads that wait for each other would hold up every other test, too.
    subprocess.run([sys.executable, "-c", TWO_THREADS, str(tmp_path / "log.sqlite")], check=True, timeout=60)


def test_a_newer_shape_is_reached_step_by_step_with_a_backup_and_the_same_chain(path: Path, log: AsRunLog) -> None:
    log.verdict(AIRED)
    head = log.verify()
    log.close()
    newer = AsRunLog.open(path, "ban-may", [VERSION_1, ("CREATE TABLE notes (text TEXT)",), ("DROP TABLE notes",)])

    assert newer.verify() == head
    assert list(newer.rows(SIX, SIX + timedelta(seconds=1))) == [AIRED]
    newer.close()
    backup = AsRunLog.open(path.with_name("asrun.v1.backup"), "ban-may")
    assert backup.verify() == head
    backup.close()


def test_a_step_that_fails_changes_nothing(path: Path, log: AsRunLog) -> None:
    log.close()
    with pytest.raises(LogUnusable):
        AsRunLog.open(path, "ban-may", [VERSION_1, ("CREATE TABLE notes (text TEXT)", "NONSENSE")])

    again = AsRunLog.open(path, "ban-may", [VERSION_1, ("CREATE TABLE notes (text TEXT)",)])
    again.close()


def test_a_log_of_a_newer_program_is_left_alone(path: Path, log: AsRunLog) -> None:
    log.close()
    AsRunLog.open(path, "ban-may", [VERSION_1, ("CREATE TABLE notes (text TEXT)",)]).close()

    with pytest.raises(LoudspeakerError, match="newer version"):
        AsRunLog.open(path, "ban-may")


def state_of(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((found.name, found.stat().st_mtime_ns, found.stat().st_size) for found in folder.iterdir())


def test_a_log_that_is_only_read_says_the_same_and_not_a_byte_is_written(path: Path, log: AsRunLog) -> None:
    log.verdict(AIRED)  # in the write-ahead log so far, as while a daemon runs
    before = state_of(path.parent)

    copy = AsRunLog.open_read_only(path, "ban-may")

    assert list(copy.rows(SIX, SIX + timedelta(days=1))) == [AIRED]
    assert copy.verify() == log.verify()
    copy.close()
    assert state_of(path.parent) == before


def test_a_log_that_is_only_read_is_no_copy_of_it(path: Path, log: AsRunLog) -> None:
    copy = AsRunLog.open_read_only(path, "ban-may")
    log.verdict(AIRED)

    assert copy.verdict_of(AIRED.id) is Verdict.AIRED  # a copy of years would fill the memory
    copy.close()


def test_checking_the_chain_tells_how_far_it_is(log: AsRunLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loudspeaker.store.asrun.PROGRESS_STRIDE", 2)
    for minute in range(5):
        log.verdict(at(minute))
    told: list[tuple[int, int]] = []

    log.verify(lambda done, total, what: told.append((done, total)))

    assert told == [(2, 5), (4, 5), (5, 5)]


def test_a_log_that_was_closed_is_read_without_the_files_beside_it(path: Path) -> None:
    log = AsRunLog.open(path, "ban-may")
    log.verdict(AIRED)
    log.close()
    before = state_of(path.parent)

    copy = AsRunLog.open_read_only(path, "ban-may")

    assert copy.verdict_of(AIRED.id) is Verdict.AIRED
    copy.close()
    assert state_of(path.parent) == before


def test_where_there_is_no_log_yet_an_empty_one_is_read_and_none_begun(path: Path) -> None:
    copy = AsRunLog.open_read_only(path, "ban-may")

    assert list(copy.entries()) == []
    assert copy.recall("heartbeat") is None
    copy.close()
    assert not path.parent.exists()


def test_who_only_reads_a_log_cannot_write_it(path: Path, log: AsRunLog) -> None:
    copy = AsRunLog.open_read_only(path, "ban-may")

    with pytest.raises(LogUnusable, match="may not be written"):
        copy.event("skip", AIRED.id, SIX)
    with pytest.raises(LogUnusable, match="may not be written"):
        copy.remember("heartbeat", SIX.isoformat())
    copy.close()


def test_another_communes_log_is_not_read_either(path: Path, log: AsRunLog) -> None:
    with pytest.raises(Refused):
        AsRunLog.open_read_only(path, "ban-khac")


def test_an_older_shape_is_read_as_the_newest(path: Path, log: AsRunLog) -> None:
    log.verdict(AIRED)
    before = state_of(path.parent)

    copy = AsRunLog.open_read_only(path, "ban-may", (VERSION_1, ("CREATE TABLE notes (text TEXT)",)))

    assert copy.verify() == log.verify()
    copy.close()
    assert state_of(path.parent) == before


def test_a_damaged_file_is_told_in_words(path: Path, log: AsRunLog) -> None:
    log.close()
    path.write_bytes(b"this is not a database" * 1000)

    with pytest.raises(LogUnusable, match="not a database"):
        AsRunLog.open(path, "ban-may")


def test_a_damaged_log_is_set_aside_and_a_new_one_begins(path: Path, log: AsRunLog) -> None:
    log.close()
    path.write_bytes(b"this is not a database" * 1000)
    aside = move_database_aside(path, SIX)
    AsRunLog.open(path, "ban-may").close()

    assert aside.name == "asrun.damaged-20261124T060500.db"
    assert aside.read_bytes().startswith(b"this is not")


class Reserve(DiskReserve):
    """A reserve that frees pages of a database which is not allowed to grow."""

    database: sqlite3.Connection
    given = False

    def release(self) -> bool:
        first, Reserve.given = not Reserve.given, True
        if first:
            self.database.execute("PRAGMA max_page_count = 100000")
        return first


def test_on_a_full_disk_the_reserve_is_given_up_for_the_verdict(tmp_path: Path) -> None:
    Reserve.database = sqlite3.connect(tmp_path / "asrun.db", isolation_level=None)
    log = AsRunLog(Reserve.database, "ban-may", Reserve(tmp_path / "ballast"))
    Reserve.database.execute("PRAGMA max_page_count = 1")
    for minute in range(60):
        log.verdict(at(minute))

    assert Reserve.given
    assert len(log.rows(SIX, SIX + timedelta(days=1))) == 60
    Reserve.database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(LogUnusable, match="full"):
        log.remember("long", "x" * 100_000)
    assert log.verify()
    log.close()


FAILING = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from loudspeaker.store.asrun import AsRunLog, LogUnusable

log = AsRunLog.open(Path(sys.argv[1]), "ban-may")
log.event("clock", "", datetime(2026, 11, 25, tzinfo=UTC))
written = Path(sys.argv[1] + "-wal").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))  # the next write fails, and not for want of room
try:
    log.event("clock", "", datetime(2026, 11, 25, tzinfo=UTC), why="x" * 100_000)
except LogUnusable as error:
    print(error)
"""


def test_a_card_that_fails_is_no_full_disk_and_takes_no_reserve(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FAILING, str(path)], capture_output=True, text=True, check=True)

    assert "card fails" in done.stdout
    assert "full" not in done.stdout
    assert path.with_name("ballast").exists()
    log = AsRunLog.open(path, "ban-may")
    assert len(log.events()) == 1
    assert log.verify()
    log.close()


def test_the_reserve_is_laid_down_beside_the_log_and_again_by_whoever_opens_it_next(path: Path, log: AsRunLog) -> None:
    reserve = DiskReserve(path.with_name("ballast"))
    assert reserve.exists
    assert reserve.release()
    assert not reserve.release()

    AsRunLog.open(path, "ban-may").close()
    assert reserve.path.stat().st_size == reserve.size


def test_facts_of_a_newer_version_do_not_disturb(path: Path, log: AsRunLog) -> None:
    log.verdict(AIRED)
    tamper(path, """UPDATE entries SET entry = json_set(entry, '$.facts.weather', 'rain')""")

    assert list(log.rows(SIX, SIX + timedelta(seconds=1))) == [AIRED]


DAMAGE = [
    b'{"kind":"approve","airing":"","at":"2026-11-24T01:00:00+07:00","facts":7}',
    b'{"kind":"approve","airing":"","at":"2026-11-24T01:00:00+07:00"}',
    b'{"kind":"approve","airing":"","at":"2026-11-24T01:00:00","facts":{}}',
    b'{"kind":"approve","airing":"","at":"2026-11-24T01:00:00+07:00","facts":{"by":"\xff"}}',
    b'{"kind":"verdict","airing":"x","at":"2026-11-24T01:00:00+07:00","facts":{"verdict":"sung"}}',
]


@pytest.mark.parametrize("entry", DAMAGE)
def test_an_entry_that_is_no_longer_what_was_written_costs_only_itself(path: Path, log: AsRunLog, entry: bytes) -> None:
    log.event("approve", "", SIX, bulletin="nhac")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO entries (entry, hash) VALUES (CAST(? AS TEXT), '')", (entry,))
    log.event("approve", "", SIX, bulletin="hop")

    assert [event.facts for event in log.events("approve")] == [{"bulletin": "nhac"}, {"bulletin": "hop"}]
    assert len(log.events(since=SIX - timedelta(days=1))) == 2
    assert log.rows(SIX - timedelta(days=9), SIX + timedelta(days=9)) == []
    assert log.begins() is None
    assert log.entry(2) == entry.decode(errors="replace")
    with pytest.raises(BrokenChain, match="entry 2 is not what was written"):
        log.verify()


def test_a_log_whose_last_hash_is_damaged_is_written_on(path: Path, log: AsRunLog) -> None:
    log.event("approve", "", SIX, bulletin="nhac")
    tamper(path, "UPDATE entries SET hash = CAST(x'ff00fe' AS TEXT)")

    log.event("approve", "", SIX, bulletin="hop")

    assert [event.facts["bulletin"] for event in log.events("approve")] == ["nhac", "hop"]
    with pytest.raises(BrokenChain, match="entry 1 is not what was written"):
        log.verify()


def test_a_damaged_page_is_told_in_words_wherever_it_is_met(path: Path, log: AsRunLog) -> None:
    for number in range(400):
        log.event("edit", f"na-hoa/{number}", SIX, what="x" * 200)
    log.close()
    with path.open("r+b") as file:
        pages = path.stat().st_size // 4096
        for page in range(pages // 2, pages):
            file.seek(page * 4096)
            file.write(bytes([0x5A]) * 4096)

    log = AsRunLog.open(path, "ban-may")
    with pytest.raises(LogDamaged):
        log.verify()
    with pytest.raises(LogDamaged):
        log.events("edit")
    log.close()


def test_a_damaged_memory_is_none(path: Path, log: AsRunLog) -> None:
    log.remember("heartbeat", "x")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE memory SET value = '{'")

    assert log.recall("heartbeat") is None
