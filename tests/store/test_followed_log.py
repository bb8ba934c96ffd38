"""A log that another process writes is read as it is at each question, and never written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from loudspeaker.errors import Refused
from loudspeaker.store.asrun import AsRunLog, LogUnusable
from loudspeaker.store.atomic import move_database_aside

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "asrun.db"


@pytest.fixture
def followed(path: Path) -> Iterator[AsRunLog]:
    with closing(AsRunLog.follow(path, "xa-thu")) as log:
        yield log


def kinds(log: AsRunLog) -> list[str]:
    return [event.kind for event in log.events()]


def test_it_is_empty_until_somebody_begins_it(path: Path, followed: AsRunLog) -> None:
    assert kinds(followed) == []
    assert not path.exists()

    with closing(AsRunLog.open(path, "xa-thu")) as log:
        log.event("clock", "", NOW)
        assert kinds(followed) == ["clock"]


def test_what_is_written_over_several_starts_is_seen_at_once(path: Path, followed: AsRunLog) -> None:
    for number in range(3):
        with closing(AsRunLog.open(path, "xa-thu")) as log:
            log.event(f"begun {number}", "", NOW)
            assert kinds(followed)[-1] == f"begun {number}"
            log.event(f"goes on {number}", "", NOW)
            assert followed.last_number() == 2 * number + 2
        assert kinds(followed)[-1] == f"goes on {number}"  # the writer has gone, and its write-ahead log with it


def test_a_log_that_took_the_place_of_a_damaged_one_is_followed(path: Path, followed: AsRunLog) -> None:
    with closing(AsRunLog.open(path, "xa-thu")) as log:
        log.event("old", "", NOW)
        assert kinds(followed) == ["old"]
    move_database_aside(path, NOW)
    with closing(AsRunLog.open(path, "xa-thu")) as log:
        log.event("new", "", NOW)
        assert kinds(followed) == ["new"]


def test_one_that_is_being_read_row_by_row_goes_on_while_another_is_opened(path: Path, followed: AsRunLog) -> None:
    with closing(AsRunLog.open(path, "xa-thu")) as log:
        for number in range(300):
            log.event(str(number), "", NOW)
        rows = followed.entries()
        assert next(rows)[0] == 1
        log.event("later", "", NOW)
        assert followed.last_number() == 301
        assert len(list(rows)) >= 299


def test_a_snapshot_sees_one_state_whoever_writes(path: Path, followed: AsRunLog) -> None:
    with closing(AsRunLog.open(path, "xa-thu")) as log:
        log.event("first", "", NOW)
        with followed.snapshot():
            before = followed.last_number()
            log.event("second", "", NOW)
            assert followed.last_number() == before == 1
        assert followed.last_number() == 2


def test_it_cannot_be_written(path: Path, followed: AsRunLog) -> None:
    with closing(AsRunLog.open(path, "xa-thu")) as log:
        log.event("clock", "", NOW)
        with pytest.raises(LogUnusable):
            followed.event("forged", "", NOW)
        assert followed.last_number() == 1


def test_the_log_of_another_commune_is_refused_when_it_comes(path: Path, followed: AsRunLog) -> None:
    with closing(AsRunLog.open(path, "xa-khac")), pytest.raises(Refused):
        kinds(followed)
